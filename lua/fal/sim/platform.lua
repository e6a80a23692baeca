-- api.fal.ai: catalogue, prices, request history, billing events.

local auth = require("fal.sim.auth")
local json = require("fal.sim.json")
local prices = require("fal.sim.prices")
local reply = require("fal.sim.reply")
local url = require("fal.sim.url")

local M = {}

local DAY = 86400

local function wanted(query)
  local ids, set = url.list(query, "endpoint_id"), {}
  for _, id in ipairs(ids) do
    set[id] = true
  end
  return ids, set
end

---@return number? at   virtual moment of an ISO 8601 date or time in UTC
local function moment(sim, text)
  local y, m, d, rest = text:match("^(%d%d%d%d)%-(%d%d)%-(%d%d)(.*)$")
  if not y then
    return nil
  end
  local h, min, s = rest:match("^[T ](%d%d):(%d%d):(%d%d%.?%d*)")
  local noon = os.time({ year = y, month = m, day = d, hour = 12 })
  local utc = os.date("!*t", noon)
  utc.isdst = false
  local offset = os.difftime(noon, os.time(utc))
  return noon + offset - DAY / 2 + (tonumber(h) or 0) * 3600 + (tonumber(min) or 0) * 60
    + (tonumber(s) or 0) - sim.clock.epoch
end

-- Rows from newest to oldest, one page of them.
local function page(query, rows, most)
  local limit = math.min(tonumber((query.limit or {})[1]) or 50, most)
  local from = tonumber((query.cursor or {})[1]) or 0
  local out = {}
  for i = #rows - from, math.max(1, #rows - from - limit + 1), -1 do
    out[#out + 1] = rows[i]
  end
  local more = from + limit < #rows
  return json.list(out, false), ',"has_more":' .. tostring(more) .. ',"next_cursor":'
    .. (more and '"' .. (from + limit) .. '"' or "null")
end

local function span(sim, query, days)
  local now = sim.clock:now()
  local from = query.start and moment(sim, query.start[1]) or now - days * DAY
  local to = query["end"] and moment(sim, query["end"][1]) or math.huge
  return from, to
end

local function body_text(body, base)
  if type(body) == "function" then
    return body(base)
  end
  return body
end

local function history_row(sim, req, job, payloads)
  local outcome = job.outcome
  local row = {
    request_id = job.request_id, endpoint_id = job.endpoint,
    sent_at = sim.clock:iso(job.submitted), started_at = sim.clock:iso(job.started),
    ended_at = job.ended and sim.clock:iso(job.ended) or json.null,
    status_code = outcome and outcome.status or json.null,
    duration = job.ended and job.ended - job.started or json.null,
  }
  local text = json.encode(row)
  if payloads and job.stored then
    text = text:sub(1, -2) .. ',"json_input":' .. job.raw .. (outcome
      and ',"json_output":' .. body_text(outcome.body, req.base) or "") .. "}"
  end
  return text
end

local function history(sim, req, query, key)
  local ids, set = wanted(query)
  if #ids == 0 then
    return reply.platform(sim, req, 400, "validation_error", "endpoint_id is required")
  end
  local payloads = false
  for _, item in ipairs(url.list(query, "expand")) do
    payloads = payloads or item == "payloads"
  end
  local only = query.request_id and query.request_id[1]
  local from, to = span(sim, query, only and 90 or 1)
  local seen_until = sim.clock:now() - sim.options.history_lag
  local rows = {}
  for _, job in ipairs(sim.jobs.list) do
    sim.jobs:state(job)
    if set[job.endpoint] and job.key == key and job.started
      and job.started <= sim.clock:now() and job.submitted <= seen_until
      and job.submitted >= from and job.submitted < to
      and (not only or only == job.request_id) then
      rows[#rows + 1] = history_row(sim, req, job, payloads)
    end
  end
  local items, rest = page(query, rows, 100)
  return reply.json(sim, req, 200, '{"items":' .. items .. rest .. "}")
end

local function billing(sim, req, query, key)
  local ids, set = wanted(query)
  local requests, named = url.list(query, "request_id"), {}
  for _, id in ipairs(requests) do
    named[id] = true
  end
  local from, to = span(sim, query, 1)
  local seen_until = sim.clock:now() - sim.options.history_lag
  local rows = {}
  for _, job in ipairs(sim.jobs.list) do
    if sim.jobs:state(job) == "COMPLETED" and job.billed and job.key == key
      and (#ids == 0 or set[job.endpoint]) and (#requests == 0 or named[job.request_id])
      and job.ended <= seen_until and job.ended >= from and job.ended < to then
      local price = prices[job.endpoint]
      rows[#rows + 1] = json.encode({
        request_id = job.request_id, endpoint_id = job.endpoint,
        timestamp = sim.clock:iso(job.ended), output_units = job.outcome.units,
        unit_price = price and price.unit_price or job.cost, percent_discount = 0,
        cost_subtotal = job.cost, cost_discount = 0, cost_total = job.cost,
        cost_estimate_nano_usd = math.floor(job.cost * 1e9 + 0.5),
      })
    end
  end
  local items, rest = page(query, rows, 10000)
  return reply.json(sim, req, 200, '{"billing_events":' .. items .. rest .. "}")
end

local function pricing(sim, req, query)
  local ids, out = wanted(query), {}
  if #ids == 0 then
    return reply.platform(sim, req, 400, "validation_error", "endpoint_id is required")
  end
  for _, id in ipairs(ids) do
    local price = prices[id]
    if not price then
      return reply.platform(sim, req, 404, "not_found", "Unknown endpoint: " .. id)
    end
    out[#out + 1] = { endpoint_id = id, unit_price = price.unit_price, unit = price.unit,
      currency = "USD" }
  end
  return reply.json(sim, req, 200, '{"prices":' .. json.list(out)
    .. ',"has_more":false,"next_cursor":null}')
end

local function models(sim, req, query)
  local ids, out = wanted(query), {}
  if #ids == 0 then
    for id in pairs(prices) do
      ids[#ids + 1] = id
    end
    table.sort(ids)
  end
  for _, id in ipairs(ids) do
    if prices[id] then
      out[#out + 1] = { endpoint_id = id, metadata = {
        display_name = id:match("[^/]*/(.*)"), category = id:match("[^/]+/[^/]+/([^/]+)"),
        status = "deprecated", group = { key = "sora-2", label = "Sora 2" } } }
    end
  end
  return reply.json(sim, req, 200, '{"models":' .. json.list(out)
    .. ',"has_more":false,"next_cursor":null}')
end

local routes = {
  ["/v1/models"] = models,
  ["/v1/models/pricing"] = pricing,
  ["/v1/models/requests/by-endpoint"] = history,
  ["/v1/models/billing-events"] = billing,
}

---Whether a path is what the fault route "history" means.
function M.is_history(path)
  return path:find("/requests/by-endpoint", 1, true) ~= nil
    or path:find("/billing-events", 1, true) ~= nil
end

function M.handle(sim, req)
  local path = req.path:gsub("^/api", ""):gsub("/$", "")
  local action = routes[path]
  if path == "/v1/meta" then
    return reply.json(sim, req, 200, '{"webhook_ip_ranges":["127.0.0.0/8"]}')
  elseif not action then
    return reply.platform(sim, req, 404, "not_found", "No such route")
  elseif req.method ~= "GET" then
    return reply.not_allowed(sim, req, "GET")
  elseif action == models and not req.authorization then
    return models(sim, req, url.query(req.query))
  end
  local key = auth.check(sim, req)
  if key then
    return action(sim, req, url.query(req.query), key)
  end
end

return M
