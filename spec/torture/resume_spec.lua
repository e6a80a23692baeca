-- examples/resume.lua, killed and started again: what a user would see.

package.path = "./?.lua;" .. package.path
local lib = require "bench.torture.lib"
local ledger = require "fal.ledger"
local sim = require "support.sim"
local script = require "support.script"

describe("examples/resume.lua", function()
  it("pays for each clip once, however often it is killed", function()
    local server = sim.start { media = "bundled", queue_time = 0.2, run_time = 0.3 }
    local dir = script.directory()
    local here = lib.must("pwd")
    local command = table.concat({ "cd " .. dir .. " && FAL_BASE_URL=" .. server.url,
      "LUA_PATH='" .. here .. "/lua/?.lua;" .. here .. "/lua/?/init.lua;;'",
      "LUA_CPATH='" .. here .. "/build/" .. lib.VERSION .. "/?.so;;'",
      "timeout -s KILL %.1f", os.getenv("LUA") or "lua5.4",
      here .. "/examples/resume.lua" }, " ")
    local killed = 0
    for i = 1, 6 do
      if select(2, lib.run(command:format(0.3 + 0.15 * i))) == 137 then
        killed = killed + 1
      end
    end
    -- What was accepted is found in the history. What died between the ledger and the
    -- wire is in true doubt, and settled as a person would.
    local function run()
      return script.run("examples/resume.lua", { dir = dir, base_url = server.url })
    end
    run()
    local book = assert(ledger.open(dir .. "/resume.db"))
    for _, row in ipairs(book:jobs { state = "unknown" }) do
      assert(book:settle(row, "not_accepted"))
    end
    for _, row in ipairs(book:jobs { state = "sent" }) do
      assert(book:settle(row, "not_accepted"))
    end
    book:close()
    local output, code = run()
    local accepted = server:ledger().totals.accepted
    server:stop()
    assert.are.equal(0, code, output)
    assert.is_true(killed > 0)
    assert.are.equal(6, accepted, output)
    for i = 1, 6 do assert.is_true(script.is_mp4(dir .. "/resume_" .. i .. ".mp4")) end
    script.remove(dir)
  end)
end)
