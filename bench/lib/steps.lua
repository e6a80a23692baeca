-- Times of steps: CPU of the thread and the clock, as the module probe tells them.

local json = require "cjson"
local probe = require "probe"

local steps = {}

local Steps = {}
Steps.__index = Steps

local MANY = 20000

-- Of its full size from the start: a table that grows brings the collector work, which it
-- then does in the steps that are measured.
local function room()
  local all = {}
  for i = 1, MANY do all[i] = 0 end
  return all
end

function steps.new()
  return setmetatable({ n = 0, cpu = room(), wall = room(), at = room(),
    disturbed = room() }, Steps)
end

function Steps:add(cpu, wall, phase)
  local n = self.n + 1
  self.n, self.cpu[n], self.wall[n], self.at[n] = n, cpu, wall, phase
end

--- The CPU of the steps that others left alone: one that lost the processor on its way
--- finds its caches cold when it comes back.
local function undisturbed(self)
  local list = {}
  for i = 1, self.n do
    if not self.disturbed[i] then list[#list + 1] = self.cpu[i] end
  end
  return list
end

--- Runs one step; `phase` says in the list of the worst what went on.
function Steps:run(phase, step, ...)
  local before, wall, cpu = probe.preempted(), probe.wall(), probe.cpu()
  local result = step(...)
  self:add(probe.cpu() - cpu, probe.wall() - wall, phase)
  self.disturbed[self.n] = probe.preempted() > before
  return result
end

local function quantiles(list, n)
  local sorted = {}
  for i = 1, n do sorted[i] = list[i] end
  table.sort(sorted)
  local function at(share) return sorted[math.max(1, math.ceil(#sorted * share))] or 0 end
  return { n = #sorted, p50 = at(0.5), p99 = at(0.99), p999 = at(0.999), longest = at(1) }
end

local function worst(self, count)
  local order, out = {}, {}
  for i = 1, self.n do order[i] = i end
  table.sort(order, function(a, b) return self.cpu[a] > self.cpu[b] end)
  for i = 1, math.min(count, self.n) do
    local n = order[i]
    out[i] = ("%s (step %d) %.2f"):format(self.at[n], n, self.cpu[n] * 1e3)
  end
  return out
end

--- How many steps took half a millisecond of CPU longer than most, a thousand.
local function outliers(self, p50)
  local n = 0
  for i = 1, self.n do
    if self.cpu[i] > p50 + 0.5e-3 then n = n + 1 end
  end
  return n / self.n * 1000
end

---@return table figures   seconds; the steps that took most, in milliseconds
function Steps:figures()
  local alone = undisturbed(self)
  local told = { steps = self.n, cpu = quantiles(self.cpu, self.n),
    wall = quantiles(self.wall, self.n), alone = quantiles(alone, #alone),
    worst = worst(self, 4) }
  told.outliers = outliers(self, told.cpu.p50)
  return told
end

--- Prints them as one JSON line.
---@param more? table   further figures
function Steps:tell(more)
  local told = self:figures()
  for name, value in next, more or {} do told[name] = value end
  io.write(json.encode(told), "\n")
end

--- Sleeps to the end of the frame that began at `from`.
function steps.end_frame(from, seconds) probe.pause(from + seconds - probe.wall()) end

return steps
