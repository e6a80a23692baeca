local fake = require "support.fake_client"
local slots = require "fal.slots"

describe("fal.slots", function()
  it("frees the slot of a job once, whichever handle saw its end", function()
    local c = fake.new {}
    local s = slots.new(c.sched, 1)
    assert(s:acquire("acme/demo/x"))
    s:keep("r1")
    local _, err = s:acquire("acme/demo/x")
    assert.equal("rate_limit", err.kind)
    s:free("another")
    assert.equal(1, s.used)
    s:free("r1")
    s:free("r1")
    assert.equal(0, s.used)
    assert(s:acquire("acme/demo/x"))
  end)

  it("keeps no list of jobs where their number is not limited", function()
    local s = slots.new(fake.new({}).sched)
    for i = 1, 10 do
      assert(s:acquire("acme/demo/x"))
      s:keep("r" .. i)
    end
    assert.is_nil(next(s.kept))
  end)

  it("hands a freed slot to who waits for it", function()
    local c = fake.new {}
    local s = slots.new(c.sched, 1)
    assert(s:acquire("acme/demo/x"))
    s:keep("r1")
    local t = c:spawn(function() return s:acquire("acme/demo/x", c.now() + 60) end)
    s:free("r1")
    assert.is_true(t:await())
    assert.equal(1, s.used)
  end)

  local shut = rawget(coroutine, "close")  -- Lua 5.4
  if shut then
    it("hands none to a coroutine that was closed while it waited", function()
      local c = fake.new({}, { quiet = true })
      local s = slots.new(c.sched, 1)
      assert(s:acquire("acme/demo/x"))
      local co
      c:spawn(function()
        co = coroutine.running()
        return s:acquire("acme/demo/x")
      end)
      local t = c:spawn(function() return s:acquire("acme/demo/x") end)
      shut(co)
      s:release()
      assert.is_true(t:await())
      assert.equal(1, s.used)
    end)
  end
end)
