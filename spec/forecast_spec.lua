local forecast = require "fal.forecast"
local schedule = require "fal.schedule"

local POLL = { initial = 0.5, factor = 1.5, max = 5, jitter = 0 }
local function middle() return 0.5 end

local function of(times)
  local f = forecast.new()
  for i = 1, #times do f:learn(times[i]) end
  return f
end

local function gap(f, age, more)
  more = more or {}
  return f:gap(age, more.elapsed or age, more.ahead or 0, more.poll or POLL,
    more.random or middle)
end

--- 81 to 100, each once.
local function around_ninety()
  local times = {}
  for i = 1, 20 do times[i] = 80 + (i * 7) % 20 + 1 end
  return of(times)
end

--- Logarithmic normal times: median, spread.
local function times_of(count, median, spread, seed)
  local random, times = schedule.random(seed), {}
  for i = 1, count do
    times[i] = median * math.exp(spread * math.sqrt(-2 * math.log(random()))
      * math.cos(2 * math.pi * random()))
  end
  return times
end

--- One job after the other: looks a job, and how late in shares of the time it took.
local function play(times, poll, seed)
  local f, random = forecast.new(), schedule.random(seed or 1)
  local looks, late = 0, {}
  for i = 1, #times do
    local now, interval = 0, poll.initial
    local before
    repeat
      local delay = f:gap(now, now, 0, poll, random)
      if not delay then delay = schedule.jitter(interval, poll.jitter, random) end
      interval = schedule.grow(interval, poll)
      before, now, looks = now, now + delay, looks + 1
    until now >= times[i]
    late[i] = (now - times[i]) / times[i]
    f:learn(forecast.time(before, now, nil, 40))
  end
  table.sort(late)
  return looks / #times, late[math.ceil(#late / 2)], late[math.ceil(#late * 0.95)], late
end

