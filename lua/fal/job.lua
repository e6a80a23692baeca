--- A handle on one job at the service.

local E = require "fal.error"
local callback = require "fal.callback"
local exchange = require "fal.exchange"
local follow = require "fal.follow"
local json = require "fal.json"
local made = require "fal.made"
local options = require "fal.options"
local retired = require "fal.retired"
local task = require "fal.task"

local job = {}

---@class fal.Job
---@field request_id string
---@field endpoint_id string
---@field input? table       as it was sent; nil for a job that was taken up by its id
---@field since? number      when it was accepted, by the monotonic clock; nil where that
---        is not known
local Job = {}
Job.__index = Job
Job.__tostring = function(self)
  return ("fal.job %s %s"):format(self.endpoint_id, self.request_id)
end

-- Seconds past the deadline: to cancel, to see what came of it, to save a result. When
-- the service answers as it should, SETTLE of them are enough.
local GRACE, SETTLE = 10, 3

---@param facts table   client, endpoint_id, app_id, request_id, and what else is known;
---        it becomes the job
---@return fal.Job
function job.new(facts) return setmetatable(facts, Job) end

--- What the answer to a submit says of how the job stands.
---@param answer table
---@return table? status
function job.first_status(answer)
  local status = answer.status
  if not status or status == "COMPLETED" then return nil end
  return { status = status, queue_position = answer.queue_position }
end

--- This client saw the job end, or gave it up: its slot of max_in_flight is free.
function Job:ended() self.client.slots:free(self.request_id) end

--- For errors that end the waiting and not the job.
local function goes_on(self, err)
  if E.is(err) and not err.sent and err.kind ~= "not_found" then
    err.endpoint_id, err.request_id = self.endpoint_id, self.request_id
    if self.completed then
      err.remedy = err.remedy or ("The job itself is done; fal.job(%q, %q):result() asks "
        .. "for its result again."):format(self.endpoint_id, self.request_id)
      return nil, err
    end
    err.remedy = ("The job itself goes on; take it up again with fal.job(%q, %q):wait().")
      :format(self.endpoint_id, self.request_id)
  end
  return nil, err
end

--- A copy with this job's ids: the error of a canceled task or a closed client is shared.
local function stopped(self, err)
  return goes_on(self, E.new { kind = err.kind, cause = err.cause,
    message = err.message .. " while it waited for a job" })
end

--- Asks for the result. A failure that the service has stored is the job's last word.
---@return any output
---@return any err
---@return string verdict
local function fetch(self, deadline, patient)
  local verdict, value = exchange.ask(self.client, exchange.RESULT, self, self.completed,
    deadline, patient)
  local record = self.record
  if verdict == "output" then
    if record then record:fetched(value) end
    self.output = value
    made.learn(self.client, self.endpoint_id, self.input, value)
    if not self.completed then self:ended() end
    if self.client.settings.logger then
      self.client:log("info", "result", { endpoint_id = self.endpoint_id,
        request_id = self.request_id })
    end
    return value, nil, verdict
  elseif verdict == "failed" and value.sent
    and (self.completed or value.kind ~= "not_found") then
    if record then record:failed(value, self.removed and value.kind == "canceled") end
    self.err = retired.explain(value)
    self:ended()
    self.client:log("warn", "failed", { endpoint_id = self.endpoint_id,
      request_id = self.request_id, kind = value.kind, message = value.message })
  elseif record and self.completed then
    record:completed()
  end
  return nil, value, verdict
end

local function cancel(self, deadline, patient)
  local verdict, word, removed = exchange.ask(self.client, exchange.CANCEL, self, nil,
    deadline, patient)
  if verdict ~= "done" then return nil, word, verdict end
  if word == "CANCELLATION_REQUESTED" then self.canceling = true end
  self:ended()
  self.client:log("info", "cancel", { endpoint_id = self.endpoint_id,
    request_id = self.request_id, answer = word })
  -- Its money is freed by what the service says of the job, not by this answer: a job
  -- that runs all the same is billed.
  self.removed = removed
  if self.record and removed then fetch(self, deadline) end
  return word, removed
end

--- Cancels at the service, beside everything else. Nobody is there to try it again, and
--- the service may have accepted the job in this moment.
local function cancel_later(self)
  task.spawn(self.client.sched, function()
    cancel(self, self.client.now() + self.client.settings.request_timeout, true)
    self:ended()
  end)
end

job.cancel_later = cancel_later

local function known(self)
  if self.output ~= nil then return true, self.output end
  if self.err then return true, nil, self.err end
end

--- The ledger may have the result of a job that is taken up by its id.
local function recall(self)
  local text = self.stored
  self.stored = nil
  self.output = json.decode(text, true)
  self.record.ended = self.output ~= nil
  self.client.account:remember(self.record.id, self.output)
end

