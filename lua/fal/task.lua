--- Tasks: functions that run beside each other in coroutines of one client.

local E = require "fal.error"
local callback = require "fal.callback"
local options = require "fal.options"
local sched = require "fal.sched"

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

local task = {}

---@class fal.Task
local Task = {}
Task.__index = Task
Task.__tostring = function(self)
  return "fal.task (" .. (self.done and "done" or "live") .. ")"
end

local function pack(...) return { n = select("#", ...), ... } end

--- An error that was raised in a callback of a job may be about anything; that job was
--- submitted, whatever the error says of another one.
local function of_job(job, err, remedy)
  return E.new { kind = err.kind, message = err.message, cause = err, remedy = remedy,
    sent = "yes", endpoint_id = job.endpoint_id, request_id = job.request_id }
end

--- What a coroutine raised, as an error; kind task with its traceback when it is none.
---@param co thread?   nil: the running one
---@param value any
---@return fal.Error
function task.failure(co, value)
  local job, remedy
  if co then job, remedy = callback.job(co) end
  -- Nobody may ever come back to it; its slot must not wait for that.
  if job then job:ended() end
  if E.is(value) then return job and of_job(job, value, remedy) or value end
  local what = type(value) == "string" and value or "(a " .. type(value) .. " value)"
  return E.new {
    kind = "task", message = "a task raised an error: " .. what, remedy = remedy,
    endpoint_id = job and job.endpoint_id, request_id = job and job.request_id,
    cause = co and debug.traceback(co, what) or debug.traceback(what),
  }
end

--- Called by the scheduler when the coroutine is dead.
function Task:finish(ok, ...)
  local owner = self.sched
  if ok then
    self.results = pack(...)
  else
    self.err = task.failure(self.co, (...))
    if self.joiners or self.on_end then self.observed = true
    else owner:note_failure(self) end
  end
  self.done, self.args = true, nil
  if self.joiners then owner:wake(self.joiners) end
  if self.on_end then self:on_end() end
  owner:ended(self)
end

function Task:start()
  local args = self.args
  self.args = nil
  return self.sched:resume(self, unpack(args, 1, args.n))
end

--- Starts `fn(...)` in a coroutine of its own; it runs at once, up to its first wait.
--- An error that it raises ends this task and no other: awaiting gives `nil, err`; when
--- nobody awaits it, it is reported once.
---@param owner fal.Scheduler
---@param fn function
---@param on_end? fun(task: fal.Task)
---@return fal.Task? task
---@return fal.Error? err   kind closed
function task.spawn(owner, fn, on_end, ...)
  if owner:check() then return nil, owner.closed end
  local self = setmetatable({ sched = owner, on_end = on_end }, Task)
  self.co = coroutine.create(fn)
  owner:begun(self)
  if owner:may_start() then
    owner:resume(self, ...)
  else
    self.args = pack(...)
    owner:make_ready(self)
  end
  return self
end

--- Waits for the task to end.
---@return any ...   what its function returned; or nil, err when it raised
function Task:await()
  options.receiver(self, Task, "task:await")
  local owner = self.sched
  if owner:current() == self then error("await: a task cannot wait for itself", 2) end
  while not self.done do
    self.joiners = self.joiners or {}
    local ok, err = owner:park(self.joiners)
    if not ok then
      if err == sched.DEADLOCK then
        error("deadlock: the awaited task waits for something that nothing will bring", 2)
      end
      return nil, err
    end
  end
  self.observed = true
  if self.err then return nil, self.err end
  return unpack(self.results, 1, self.results.n)
end

local function detach(self)
  local owner, id = self.sched, self.id
  self.id = nil
  -- It may be that of a wait which is over.
  if not id or owner.waiters[id] ~= self then return end
  if self.timer then
    owner:drop_timer(id)
  elseif self.abandon then
    owner:leave(id, self.abandon)
    self.abandon = nil
  else
    owner:drop(id)
  end
end

--- Ends the wait the task is in (or, when it is not waiting, its next one) with an error
--- of kind canceled; what it does then is its own affair. A paid submit that is on its
--- way is let finish, and the job it made is canceled: client:loop waits for that, await
--- and map do not, and a client that is closed before leaves it as unknown.
---@return boolean canceled   false when the task was over already
function Task:cancel()
  options.receiver(self, Task, "task:cancel")
  if self.done then return false end
  local owner = self.sched
  local err = E.new { kind = "canceled", message = "the task was canceled" }
  if self.args then
    self:finish(false, err)
    self.observed = true
  elseif self.queued then
    self.why = err
  elseif coroutine.status(self.co) == "suspended" then
    detach(self)
    owner:make_ready(self, err)
  else
    self.cancel_next = err
  end
  return true
end

---@return boolean
function Task:is_done()
  options.receiver(self, Task, "task:is_done")
  return self.done == true
end

--- The next item; nil when there is none, or none is to be begun any more.
local function take(state)
  if state.over or state.sched.closed or state.begun == state.count then return nil end
  state.begun = state.begun + 1
  return state.begun
end

--- One item after the other. What a call raises ends this task, and map starts another.
local function work(state, worker)
  local list, fn, index = state.list, state.fn, worker.index
  while index do
    local result, err = fn(list[index], index)
    if result ~= nil then state.results[index] = result else state.errors[index] = err end
    index = take(state)
    worker.index = index
  end
end

local function start_worker(owner, state)
  local worker = { index = take(state) }
  local function on_end(ended)
    ended.observed = true
    state.running, state.tasks[worker] = state.running - 1, nil
    if ended.err then state.errors[worker.index] = ended.err end
    owner:wake(state.waiting)
  end
  state.running = state.running + 1
  local one, err = task.spawn(owner, work, on_end, state, worker)
  if not one then return nil, err end
  if not one.done then state.tasks[worker] = one end
  return true
end

--- Calls `fn(item, index)` for each item, in `concurrency` tasks beside each other.
---@param owner fal.Scheduler
---@param list any[]
---@param fn fun(item: any, index: integer): any, any
---@param concurrency integer
---@return table? results   by index, with holes where a call gave nil; results.n = #list
---@return table errors     by index: what a call returned after nil, or raised
function task.map(owner, list, fn, concurrency)
  local count = list.n or #list
  local state = {
    sched = owner, list = list, fn = fn, count = count, begun = 0,
    running = 0, tasks = {}, waiting = {}, results = { n = count }, errors = {},
  }
  while state.begun < count or state.running > 0 do
    while state.begun < count and state.running < concurrency do
      local ok, err = start_worker(owner, state)
      if not ok then return nil, err end
    end
    if state.running > 0 then
      local ok, err = owner:park(state.waiting)
      if not ok then
        state.over = true
        if err == sched.DEADLOCK then
          error("deadlock: map waits for something that nothing will bring", 3)
        end
        for _, one in next, state.tasks do one:cancel() end
        return nil, err
      end
    end
  end
  return state.results, state.errors
end

return task
