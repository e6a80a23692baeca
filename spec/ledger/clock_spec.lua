local clock = require "fal.ledger.clock"

local DATE = { date = "Sun, 06 Nov 1994 08:49:37 GMT" }
local AT = 784111777

describe("the service's clock", function()
  local time, mono, wall, one

  before_each(function()
    time, mono, wall = os.time, 100, 5000
    rawset(os, "time", function() return wall end)
    one = clock.new(function() return mono end)
  end)
  after_each(function() rawset(os, "time", time) end)

  local function pass(seconds) mono, wall = mono + seconds, wall + seconds end

  it("is not known before an answer says it", function()
    assert.is_nil((one:read()))
    assert.is_false(one:hear({}, 100))
    assert.is_false(one:hear(nil, 100))
    assert.is_nil((one:stamp()))
  end)

  it("lies between the request and the answer, and goes on", function()
    mono = 103
    assert.is_true(one:hear(DATE, 101))
    assert.are.same({ AT, AT + 3 }, { one:read() })
    pass(10)
    assert.are.same({ AT + 10, AT + 13 }, { one:read() })
    assert.are.same({ (AT + 10) * 1000, (AT + 13) * 1000 }, { one:stamp() })
  end)

  it("is not learned from an answer that took long", function()
    mono = 110
    assert.is_false(one:hear(DATE, 101))
  end)

  it("is forgotten when this machine's clock was set, or it slept", function()
    assert.is_true(one:hear(DATE, 100))
    wall = wall + 3
    assert.is_nil((one:read()))
    assert.is_true(one:hear(DATE, 100))
    assert.are.equal(AT, (one:read()))
    wall = wall - 3
    assert.is_nil((one:read()))
  end)

  it("is forgotten after an hour, for clocks drift", function()
    assert.is_true(one:hear(DATE, 100))
    pass(3601)
    assert.is_nil((one:read()))
  end)
end)
