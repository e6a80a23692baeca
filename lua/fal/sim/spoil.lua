-- How each fault is done to an answer.

local json = require("fal.sim.json")

local M = {}

local HOUR = 3600
local reasons = { [200] = "OK", [202] = "Accepted", [206] = "Partial Content",
  [400] = "Bad Request", [404] = "Not Found", [422] = "Unprocessable Entity" }

local function length_of(body)
  return type(body) == "table" and body.size or #body
end

local function head(status, headers, length, close)
  local out = { "HTTP/1.1 ", status, " ", reasons[status] or "Status", "\r\n",
    "Date: ", os.date("!%a, %d %b %Y %H:%M:%S GMT"), "\r\n" }
  for i = 1, #(headers or {}), 2 do
    out[#out + 1] = headers[i] .. ": " .. headers[i + 1] .. "\r\n"
  end
  out[#out + 1] = string.format("Content-Length: %.0f\r\n", length)
  out[#out + 1] = close and "Connection: close\r\n\r\n" or "\r\n"
  return table.concat(out)
end

local function raw(sim, req, rule, text, body, how)
  how.reset = rule.reset
  if req.method == "HEAD" then
    body = ""
  end
  return sim.http:raw(req.id, text, body, how)
end

local actions = {}

function actions.drop(sim, req, rule)
  return sim.http:drop(req.id, rule.reset)
end

function actions.cut(sim, req, rule, status, headers, body)
  local text = head(status, headers, length_of(body))
  local at = rule.at or "headers"
  if at == "headers" then
    at = #text
  elseif at > 0 and at < 1 then
    at = math.floor((#text + length_of(body)) * at)
  end
  return raw(sim, req, rule, text, body, { limit = at, hold = rule.seconds })
end

function actions.truncate(sim, req, rule, status, headers, body)
  local length = length_of(body)
  local text = head(status, headers, length)
  local missing = rule.missing or math.max(1, math.floor(length / 2))
  return raw(sim, req, rule, text, body,
    { limit = #text + math.max(0, length - missing), hold = rule.seconds })
end

function actions.drip(sim, req, rule, status, headers, body)
  return raw(sim, req, rule, head(status, headers, length_of(body), true), body,
    { chunk = rule.bytes or 1, every = rule.seconds or 0.1 })
end

function actions.stall(sim, req, rule)
  sim.timers:after(rule.seconds or HOUR, function()
    sim.http:drop(req.id, rule.reset)
  end)
end

function actions.delay(sim, req, rule, status, headers, body)
  sim.timers:after(rule.seconds or 1, function()
    sim.http:respond(req.id, status, headers, body)
  end)
end

function actions.oversize(sim, req, rule, status, headers)
  return sim.http:respond(req.id, status, headers,
    { offset = 0, size = rule.bytes or 64 * 1024 * 1024 })
end

function actions.malformed(sim, req, rule, status, headers, body)
  local text = rule.body or type(body) == "string" and body:sub(1, -2) .. "," or "{"
  return sim.http:respond(req.id, status, headers, text)
end

local function wrong(value)
  local kind = type(value)
  if kind == "string" then
    return 7
  elseif kind == "table" then
    return "text"
  elseif value == json.null then
    return { nested = true }
  end
  return tostring(value)
end

function actions.mistype(sim, req, rule, status, headers, body)
  local kind, text = rule.kind or "fields", rule.body and json.encode(rule.body)
  local value = type(body) == "string" and json.decode(body)
  if text or kind == "array" then
    text = text or "[1,2,3]"
  elseif kind == "number" or kind == "string" or kind == "null" then
    text = ({ number = "42", string = '"text"', null = "null" })[kind]
  elseif type(value) == "table" then
    local out = {}
    for name, v in pairs(value) do
      out[name] = wrong(v)
    end
    text = json.encode(out)
  end
  return sim.http:respond(req.id, status, headers, text or "42")
end

local function answer_headers(rule, missing)
  local out = {}
  for name, value in pairs(rule.headers or {}) do
    out[#out + 1], out[#out + 2] = name, tostring(value)
  end
  return #out > 0 and out or missing
end

function actions.answer(sim, req, rule, status, headers, body)
  local text = rule.body
  if text ~= nil and type(text) ~= "string" then
    text = json.encode(text)
  end
  return sim.http:respond(req.id, rule.status or status,
    answer_headers(rule, rule.headers and {} or headers), text or body)
end

function actions.redirect(sim, req, rule)
  return sim.http:respond(req.id, rule.status or 307,
    { "Location", rule.location or req.base .. "/__sim/elsewhere" }, "")
end

---@param rule table
---@param status integer    of the honest answer, with its headers and body
function M.apply(sim, req, rule, status, headers, body)
  return actions[rule.action](sim, req, rule, status, headers, body)
end

return M
