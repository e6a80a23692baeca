-- /__sim: what the service does not have.

local httpd = require("fal.sim.httpd")
local json = require("fal.sim.json")
local url = require("fal.sim.url")

local M = {}

local function answer(sim, req, status, text)
  sim.http:respond(req.id, status, { "Content-Type", "application/json" }, text)
end

local function done(sim, req, ok, message)
  if ok then
    return answer(sim, req, 200, '{"ok":true}')
  end
  return answer(sim, req, 400, json.encode({ error = message }))
end

local function body_of(req)
  local body = json.decode(req.body)
  return type(body) == "table" and body or {}
end

local routes = {}

routes["GET /ledger"] = function(sim, req)
  return answer(sim, req, 200, sim.ledger:report())
end

routes["GET /requests"] = function(sim, req)
  local secrets = url.query(req.query).secrets
  return answer(sim, req, 200, sim.recorder:report(secrets and secrets[1] == "1"))
end

routes["GET /faults"] = function(sim, req)
  return answer(sim, req, 200, sim.faults:report())
end

routes["POST /faults"] = function(sim, req)
  return done(sim, req, sim.faults:add(body_of(req)))
end

routes["DELETE /faults"] = function(sim, req)
  sim.faults:clear()
  return done(sim, req, true)
end

routes["POST /script"] = function(sim, req)
  local body = body_of(req)
  for _, script in ipairs(body[1] and body or { body }) do
    local ok, message = sim.scripts:add(script)
    if not ok then
      return done(sim, req, false, message)
    end
  end
  return done(sim, req, true)
end

routes["DELETE /script"] = function(sim, req)
  sim.scripts:clear()
  return done(sim, req, true)
end

routes["POST /reset"] = function(sim, req)
  sim.http:drop_waiting(req.id)
  sim:reset()
  return done(sim, req, true)
end

routes["GET /clock"] = function(sim, req)
  local now = sim.clock:now()
  return answer(sim, req, 200, json.encode({
    now = now, time = sim.clock:iso(now), speed = sim.options.speed, cpu = httpd.cpu(),
  }))
end

routes["POST /advance"] = function(sim, req)
  local seconds = tonumber(body_of(req).seconds)
  if not seconds or seconds < 0 then
    return done(sim, req, false, "seconds must be a positive number")
  end
  sim.clock:advance(seconds)
  return done(sim, req, true)
end

-- { locked = "Admin lock" | false, unknown = ["app", …], history_lag = s }
routes["POST /settings"] = function(sim, req)
  local body = body_of(req)
  if body.locked ~= nil then
    sim.locked = body.locked or nil
  end
  for _, id in ipairs(body.unknown or {}) do
    sim.unknown[id] = true
  end
  if body.balance ~= nil then
    sim.options.balance = body.balance or nil
  end
  sim.options.history_lag = tonumber(body.history_lag) or sim.options.history_lag
  return done(sim, req, true)
end

routes["POST /quit"] = function(sim, req)
  sim.stopping = true
  return done(sim, req, true)
end

function M.handle(sim, req)
  local action = routes[req.method .. " " .. req.path:sub(7)]
  if not action then
    return answer(sim, req, 404, '{"error":"no such control"}')
  end
  return action(sim, req)
end

return M
