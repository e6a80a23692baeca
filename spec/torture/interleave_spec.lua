-- The short form of bench/torture/interleave.lua, which prints its seed and its figure.

package.path = "./?.lua;" .. package.path
local interleave = require "bench.torture.interleave"

describe("a client in any order of start, cancel, abandon, collect and close", function()
  it("ends every wait, answers every call, and has nothing accepted twice", function()
    local all = interleave.run(300, 1, print)

    assert.are.same({ 300, {}, {} }, { all.schedules, all.troubled, all.twice })
    assert.are.same({ 0, 0 }, { all.alive, all.leaked })
  end)
end)
