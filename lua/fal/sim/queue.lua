-- queue.fal.run: submit, status, status stream, result, cancel.

local auth = require("fal.sim.auth")
local jobs = require("fal.sim.jobs")
local json = require("fal.sim.json")
local reply = require("fal.sim.reply")
local stream = require("fal.sim.stream")
local url = require("fal.sim.url")

local M = {}

local find, match, format = string.find, string.match, string.format

-- --- submit ----------------------------------------------------------------------------

local function start_timeout(sim, req)
  local value = sim.http:header(req.id, "X-Fal-Request-Start-Timeout")
    or sim.http:header(req.id, "X-Fal-Request-Timeout")
  if not value then
    return nil, true
  end
  local seconds = tonumber(value)
  if not seconds or seconds <= 0.1 then
    return nil, false
  end
  return seconds, true
end

local function exhausted(sim)
  return sim.options.balance and sim.ledger:spent() >= sim.options.balance
end

---Everything the gateway itself refuses. Answers and returns nil then.
---@return table? spec   for jobs:submit
function M.admit(sim, req, id)
  local app, path = url.endpoint(id)
  local key = auth.check(sim, req, app)
  if not key then
    return nil
  elseif not app or sim.unknown[app] or sim.unknown[id] then
    return reply.detail(sim, req, 404, 'Application "'
      .. (app and app:match("[^/]+$") or id) .. '" not found')
  end
  local lock = sim.locked or exhausted(sim) and "Exhausted balance"
  if lock then
    return reply.detail(sim, req, 403, "User is locked. Reason: " .. lock
      .. ". Top up your balance at fal.ai/dashboard/billing.")
  end
  local input, message = json.decode(req.body)
  if input == nil then
    return reply.detail(sim, req, 400, "Malformed JSON: " .. message, "bad_request")
  end
  local seconds, valid = start_timeout(sim, req)
  if not valid then
    return reply.detail(sim, req, 400,
      "X-Fal-Request-Start-Timeout must be a number greater than 0.1", "bad_request")
  end
  local query = url.query(req.query)
  local longest = query.fal_max_queue_length and tonumber(query.fal_max_queue_length[1])
  if longest and sim.jobs:load(id) > longest then
    return reply.detail(sim, req, 429, "Queue is longer than " .. longest .. " requests")
  end
  return {
    endpoint = id, app = app, path = path, input = input, raw = req.body, key = key,
    connection = req.connection, start_timeout = seconds,
    webhook = query.fal_webhook and query.fal_webhook[1],
    priority = sim.http:header(req.id, "X-Fal-Queue-Priority"),
    lifecycle = sim.http:header(req.id, "X-Fal-Object-Lifecycle-Preference"),
    stored = sim.http:header(req.id, "X-Fal-Store-IO") ~= "0",
  }
end

local function urls(req, job)
  if job.urls_base ~= req.base then
    local root = req.base .. "/queue/" .. job.app .. "/requests/" .. job.request_id
    job.urls_base = req.base
    job.urls = '"request_id":"' .. job.request_id .. '","response_url":"' .. root
      .. '","status_url":"' .. root .. '/status","cancel_url":"' .. root .. '/cancel"'
  end
  return job.urls
end

function M.submit(sim, req, id)
  local spec = M.admit(sim, req, id)
  if not spec then
    return sim.ledger:refused(req, id)
  end
  spec.script = sim.scripts:take(id, spec.input)
  local job = sim.jobs:submit(spec)
  sim.ledger:accepted(req, job)
  local _, position = sim.jobs:state(job)
  return reply.gateway(sim, req, 200, '{"status":"IN_QUEUE",' .. urls(req, job)
    .. ',"logs":null,"metrics":{},"queue_position":' .. (position or 0) .. "}",
    job.request_id)
end

-- --- status ----------------------------------------------------------------------------

