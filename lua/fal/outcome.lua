--- HTTP outcomes → typed errors, for what is safe to repeat. Pure.
-- An outcome is what Scheduler:await returns: "response", status, body, headers, sent, or
-- "error", code, message, sent, status, headers. Readers return a verdict and a value.

local E = require "fal.error"
local json = require "fal.json"
local url = require "fal.url"

local outcome = {}

local tointeger = rawget(math, "tointeger")  -- Lua 5.3 and later

-- The engine's codes (types/fal/core.lua). What the network did may go better next time.
local CODES = {
  dns = { "network", "the host name could not be resolved", true },
  connect = { "network", "no connection could be made", true },
  tls = { "network", "the secure connection failed", true },
  network = { "network", "the connection broke", true },
  resend = { "network", "the connection died before the answer", true },
  truncated = { "network", "the answer was cut short", true },
  timeout = { "timeout", "the time for the exchange ran out", true },
  stalled = { "timeout", "the transfer stalled", true },
  too_large = { "protocol", "the answer is larger than this client takes (256 MiB for a "
    .. "result, 16 MiB for others)" },
  protocol = { "protocol", "the answer is no valid HTTP" },
  file = { "file", "the file could not be written" },
  aborted = { "canceled", "the exchange was given up" },
}
local UNKNOWN_CODE = { "network", "the exchange failed", true }

local KINDS = {
  [400] = "validation", [401] = "auth", [403] = "forbidden", [402] = "forbidden",
  [404] = "not_found", [408] = "timeout", [410] = "not_found", [413] = "validation",
  [422] = "validation", [429] = "rate_limit",
}

--- The kind of error a status stands for where the body says nothing.
---@param status integer
---@return string kind
function outcome.kind(status)
  return KINDS[status] or (status >= 500 and "server") or "protocol"
end

--- Whether the same request may well succeed a little later.
---@param status integer
---@return boolean
function outcome.passing(status)
  return status == 408 or status == 409 or status == 425 or status == 429 or status >= 500
end

--- The text of an answer that a person can read, whatever shape it has.
---@param body any   decoded
---@return string?
function outcome.detail(body)
  if type(body) ~= "table" then return nil end
  local detail = body.detail
  if type(detail) == "table" then
    detail = type(detail[1]) == "table" and detail[1].msg or detail.message or detail.msg
  end
  for _, text in ipairs { detail or false, body.message or false, body.error or false,
    body.status or false } do
    if type(text) == "string" and text ~= "" then return text end
  end
end

--- JSON, when it is an object or array; never raises.
---@param body string?
---@return table?
function outcome.object(body)
  if type(body) ~= "string" or not body:find("^%s*[{%[]") then return nil end
  local value = json.decode(body)
  return type(value) == "table" and value or nil
end

--- An error of a transport failure.
---@param job table   endpoint_id, request_id
---@param doing string   "the status could not be read", …
---@param code string
---@param message string?
---@param sent? string    given for paid submits only
---@return fal.Error
function outcome.transport(job, doing, code, message, sent)
  local c = CODES[code] or UNKNOWN_CODE
  return E.new {
    kind = c[1], message = doing .. ": " .. c[2], retryable = c[3], sent = sent,
    endpoint_id = job.endpoint_id, request_id = job.request_id,
    cause = message and message ~= "" and (tostring(code) .. ": " .. message)
      or tostring(code),
  }
end

--- An error of an HTTP status.
---@param job table
---@param doing string
---@param status integer
---@param body any       decoded, or nil
---@param sent? string
---@return fal.Error
function outcome.refusal(job, doing, status, body, sent)
  local kind, said = outcome.kind(status), outcome.detail(body)
  return E.new {
    kind = kind, status = status, body = body, sent = sent,
    message = doing .. ": " .. (said or "the service answered with status " .. status),
    retryable = outcome.passing(status),
    endpoint_id = job.endpoint_id, request_id = job.request_id,
  }
end

local function nonsense(job, doing, status, what)
  return E.new {
    kind = "protocol", status = status, retryable = true,
    message = doing .. ": " .. what,
    endpoint_id = job.endpoint_id, request_id = job.request_id,
  }
end

outcome.nonsense = nonsense

--- An error of an answer in the service's place: its own, but for a 5xx, are JSON.
function outcome.foreign(job, doing, status)
  return nonsense(job, doing, status, "something on the way answered in the service's "
    .. "place")
end

