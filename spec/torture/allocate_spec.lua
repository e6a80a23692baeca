-- The short form of bench/torture/allocate.lua: some allocations in place of all.

package.path = "./?.lua;" .. package.path
local allocate = require "bench.torture.allocate"

describe("a client whose memory runs out", function()
  for _, case in ipairs { { "lua", 601 }, { "lua", 907, "all" }, { "c", 61 } } do
    it(("neither crashes nor leaks where %s finds none, %s"):format(case[1],
      case[3] or "once"), function()
      local available, why = allocate.available()
      if not available then return pending(why) end
      local all = allocate.run(case[1], case[2], 1 + case[2] % 7, case[3], print)

      assert.is_true(all.tries > 10, all.text)
      assert.are.same({ 0, 0 }, { all.bad, all.twice }, all.text)
    end)
  end
end)
