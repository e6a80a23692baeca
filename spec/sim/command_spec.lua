local script = require "support.script"
local sim = require "support.sim"

local UNBUILT = "cd %s && mkdir bin && cp %s/bin/fal-sim bin && env -u LUA_PATH_5_4 "
  .. "-u LUA_CPATH_5_4 LUA_PATH= LUA_CPATH= %s bin/fal-sim --port 0 2>&1; echo $?"

describe("bin/fal-sim", function()
  it("says how it is built where it is not", function()
    local dir = script.directory()
    local pipe = io.popen(UNBUILT:format(sim.quote(dir), sim.quote(script.HERE),
      os.getenv "LUA" or arg[-1]))
    local output = pipe:read "*a"
    pipe:close()
    script.remove(dir)
    assert.equal("fal-sim: it is not built for this Lua yet: run `make` first\n1\n",
      output)
  end)
end)