--- JSON's null means "absent" here; users would have to test for both.
local function without_nulls(t)
  for k, v in next, t do
    if v == json.null then t[k] = nil end
  end
  return t
end

--- A status table of a decoded body; nil when it is none.
---@param value any
---@return table?
function outcome.as_status(value)
  if type(value) ~= "table" or type(value.status) ~= "string" then return nil end
  without_nulls(value)
  if type(value.metrics) == "table" then without_nulls(value.metrics) end
  if type(value.logs) ~= "table" then value.logs = nil end
  if tointeger and type(value.queue_position) == "number" then
    value.queue_position = tointeger(value.queue_position) or value.queue_position
  end
  return value
end

-- "denied" is told apart from "again": it says nothing about the job, but repeating it is
-- worth the wait only for somebody who waits for the job anyway.
local function verdict(status)
  if status == 401 or status == 403 then return "denied" end
  return outcome.passing(status) and "again" or "failed"
end

outcome.verdict = verdict

--- A page with a 4xx says nothing about the job.
local function is_foreign(status, body)
  return not body and status >= 400 and verdict(status) == "failed"
end

-- What is made of an answer of which nobody wants to see more.
local BRIEF = { IN_QUEUE = { status = "IN_QUEUE" }, COMPLETED = { status = "COMPLETED" },
  IN_PROGRESS = { status = "IN_PROGRESS" } }

--- Reads the answer to a status request.
---@return "status"|"again"|"denied"|"failed" verdict
---@return table|fal.Error value
---@return table|number|nil more   headers beside an error; of a status in brief, which is
---        not to be changed, its place in the queue, or the time it ran
function outcome.status(job, kind, a, b, c, d)
  if kind == "brief" and a == "COMPLETED" then return "status", BRIEF[a], d end
  if kind == "brief" then return "status", BRIEF[a], c end
  local doing = "the status could not be read"
  if kind == "error" then
    local err = outcome.transport(job, doing, a, b)
    return err.retryable and "again" or "failed", err
  end
  local body = outcome.object(b)
  if a >= 200 and a < 300 then
    local status = outcome.as_status(body)
    if status then return "status", status end
    return "again", nonsense(job, doing, a, "the answer is no status"), c
  end
  if is_foreign(a, body) then return "again", outcome.foreign(job, doing, a), c end
  local err = outcome.refusal(job, doing, a, body)
  if a == 404 then
    err.message = doing .. ": the service does not know the request, or no longer"
  end
  -- Somebody in between may have redirected it, or left out the body.
  if a < 400 then err.retryable = true end
  return a < 400 and "again" or verdict(a), err, c
end

--- Reads the answer to a cancel request. A job that is over is no failure of canceling.
---@return "done"|"again"|"denied"|"failed" verdict
---@return string|fal.Error word   "CANCELLATION_REQUESTED" | "ALREADY_COMPLETED"
---@return boolean|table|nil more  of "done": it was still queued, and is removed
function outcome.cancel(job, kind, a, b, c)
  local doing = "the job could not be canceled"
  if kind == "error" then
    local err = outcome.transport(job, doing, a, b)
    return err.retryable and "again" or "failed", err
  end
  local body = outcome.object(b)
  if a >= 200 and a < 300 then
    -- Of the documented answers only this one says that the job left the queue.
    local removed = a == 200 and body ~= nil and body.status == "OK"
    return "done", "CANCELLATION_REQUESTED", removed
  end
  if a == 400 and body and body.status == "ALREADY_COMPLETED" then
    return "done", "ALREADY_COMPLETED", false
  end
  if is_foreign(a, body) then return "again", outcome.foreign(job, doing, a), c end
  return verdict(a), outcome.refusal(job, doing, a, body), c
end

local MEDIA = {
  [401] = "forbidden", [403] = "forbidden", [404] = "not_found", [410] = "not_found",
}

--- An error of a download; such URLs carry no key, so 401 says nothing about ours.
---@param address string
---@param status integer
---@return fal.Error
function outcome.media(address, status)
  local kind = MEDIA[status] or (outcome.passing(status) and outcome.kind(status))
    or "protocol"
  return E.new {
    kind = kind, status = status, retryable = outcome.passing(status),
    message = "the file could not be fetched from " .. url.shown(address)
      .. (MEDIA[status] and ": it has expired, was deleted, or is private" or ""),
    remedy = MEDIA[status] and "Fetch the result again for a fresh address, or make the "
      .. "file again; files are kept for a limited time." or nil,
  }
end

return outcome
