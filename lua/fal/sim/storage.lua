-- rest.fal.ai's uploads, and the signed URLs on the CDN that they lead to.

local auth = require("fal.sim.auth")
local json = require("fal.sim.json")
local random = require("fal.sim.random")
local reply = require("fal.sim.reply")

local M = {}
M.__index = M

local TOKEN_LIFE = 3600   -- virtual seconds

function M.new(sim)
  return setmetatable({ sim = sim, uploads = {}, tokens = {}, count = 0 }, M)
end

local function fresh(self, purpose, digits)
  self.count = self.count + 1
  return random.hex(self.sim.options.seed, purpose, self.count, digits)
end

local function safe_name(name)
  name = tostring(name):gsub("[^%w%._%-]", "_")
  return #name > 0 and name:sub(-80) or "upload.bin"
end

local function new_upload(self, content_type, name)
  local upload = {
    token = fresh(self, "upload", 24), content_type = content_type, parts = {},
    file_path = "/cdn/files/b/" .. fresh(self, "file", 16) .. "/" .. safe_name(name),
  }
  self.uploads[upload.token] = upload
  return upload
end

-- Of bytes that were not kept a file of the same size is left, in the blobs' pattern.
local function publish(self, upload, bytes, size)
  self.sim.files:add(upload.file_path, {
    path = #bytes == size and self.sim.media:store(bytes) or nil,
    size = size, content_type = upload.content_type,
    etag = '"' .. upload.token .. '"', uploaded = true,
  })
end

-- --- /rest -----------------------------------------------------------------------------

local function initiate(self, req)
  local body = json.decode(req.body)
  if type(body) ~= "table" or type(body.content_type) ~= "string" then
    return reply.detail(self.sim, req, 422, "content_type is required")
  end
  local upload = new_upload(self, body.content_type, body.file_name or "upload.bin")
  return reply.json(self.sim, req, 200, json.encode({
    upload_url = req.base .. "/cdn/upload/" .. upload.token .. "?signature="
      .. fresh(self, "signature", 32),
    file_url = req.base .. upload.file_path,
  }))
end

local function token(self, req)
  local sim = self.sim
  local value = fresh(self, "token", 40)
  local expires = sim.clock:now() + TOKEN_LIFE
  self.tokens[value] = expires
  return reply.json(sim, req, 200, json.encode({
    token = value, token_type = "Bearer", base_url = req.base .. "/cdn",
    expires_at = sim.clock:iso(expires),
  }))
end

local rest = {
  ["/storage/upload/initiate"] = initiate,
  ["/storage/upload/initiate-multipart"] = initiate,
  ["/storage/auth/token"] = token,
  ["/tokens"] = function(self, req)
    return reply.json(self.sim, req, 200, '"' .. fresh(self, "jwt", 60) .. '"')
  end,
}

function M:rest(req)
  local path = req.path:gsub("^/rest", ""):gsub("/$", "")
  if path == "/.well-known/jwks.json" then
    return reply.json(self.sim, req, 200, '{"keys":[]}')
  end
  local action = rest[path]
  if not action then
    return reply.json(self.sim, req, 404, '{"detail":"Not Found"}')
  elseif req.method ~= "POST" then
    return reply.not_allowed(self.sim, req, "POST")
  elseif auth.check(self.sim, req, "storage") then
    return action(self, req)
  end
end

-- --- signed URLs -----------------------------------------------------------------------

local function forbidden(self, req, message)
  return reply.json(self.sim, req, 403, json.encode({ detail = message }))
end

local function put_part(self, req, upload, number)
  local etag = '"' .. upload.token:sub(1, 8) .. "-" .. number .. "-" .. req.size .. '"'
  upload.parts[number] = { etag = etag, body = req.body, size = req.size }
  return reply.send(self.sim, req, 200,
    { "Content-Type", "application/json", "ETag", etag },
    json.encode({ partNumber = number, etag = etag }))
end

