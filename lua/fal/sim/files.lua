-- The CDN: media and uploads, with ranges; deterministic blobs of any size.

local json = require("fal.sim.json")
local reply = require("fal.sim.reply")

local M = {}
M.__index = M

function M.new(sim)
  return setmetatable({ sim = sim, by_path = {}, keys_seen = 0 }, M)
end

---@param file table?   path, size, content_type, etag, expires, job
function M:add(path, file)
  self.by_path[path] = file
end

---@return table? file   nil: unknown or expired
function M:find(path)
  local file = self.by_path[path]
  if file and file.expires and self.sim.clock:now() > file.expires then
    return nil
  end
  return file
end

---@return integer? first, integer|nil last   nil: the whole; 0, nil: not satisfiable
local function range_of(sim, req, file)
  local range = sim.http:header(req.id, "Range")
  local guard = range and sim.http:header(req.id, "If-Range")
  if not range or guard and guard ~= file.etag then
    return nil
  end
  local from, to = range:match("^%s*bytes%s*=%s*(%d*)%s*%-%s*(%d*)%s*$")
  if not from or from == "" and to == "" then
    return nil
  end
  if from == "" then
    local count = math.min(tonumber(to), file.size)
    if count == 0 then
      return 0, nil
    end
    return file.size - count, file.size - 1
  end
  local first = tonumber(from)
  local last = to ~= "" and math.min(tonumber(to), file.size - 1) or file.size - 1
  if first >= file.size then
    return 0, nil
  elseif first > last then
    return nil
  end
  return first, last
end

local function whole(n)
  return string.format("%.0f", n)
end

local function serve(sim, req, file)
  local headers = { "Content-Type", file.content_type, "Accept-Ranges", "bytes",
    "ETag", file.etag, "Access-Control-Allow-Origin", "*" }
  local first, last = range_of(sim, req, file)
  if first and not last then
    headers[#headers + 1] = "Content-Range"
    headers[#headers + 1] = "bytes */" .. whole(file.size)
    return reply.send(sim, req, 416, headers, "")
  end
  local status = 200
  if first then
    status = 206
    headers[#headers + 1] = "Content-Range"
    headers[#headers + 1] = "bytes " .. whole(first) .. "-" .. whole(last) .. "/"
      .. whole(file.size)
  else
    first, last = 0, file.size - 1
  end
  if file.job and req.method == "GET" then
    file.job.downloads = (file.job.downloads or 0) + 1
  end
  return reply.send(sim, req, status, headers,
    { path = file.path, offset = first, size = last - first + 1 })
end

---GET or HEAD of a file. The key has no business here, so it is refused and counted.
function M:handle(req)
  local sim = self.sim
  if req.method ~= "GET" and req.method ~= "HEAD" then
    return reply.not_allowed(sim, req, "GET, HEAD")
  end
  if req.authorization then
    self.keys_seen = self.keys_seen + 1
    return reply.json(sim, req, 400,
      json.encode({ detail = "Media is public: do not send Authorization here" }))
  end
  local bytes = req.path:match("^/cdn/__blob/(%d+)$")
  if bytes then
    return serve(sim, req, { size = tonumber(bytes), etag = '"blob-' .. bytes .. '"',
      content_type = "application/octet-stream" })
  end
  local file = self:find(req.path)
  if not file then
    return reply.json(sim, req, 404, '{"detail":"Not Found"}')
  end
  return serve(sim, req, file)
end

return M
