--- What became of a paid POST: accepted, refused, worth another try, or unknown. Pure.
-- The one question here is whether sending it again could pay twice. Provably safe are
-- only failures before the first byte and fal.ai's own definite refusals
-- (fal-protocol.md section 6.6); everything else is unknown and is never sent again.

local E = require "fal.error"
local outcome = require "fal.outcome"
local failure = require "fal.failure"
local json = require "fal.json"
local url = require "fal.url"

local acceptance = {}

local REFUSALS = {
  [400] = true, [401] = true, [402] = true, [403] = true, [404] = true, [405] = true,
  [410] = true, [413] = true, [422] = true,
}

local DOING = "the request was not accepted"

--- When the request left, for a person who looks for it.
---@param ctx { sent_at?: integer }
---@return string
function acceptance.time_of(ctx)
  return ctx.sent_at and os.date("!%Y-%m-%dT%H:%M:%SZ", ctx.sent_at) or "that time"
end

local function header_id(headers)
  local id = type(headers) == "table" and headers["x-fal-request-id"]
  return url.is_request_id(id) and id or nil
end

local function unknown(ctx, why, cause, status, request_id, body)
  return E.new {
    kind = "unknown_submit", sent = "unknown", status = status, cause = cause,
    endpoint_id = ctx.endpoint_id, request_id = request_id, body = body,
    message = "whether the service accepted the request is not known: " .. why,
    remedy = ("Before submitting again, look for a request to %s sent at %s in the "
      .. "request history (https://fal.ai/dashboard/requests)%s: a second submit may be "
      .. "paid twice."):format(ctx.endpoint_id, acceptance.time_of(ctx),
        request_id and ", or ask for its status by the request id" or ""),
  }
end

local function lost(ctx, code, message, sent)
  local cause = outcome.transport(ctx, "the answer was lost", code, message, sent)
  return unknown(ctx, "the answer was lost", cause)
end

local function refused(ctx, status, body)
  local err = failure.fields(body.detail) and failure.read(ctx, status, body)
    or outcome.refusal(ctx, DOING, status, body)
  err.sent, err.retryable, err.remedy = "no", false, nil
  return err
end

--- A JSON object with a reason in it: fal.ai's own word, not that of something else.
local function reasoned(text)
  local body = outcome.object(text)
  if not body or not text:find("^%s*{") then return nil end
  return body, outcome.detail(body) ~= nil or type(body.error_type) == "string"
    or failure.fields(body.detail) ~= nil
end

--- By status alone, for an answer that was not a success.
local function by_status(ctx, status, text, headers)
  local body, is_reasoned = reasoned(text)
  local names_job = body and body.request_id ~= nil and body.request_id ~= json.null
  -- A 429 is a refusal by itself (api.md section 2): it needs no reason, but a page or a
  -- torn body may be somebody else's word.
  if status == 429 and (body or text == "") and not names_job then
    local err = outcome.refusal(ctx, DOING, status, body, "no")
    return "again", err, headers
  end
  if REFUSALS[status] and not names_job then
    if is_reasoned then return "failed", refused(ctx, status, body) end
    -- No word of fal.ai's own: something in between may have answered in its place.
    local err = outcome.refusal(ctx, DOING, status, nil, "unknown")
    err.retryable = false
    return "failed", err
  end
  if status >= 300 and status < 400 then
    return "failed", E.new {
      kind = "protocol", status = status, sent = "unknown",
      endpoint_id = ctx.endpoint_id,
      message = "the submit was answered with a redirect, which is not followed",
    }
  end
  local id = names_job and url.is_request_id(body.request_id) and body.request_id
    or header_id(headers)
  local why = outcome.detail(body) or "the service answered with status " .. status
  return "failed", unknown(ctx, why, nil, status, id, body)
end

local function before_sending(ctx, code, message)
  local err = outcome.transport(ctx, DOING, code, message, "no")
  return err.retryable and "again" or "failed", err
end

