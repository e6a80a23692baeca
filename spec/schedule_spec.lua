local schedule = require "fal.schedule"

local function always(x) return function() return x end end

describe("fal.schedule", function()
  it("draws numbers between 0 and 1, the same for the same seed", function()
    local a, b = schedule.random(12.5), schedule.random(12.5)
    local low, high = 1, 0
    for _ = 1, 1000 do
      local x = a()
      assert.equal(x, b())
      low, high = math.min(low, x), math.max(high, x)
    end
    assert.is_true(low > 0 and low < 0.01 and high < 1 and high > 0.99)
  end)

  it("spreads evenly around the value", function()
    assert.equal(8, schedule.jitter(10, 0.2, always(0)))
    assert.equal(10, schedule.jitter(10, 0.2, always(0.5)))
    assert.near(12, schedule.jitter(10, 0.2, always(1)), 1e-9)
  end)

  it("doubles the delay up to the maximum", function()
    local retry = { base_delay = 0.5, max_delay = 30 }
    local delays = {}
    for attempt = 1, 9 do
      delays[attempt] = schedule.backoff(attempt, retry, always(0.5))
    end
    assert.same({ 0.5, 1, 2, 4, 8, 16, 30, 30, 30 }, delays)
    assert.equal(30, schedule.backoff(100000, retry, always(1)))
  end)

  it("keeps the service's wish, up to the maximum", function()
    local retry = { base_delay = 0.5, max_delay = 30 }
    assert.equal(7, schedule.backoff(1, retry, always(0), 7))
    assert.equal(0, schedule.backoff(5, retry, always(0), 0))
    assert.equal(30, schedule.backoff(1, retry, always(0), 86400))
  end)

  it("grows the polling interval", function()
    local poll, interval, seen = { factor = 1.5, max = 5 }, 0.5, {}
    for i = 1, 8 do
      seen[i] = interval
      interval = schedule.grow(interval, poll)
    end
    assert.same({ 0.5, 0.75, 1.125, 1.6875, 2.53125, 3.796875, 5, 5 }, seen)
  end)

  it("reads both headers in seconds and ignores everything else", function()
    assert.equal(3, schedule.wish { ["retry-after"] = "3" })
    assert.equal(1.5, schedule.wish { ["x-ratelimit-reset"] = " 1.5 " })
    assert.equal(2, schedule.wish { ["retry-after"] = "2", ["x-ratelimit-reset"] = "9" })
    for _, odd in ipairs { "", "-1", "soon", "nan", "inf", "0x10", "1e9",
      "Wed, 21 Oct 2026 07:28:00 GMT" } do
      assert.is_nil(schedule.wish { ["retry-after"] = odd }, odd)
    end
    assert.is_nil(schedule.wish(nil))
    assert.is_nil(schedule.wish { ["retry-after"] = {} })
  end)
end)
