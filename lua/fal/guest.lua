--- Guests: tasks of one client, its host, that wait for something of another one. A task
--- parks in its host, and the host has the other client work: maybe nobody else does.

local guest = {}

-- A host's descriptor tells nothing of the other client's sockets, so they are looked at:
-- this often, and seldom where both have drivers, since their loop does so by itself.
local OFTEN, SELDOM = 0.005, 0.1
-- What one look may take of the host's turn.
local BUDGET = 0.0005

local look

--- Looks at others are nothing of its own: two that wait for each other would go on.
local function is_busy(self)
  return self.pending > (self.looks or 0) or self.head <= self.tail
end

--- Has the host look again, as long as anything is under way.
local function plan(self, host, used_up)
  local entry = self.hosts[host]
  if entry.id or host.closed or self.closed or not is_busy(self) then return end
  local seconds = self.owner.driver and host.owner.driver and SELDOM or OFTEN
  if used_up then seconds = 0 end
  -- Counted first: the timer is something that was begun, of which guests are told.
  entry.id, host.looks = true, (host.looks or 0) + 1
  local ok, id = pcall(host.arm, host, math.min(seconds, self:timeout() or seconds),
    function() look(self, host) end)
  entry.id = ok and id or nil
  if not entry.id then host.looks = host.looks - 1 end
  if not ok then error(id, 0) end
end

function look(self, host)
  local began = self.now()
  self.hosts[host].id, host.looks = nil, host.looks - 1
  local had, ok, left = self.live + self.pending > 0, true, nil
  -- Somebody below has it in his turn, or it is in the middle of telling a logger. A turn
  -- that raised looks like one that goes on, but for its depth.
  if not (self.closed or self.turning and self.depth > 0 or self.unwaiting) then
    ok, left = pcall(self.step, self, BUDGET)
    -- Its own driver sees nothing of this step, and would wait on for the next one.
    if left == 0 and had then self:settled() end
  end
  plan(self, host, self.now() - began > BUDGET / 2)
  if not ok then error(left, 0) end
end

--- The task of another client in which the present call is made.
---@param self fal.Scheduler
---@param inside? fal.Scheduler   whose task was resumed last
---@return fal.Task?
function guest.task(self, inside)
  return inside and inside ~= self and inside:current() or nil
end

--- A task of `host` begins to wait for something of `self`.
---@param self fal.Scheduler
---@param host fal.Scheduler
function guest.enter(self, host)
  self.hosts = self.hosts or setmetatable({}, { __mode = "k" })
  local entry = self.hosts[host] or { guests = 0 }
  self.hosts[host] = entry
  entry.guests = entry.guests + 1
  plan(self, host)
end

---@param self fal.Scheduler
---@param host fal.Scheduler
function guest.leave(self, host)
  self.hosts[host].guests = self.hosts[host].guests - 1
end

--- Something was begun, which may be what they wait for.
---@param self fal.Scheduler
function guest.changed(self)
  for host, entry in next, self.hosts do
    if entry.guests > 0 then plan(self, host) end
  end
end

return guest
