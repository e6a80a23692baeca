--- Where the outcomes of a transfer wait that says more than one thing: events of a
--- stream, progress of a download.

local channel = {}

-- Bytes that may wait here; then the engine keeps what comes, and pauses the transfer
-- when its own buffer is full. Nothing is lost, however slow the reader is.
local MAX_QUEUED = 262144
local EVENT = 128  -- bytes that an event takes beside its data, about

---@class fal.Channel
local Channel = {}
Channel.__index = Channel

local function size_of(data, name) return #data + (name and #name or 0) + EVENT end

-- The scheduler knows a channel by its guard only, so that one whose reader is gone (an
-- iterator that was left, a callback that raised) is collected; what comes next for it
-- ends the transfer.
local Guard = { __mode = "v" }
Guard.__index = Guard

function Guard:put(owner, kind, ...)
  if self.channel then return self.channel:put(owner, kind, ...) end
  if kind == "event" then owner:drop(self.id) end
end

-- A transfer that is held brings nothing that could show that its reader is gone.
local function sweep(owner)
  for id, guard in next, owner.held do
    if not guard.channel then
      owner.held[id] = nil
      owner:drop(id)
    end
  end
end

---@param owner fal.Scheduler
---@param id integer   a transfer
---@return fal.Channel
function channel.open(owner, id)
  local self = setmetatable({ sched = owner, id = id, first = 1, last = 0, bytes = 0,
    waiting = {} }, Channel)
  sweep(owner)
  self.guard = setmetatable({ channel = self, id = id }, Guard)
  owner:watch(id, self.guard)
  return self
end

local function hold(self)
  self.full = true
  self.sched.held[self.id] = self.guard
  self.sched.engine:hold(self.id, true)
end

local function let_go(self)
  self.full = nil
  local owner = self.sched
  owner.held[self.id] = nil
  if not owner.closed then owner.engine:hold(self.id, false) end
end

--- Called by the scheduler.
function Channel:put(owner, kind, ...)
  if kind == "timer" then
    self.timed = true
  else
    self[self.last + 1] = { kind, ... }
    self.last = self.last + 1
    if kind == "event" then
      self.bytes = self.bytes + size_of(...)
      if self.bytes > MAX_QUEUED and not self.full then hold(self) end
    elseif self.full then
      let_go(self)
    end
  end
  owner:wake(self.waiting)
end

local function take(self)
  local item = self[self.first]
  self[self.first] = nil
  self.first = self.first + 1
  if item[1] == "event" then
    self.bytes = self.bytes - size_of(item[2], item[3])
    if self.full and self.bytes <= MAX_QUEUED / 2 then let_go(self) end
  end
  return item[1], item[2], item[3], item[4], item[5], item[6]
end

--- The next outcome, as Scheduler:await returns it; "timer" when `deadline` comes first,
--- or another reader has closed it.
---@param deadline? number
---@return string? kind
---@return any ...
function Channel:receive(deadline)
  local owner, timer = self.sched, nil
  self.timed = false
  while self.first > self.last do
    if owner.closed then return nil, owner.closed end
    if self.over then
      if timer then owner:drop_timer(timer) end
      return "timer"
    end
    if deadline and not timer then
      local id, broken = owner:arm(deadline - owner.now(), self)
      if not id then return nil, broken end
      timer = id
    end
    local ok, err = owner:park(self.waiting)
    if not ok then
      if timer then owner:drop_timer(timer) end
      return nil, err
    end
    if self.timed and self.first > self.last then return "timer" end
  end
  if timer and not self.timed then owner:drop_timer(timer) end
  return take(self)
end

--- Gives the transfer up if it is not over. Others who read get no more of it.
function Channel:close()
  self.over = true
  self.sched:wake(self.waiting)
  self.sched.held[self.id] = nil
  self.sched:drop(self.id)
end

return channel
