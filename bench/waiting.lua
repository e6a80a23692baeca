-- What many jobs cost that wait: bytes of each, CPU of the looks at them beside what a
-- look costs the limit, and thousands of jobs that all go their whole way at once.
--   BENCH_WAITING   jobs ["10000 100000"]

local bench = require "lib.bench"
local helper = require "lib.helper"
local server = require "lib.server"

local SIZES = {}
for size in (os.getenv "BENCH_WAITING" or "10000 100000"):gmatch("%d+") do
  SIZES[#SIZES + 1] = tonumber(size)
end

local VMS = { { "5.4", "Lua 5.4" }, { "jit", "LuaJIT" } }
local RATE = 1000    -- looks a second; with more, the queue for connections is measured
local SECONDS = 10   -- for which looks are counted
local SERVICE = 20   -- for which the jobs run that all end

local data = { waiting = {}, completing = {} }

-- The limit sends as many a second, one by one, as a look at a job stands alone. Without
-- a pause between them the processor is warm; what shares a wake-up costs a third.
local paced = { jobs = 1000, at_once = 1, rate = RATE }
local steady = { jobs = 1000, at_once = 1, rate = 0 }
local crowded = { jobs = 1000, at_once = 64, rate = 0 }

local function limit(edge, way)
  return bench.cpu_per_request(bench.limit(edge.plain, way.jobs, way.at_once, way.at_once,
    "open", "''", way.rate))()
end

local function waiting(edge, jobs)
  local gap = jobs / RATE
  local lines = {}
  for _, vm in ipairs(VMS) do
    local at_pace = { limit(edge, paced), limit(edge, paced) }
    local without = { limit(edge, steady), limit(edge, steady) }
    local told = bench.run(helper.lua(vm[1], "bench/programs/waiting.lua", edge.plain,
      jobs, gap, SECONDS))
    for i = 3, 4 do at_pace[i], without[i] = limit(edge, paced), limit(edge, steady) end
    told.limit, told.limit_steady = bench.median(at_pace), bench.median(without)
    told.limit_crowded = limit(edge, crowded)
    told.look = told.cpu / told.looks * 1e6
    data.waiting[vm[1] .. " " .. jobs] = told
    lines[#lines + 1] = { vm[2], ("%.0f"):format(told.handle.used),
      ("%.0f"):format(told.handle.resident), ("%.0f"):format(told.task.used),
      ("%.0f"):format(told.task.resident), ("%.0f"):format(told.peak / 2 ^ 20),
      ("%.1f"):format(told.look), ("%.1f"):format(told.limit),
      ("%.2f"):format(told.look / told.limit), ("%.1f"):format(told.limit_steady),
      ("%.2f"):format(told.look / told.limit_steady),
      ("%.1f"):format(told.limit_crowded) }
  end
  bench.print(("%d jobs that wait, 1,000 looks a second"):format(jobs),
    { "", "bytes: handle", "resident", "with a coroutine", "resident", "peak MiB",
      "µs CPU a look", "limit", "ratio", "without pause", "ratio", "64 at once" }, lines)
end

local function completing(edge, jobs)
  local lines = {}
  for _, vm in ipairs(VMS) do
    local told = bench.run(helper.lua(vm[1], "bench/programs/completing.lua", edge.plain,
      jobs, SERVICE, edge.gate))
    data.completing[vm[1] .. " " .. jobs] = told
    lines[#lines + 1] = { vm[2], ("%d"):format(told.in_flight), ("%d"):format(told.done),
      ("%.1f"):format(told.cpu), ("%.1f"):format(told.submit_wall),
      ("%.1f"):format(told.end_wall), ("%.0f"):format(told.peak / 2 ^ 20),
      ("%d"):format(told.connections) }
  end
  bench.print(("%d jobs at once, all of them let end %d s after the last submit"):format(
    jobs, SERVICE), { "", "in flight", "done", "CPU s", "s to submit", "s to fetch",
    "peak MiB", "sockets" }, lines)
end

server.with(function(edge)
  for _, jobs in ipairs(SIZES) do waiting(edge, jobs) end
  for _, jobs in ipairs(SIZES) do completing(edge, jobs) end
end)
bench.save(data)