local function failed_exchange(ctx, code, message, sent, status, headers)
  if sent == "no" then return before_sending(ctx, code, message) end
  if not status then return "failed", lost(ctx, code, message, sent) end
  if status >= 200 and status < 300 then return nil, status end
  return by_status(ctx, status, nil, headers)
end

local URLS = { status_url = "/status", response_url = "", cancel_url = "/cancel" }

--- An odd address must not cost the job: the engine composes one in its place. One that
--- it would compose itself needs no look.
local function without_oddities(ctx, answer)
  if not outcome.as_status(answer) then answer.status = nil end
  local usual = ctx.requests_url and ctx.requests_url .. answer.request_id
  for name, suffix in next, URLS do
    local value = answer[name]
    if not (usual and value == usual .. suffix) and not url.is_usable(value) then
      answer[name] = nil
    end
  end
  return answer
end

--- The service said yes, but its answer names no request; its headers may.
local function without_body(ctx, kind, a, b, c, d, e)
  local is_error = kind == "error"
  local id = header_id(is_error and e or c)
  if id then return "accepted", { request_id = id } end
  local cause = is_error and outcome.transport(ctx, "the answer was lost", a, b, c)
    or outcome.nonsense(ctx, "the answer was lost", a, "it names no request")
  return "failed", unknown(ctx, "the service said yes, but named no request", cause,
    is_error and d or a)
end

--- Of a usual answer: its addresses are worth keeping where they are not what the engine
--- composes, and in a ledger.
local function in_brief(ctx, status, request_id, position, address)
  local answer = { request_id = request_id, status = status, queue_position = position }
  if address and (ctx.record or address ~= ctx.requests_url .. request_id)
    and url.is_usable(address) then
    answer.response_url = address
    answer.status_url, answer.cancel_url = address .. "/status", address .. "/cancel"
  end
  return answer
end

--- Reads the outcome of a submit.
---@param ctx { endpoint_id: string, sent_at?: integer, requests_url?: string }
---        `requests_url`: what the engine puts before a request's id
---@return "accepted"|"again"|"failed" verdict
---@return table|fal.Error value   of "accepted": { request_id = …, … as answered }
---@return table? headers
function acceptance.submit(ctx, kind, a, b, c, d, e)
  if kind == "brief" then return "accepted", in_brief(ctx, a, b, c, e) end
  if kind == "error" then
    local verdict, value, more = failed_exchange(ctx, a, b, c, d, e)
    if verdict then return verdict, value, more end
  elseif a < 200 or a >= 300 then
    return by_status(ctx, a, b, c)
  else
    local body = outcome.object(b)
    if body and url.is_request_id(body.request_id) then
      return "accepted", without_oddities(ctx, body)
    end
  end
  return without_body(ctx, kind, a, b, c, d, e)
end

--- Whether the model itself said no: then it ran, and may be billed. The gateway knows
--- nothing of inputs, so that a 422 is not its own.
local function is_modelled(status, body, headers)
  local units = type(headers) == "table" and headers["x-fal-billable-units"]
  if units and tonumber(units) ~= 0 then return true end
  if not body or status == 429 then return false end
  return status == 422 or failure.fields(body.detail) ~= nil
    or type(body.error_type) == "string"
end

--- Reads the outcome of a call of the synchronous host, where the answer is the output.
---@param ctx { endpoint_id: string, sent_at?: integer }
---@return "output"|"again"|"failed" verdict
---@return any value
---@return table? headers
function acceptance.run(ctx, kind, a, b, c, d, e)
  if kind == "error" then
    local verdict, value, more = failed_exchange(ctx, a, b, c, d, e)
    if verdict then return verdict, value, more end
    return "failed", lost(ctx, a, b, c)
  end
  if a == 202 then return "pending" end
  if a >= 200 and a < 300 then
    local verdict, value = failure.success(ctx, a, b)
    -- Nobody can ask for it again: all of it is handed on.
    if verdict == "failed" and b then value.body = E.redact(b) end
    return verdict, value
  end
  local body = outcome.object(b)
  if is_modelled(a, body, c) then return "failed", failure.read(ctx, a, body, c) end
  return by_status(ctx, a, b, c)
end

return acceptance
