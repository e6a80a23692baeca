--- The service's clock, as the Date headers of its answers tell it.
-- A row is found again by when it was sent. The clocks of machines differ and are set
-- now and then, so that moment is kept by the service's own clock, carried on by the
-- monotonic one, which nobody sets. Pure, but for the clocks it is given.

local match = require "fal.reconcile.match"

local clock = {}

-- An exchange that took longer says too little of when its Date was written.
local MAX_SECONDS = 5
-- The monotonic clock stops while a machine sleeps and drifts a little: it is not carried
-- on past a difference to the wall clock, nor for longer than this.
local MAX_STEP, MAX_AGE = 2, 3600

---@class fal.ServiceClock
local Clock = {}
Clock.__index = Clock

---@param now fun(): number    monotonic seconds
---@return fal.ServiceClock
function clock.new(now) return setmetatable({ now = now }, Clock) end

--- Takes the time from an answer's headers.
---@param headers any
---@param asked_at number   when its request left, by the monotonic clock
---@return boolean heard
function Clock:hear(headers, asked_at)
  local date = match.http_seconds(type(headers) == "table" and headers.date)
  local now = self.now()
  if not date or now - asked_at > MAX_SECONDS then return false end
  self.date, self.asked_at, self.heard_at, self.wall = date, asked_at, now, os.time()
  return true
end

--- The service's time now, in seconds since 1970: at least, and at most. Nil when it is
--- not known.
---@return number? earliest
---@return number? latest
function Clock:read()
  if not self.date then return nil end
  local now = self.now()
  local age = now - self.heard_at
  if age > MAX_AGE or math.abs(os.time() - self.wall - age) > MAX_STEP then return nil end
  -- The header has whole seconds, and was written after the request left.
  return self.date + age, self.date + 1 + now - self.asked_at
end

--- The same for a row, in whole milliseconds.
---@return integer? earliest
---@return integer? latest
function Clock:stamp()
  local earliest, latest = self:read()
  if not earliest then return nil end
  return math.floor(earliest * 1000), math.ceil(latest * 1000)
end

return clock
