--- How a caller waits: a task yields, plain code drives the loop, a host's coroutine
--- waits as its driver says, a task of another client as its guest. The part of the
--- scheduler that suspends.

local E = require "fal.error"
local guest = require "fal.guest"
local stall = require "fal.stall"

local wait = {}

local PARK = {}
--- What our own yields carry; any other yield of a task gives the others a turn.
wait.PARK = PARK
--- In place of PARK: asks for nothing but to be resumed at once.
wait.PROBE = {}
--- In place of an error: nothing that is under way could ever end this wait.
wait.DEADLOCK = {}
--- In place of an error: the deadline came, and somebody else takes the outcome.
wait.EXPIRED = {}
--- The scheduler whose task was resumed last and has not yielded since, of all clients.
wait.inside = nil

local MAX_REFUSED = 100  -- waits of one task after close, before it is taken for a loop

--- How deep tasks may be resumed within each other while somebody waits for a transfer,
--- and while somebody waits for a task.
wait.MAX_DEPTH = 24
local MAX_PARKED = 40

local running, yield = coroutine.running, coroutine.yield
local isyieldable = rawget(coroutine, "isyieldable")  -- 5.1 and 5.2 have none

local methods = {}

--- Kind closed: whoever waits does then what is right at a close.
local function broken(message)
  return E.new { kind = "closed", cause = message,
    message = "the client stopped working: " .. tostring(message),
    remedy = "Close it and make a new one; jobs can be taken up there by their ids." }
end

--- No task can be resumed from there, so nothing that a task does could end the wait.
local function too_deep()
  return E.new { kind = "task",
    message = "too many coroutines within tasks wait for other tasks, one on top of the "
      .. "other", remedy = "Wait in the task itself, not in a coroutine within it." }
end

local function in_finalizer()
  return E.new { kind = "task",
    message = "a finalizer (__gc) cannot wait while the client takes an answer",
    remedy = "Wait outside of finalizers." }
end

local function idle(self)
  return self.pending == 0 and (self.head > self.tail or self.depth >= self.max_depth)
end

--- Runs the loop until `box.done`.
local function run_until(self, box)
  while not box.done do
    if self.closed then return nil, self.closed end
    self:report_old()
    local did = self:turn(nil, box)
    if not self.closed and not box.done then
      if not did and idle(self) then return nil, wait.DEADLOCK end
      local _, err = self:advance(did and 0 or -1)
      if err then return nil, err end
    end
  end
  return true
end

local function drive(self, box)
  local outer = self.max_depth
  self.max_depth = box.parked and MAX_PARKED or wait.MAX_DEPTH
  local ok, err = run_until(self, box)
  self.max_depth = outer
  return ok, err
end

local function refuse(self, task)
  if task then
    task.refused = (task.refused or 0) + 1
    if task.refused > MAX_REFUSED then
      error("a task goes on waiting although its client is closed", 0)
    end
  end
  return nil, self.closed
end

--- The task that is running, if the present coroutine is one.
local function current(self)
  local task = self.active
  if task and task.co == running() then return task end
end

methods.current = current

local UNYIELDABLE = "nothing can wait for fal within a C function that calls Lua, such "
  .. "as table.sort or string.gsub: call this outside of it"

local CROSSED = _VERSION == "Lua 5.2" and { [pcall] = true, [xpcall] = true } or {}

--- Is there a C function on the stack that nobody can yield across? For Lua 5.1 and 5.2,
--- where a host's coroutine cannot be tried as a task can.
local function is_within_c()
  local level = 2
  while true do
    local info = debug.getinfo(level, "Sf")
    if not info then return false end
    if info.what == "C" and not CROSSED[info.func] then return true end
    level = level + 1
  end
end

--- Raises where Lua lets the present coroutine not yield. Else its wait would raise once
--- it has begun: with a paid request on its way, and nobody left to hear of the answer.
local function must_yield(task, driver)
  if isyieldable then
    if isyieldable() then return end
  elseif task then
    return yield(wait.PROBE)
  end
  local co, main = running()
  if not task and (not co or main or not driver.running()) then return end
  if isyieldable or is_within_c() then error(UNYIELDABLE, 0) end
end

