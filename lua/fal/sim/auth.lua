-- Who asks. A key is `id:secret`; the ledger and the logs know it by its id.

local reply = require("fal.sim.reply")

local M = {}

local function read(sim, header)
  local key = header:match("^[Kk]ey%s+(.-)%s*$")
  if not key then
    return false, header:find("^[Bb]earer") and "unable to decode issuer"
      or "Invalid Authorization header"
  end
  local id = key:match("^([^:%s]+):[^:%s]+$")
  if not id then
    return false, "Invalid Key Authorization header format. "
      .. "Expected '<key_id>:<key_secret>'."
  end
  if sim.keys and not sim.keys[key] then
    return false, "invalid key credentials"
  end
  return id
end

---@return string? key_id   nil: refused, and answered
function M.check(sim, req, app)
  local header = req.authorization
  if not header then
    reply.detail(sim, req, 401, 'Cannot access application "' .. (app or "fal")
      .. '". Authentication is required to access this application.')
    return nil
  end
  local known = sim.key_ids[header]
  if known then
    return known
  end
  local id, message = read(sim, header)
  if not id then
    reply.detail(sim, req, 401, message)
    return nil
  end
  sim.key_ids[header] = id
  return id
end

return M
