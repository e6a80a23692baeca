--- `fal.file "photo.png"`: a local file in an input. It is uploaded before the job is
--- submitted, and its address takes its place.

local E = require "fal.error"
local storage = require "fal.storage"
local task = require "fal.task"

local file = {}

--- A file given as `inline` travels in the request itself, as a data: URI. fal.ai advises
--- that for a few kilobytes only (fal-protocol.md section 9.5).
file.INLINE_MAX = 256 * 1024

local MAX_DEPTH = 100

---@class fal.File
---@field path string
---@field inline? boolean      as a data: URI; at most INLINE_MAX bytes
---@field expires_in? number   seconds the uploaded file is kept
local mt = { __name = "fal.file" }
mt.__tostring = function(self) return ("file %q"):format(self.path) end

---@param x any
---@return boolean
function file.is(x) return type(x) == "table" and getmetatable(x) == mt end

--- Marks a path. Nothing is read yet.
---@param path string
---@param opts? fal.FileOptions
---@return fal.File
function file.new(path, opts)
  local options = require "fal.options"
  options.argument("fal.file", "path", path, "string", 2)
  opts = options.check("fal.file", opts, { inline = "boolean",
    expires_in = "positive" }, 2)
  return setmetatable({ path = path, inline = opts.inline, expires_in = opts.expires_in },
    mt)
end

-- --- data: URIs ------------------------------------------------------------------------

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local floor = math.floor

local pairs_of_digits
local function all_pairs()
  local list = {}
  for i = 0, 4095 do
    local a, b = floor(i / 64) + 1, i % 64 + 1
    list[i] = ALPHABET:sub(a, a) .. ALPHABET:sub(b, b)
  end
  return list
end

---@param bytes string
---@return string
function file.base64(bytes)
  pairs_of_digits = pairs_of_digits or all_pairs()
  local digits, out, n = pairs_of_digits, {}, 0
  for i = 1, #bytes, 3 do
    local a, b, c = bytes:byte(i, i + 2)
    local bits = a * 65536 + (b or 0) * 256 + (c or 0)
    out[n + 1], out[n + 2] = digits[floor(bits / 4096)], digits[bits % 4096]
    n = n + 2
  end
  local rest = #bytes % 3
  if rest == 1 then
    out[n] = "=="
  elseif rest == 2 then
    out[n] = out[n]:sub(1, 1) .. "="
  end
  return table.concat(out)
end

local function data_uri(upload)
  local handle, why = io.open(upload.path, "rb")
  local bytes = handle and handle:read(file.INLINE_MAX + 1)
  if handle then handle:close() end
  if not bytes or #bytes ~= upload.size then
    return nil, E.new { kind = "file",
      message = "the file " .. upload.path .. " could not be read"
        .. (why and ": " .. why or "") }
  end
  return "data:" .. upload.content_type .. ";base64," .. file.base64(bytes)
end

-- --- in an input -----------------------------------------------------------------------

--- Calls `each(marker, path)` for every file of an input and returns it with their
--- results in place; the input itself is not changed. `done` has what became of a table:
--- each is looked at once, also where one contains itself.
local function replace(value, each, path, depth, done)
  if file.is(value) then return each(value, path) end
  if type(value) ~= "table" or depth > MAX_DEPTH then return value end
  if done[value] then return done[value] end
  done[value] = value
  local copy
  for name, member in next, value do
    if type(member) == "table" then
      local where = type(name) == "number" and ("%s[%d]"):format(path, name)
        or path == "" and tostring(name) or path .. "." .. tostring(name)
      local new = replace(member, each, where, depth + 1, done)
      if new ~= member then
        if not copy then
          copy = setmetatable({}, getmetatable(value))
          for k, v in next, value do copy[k] = v end
        end
        copy[name] = new
      end
    end
  end
  done[value] = copy or value
  return done[value]
end

--- Most inputs have no file.
local function has_file(value, depth, seen)
  if file.is(value) then return true end
  if depth > MAX_DEPTH or seen[value] then return false end
  seen[value] = true
  for _, member in next, value do
    if type(member) == "table" and has_file(member, depth + 1, seen) then return true end
  end
  return false
end

--- Why a file of this size cannot be sent as it is marked.
---@param marker fal.File
---@param size integer
---@return string?
function file.fault(marker, size)
  if marker.inline and size > file.INLINE_MAX then
    return ("the file %s has %.0f bytes; inline, %d are allowed; leave inline out to "
      .. "upload it"):format(marker.path, size, file.INLINE_MAX)
  end
end

local function refused(faults, endpoint_id)
  table.sort(faults, function(a, b) return a.path < b.path end)
  return nil, E.new { kind = "file", sent = "no", endpoint_id = endpoint_id,
    fields = faults, message = "a file of the input cannot be sent, so no job was",
    remedy = "Check the paths and the permissions." }
end

--- Which files an input has, each with what is known of it.
---@return table[]? found   { marker, upload }
---@return fal.Error? err   kind file, with every file that cannot be sent
local function inspect(input, endpoint_id)
  local found, faults, seen = {}, {}, {}
  replace(input, function(marker, path)
    if not seen[marker] then
      seen[marker] = true
      local upload, err = storage.file(marker.path)
      local why = not upload and err.message or file.fault(marker, upload.size)
      if why then faults[#faults + 1] = { path = path, type = "file", message = why }
      else found[#found + 1] = { marker = marker, upload = upload } end
    end
    return marker
  end, "", 0, {})
  if #faults > 0 then return refused(faults, endpoint_id) end
  return found
end

--- Whether every file of an input is there and can be read; nothing is sent.
---@param input any
---@param endpoint_id? string   for the error
---@return boolean? ok
---@return fal.Error? err   kind file, sent = "no"
function file.check(input, endpoint_id)
  local found, err = inspect(input, endpoint_id)
  if not found then return nil, err end
  return true
end

local function address_of(client, item)
  if item.marker.inline then return data_uri(item.upload) end
  return storage.send_once(client, item.upload, { expires_in = item.marker.expires_in })
end

--- The shared error of an upload, said of this job.
local function unsent(err, endpoint_id)
  return nil, E.new { kind = err.kind, message = err.message, remedy = err.remedy,
    cause = err.cause, status = err.status, body = err.body, retryable = err.retryable,
    sent = "no", endpoint_id = endpoint_id }
end

--- Uploads the files of an input and puts their addresses in their place. All are looked
--- at before the first is sent. An input without files is returned as it is.
---@param client fal.Client
---@param input any
---@param endpoint_id? string   for errors
---@return any input
---@return fal.Error? err   when input is nil
function file.resolve(client, input, endpoint_id)
  if type(input) ~= "table" or not has_file(input, 0, {}) then return input end
  local found, err = inspect(input, endpoint_id)
  if not found then return nil, err end
  if #found == 0 then return input end
  local addresses, errors = task.map(client.sched, found, function(item)
    return address_of(client, item)
  end, #found)
  if not addresses then return unsent(errors, endpoint_id) end
  local _, failed = next(errors)
  if failed then return unsent(failed, endpoint_id) end
  local by_marker = {}
  for i = 1, #found do by_marker[found[i].marker] = addresses[i] end
  return replace(input, function(marker) return by_marker[marker] end, "", 0, {})
end

return file