function M.logs(sim, job, from, to)
  local out = {}
  for i = from, to do
    local line = job.logs[i]
    if type(line) == "table" then
      out[#out + 1] = json.encode(line)
    else
      out[#out + 1] = format(
        '{"message":%s,"level":"INFO","source":"USER","timestamp":"%s"}',
        json.quote(line), sim.clock:iso(jobs.log_time(job, i)))
    end
  end
  return json.list(out, false)
end

local function ended_part(job)
  local outcome = job.outcome
  local seconds = outcome.status < 300 and job.ended - (job.started or job.ended) or 0
  local text = format(',"metrics":{"inference_time":%.6g}', seconds)
  if outcome.error then
    text = text .. ',"error":' .. json.quote(outcome.error)
    if outcome.error_type then
      text = text .. ',"error_type":' .. json.quote(outcome.error_type)
    end
  end
  return text
end

---The status object.
---@param logs string   JSON
---@return integer status, string body
function M.status_object(sim, req, job, logs)
  local state, position = sim.jobs:state(job)
  if state == "IN_QUEUE" then
    return 202, '{"status":"IN_QUEUE",' .. urls(req, job) .. ',"logs":' .. logs
      .. ',"metrics":{},"queue_position":' .. position .. "}"
  elseif state == "IN_PROGRESS" then
    return 202, '{"status":"IN_PROGRESS",' .. urls(req, job) .. ',"logs":' .. logs
      .. ',"metrics":{}}'
  end
  return 200, '{"status":"COMPLETED",' .. urls(req, job) .. ',"logs":' .. logs
    .. ended_part(job) .. "}"
end

local function wants_logs(req)
  local query = req.query
  if not query then
    return false
  end
  query = "&" .. query .. "&"
  return find(query, "&logs=1&", 1, true) or find(query, "&logs=true&", 1, true)
end

local function status(sim, req, job)
  local logs = "null"
  if wants_logs(req) then
    sim.jobs:state(job)
    logs = M.logs(sim, job, 1, sim.jobs:log_count(job))
  end
  local code, text = M.status_object(sim, req, job, logs)
  if not job.headers then
    job.headers = reply.gateway_headers(job.request_id)
  end
  return reply.send(sim, req, code, job.headers, text)
end

-- --- result ----------------------------------------------------------------------------

local function units_text(units)
  return units % 1 == 0 and format("%d", units) or format("%.8f", units)
end

---Replays what the model answered.
function M.replay(sim, req, job)
  local outcome = job.outcome
  local body = outcome.body
  if type(body) == "function" then
    body = body(req.base)
  end
  local headers = { "x-fal-request-id", job.request_id,
    "x-fal-billable-units", units_text(outcome.units), "x-fal-served-from", job.endpoint }
  local typed = false
  for name, value in pairs(outcome.headers or {}) do
    headers[#headers + 1], headers[#headers + 2] = name, tostring(value)
    typed = typed or name:lower() == "content-type"
  end
  if not typed then
    headers[#headers + 1], headers[#headers + 2] = "Content-Type", "application/json"
  end
  if outcome.error_type and not (outcome.headers or {})["X-Fal-Error-Type"] then
    headers[#headers + 1], headers[#headers + 2] = "X-Fal-Error-Type", outcome.error_type
  end
  return reply.send(sim, req, outcome.status, headers, body)
end

local function result(sim, req, job)
  if sim.jobs:state(job) ~= "COMPLETED" then
    return reply.gateway(sim, req, 400, '{"detail":"Request is still in progress"}',
      job.request_id)
  end
  job.fetched = (job.fetched or 0) + 1
  return M.replay(sim, req, job)
end

-- --- cancel ----------------------------------------------------------------------------

local cancel_answers = {
  queued = { 200, '{"status":"OK"}' },
  asked = { 202, '{"status":"CANCELLATION_REQUESTED"}' },
  ignored = { 202, '{"status":"CANCELLATION_REQUESTED"}' },
  late = { 400, '{"status":"ALREADY_COMPLETED"}' },
}

local function cancel(sim, req, job)
  local what = sim.jobs:cancel(job)
  job.cancels = (job.cancels or 0) + 1
  local answer = cancel_answers[what]
  return reply.gateway(sim, req, answer[1], answer[2], job.request_id)
end

-- --- routes ----------------------------------------------------------------------------

local operations = {
  [""] = { "result", "GET", result },
  ["/response"] = { "result", "GET", result },
  ["/status"] = { "status", "GET", status },
  ["/status/stream"] = { "stream", "GET", function(...)
    return stream.status(M, ...)
  end },
  ["/cancel"] = { "cancel", "PUT", cancel },
}

local function plain_app(app)
  local root, path = url.endpoint(app)
  return root ~= nil and path == ""
end

---Fills in what a path under /queue means.
---@param target table   gets route, endpoint (the app, for all but "submit"), request_id,
---                      operation
function M.classify(target, method, path)
  if path:sub(-1) == "/" then
    path = path:sub(1, -2)
  end
  local app, request_id, rest = match(path, "^/queue/(.+)/requests/([^/]+)(.*)$")
  local operation = app and operations[rest]
  if operation and plain_app(app) then
    target.route, target.endpoint, target.request_id = operation[1], app, request_id
    target.operation = operation
  else
    target.route = method == "POST" and "submit" or "other"
    target.endpoint = path:sub(8)
  end
end

function M.handle(sim, req)
  local target = req.target
  local operation, id = target.operation, target.endpoint
  if target.route == "submit" then
    return M.submit(sim, req, id)
  elseif not operation then
    return reply.not_allowed(sim, req, "POST")
  elseif operation[2] ~= req.method then
    return reply.not_allowed(sim, req, operation[2])
  end
  local key = auth.check(sim, req, id)
  if not key then
    return nil
  end
  local job = sim.jobs.by_id[target.request_id]
  if not job or job.app ~= id or job.key ~= key or sim.jobs:expired(job) then
    return reply.gateway(sim, req, 404, '{"status":"NOT_FOUND"}', target.request_id)
  end
  return operation[3](sim, req, job)
end

return M
