-- scripts/failures: what the end of a long run says of what failed in it.

local script = require "support.script"
local shell = require "support.shell"

describe("the list of failures", function()
  local dir

  before_each(function() dir = script.directory() end)
  after_each(function() script.remove(dir) end)

  --- Keeps a part's output and lists what failed.
  local function list(parts)
    for name, text in pairs(parts) do script.put(dir .. "/" .. name .. ".part", text) end
    return (shell.run("scripts/failures " .. dir))
  end

  local BUSTED = [[
ok      5.1 spec/a_spec.lua: 3 passed (0 s)
NOT OK  5.1 spec/b_spec.lua: 1 passed, 2 failed (0 s), in build/b.log:
        +-*.
        1 success / 1 failure / 1 error / 1 pending : 0.02 seconds

        Pending -> spec/b_spec.lua @ 5
        b waits

        Failure -> spec/b_spec.lua @ 2
        b counts
        spec/b_spec.lua:2: Expected objects to be equal.

        Error -> spec/b_spec.lua @ 3
        b goes off
        spec/b_spec.lua:3: boom
        1 passed, 2 failed, 1 skipped
ok      5.1 spec/c_spec.lua: 3 passed (0 s)
7 passed, 2 failed
]]

  it("names each test with its place and message", function()
    assert.equal([[
spec-5.1: NOT OK  5.1 spec/b_spec.lua: 1 passed, 2 failed (0 s), in build/b.log:
  Failure -> spec/b_spec.lua @ 2
  b counts
  spec/b_spec.lua:2: Expected objects to be equal.
  Error -> spec/b_spec.lua @ 3
  b goes off
  spec/b_spec.lua:3: boom]],
      list { ["spec-5.1"] = BUSTED, ["spec-5.2"] = "ok      all\n7 passed, 0 failed\n" })
  end)

  it("shows the ends of what a check said, and what the build said", function()
    local said = "NOT OK  no leak:\n"
    for i = 1, 20 do said = said .. "        line " .. i .. "\n" end
    local text = list { asan = said .. "2 passed, 1 failed\n",
      c = "cc: error\n0 passed, 1 failed\n" }
    assert.truthy(text:find("asan: NOT OK  no leak:\n  line 1\n", 1, true))
    assert.truthy(text:find("  line 6\n  line 15\n", 1, true))
    assert.truthy(text:find("  line 20\nc: cc: error\n", 1, true))
  end)

  it("keeps to forty lines", function()
    local parts = {}
    for i = 1, 12 do parts["part" .. i] = BUSTED end
    local _, lines = list(parts):gsub("\n", "")
    assert.equal(39, lines)
  end)

  it("is empty when all passed", function()
    assert.equal("", list { c = "3 passed, 0 failed\n" })
  end)
end)
