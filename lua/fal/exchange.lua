--- The exchanges that are safe to repeat: status, result, cancel. One call here is one
--- question to the service, asked again until it is answered or patience ends.

local E = require "fal.error"
local callback = require "fal.callback"
local failure = require "fal.failure"
local outcome = require "fal.outcome"
local schedule = require "fal.schedule"

local exchange = {}

---@class fal.Exchange
---@field name string
---@field start fun(engine: fal.core.Engine, job: fal.Job, arg: any): integer?, string?
---@field read fun(job: fal.Job, kind: string, a, b, c, d, arg: any): string, any, any

---@type fal.Exchange
exchange.STATUS = {
  name = "status",
  start = function(engine, job, logs)
    return engine:status(job.app_id, job.request_id, logs, job.status_url)
  end,
  read = outcome.status,
}

--- For somebody who only wants to know how the job stands: of a usual answer, no more is
--- read.
---@type fal.Exchange
exchange.BRIEF_STATUS = {
  name = "status",
  start = function(engine, job)
    return engine:status(job.app_id, job.request_id, false, job.status_url, true)
  end,
  read = outcome.status,
}

---@type fal.Exchange
exchange.RESULT = {
  name = "result",
  start = function(engine, job)
    return engine:result(job.app_id, job.request_id, job.response_url)
  end,
  read = function(job, kind, a, b, c, _, hint)
    if job.record and kind == "response" then job.record:heard(b, c) end
    return failure.result(job, hint, kind, a, b, c)
  end,
}

---@type fal.Exchange
exchange.CANCEL = {
  name = "cancel",
  start = function(engine, job)
    return engine:cancel(job.app_id, job.request_id, job.cancel_url)
  end,
  read = outcome.cancel,
}

--- An error of an engine that would not even start.
function exchange.not_started(job, message, sent)
  return E.new {
    kind = "network", sent = sent, cause = message,
    message = "the exchange could not be started",
    endpoint_id = job.endpoint_id, request_id = job.request_id,
  }
end

local function take(op, job, arg, kind, a, b, c, d)
  if not kind then return "stopped", a end
  if kind == "error" and a == "aborted" then return "expired" end
  return op.read(job, kind, a, b, c, d, arg)
end

--- A submit may be known before its status is, on another machine of the service.
local function is_lag(verdict, err, job)
  return verdict == "failed" and not job.by_id and not job.completed
    and err.kind == "not_found"
end

-- All other verdicts are answers.
local REPEATED = { again = true, denied = true, failed = true }

--- Asks the user's function anew; what it raises names the job, as of a callback.
local function is_other_key(client, job)
  local _, changed
  if not job.request_id then return (select(2, client:authorize(true))) end
  callback.call(job, function() _, changed = client:authorize(true) end)
  return changed
end

local function again(client, job, verdict, err, patient)
  if verdict == "again" then return true end
  if verdict == "denied" then
    return is_other_key(client, job) or patient
  end
  return patient and is_lag(verdict, err, job)
end

--- Sleeps before the next attempt, but not past the deadline.
function exchange.pause(client, attempt, err, headers, deadline)
  local settings, now = client.settings, client.now()
  local delay = schedule.backoff(attempt, settings.retry, client.random,
    schedule.wish(headers))
  client:log("warn", "retry", { attempt = attempt, delay = delay, kind = err.kind,
    message = err.message, endpoint_id = err.endpoint_id, request_id = err.request_id })
  local left = deadline and deadline - now
  local ok, why = client.sched:sleep(left and math.min(delay, left) or delay)
  if not ok then return nil, why end
  return true
end

--- Asks until there is an answer.
---@param client fal.Client
---@param op fal.Exchange
---@param job fal.Job
---@param arg any           for op.start and op.read
---@param deadline? number  of the monotonic clock
---@param patient? boolean  somebody waits for the job: 401 and 403 say nothing about it,
---        nor does a 404 right after the submit, so they are asked again as well
---@param heard? any[]      the first answer, where somebody has asked already: what
---        op.read made of it
---@return string verdict   op's own, or "failed" (an error), "expired", "stopped" (an
---        error: the task was canceled or the client closed)
---@return any value
---@return any more
function exchange.ask(client, op, job, arg, deadline, patient, heard)
  local sched, attempt = client.sched, 0
  while true do
    if sched.closed then return "stopped", sched.closed end
    if not client.has_key then
      local ok, err = client:authorize()
      if not ok then return "failed", err end
    end
    if deadline and client.now() >= deadline then return "expired" end
    local verdict, value, more
    if heard then
      verdict, value, more, heard = heard[1], heard[2], heard[3], nil
    else
      local id, message = op.start(client.engine, job, arg)
      if not id then
        if sched:check() then return "stopped", sched.closed end
        return "failed", exchange.not_started(job, message)
      end
      verdict, value, more = take(op, job, arg, sched:await(id, nil, deadline))
    end
    if not REPEATED[verdict] then return verdict, value, more end
    attempt = attempt + 1
    if not again(client, job, verdict, value, patient) then
      if verdict == "denied" then verdict = "failed" end
      return verdict, value, more
    end
    if attempt >= client.settings.retry.max_attempts then return "failed", value end
    local ok, err = exchange.pause(client, attempt, value, more, deadline)
    if not ok then return "stopped", err end
  end
end

return exchange
