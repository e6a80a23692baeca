--- Where the outcomes of a transfer wait that says more than one thing: events of a
--- stream, progress of a download.

local channel = {}

local MAX_QUEUED = 4096

---@class fal.Channel
local Channel = {}
Channel.__index = Channel

---@param owner fal.Scheduler
---@param id integer   a transfer
---@return fal.Channel
function channel.open(owner, id)
  local self = setmetatable({ sched = owner, id = id, first = 1, last = 0, waiting = {} },
    Channel)
  owner:watch(id, self)
  return self
end

local function append(self, ...)
  self.last = self.last + 1
  self[self.last] = { ... }
end

--- Called by the scheduler.
function Channel:put(owner, kind, ...)
  if kind == "timer" then
    self.timed = true
  elseif kind == "event" and self.last - self.first + 1 >= MAX_QUEUED then
    -- Nobody reads: what has come is kept, the rest would only grow.
    append(self, "error", "too_large", "too many events unread", "yes")
    owner:drop(self.id)
  else
    append(self, kind, ...)
  end
  owner:wake(self.waiting)
end

local function take(self)
  local item = self[self.first]
  self[self.first] = nil
  self.first = self.first + 1
  return item[1], item[2], item[3], item[4], item[5], item[6]
end

--- The next outcome, as Scheduler:await returns it; "timer" when `deadline` comes first.
---@param deadline? number
---@return string? kind
---@return any ...
function Channel:receive(deadline)
  local owner, timer, ok, err = self.sched, nil, nil, nil
  self.timed = false
  while self.first > self.last do
    if owner.closed then return nil, owner.closed end
    if deadline and not timer then
      timer, err = owner:arm(deadline - owner.now(), self)
      if not timer then return nil, err end
    end
    ok, err = owner:park(self.waiting)
    if not ok then
      if timer then owner:drop_timer(timer) end
      return nil, err
    end
    if self.timed and self.first > self.last then return "timer" end
  end
  if timer and not self.timed then owner:drop_timer(timer) end
  return take(self)
end

--- Gives the transfer up if it is not over.
function Channel:close() self.sched:drop(self.id) end

return channel
