-- The one door through which answers leave, where a fault may spoil them.

local json = require("fal.sim.json")

local M = {}

local TYPE = "Content-Type"
local JSON = "application/json"

---@param req table
---@param status integer
---@param headers string[]?   name, value, name, value, …
---@param body string|table    table: { path | blob, offset, size }
function M.send(sim, req, status, headers, body)
  req.status = status
  if req.fault then
    return sim.faults:spoil(req, status, headers, body)
  end
  sim.http:respond(req.id, status, headers, body)
end

function M.json(sim, req, status, text)
  return M.send(sim, req, status, { TYPE, JSON }, text)
end

function M.gateway_headers(request_id)
  return { TYPE, JSON, "x-fal-request-id", request_id }
end

---An answer of the gateway, which names the request it is about.
function M.gateway(sim, req, status, text, request_id)
  return M.send(sim, req, status, M.gateway_headers(request_id or sim:fresh_id()), text)
end

function M.detail(sim, req, status, message, error_type)
  local headers = { TYPE, JSON, "x-fal-request-id", sim:fresh_id() }
  if error_type then
    headers[5], headers[6] = "X-Fal-Error-Type", error_type
  end
  return M.send(sim, req, status, headers,
    json.encode({ detail = message, error_type = error_type }))
end

function M.not_allowed(sim, req, allow)
  return M.send(sim, req, 405,
    { TYPE, JSON, "Allow", allow, "x-fal-request-id", sim:fresh_id() },
    '{"detail":"Method Not Allowed"}')
end

---The Platform API's own error shape.
function M.platform(sim, req, status, type, message)
  return M.json(sim, req, status,
    json.encode({ error = { type = type, message = message } }))
end

return M
