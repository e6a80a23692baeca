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

  --- What it says of a port, ended soon where it listens after all.
  local function told(port)
    local pipe = io.popen(("env -u LUA_PATH -u LUA_CPATH timeout 5 %s %s/bin/fal-sim "
      .. "--port %s 2>&1"):format(os.getenv "FAL_SIM_LUA" or "lua5.4",
      sim.quote(script.HERE), port))
    local output = pipe:read "*a"
    pipe:close()
    return output
  end

  it("takes no port from another one, which would get half of the requests", function()
    local first = sim.start {}
    local output = told(first.port)
    first:stop()
    assert.matches("^fal%-sim: cannot listen on 127%.0%.0%.1: ", output)
  end)

  it("refuses what is no port", function()
    for _, port in ipairs { "99999", "1.5", "x" } do
      assert.matches("is not a port", told(port), 1, true)
    end
  end)
end)
