--- How a job ended: the answer at its result address → output or typed error. Pure.
-- The service replays the model's own status and body there, so that a 5xx may be the
-- job's final outcome or a fault on the way (fal-protocol.md sections 3.4 and 6).

local E = require "fal.error"
local json = require "fal.json"
local outcome = require "fal.outcome"

local failure = {}

-- Types of section 6.1 that blame the model or a service behind it, not the input; true
-- where the same input may do better. All other types are faults of the input.
local GENERATION = {
  internal_server_error = true, generation_timeout = true,
  downstream_service_error = true, downstream_service_unavailable = true,
  no_media_generated = false,
}

-- What is read of one fault: an answer may name any number of anything.
local MAX_DEPTH, MAX_ALLOWED = 100, 200
local MAX_QUOTED = 2000  -- bytes of an answer that cannot be read, or of a list in words

local function words(s)
  local list = {}
  s = s:sub(1, MAX_QUOTED)
  for quoted in s:gmatch("['\"]([^'\"]+)['\"]") do list[#list + 1] = quoted end
  if #list > 0 then return list end
  for item in s:gsub(" or ", ","):gmatch("[^,]+") do
    list[#list + 1] = tonumber(item) or item:match("^%s*(.-)%s*$")
  end
  return list
end

local function first(list)
  if #list <= MAX_ALLOWED then return list end
  local head = {}
  for i = 1, MAX_ALLOWED do head[i] = list[i] end
  return head
end

local function allowed(ctx)
  if type(ctx) ~= "table" then return nil end
  for _, name in ipairs { "expected", "permitted", "enum_values", "supported_formats",
    "supported_extensions" } do
    local value = ctx[name]
    if type(value) == "table" and #value > 0 then return first(value) end
    if type(value) == "string" and value ~= "" then return first(words(value)) end
  end
end

--- ["body", "multi_prompt", 1, "prompt"] → "multi_prompt[2].prompt", as Lua counts.
local function path_of(loc)
  if type(loc) ~= "table" then return "" end
  local path = {}
  for i = 1, math.min(#loc, MAX_DEPTH) do
    local part = loc[i]
    if type(part) == "number" then
      -- Not %d: it raises for a number that is not whole.
      path[#path + 1] = ("[%.14g]"):format(part + 1)
    elseif type(part) == "string" and not (i == 1 and part == "body") then
      path[#path + 1] = (#path == 0 and "" or ".") .. part
    end
  end
  return table.concat(path)
end

local function text_or(value, default)
  return type(value) == "string" and value ~= "" and value or default
end

--- err.fields of a pydantic-like `detail` list; items of other shapes are left out.
---@param detail any
---@return table[]? fields
function failure.fields(detail)
  if type(detail) ~= "table" then return nil end
  local fields = {}
  for i = 1, #detail do
    local item = detail[i]
    if type(item) == "table" then
      fields[#fields + 1] = {
        path = path_of(item.loc), message = text_or(item.msg, "refused"),
        type = text_or(item.type, "unknown"), allowed = allowed(item.ctx),
      }
    end
  end
  return #fields > 0 and fields or nil
end

--- What a list of faults amounts to: moderation outweighs all, an input fault the rest.
local function kind_of(fields, status)
  local kind, retryable = nil, status >= 500
  for i = 1, #fields do
    local type_ = fields[i].type:lower()
    if type_ == "content_policy_violation" then return "content_policy", false end
    if GENERATION[type_] ~= nil then
      kind = kind or "generation"
      retryable = retryable or GENERATION[type_]
    elseif status < 500 then
      kind, retryable = "validation", false
    end
  end
  return kind or "generation", retryable
end

local MESSAGES = {
  validation = "the service refused the input",
  content_policy = "the service's moderation refused the request",
  generation = "the generation failed",
  server = "the service could not run the job",
  canceled = "the job was canceled",
  timeout = "the job did not start within its start_timeout",
  not_found = "the result is not there",
}

local REMEDIES = {
  not_found = "Results are kept for an hour, large ones for some minutes; check the ids, "
    .. "or look in the account's request history.",
  validation = "Correct the input; what was done before it was refused may be billed.",
}

local function infrastructure(error_type, status, user_timeout)
  if user_timeout then return "timeout" end
  if error_type == "client_cancelled" then return "canceled" end
  if error_type == "bad_request" or status == 400 then return "validation" end
  return "server"
end

local function header(headers, name)
  local value = type(headers) == "table" and headers[name]
  return type(value) == "string" and value or nil
end

local function error_type_of(body, headers, hint)
  local found = text_or(body and body.error_type, nil)
    or header(headers, "x-fal-error-type") or text_or(hint and hint.error_type, nil)
  -- An echoed secret would not be known again in small letters.
  return found and E.redact(found):lower()
end

local function classify(status, body, headers, fields, error_type, canceled)
  local user = (header(headers, "x-fal-request-timeout-type") or ""):lower() == "user"
  if status == 499 or (canceled and status < 500) then return "canceled", false end
  if fields then return kind_of(fields, status) end
  if error_type or user then
    local kind = infrastructure(error_type, status, user)
    return kind, kind == "server" or kind == "timeout"
  end
  if status == 404 or status == 410 then return "not_found", false end
  -- A model that answers with plain text: it ran, or refused, in words of its own.
  if outcome.detail(body) then return "generation", status >= 500 end
  if status >= 500 then return "server", true end
  return outcome.kind(status), false
end

--- The error that a stored failure stands for.
---@param job { endpoint_id: string, request_id?: string }
---@param status integer
---@param body table?      decoded
---@param headers table?
---@param canceled? boolean   this client asked to cancel the job
---@param hint? table         the completed status: may carry error and error_type
---@return fal.Error
function failure.read(job, status, body, headers, canceled, hint)
  local fields = failure.fields(body and body.detail)
  local error_type = error_type_of(body, headers, hint)
  local kind, retryable = classify(status, body, headers, fields, error_type, canceled)
  local said = outcome.detail(body) or text_or(hint and hint.error, nil)
  local message = MESSAGES[kind] or "the job failed"
  if kind ~= "canceled" and not fields and said then message = message .. ": " .. said end
  return E.new {
    kind = kind, message = message, status = status, retryable = retryable, sent = "yes",
    fields = kind ~= "canceled" and fields or nil, error_type = error_type, body = body,
    endpoint_id = job.endpoint_id, request_id = job.request_id,
    remedy = REMEDIES[kind],
  }
end

local function says_pending(body)
  local said = outcome.detail(body)
  if not said then return false end
  said = said:lower()
  return said:find("in progress", 1, true) ~= nil or said:find("in queue", 1, true) ~= nil
    or said:find("queued", 1, true) ~= nil or said == "in_queue" or said == "in_progress"
    or said:find("not completed", 1, true) ~= nil
end

--- Whether a failure is the stored outcome; the page of an ingress has none of these. Of
--- a 4xx any JSON is the service's word: `{"status":"NOT_FOUND"}` has no detail.
local function stored(status, body, headers)
  return header(headers, "x-fal-request-id") or header(headers, "x-fal-error-type")
    or (body and (status < 500 or body.detail ~= nil or body.error_type ~= nil))
end

--- Reads the output in an answer of 2xx.
---@return "output"|"failed" verdict
---@return any value
function failure.success(job, status, text)
  local value, err = json.decode(text or "", true)
  if err or value == nil or value == json.null then
    return "failed", E.new {
      kind = "protocol", status = status, sent = "yes", cause = err and err.cause,
      message = "the job is done, but its result is no JSON",
      body = text and text:sub(1, MAX_QUOTED),
      endpoint_id = job.endpoint_id, request_id = job.request_id,
    }
  end
  return "output", value
end

--- Whether a 400 may only mean that the job is not done. Its words are not documented, so
--- before a completed status only an error of the model or the gateway is taken for one.
local function may_be_early(hint, body, headers)
  return says_pending(body) or not (hint or failure.fields(body and body.detail)
    or error_type_of(body, headers))
end

--- Reads the answer at the result address.
---@param job { endpoint_id: string, request_id?: string, canceling?: boolean }
---@param hint? table   the completed status
---@return "output"|"pending"|"again"|"denied"|"failed" verdict
---@return any value    output or error; with "pending" what the service said
---@return table? headers
function failure.result(job, hint, kind, a, b, c)
  local doing = "the result could not be fetched"
  if kind == "error" then
    local err = outcome.transport(job, doing, a, b)
    if a == "too_large" then
      err.remedy = "It is kept by the service for a while. Let the model make files "
        .. "instead of data within its answer (sync_mode = false)."
    end
    return err.retryable and "again" or "failed", err
  end
  if a == 202 then return "pending" end
  if a >= 200 and a < 300 then
    local verdict, value = failure.success(job, a, b)
    if verdict == "output" then return verdict, value end
    -- Something on the way may have spoiled it; the service still has it.
    value.sent, value.retryable = nil, true
    return "again", value, c
  end
  local body = outcome.object(b)
  if a == 400 and may_be_early(hint, body, c) then
    return "pending", outcome.detail(body)
  end
  local passing = a == 401 or a == 403 or a == 408 or a == 409 or a == 425 or a == 429
    or (a >= 500 and not stored(a, body, c))
  if passing or (a >= 300 and a < 400) or a == 405 then
    return outcome.verdict(a), outcome.refusal(job, doing, a, body), c
  elseif not (job.canceling or stored(a, body, c)) then
    return "again", outcome.foreign(job, doing, a), c
  end
  return "failed", failure.read(job, a, body, c, job.canceling, hint), c
end

return failure
