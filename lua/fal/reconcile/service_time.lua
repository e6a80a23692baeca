--- The service's time, asked for once on behalf of all who want to know it.

local history = require "fal.reconcile.history"

local service_time = {}

-- Seconds that it is worth waiting for, and for which it is not asked for again when it
-- did not come.
local PATIENCE, REST = 2, 10

---@class fal.TimeKeeper
---@field client fal.Client
---@field clock fal.ServiceClock
---@field learning? table       who waits while somebody asks
---@field ask_time_at? number   not before, by the monotonic clock

local function ask(self, endpoint_id)
  local client, waiting = self.client, {}
  local sched = client.sched
  if client.now() < (self.ask_time_at or 0) then return false end
  -- Before anybody waits for it: the user's function may raise.
  if not client:authorize() then return false end
  local function over()
    if self.learning == waiting then self.learning = nil end
    sched:wake(waiting)
  end
  -- Who asks may never come to its end: its host may close its coroutine.
  local timer, broken = sched:arm(PATIENCE + 1, over)
  if not timer then return nil, broken end
  self.learning = waiting
  local ok, err = history.time(client, endpoint_id, self.clock, client.now() + PATIENCE)
  sched:drop_timer(timer)
  if ok == false then self.ask_time_at = client.now() + REST end
  over()
  return ok, err
end

--- Sees to it that the service's time is known. A service that does not say it holds up
--- nobody.
---@param self fal.TimeKeeper
---@param endpoint_id string
---@return boolean? ok     false: it is not known
---@return fal.Error? err  canceled, closed
function service_time.learn(self, endpoint_id)
  while not self.clock:read() do
    if not self.learning then return ask(self, endpoint_id) end
    local ok, err = self.client.sched:park(self.learning)
    if not ok then return nil, err end
  end
  return true
end

return service_time
