-- Things to do later, in real or in virtual time.

local heap = require("fal.sim.heap")

local M = {}
M.__index = M

local RECHECK = 0.05   -- seconds, for moments that cannot be known beforehand

---@param clock table
---@param monotonic fun(): number
function M.new(clock, monotonic)
  return setmetatable({
    clock = clock, monotonic = monotonic, real = heap.new(), virtual = heap.new(),
  }, M)
end

---@param seconds number   real
function M:after(seconds, action)
  self.real:push(self.monotonic() + seconds, action)
end

---@param at number?   virtual moment; nil: look again soon
function M:at(at, action)
  if at then
    self.virtual:push(at, action)
  else
    self:after(RECHECK, action)
  end
end

---Runs what is due.
---@return number? seconds   real, until the next
function M:run()
  local now = self.monotonic()
  while self.real:top() and self.real:top() <= now do
    self.real:pop()()
  end
  local virtual_now = self.clock:now()
  while self.virtual:top() and self.virtual:top() <= virtual_now do
    self.virtual:pop()()
  end
  local real, virtual = self.real:top(), self.virtual:top()
  local seconds = real and real - now
  if virtual then
    seconds = math.min(seconds or math.huge, self.clock:real_until(virtual))
  end
  return seconds and math.max(0, seconds)
end

return M