--- Before a wait: nil and the reason when it must not begin. That this is a fork, where
--- nothing can be started, is told by what starts the thing that is waited for.
local may_wait
function may_wait(self, task)
  -- First: a logger that closes its client resumes all who wait.
  if self.closed then return refuse(self, task) end
  if self.unwaiting then error(self.unwaiting .. " must not wait", 0) end
  if task then
    if not isyieldable or not isyieldable() then must_yield(task) end
    local err = task.cancel_next
    if not err then return true end
    task.cancel_next = nil
    return nil, err
  end
  local visitor = guest.task(self, wait.inside)
  if visitor then
    wait.inside:check()
    return may_wait(wait.inside, visitor)
  end
  local driver = self.owner.driver
  if not driver then return true end
  local why = driver.refuse and driver.refuse()
  if why then error(why, 0) end
  must_yield(nil, driver)
  return true
end

local Box = {}
Box.__index = Box

function Box:put(owner, ...)
  -- Closed from outside, it will not come for the answer to a paid request.
  if ... and self.caller and coroutine.status(self.caller) == "dead" then
    owner.hosted[self] = nil
    return self.abandon:orphan(...)
  end
  self.n = select("#", ...)
  for i = 1, self.n do self[i] = (select(i, ...)) end
  self.done, owner.hosted[self] = true, nil
  if self.resume then self.resume() end
end

--- What the scheduler resumed a task with. Whoever else resumes it is not heard: a host
--- may take it for a coroutine of its own, in the middle of a wait for a paid answer.
local function resumed(self, task, ...)
  if self.active == task then return ... end
  return resumed(self, task, yield(PARK))
end

--- The outcome may be the answer to a paid request: a cancel that came after it ends the
--- task's next wait.
local function left(self, box, host, task, ok, err)
  box.resume, self.hosted[box] = nil, nil
  guest.leave(self, host)
  if box.done then
    if not ok and not host.closed then task.cancel_next = err end
    return true
  end
  return nil, self.closed or err
end

--- Waits in a task of another client, which goes on with its others meanwhile.
local function wait_in(self, box, host, task)
  self.hosted[box] = true
  box.resume = function()
    if task.parked == box then host:make_ready(task) end
  end
  guest.enter(self, host)
  task.parked = box
  return left(self, box, host, task, resumed(host, task, yield(PARK)))
end

--- Waits in plain code, or as the driver has it.
local function wait_box(self, box)
  local visitor = guest.task(self, wait.inside)
  if visitor then return wait_in(self, box, wait.inside, visitor) end
  local driver = self.owner.driver
  if not (driver and driver.running()) then
    if not driver and self.owner.notice then stall.tell(self.owner) end
    return drive(self, box)
  end
  self.hosted[box] = true
  local stuck
  while not box.done and not self.closed and not stuck do
    stuck = driver.wait(function(resume) box.resume = resume end) == false
  end
  self.hosted[box] = nil
  if not box.done then return nil, self.closed or wait.DEADLOCK end
  return true
end

local function after_deadline(self, timer, ...)
  self:drop_timer(timer)
  return ...
end

--- Nobody waits for `id`: `abandon` takes the outcome, or it is aborted.
local function let_go(self, id, abandon)
  if self.closed then return end
  if abandon then return self:leave(id, abandon) end
  if self.waiters[id] == nil then self:watch(id, false) end
  self:drop(id)
end

--- What a deadline does to the wait for `id`: the transfer is aborted, or left to
--- `abandon` while the waiter goes on without it.
local function at_deadline(self, id, abandon, waiter)
  if not abandon then return id end
  return function()
    if self.waiters[id] ~= waiter then return end
    self:leave(id, abandon)
    if waiter.co then return self:hand(waiter, nil, wait.EXPIRED) end
    waiter:put(self, nil, wait.EXPIRED)
  end
end

--- Lets the engine work. One that cannot any more (its descriptors are gone, or the
--- process is a fork of the one that made it) ends all waits.
---@return boolean? ready   there is something to be fetched
---@return fal.Error? err    kind task: a finalizer runs while something is fetched
function methods:advance(timeout, budget)
  local live, more = self.engine:step(timeout, budget)
  if live then return more end
  if more == "busy" then return nil, in_finalizer() end
  if not self:check() then self:fail(broken(more)) end