local function timeout_error(self, message, cause, retryable)
  return E.new {
    kind = "timeout", sent = "yes", message = "the job did not end in time: " .. message,
    retryable = retryable, cause = cause, endpoint_id = self.endpoint_id,
    request_id = self.request_id,
    remedy = ("Give it more time; fal.job(%q, %q):wait() tells how it ended.")
      :format(self.endpoint_id, self.request_id),
  }
end

--- Follows the job to its end, for a while.
---@return string? stage   the last that was seen
---@return any err         of a wait that was stopped
local function settle(self, deadline)
  self.reply = nil
  local f, stage = follow.new(self, false, nil, deadline, true), nil
  while stage ~= "COMPLETED" do
    local status, err, is_stopped = f:next()
    if not status then return stage, is_stopped and err or nil end
    stage = status.status
  end
  return stage
end

--- What is known of a job that a cancel did not end in time.
local function unsettled(self, word, removed, stage)
  if not word then
    return nil, timeout_error(self, "it could not be canceled, so it may still finish "
      .. "and be billed", removed)
  elseif removed and stage ~= "IN_PROGRESS" then
    return nil, timeout_error(self, "it was still in the queue and is removed; it is not "
      .. "billed", nil, true)
  end
  return nil, timeout_error(self, "cancellation was requested, but it may still finish "
    .. "and be billed")
end

--- The result, even when nobody said that there is one.
local function rescue(self, deadline)
  local output, err, verdict = fetch(self, deadline, true)
  if output ~= nil then return true, output end
  if verdict == "stopped" then return true, stopped(self, err) end
  if self.err and self.err.kind == "canceled" then
    return true, nil, timeout_error(self, "it is canceled", nil, true)
  end
  if E.is(err) then return self.err ~= nil, nil, err end
  return false, nil, timeout_error(self, "it is done, but its result could not be "
    .. "fetched", err)
end

--- The time is up: cancels at the service and looks what came of it. A result that is
--- there by then is paid for, and is returned after all. A part of the grace is kept for
--- it, and it is asked for even when the service answers nothing else.
local function expire(self)
  local client = self.client
  local now, grace = client.now(), math.min(GRACE, client.settings.request_timeout)
  local word, removed, verdict
  if not self.completed then
    word, removed, verdict = cancel(self, now + 0.4 * grace)
    if verdict == "stopped" then
      if removed.kind == "canceled" then cancel_later(self) end
      return stopped(self, removed)
    end
  end
  local is_over = self.completed or word == "ALREADY_COMPLETED"
  local stage, err
  if not is_over then
    stage, err = settle(self, math.min(client.now() + SETTLE, now + 0.7 * grace))
    if err then return stopped(self, err) end
    is_over = stage == "COMPLETED"
  end
  if not is_over and (stage or removed == true) then
    return unsettled(self, word, removed, stage)
  end
  local known_now, output, why = rescue(self, now + grace)
  if known_now then return output, why end
  if not is_over then return unsettled(self, word, removed) end
  return goes_on(self, why)
end

--- The wait ended without the job's own end: the task was canceled or the client closed.
--- Who owns the job cancels it along with the task.
local function stop(self, owned, err)
  local _, why = stopped(self, err)
  if owned and err.kind == "canceled" then
    cancel_later(self)
    if not self.completed then
      why.remedy = ("The job is canceled too; it may still finish and be billed. "
        .. "fal.job(%q, %q):wait() tells how it ended."):format(self.endpoint_id,
        self.request_id)
    end
  end
  return nil, why
end

--- Nobody may ever come back to a job that was given up; its slot must not wait for that.
local function give_up(self, ...)
  self:ended()
  return ...
end

--- After a completed status. Returns true when the wait is over, and how.
local function conclude(self, f)
  local output, err, verdict = fetch(self, f.deadline, true)
  if verdict == "output" then return true, output end
  if verdict == "pending" then return false end
  if verdict == "expired" then return true, give_up(self, expire(self)) end
  if verdict == "stopped" then return true, stop(self, f.owned, err) end
  if self.err then return true, nil, err end
  return true, give_up(self, goes_on(self, err))
end

--- What there is to do with the next status. Returns true when the wait is over, and how.
local function attend(self, f)
  local status, err, is_stopped = f:read()
  if self.output ~= nil or self.err then
    f:close()
    return true, self.output, self.err
  end
  if is_stopped then return true, stop(self, f.owned, err) end
  if err == follow.EXPIRED then return true, give_up(self, expire(self)) end
  if not status then return true, give_up(self, goes_on(self, err)) end
  local over, output = false, nil
  -- First, since the callback may wait, and results expire.
  if status.status == "COMPLETED" then over, output, err = conclude(self, f) end
  -- An error that the callback raises goes to the caller as it is: nothing of the job is
  -- lost, and it can be waited for again.
  if f.watcher then callback.call(self, f.watcher, status) end
  return over, output, err
end

--- The job was accepted: of somebody who submitted and waits in one call, the same call
--- again would pay for a second one.
local function at_end(f, output, err)
  if not f.owned then return output, err end
  if output ~= nil then return output, f.job end
  if E.is(err) and not err.sent then err.sent, err.retryable = "yes", false end
  return nil, err
