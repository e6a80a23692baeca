-- Virtual time: real time multiplied, plus whatever was jumped over.

local M = {}
M.__index = M

---@param monotonic fun(): number   seconds
---@param speed number              virtual seconds for each real one
---@param epoch number              of the start, in seconds since 1970, with their
---       fraction: a Date header is real time, and no answer may lie behind it
function M.new(monotonic, speed, epoch)
  return setmetatable({
    monotonic = monotonic, speed = speed, origin = monotonic(), jumped = 0,
    epoch = epoch,
  }, M)
end

---@return number seconds  virtual, since the start
function M:now()
  return (self.monotonic() - self.origin) * self.speed + self.jumped
end

function M:advance(seconds)
  self.jumped = self.jumped + seconds
end

---@return number seconds  real ones until the virtual moment `at`
function M:real_until(at)
  return (at - self:now()) / self.speed
end

---@param at number   virtual moment
---@return string     ISO 8601, UTC, microseconds
function M:iso(at)
  local t = self.epoch + at
  local whole = math.floor(t)
  return os.date("!%Y-%m-%dT%H:%M:%S", whole)
    .. string.format(".%06dZ", math.floor((t - whole) * 1e6))
end

return M
