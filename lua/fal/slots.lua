--- max_in_flight: a submit waits for a slot; a slot is free again when this client sees
--- the job end.

local E = require "fal.error"
local sched = require "fal.sched"

local slots = {}

local Slots = {}
Slots.__index = Slots

---@class fal.Slots
---@param owner fal.Scheduler
---@param max? integer   [unlimited]
function slots.new(owner, max)
  return setmetatable({ sched = owner, max = max or math.huge, used = 0,
    queue = {}, first = 1, last = 0, kept = {} }, Slots)
end

local function refuse(self, kind, endpoint_id, message)
  return nil, E.new {
    kind = kind, sent = "no", retryable = true, endpoint_id = endpoint_id,
    message = message:format(self.max),
  }
end

local function wait(self, ticket, deadline)
  local owner, timer = self.sched, nil
  if deadline then
    local id, broken = owner:arm(deadline - owner.now(), function()
      ticket.expired = true
      owner:wake(ticket)
    end)
    if not id then return nil, broken end
    timer = id
  end
  local ok, err = owner:park(ticket)
  if timer then owner:drop_timer(timer) end
  return ok, err
end

---@param endpoint_id string   for the error
---@param deadline? number
---@return boolean? ok
---@return fal.Error? err   kind rate_limit when nothing could ever free a slot
function Slots:acquire(endpoint_id, deadline)
  if self.used < self.max then
    self.used = self.used + 1
    return true
  end
  local ticket = { co = coroutine.running() }
  self.queue[self.last + 1] = ticket
  self.last = self.last + 1
  local ok, err = wait(self, ticket, deadline)
  if ok and ticket.granted then return true end
  if ticket.granted then self:release() end
  ticket.dead = true
  if ok then
    return refuse(self, "timeout", endpoint_id,
      "the time ran out while max_in_flight = %d jobs were under way")
  end
  if err == sched.DEADLOCK then
    return refuse(self, "rate_limit", endpoint_id,
      "max_in_flight = %d jobs are under way and nobody waits for them")
  end
  return nil, err
end

--- Hands the slot to the next in the queue, or puts it back.
function Slots:release()
  while self.first <= self.last do
    local ticket = self.queue[self.first]
    self.queue[self.first] = nil
    self.first = self.first + 1
    -- A coroutine that its host closed would never give the slot back.
    local is_closed = ticket.co and coroutine.status(ticket.co) == "dead"
    if not ticket.dead and not ticket.expired and not is_closed then
      ticket.granted = true
      return self.sched:wake(ticket)
    end
  end
  self.used = self.used - 1
end

--- The slot that was acquired is that of an accepted job now. It is known by the job's
--- id, so that every handle that sees the end of the job frees it.
---@param request_id string
function Slots:keep(request_id)
  if self.max < math.huge then self.kept[request_id] = true end
end

--- This client saw the job end, or gave it up.
---@param request_id string
function Slots:free(request_id)
  if not self.kept[request_id] then return end
  self.kept[request_id] = nil
  self:release()
end

return slots