end

--- Starts a timer.
---@param seconds number
---@param waiter any
---@return integer? id
---@return fal.Error? err   kind closed: the engine starts none any more
function methods:arm(seconds, waiter)
  local id, message = self.engine:timer(math.max(0, seconds))
  if not id then return nil, self:check() or broken(message) end
  self:watch(id, waiter)
  return id
end

local function await_outside(self, id, abandon, deadline)
  local box = setmetatable({ abandon = abandon, caller = abandon and running() }, Box)
  local timer
  self:watch(id, box)
  if deadline then
    timer = self:arm(deadline - self.now(), at_deadline(self, id, abandon, box))
  end
  local ok, err = wait_box(self, box)
  if timer then self:drop_timer(timer) end
  if ok then return box[1], box[2], box[3], box[4], box[5], box[6] end
  if err ~= wait.DEADLOCK then let_go(self, id, abandon) end
  return nil, err
end

--- Waits for a transfer or timer that was just started, and returns what the engine said
--- of it.
---@param id integer
---@param abandon? { orphan: fun(self, kind: string, ...) }  takes the outcome when the
---        task is canceled meanwhile, or the deadline comes [the transfer is aborted]
---@param deadline? number   of the monotonic clock
---@return string? kind      nil when the wait was canceled or the client closed
---@return any ...           or the error, or wait.EXPIRED
function methods:await(id, abandon, deadline)
  local task = self.active
  if task and task.co ~= running() then task = nil end
  local ok, err = may_wait(self, task)
  if not ok then
    let_go(self, id, abandon)
    return nil, err
  end
  if not task then return await_outside(self, id, abandon, deadline) end
  self:watch(id, task)
  task.id, task.abandon = id, abandon
  if not deadline then return resumed(self, task, yield(PARK)) end
  local timer = self:arm(deadline - self.now(), at_deadline(self, id, abandon, task))
  if not timer then return resumed(self, task, yield(PARK)) end
  return after_deadline(self, timer, resumed(self, task, yield(PARK)))
end

local function sleep_in(self, box, seconds)
  local id, fault = self:arm(seconds, box)
  if not id then return nil, fault end
  local ok, err = wait_box(self, box)
  if not ok then self:drop_timer(id) end
  return ok, err
end

--- Begins the sleep of a task.
local function doze(self, task, seconds)
  local id, fault = self:arm(seconds, task)
  task.id, task.abandon, task.timer = id, nil, id and true
  return id, fault
end

local function woken(self, task, kind, why)
  if self.active ~= task then return woken(self, task, yield(PARK)) end
  task.timer = nil
  if not kind then return nil, why end
  return true
end

--- The frame of a task that sleeps is small: see follow_to_end in fal.job.
---@param seconds number
---@return boolean? ok
---@return fal.Error? err   kind canceled or closed
function methods:sleep(seconds)
  local task = current(self)
  local ok, err = may_wait(self, task)
  if not ok then return nil, err end
  if not task then return sleep_in(self, setmetatable({}, Box), seconds) end
  ok, err = doze(self, task, seconds)
  if not ok then return nil, err end
  return woken(self, task, yield(PARK))
end

--- Waits until somebody wakes `list`.
---@param list table
---@return boolean? ok
---@return any err   canceled, closed, kind task: too deep, or wait.DEADLOCK: nothing
---                  could ever wake it
function methods:park(list)
  self:check()
  local task = current(self)
  local ok, err = may_wait(self, task)
  if not ok then return nil, err end
  if task then
    list[#list + 1] = task
    task.id = nil  -- first, or the table is made larger, to hold both
    task.parked = list
    return resumed(self, task, yield(PARK))
  end
  if self.depth >= MAX_PARKED then return nil, too_deep() end
  local box = setmetatable({ parked = true }, Box)
  list[#list + 1] = box
  return wait_box(self, box)
end

--- Nil and the reason when the present caller must not begin to wait.
---@return boolean? ok
---@return fal.Error? err
function methods:may_wait() return may_wait(self, current(self)) end

---@param class table   the scheduler's
function wait.extend(class)
  for name, method in next, methods do class[name] = method end
end

return wait