end

--- The frame is small on purpose: a waiting job keeps it on its stack, which is doubled
--- when it holds more than some forty values.
local function follow_to_end(f)
  while true do
    local delay = f:delay()
    if delay then
      local ok, err = f:rest(delay)
      f:risen()
      if not ok then return at_end(f, stop(f.job, f.owned, err)) end
    end
    local done, output, err = attend(f.job, f)
    if done then return at_end(f, output, err) end
  end
end

--- Subscribe owns its job: it gets the job beside the output, and canceling its task
--- cancels the job.
---@param deadline? number
---@param owned? boolean
---@param answer? table   to the submit, where it has just come
function job.wait(self, opts, deadline, owned, answer)
  if self.stored then recall(self) end
  local done, output, err = known(self)
  if done then return output, err or (owned and self or nil) end
  local f = follow.new(self, opts.logs, opts.mode, deadline, opts.on_queue_update)
  f.owned = owned
  if not answer then return follow_to_end(f) end
  if f.watcher then self.reply = job.first_status(answer) else f:begin(answer) end
  return follow_to_end(f)
end

local WAIT = {
  timeout = "seconds", on_queue_update = "function", logs = "boolean",
  mode = { "polling", "streaming" },
}

local function deadline_of(self, timeout)
  if timeout then return self.client.now() + timeout end
  if not self.deadline and self.client.settings.timeout then
    self.deadline = self.client.now() + self.client.settings.timeout
  end
  return self.deadline
end

--- Waits for the job to end and fetches its result at once, since results expire.
---
--- `timeout` ends the job and not just the waiting: the service is asked to cancel it. A
--- result that is ready by then is returned. Without it, the time given at the submit
--- counts, or the client's. Several tasks may wait for one job. `on_queue_update` sees
--- each status, with the log lines that are new in it; what it raises, wait raises.
---@param opts? fal.WaitOptions
---@return any output
---@return fal.Error? err
function Job:wait(opts)
  options.receiver(self, Job, "job:wait")
  opts = options.check("job:wait", opts, WAIT, 2)
  return job.wait(self, opts, deadline_of(self, opts.timeout))
end

--- The present status, in the service's own words.
---@param opts? fal.LogsOptions
---@return fal.Status? status
---@return fal.Error? err
function Job:status(opts)
  options.receiver(self, Job, "job:status")
  opts = options.check("job:status", opts, { logs = "boolean" }, 2)
  local verdict, value = exchange.ask(self.client, exchange.STATUS, self,
    opts.logs == true)
  if verdict ~= "status" then return nil, value end
  if value.status == "COMPLETED" then self:ended() end
  return value
end

--- The result, without waiting for the job; kept once it was fetched. One that a ledger
--- has stored is returned where the service has it no more.
---@return any output
---@return fal.Error? err   kind not_found and retryable while the job is not done
function Job:result()
  options.receiver(self, Job, "job:result")
  local done, output, err = known(self)
  if done then return output, err end
  local verdict
  output, err, verdict = fetch(self)
  if output == nil and self.stored then recall(self) end
  if self.output ~= nil then return self.output end
  if verdict == "pending" then
    return nil, E.new {
      kind = "not_found", retryable = true, endpoint_id = self.endpoint_id,
      request_id = self.request_id, message = "the job is not done yet", cause = err,
      remedy = "Wait for it with job:wait().",
    }
  end
  return output, err
end

--- Asks the service to cancel the job. A job that is running may finish all the same,
--- and be billed; waiting for it tells.
---@return "CANCELLATION_REQUESTED"|"ALREADY_COMPLETED"|nil answer
---@return fal.Error? err
function Job:cancel()
  options.receiver(self, Job, "job:cancel")
  local word, err = cancel(self)
  if not word then return nil, err end
  return word
end

local UPDATES = { timeout = "seconds", logs = "boolean",
  mode = { "polling", "streaming" } }

--- Iterates over the statuses until the completed one. When they end without it, the
--- iterator has returned nil and an error. Inside a task on PUC 5.1, call the iterator by
--- hand: a `for` cannot wait there. A deadline ends the iterating, not the job.
---@param opts? fal.UpdatesOptions
---@return fun(): fal.Status?, fal.Error?
function Job:updates(opts)
  options.receiver(self, Job, "job:updates")
  opts = options.check("job:updates", opts, UPDATES, 2)
  local f = follow.new(self, opts.logs, opts.mode, deadline_of(self, opts.timeout), true)
  local over = false
  return function()
    if over then return nil end
    local status, err, is_stopped = f:next()
    over = not status or status.status == "COMPLETED"
    if status then return status end
    if err == follow.EXPIRED then
      return goes_on(self, E.new { kind = "timeout",
        message = "the time for watching the job is over" })
    end
    if is_stopped then return stopped(self, err) end
    return goes_on(self, err)
  end
end

return job
