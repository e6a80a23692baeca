-- The last requests as they came in, for comparing clients.

local json = require("fal.sim.json")

local M = {}
M.__index = M

local BODY = 65536   -- bytes of a body that are kept

function M.new(size)
  return setmetatable({ size = size, count = 0 }, M)
end

---@param head string   header lines
function M:add(req, head)
  self.count = self.count + 1
  local entry = req
  if #req.body > BODY then
    entry = { body = req.body:sub(1, BODY) }
    for _, name in ipairs({ "method", "target", "path", "query", "connection" }) do
      entry[name] = req[name]
    end
  end
  entry.n, entry.head = self.count, head
  self[(self.count - 1) % self.size + 1] = entry
end

local function hide(name, value)
  if name:lower() == "authorization" then
    return (value:gsub("^(%S+%s+).*$", "%1[secret]"))
  end
  return value
end

local function entry_of(entry, secrets)
  local headers = {}
  for name, value in entry.head:gmatch("([^:\n]+): ([^\n]*)\n") do
    headers[#headers + 1] = json.list({ name, secrets and value or hide(name, value) })
  end
  return json.encode({
    n = entry.n, method = entry.method, path = entry.path, query = entry.query,
    body = entry.body, connection = entry.connection, route = entry.target.route,
  }):sub(1, -2) .. ',"headers":' .. json.list(headers, false) .. "}"
end

---@return string json   oldest first
function M:report(secrets)
  local out = {}
  for i = math.max(1, self.count - self.size + 1), self.count do
    out[#out + 1] = entry_of(self[(i - 1) % self.size + 1], secrets)
  end
  return json.list(out, false)
end

function M:clear()
  for i = 1, self.size do
    self[i] = nil
  end
  self.count = 0
end

return M
