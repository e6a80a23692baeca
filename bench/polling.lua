-- Requests a job and added latency: the default schedule and the plain back-off beside
-- the fixed 500 ms and 100 ms of the official clients. The real client in virtual time;
-- the stream of statuses over real sockets, against the simulator.
--   BENCH_POLLING   jobs of one figure [2000]; fewer for the many requests of fixed gaps

local bench = require "lib.bench"
local schedule = require "fal.schedule"
local virtual = require "lib.virtual"

local JOBS = tonumber(os.getenv "BENCH_POLLING") or 2000

local FIXED = { initial = 0.5, factor = 1, max = 0.5, jitter = 0 }
local FASTER = { initial = 0.1, factor = 1, max = 0.1, jitter = 0 }
local WAYS = {
  { "default: learned", nil },
  { "plain back-off", { learn = false } },
  { "500 ms (JavaScript)", FIXED, 5 },
  { "100 ms (Python)", FASTER, 20 },
}

local function share(list, part)
  local sorted = {}
  for i = 1, #list do sorted[i] = list[i] end
  table.sort(sorted)
  return sorted[math.max(1, math.ceil(#sorted * part))]
end

--- The queue takes up to 4 seconds of a job's time, and a fifth of it at most.
local function usual(total, random)
  return function()
    local seconds = total()
    return math.min(4 * random(), seconds / 5), seconds
  end
end

local function steady(median, spread)
  return function(random)
    return usual(virtual.log_normal(median, spread, random), random)
  end
end

local function turning(before, after)
  return function(random, count)
    local a, b = before(random), after(random)
    return function(n) return (n <= count / 2 and a or b)(n) end
  end
end

local function mixed(one, other)
  return function(random)
    local a, b = one(random), other(random)
    return function(n) return (random() < 0.5 and a or b)(n) end
  end
end

--- A run like the usual, behind a queue of one to three minutes.
local function behind_queue(random)
  local total = virtual.log_normal(90, 0.35, random)
  return function()
    local queued = 60 + 120 * random()
    return queued, queued + total()
  end
end

local CASES = {
  { "spread 0.2", steady(90, 0.2) },
  { "spread 0.35", steady(90, 0.35) },
  { "spread 0.5", steady(90, 0.5) },
  { "times double midway", turning(steady(90, 0.35), steady(180, 0.35)) },
  { "times halve midway", turning(steady(90, 0.35), steady(45, 0.35)) },
  { "half 20 s, half 180 s", mixed(steady(20, 0.2), steady(180, 0.2)) },
  { "queue of 1 to 3 min from midway", turning(steady(90, 0.35), behind_queue) },
}

local function told(looks, late, seconds)
  return { requests = looks, median = share(late, 0.5), p95 = share(late, 0.95),
    p99 = share(late, 0.99), median_s = share(seconds, 0.5),
    p95_s = share(seconds, 0.95) }
end

local function measure(way, plan, count, at_once)
  count = math.floor(count / (way[3] or 1))
  local random = schedule.random(7)
  return told(virtual.run(way[2], count, at_once, plan(random, count), 1))
end

local function line(name, m, base)
  return { name, ("%.1f"):format(m.requests),
    base and ("1/%.1f"):format(base.requests / m.requests) or "",
    ("%.2f %%"):format(100 * m.median), ("%.2f %%"):format(100 * m.p95),
    ("%.1f %%"):format(100 * m.p99), ("%.2f"):format(m.median_s),
    ("%.2f"):format(m.p95_s) }
end

local HEAD = { "", "status requests", "of 500 ms", "late: median", "p95", "p99",
  "median s", "p95 s" }

--- The first jobs of many clients, each of which begins without knowing anything.
local function cold(first, at_once)
  return function(way)
    local looks, late, seconds, clients = 0, {}, {}, math.ceil(JOBS / first)
    for seed = 1, clients do
      local plan = steady(90, 0.35)(schedule.random(seed))
      local some, a, b = virtual.run(way[2], first, at_once, plan, seed)
      looks = looks + some
      for i = 1, first do late[#late + 1], seconds[#seconds + 1] = a[i], b[i] end
    end
    return told(looks / clients, late, seconds)
  end
end

local function compared(title, ways, run)
  local rows, lines = {}, {}
  for i, way in ipairs(ways) do rows[i] = run(way) end
  for i, way in ipairs(ways) do lines[i] = line(way[1], rows[i], rows[3]) end
  bench.print(title, HEAD, lines)
  return rows
end

local data = {}
for _, case in ipairs(CASES) do
  local ways = case[1] == "spread 0.35" and WAYS or { WAYS[1], WAYS[2], WAYS[3] }
  data[case[1]] = compared(("polling, %d jobs, 8 at a time, %s"):format(JOBS, case[1]),
    ways, function(way) return measure(way, case[2], JOBS, 8) end)
end
for _, case in ipairs {
  { "the first 8 jobs of a client", 8, 1 },
  { "the first 8 jobs of a client, all at once", 8, 8 },
  { "the first 30 jobs of a client", 30, 1 },
} do
  data[case[1]] = compared(("polling, %s, spread 0.35"):format(case[1]),
    { WAYS[1], WAYS[2], WAYS[3] }, cold(case[2], case[3]))
end

local streamed = bench.run(bench.lua("5.4", "bench/programs/streaming.lua", "60"))
bench.print("streaming, over sockets against the simulator", { "", "" }, {
  { "jobs", ("%d"):format(streamed.jobs) },
  { "status requests a job", ("%.2f"):format(streamed.requests) },
  { "late: median ms", ("%.1f"):format(streamed.median * 1e3) },
  { "late: longest ms", ("%.1f"):format(streamed.longest * 1e3) },
})
data.streaming = streamed
bench.save(data)
