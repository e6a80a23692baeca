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
local SECONDS = 10   -- for which looks are counted
local SERVICE = 20   -- for which the jobs run that all end

local data = { waiting = {}, completing = {} }

--- The limit sends one request after the other, as a look at a job stands alone too: what
--- shares a wake-up with others costs a third of that.
local function limit(edge, at_once)
  return bench.cpu_per_request(bench.limit(edge.plain, 1000, at_once, at_once, "open"))()
end

local function waiting(edge, jobs)
  -- A thousand looks a second, or what is measured is the queue before the connections.
  local gap = jobs / 1000
  local lines = {}
  for _, vm in ipairs(VMS) do
    local lone, crowded = limit(edge, 1), limit(edge, 64)
    local told = bench.run(helper.lua(vm[1], "bench/programs/waiting.lua", edge.plain,
      jobs, gap, SECONDS))
    lone = (lone + limit(edge, 1)) / 2
    told.limit, told.limit_crowded = lone, crowded
    told.look = told.cpu / told.looks * 1e6
    data.waiting[vm[1] .. " " .. jobs] = told
    lines[#lines + 1] = { vm[2], ("%.0f"):format(told.handle.used),
      ("%.0f"):format(told.handle.resident), ("%.0f"):format(told.task.used),
      ("%.0f"):format(told.task.resident), ("%.0f"):format(told.peak / 2 ^ 20),
      ("%.1f"):format(told.look), ("%.1f"):format(lone),
      ("%.2f"):format(told.look / lone), ("%.1f"):format(crowded) }
  end
  bench.print(("%d jobs that wait, 1,000 looks a second"):format(jobs),
    { "", "bytes: handle", "resident", "with a coroutine", "resident", "peak MiB",
      "µs CPU a look", "limit", "ratio", "limit, 64 at once" }, lines)
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