local function complete(self, req, upload)
  local body = json.decode(req.body)
  local parts = type(body) == "table" and body.parts
  if type(parts) ~= "table" or #parts == 0 then
    return reply.json(self.sim, req, 400, '{"detail":"parts are missing"}')
  end
  local pieces, last, size = {}, 0, 0
  for i, part in ipairs(parts) do
    local number = type(part) == "table" and tonumber(part.partNumber) or 0
    local have = upload.parts[number]
    if number <= last or not have or part.etag ~= have.etag then
      return reply.json(self.sim, req, 400, json.encode({
        detail = "part " .. i .. " is unknown, out of order or has another etag" }))
    end
    last, pieces[i], size = number, have.body, size + have.size
  end
  upload.parts = {}
  publish(self, upload, table.concat(pieces), size)
  return reply.json(self.sim, req, 200,
    json.encode({ access_url = req.base .. upload.file_path }))
end

local function signed(self, req, upload, rest_path)
  if req.authorization then
    self.sim.files.keys_seen = self.sim.files.keys_seen + 1
    return forbidden(self, req, "Signed URLs take no Authorization")
  elseif not (req.query or ""):find("signature=%x") then
    return forbidden(self, req, "The signature is missing")
  end
  local number = tonumber(rest_path:match("^/(%d+)$"))
  if req.method == "POST" and rest_path == "/complete" then
    return complete(self, req, upload)
  elseif req.method ~= "PUT" then
    return reply.not_allowed(self.sim, req, "PUT")
  elseif number then
    return put_part(self, req, upload, number)
  end
  local content_type = self.sim.http:header(req.id, "Content-Type")
  if content_type ~= upload.content_type then
    return forbidden(self, req, "Content-Type differs from the declared one")
  end
  publish(self, upload, req.body, req.size)
  return reply.send(self.sim, req, 200, { "ETag", '"' .. upload.token .. '"' }, "")
end

-- --- uploads with a CDN token ----------------------------------------------------------

local function bearer(self, req)
  local value = (req.authorization or ""):match("^Bearer%s+(%x+)$")
  local expires = value and self.tokens[value]
  if expires and self.sim.clock:now() < expires then
    return true
  end
  reply.json(self.sim, req, 401, '{"detail":"Invalid or expired token"}')
  return false
end

local function direct(self, req, multipart)
  local http = self.sim.http
  local upload = new_upload(self,
    http:header(req.id, "Content-Type") or "application/octet-stream",
    http:header(req.id, "X-Fal-File-Name") or "upload.bin")
  local answer = { access_url = req.base .. upload.file_path }
  if multipart then
    answer.uploadId = upload.token
  else
    publish(self, upload, req.body, req.size)
  end
  return reply.json(self.sim, req, 200, json.encode(answer))
end

local function with_token(self, req)
  local id, rest_path = req.path:match("/multipart/(%x+)(/.*)$")
  local upload = id and self.uploads[id]
  if req.path == "/cdn/files/upload" or req.path == "/cdn/files/upload/multipart" then
    return direct(self, req, req.path:sub(-9) == "multipart")
  elseif not upload then
    return reply.json(self.sim, req, 404, '{"detail":"Not Found"}')
  elseif req.method == "POST" then
    return complete(self, req, upload)
  end
  return put_part(self, req, upload, tonumber(rest_path:sub(2)) or 0)
end

---Whether a request to the CDN is an upload.
function M.is_upload(method, path)
  return path:find("^/cdn/upload/") ~= nil
    or method == "POST" and path:find("^/cdn/files/") ~= nil
    or method == "PUT" and path:find("/multipart/", 1, true) ~= nil
end

function M:upload(req)
  local id, rest_path = req.path:match("^/cdn/upload/(%x+)(.*)$")
  if not id then
    return bearer(self, req) and with_token(self, req)
  end
  local upload = self.uploads[id]
  if not upload then
    return forbidden(self, req, "Unknown or expired upload")
  end
  return signed(self, req, upload, rest_path)
end

return M
