-- Times of steps, and how they read.
local probe = require "probe"

local lib = {}

local Steps = {}
Steps.__index = Steps

--- Records of steps: CPU time of this thread, and the clock.
function lib.steps()
  return setmetatable({ n = 0, cpu = {}, wall = {}, at = {} }, Steps)
end

--- Runs one step and notes what it took; `phase` is what happened in it.
function Steps:run(phase, step, ...)
  local wall, cpu = probe.wall(), probe.cpu()
  local result = step(...)
  local n = self.n + 1
  self.n, self.cpu[n], self.wall[n] = n, probe.cpu() - cpu, probe.wall() - wall
  self.at[n] = phase
  return result
end

local function quantile(sorted, share)
  return sorted[math.max(1, math.ceil(#sorted * share))] or 0
end

local function summary(list)
  local sorted = {}
  for i = 1, #list do sorted[i] = list[i] end
  table.sort(sorted)
  return { p50 = quantile(sorted, 0.5), p99 = quantile(sorted, 0.99),
    p999 = quantile(sorted, 0.999), longest = quantile(sorted, 1) }
end

--- { steps, cpu = { p50, p99, p999, longest }, wall = … }, in seconds.
function Steps:summary()
  return { steps = self.n, cpu = summary(self.cpu), wall = summary(self.wall) }
end

--- The `count` steps that took most CPU: { phase, number, seconds }.
function Steps:worst(count)
  local order = {}
  for i = 1, self.n do order[i] = i end
  table.sort(order, function(a, b) return self.cpu[a] > self.cpu[b] end)
  local out = {}
  for i = 1, math.min(count, self.n) do
    local n = order[i]
    out[i] = ("%s #%d %.3f ms"):format(self.at[n], n, self.cpu[n] * 1e3)
  end
  return out
end

--- One line of a table, the times in milliseconds.
function lib.row(name, s)
  return ("%-22s %7d  %6.3f %6.3f %6.3f %8.3f   %6.3f %6.3f %6.3f %8.3f"):format(name,
    s.steps, s.cpu.p50 * 1e3, s.cpu.p99 * 1e3, s.cpu.p999 * 1e3, s.cpu.longest * 1e3,
    s.wall.p50 * 1e3, s.wall.p99 * 1e3, s.wall.p999 * 1e3, s.wall.longest * 1e3)
end

--- What stands above such lines.
lib.HEAD = ("%-22s %7s  %-30s   %s\n%-22s %7s  %6s %6s %6s %8s   %6s %6s %6s %8s"):format(
  "", "", "CPU of the thread, ms", "clock, ms", "", "steps", "p50", "p99", "p99.9",
  "longest", "p50", "p99", "p99.9", "longest")

--- Sleeps to the end of the frame that began at `from`.
function lib.end_frame(from, seconds) probe.pause(from + seconds - probe.wall()) end

return lib