describe("fal.forecast", function()
  it("plans nothing without a time, nor by few that differ widely", function()
    local f = of {}
    assert.is_nil(gap(f, 10))
    f:learn(20)
    assert.is_number(gap(f, 10))
    f:learn(180)
    assert.is_nil(gap(f, 10))
    for _ = 3, 8 do f:learn(180) end
    assert.is_number(gap(f, 10))
  end)

  it("takes one time for one of many that are spread around it", function()
    local f = of { 90 }
    local first = 0
    for age = 89, 1, -1 do
      if gap(f, age) <= 0.05 * age then first = age end
    end
    assert.is_true(first > 25 and first < 45)          -- few are that quick
    assert.near(0.05 * 70, gap(f, 70), 1e-9)
    assert.near(0.028 * 92, gap(f, 92), 1e-9)
    assert.near(0.05 * 300, gap(f, 300), 1e-9)
  end)

  it("supposes a narrower spread of more times", function()
    local one, seven = of { 90 }, of { 90, 90, 90, 90, 90, 90, 90 }
    assert.is_true(seven.sorted[1] > one.sorted[1])
    assert.is_true(seven.sorted[20] < one.sorted[20])
    assert.near(90, (seven.sorted[10] * seven.sorted[11]) ^ 0.5, 1e-9)
  end)

  it("keeps to what was seen from the eighth time on", function()
    local f = of { 96, 90, 91, 97, 92, 93, 94 }
    assert.equal(20, f.count)
    f:learn(95)
    assert.same({ 90, 91, 92, 93, 94, 95, 96, 97 }, f.sorted)
  end)

  it("bears a time of nothing", function()
    local wait = gap(of { 0 }, 1)
    assert.is_true(wait >= 0.5 and wait <= 20)
  end)

  it("goes in few steps to where the first jobs end", function()
    local f, now, steps = around_ninety(), 0, 0
    while now < 81 do
      now, steps = now + gap(f, now), steps + 1
    end
    assert.equal(81, now)
    assert.equal(5, steps)   -- 5, 25, 45, 65, 81
  end)

  it("looks every 5 %, past the median every 2.8 %, past nearly all 5 %", function()
    local f = around_ninety()
    assert.near(0.05 * 85, gap(f, 85), 1e-9)
    assert.near(0.028 * 92, gap(f, 92), 1e-9)
    assert.near(0.05 * 120, gap(f, 120), 1e-9)
  end)

  it("reckons the shares by all that has passed, the queue included", function()
    assert.near(0.05 * 200, gap(around_ninety(), 85, { elapsed = 200 }), 1e-9)
  end)

  it("waits four times poll.max at most, and poll.initial at least", function()
    assert.equal(20, gap(around_ninety(), 5000))
    assert.equal(20, gap(around_ninety(), 0, { elapsed = 1000, ahead = 1000 }))
    local quick = of { 1, 1, 1, 1, 1, 1, 1, 1 }
    assert.equal(0.5, gap(quick, 1.01))
  end)

  it("passes over a hole between two kinds of jobs", function()
    local times = {}
    for i = 1, 20 do
      times[2 * i - 1], times[2 * i] = 20 + i / 10, 180 + i
    end
    local f = of(times)
    assert.equal(20, gap(f, 30))
    assert.near(0.028 * 175, gap(f, 175), 1e-9)   -- near the slow ones
    assert.near(0.05 * 21, gap(f, 21), 1e-9)     -- among the quick ones
    for i = 1, 40 do times[i] = i % 2 == 0 and 4 or 20 end
    assert.near(20 / 1.1 - 8, gap(of(times), 8), 1e-9)
  end)

  it("keeps away from the shortest of few times", function()
    local f = of { 90, 90, 90, 90, 90, 90, 90, 90 }
    local now = 0
    while now < 40 do now = now + gap(f, now) end
    assert.near(90 * 0.45, now, 1e-9)
    assert.near(0.05 * now, gap(f, now), 1e-9)
  end)

  it("adds what the queue still takes where nothing can end yet", function()
    local f = of { 10, 10, 10, 10, 10, 10, 10, 10 }
    assert.near(4.5 + 3, gap(f, 0, { elapsed = 100, ahead = 3 }), 1e-9)
  end)

  it("spreads the long gaps of jobs that were submitted together", function()
    local f = around_ninety()
    local poll = { initial = 0.5, max = 5, jitter = 0.2 }
    assert.near(4, gap(f, 0, { poll = poll, random = function() return 0 end }), 1e-9)
    assert.near(6, gap(f, 0, { poll = poll, random = function() return 1 end }), 1e-9)
  end)

  it("forgets all but the last 64", function()
    local f = of(times_of(64, 90, 0.2, 5))
    for _ = 1, 64 do f:learn(10) end
    assert.equal(64, f.count)
    assert.equal(64, #f.sorted)
    assert.equal(10, f.sorted[1])
    assert.equal(10, f.sorted[64])
  end)

  it("keeps its times in order", function()
    local f, times = forecast.new(), times_of(300, 90, 0.5, 8)
    for i = 1, 300 do
      f:learn(times[i])
      for k = 2, f.count do assert.is_true(f.sorted[k - 1] <= f.sorted[k]) end
    end
    local last = {}
    for i = 237, 300 do last[#last + 1] = times[i] end
    table.sort(last)
    assert.same(last, f.sorted)
  end)

  it("takes the service's word for a time where it fits, else the middle", function()
    assert.equal(88, forecast.time(85, 90, 88, 20))
    assert.equal(87.5, forecast.time(85, 90, 80, 20))
    assert.equal(87.5, forecast.time(85, 90, 91, 20))
    for _, odd in ipairs { "88", 0 / 0, 1 / 0, -1, {} } do
      assert.equal(87.5, forecast.time(85, 90, odd, 20))
    end
    assert.equal(87.5, forecast.time(85, 90, nil, 20))
    assert.is_nil(forecast.time(0, 600, nil, 20))
    assert.equal(88, forecast.time(0, 600, 88, 20))
  end)

  it("remembers 64 endpoints at most", function()
    local all = forecast.all()
    local first = all:of "a"
    assert.equal(first, (all:of "a"))
    for i = 1, 64 do all:of("b" .. i) end
    local again, fresh = all:of "a"
    assert.are_not.equal(first, again)
    assert.is_true(fresh)
    assert.is_true(all.count <= 64)
  end)

  it("is timely from the second job on, with fewer looks than the back-off", function()
    local looks, late = 0, {}
    local real = { initial = 0.5, factor = 1.5, max = 5, jitter = 0.2 }
    for seed = 1, 200 do
      local some, _, _, list = play(times_of(8, 90, 0.35, seed), real, seed)
      looks = looks + some / 200
      for i = 1, 8 do late[#late + 1] = list[i] end
    end
    table.sort(late)
    assert.is_true(looks < 23)          -- the back-off needs 23.6
    assert.is_true(late[800] <= 0.02)   -- 2.7 %
    assert.is_true(late[1520] <= 0.052) -- 7.3 %
  end)

  local real = { initial = 0.5, factor = 1.5, max = 5, jitter = 0.2 }

  it("asks less and finds sooner than the plain back-off", function()
    local times = times_of(2000, 90, 0.35, 3)
    local looks, median, p95 = play(times, real)
    assert.is_true(looks < 21)     -- the back-off needs 23.6
    assert.is_true(median <= 0.02) -- 2.7 %
    assert.is_true(p95 <= 0.05)    -- 7.3 %
  end)

  it("stays timely when times change, and with two kinds of jobs", function()
    local doubled, halved = times_of(1000, 90, 0.35, 3), times_of(1000, 90, 0.35, 3)
    local mixed = times_of(1000, 20, 0.2, 3)
    local slow, short = times_of(1000, 180, 0.35, 4), times_of(1000, 45, 0.35, 4)
    for i = 1, 1000 do
      doubled[1000 + i], halved[1000 + i] = slow[i], short[i]
      if i % 2 == 0 then mixed[i] = slow[i] end
    end
    for _, times in ipairs { doubled, halved, mixed } do
      local _, median, p95 = play(times, real)
      assert.is_true(median <= 0.022)
      assert.is_true(p95 <= 0.051)
    end
  end)

  it("is the same for the same seed", function()
    local times = times_of(200, 90, 0.35, 3)
    assert.same({ play(times, real, 9) }, { play(times, real, 9) })
  end)
end)
