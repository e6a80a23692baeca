--- Files to fal.ai's storage: an address is asked for with the key, the bytes go there
--- without it, from disk and in constant memory (fal-protocol.md section 9).

local E = require "fal.error"
local exchange = require "fal.exchange"
local json = require "fal.json"
local media = require "fal.media"
local mime = require "fal.mime"
local outcome = require "fal.outcome"
local task = require "fal.task"
local text = require "fal.text"
local url = require "fal.url"

local storage = {}

local MIB = 1024 * 1024
-- As the official JS client does it (section 9.2); it sends the parts one by one.
local SINGLE = 90 * MIB
local PART = 10 * MIB
local PARALLEL = 4
local STALL = 2 * media.STALL  -- a server may think about the last byte for a while
local MAX_NAME = 200
-- A part has no type of its own; libcurl would call bytes in memory a form.
local NO_TYPE = { "Content-Type:" }

---@class fal.Upload
---@field path? string        either this
---@field data? string        or this
---@field size number
---@field modified? number
---@field name string
---@field content_type string

local function no_file(path, why, remedy)
  return nil, E.new { kind = "file", message = "the file " .. path .. " " .. why,
    remedy = remedy or "Check the path and the permissions." }
end

local function base_name(path, content_type)
  local name = path and path:match("([^/\\]+)$")
    or "upload." .. mime.extension(content_type)
  if not text.length(name) then name = name:gsub("[^%w%._%-]", "_") end
  return #name <= MAX_NAME and name or name:gsub("[^%w%._%-]", "_"):sub(-MAX_NAME)
end

local function head_of(path)
  local file, why = io.open(path, "rb")
  if not file then return nil, why end
  local head = file:read(mime.HEAD) or ""
  file:close()
  return head
end

--- What is known of a file before it is sent; nothing is sent here.
---@param path string
---@return fal.Upload?
---@return fal.Error? err   kind file: missing, empty, unreadable, no plain file
function storage.file(path)
  local size, modified = require("fal.core").stat(path)
  if not size then return no_file(path, "cannot be read: " .. modified) end
  if size == 0 then
    return no_file(path, "is empty", "Choose a file with something in it.")
  end
  local head, why = head_of(path)
  if not head then return no_file(path, "cannot be read: " .. why) end
  local content_type = mime.of(head, path)
  return { path = path, size = size, modified = modified, content_type = content_type,
    name = base_name(path, content_type) }
end

--- The same for bytes in memory.
---@param source { data: string, file_name?: string, content_type?: string }
---@return fal.Upload?
---@return fal.Error? err
function storage.bytes(source)
  local data = source.data
  if data == "" then
    return nil, E.new { kind = "file", message = "there are no bytes to upload" }
  end
  local content_type = source.content_type
    or mime.of(data:sub(1, mime.HEAD), source.file_name)
  return { data = data, size = #data, content_type = content_type,
    name = base_name(source.file_name, content_type) }
end

-- --- one exchange ----------------------------------------------------------------------

local function refusal(step, status, body)
  local err = outcome.refusal({}, step.doing, status, outcome.object(body))
  if not step.auth and (status == 401 or status == 403) then
    err.kind, err.remedy = "forbidden", "Upload it again: the address for it has expired."
  end
  return err
end

local function read(step, kind, a, b, c)
  if kind == "error" then
    return nil, media.failure(step.doing, a, b, step.doing)
  elseif a < 200 or a >= 300 then
    return nil, refusal(step, a, b)
  end
  local value = step.accept(b, c or {})
  if value then return value end
  return nil, outcome.nonsense({}, step.doing, a, "the answer lacks what it is asked for")
end

local function again(client, step, err)
  if err.retryable then return true end
  if not step.auth or err.kind ~= "auth" then return false end
  local _, changed = client:authorize(true)
  return changed
end

--- Asks until it is answered: every step may be repeated, nothing here is paid for.
--- `step` has doing, request, accept(body, headers) and perhaps look and auth.
local function ask(client, step)
  local attempt = 0
  while true do
    if client.closed then return nil, client.closed end
    local id, message = client.engine:request(step.request)
    if not id then return nil, exchange.not_started({}, message) end
    local kind, a, b, c, _, headers = media.await(client, id, step.look)
    if not kind then return nil, a end
    local value, err = read(step, kind, a, b, c)
    if value then return value end
    attempt = attempt + 1
    if not again(client, step, err) or attempt >= client.settings.retry.max_attempts then
      return nil, err
    end
    local ok, why = exchange.pause(client, attempt, err,
      kind == "response" and c or headers)
    if not ok then return nil, why end
  end
end

-- --- the steps -------------------------------------------------------------------------

local function initiate(client, upload, multipart, expires_in)
  local ok, err = client:authorize()
  if not ok then return nil, err end
  local headers = { "Accept: application/json", "Content-Type: application/json" }
  if expires_in then
    headers[3] = ('X-Fal-Object-Lifecycle: {"expiration_duration_seconds":%.0f}')
      :format(math.ceil(expires_in))
  end
  local function accept(body)
    local answer = outcome.object(body)
    if answer and media.allowed(client, answer.upload_url)
      and media.allowed(client, answer.file_url) then
      return answer
    end
  end
  return ask(client, { doing = "no address was given to upload " .. upload.name .. " to",
    auth = true, accept = accept, request = {
      method = "POST", auth = true, headers = headers,
      url = client.settings.rest_url .. "/storage/upload/"
        .. (multipart and "initiate-multipart" or "initiate")
        .. "?storage_type=fal-cdn-v3",
      body = json.encode { content_type = upload.content_type, file_name = upload.name },
    } })
end

--- The request that sends `size` bytes from `from` on.
local function put(client, upload, address, from, size, headers)
  return {
    method = "PUT", url = address, headers = headers, stall = STALL, timeout = 0,
    public_only = media.public_only(client) or nil,
    body_file = upload.path, body_from = upload.path and from,
    body_size = upload.path and size,
    body = upload.data and (size == upload.size and upload.data
      or upload.data:sub(from + 1, from + size)),
  }
end

local function send_whole(client, upload, target, tell)
  return ask(client, { doing = upload.name .. " could not be uploaded",
    accept = function() return true end,
    look = tell and function(_, _, sent) tell(sent) end,
    request = put(client, upload, target.upload_url, 0, upload.size,
      { "Content-Type: " .. upload.content_type }) })
end

--- A step of a multipart upload has its name in the path, before the query that signs it.
local function step_url(address, name)
  local path, query = address:match("^([^?#]*)([^#]*)")
  return path .. "/" .. name .. query
end

local function send_part(client, upload, address, number, look)
  local from = (number - 1) * PART
  local function accept(body, headers)
    local answer = outcome.object(body)
    local etag = answer and answer.etag or headers.etag
    return type(etag) == "string" and { partNumber = number, etag = etag }
  end
  return ask(client, { doing = ("part %d of %s could not be uploaded"):format(number,
    upload.name), accept = accept, look = look,
    request = put(client, upload, step_url(address, ("%d"):format(number)), from,
      math.min(PART, upload.size - from), NO_TYPE) })
end

--- Whether the whole file is at its address.
local function has_arrived(client, upload, address)
  local id = client.engine:request { method = "HEAD", url = address, follow = true,
    public_only = media.public_only(client) or nil }
  if not id then return false end
  local kind, status, _, headers = media.await(client, id)
  return kind == "response" and status == 200
    and tonumber(headers["content-length"] or "") == upload.size
end

local function join(client, upload, address, parts)
  return ask(client, { doing = "the parts of " .. upload.name .. " could not be joined",
    accept = function() return true end,
    request = {
      method = "POST", url = step_url(address, "complete"),
      public_only = media.public_only(client) or nil,
      headers = { "Content-Type: application/json" },
      body = json.encode { parts = json.array(parts) },
    } })
end

--- When the answer is lost, the second request may be refused since the first was heard.
local function complete(client, upload, target, parts)
  local ok, err = join(client, upload, target.upload_url, parts)
  if ok or not err.status then return ok, err end
  return has_arrived(client, upload, target.file_url) or nil, err
end

--- How far all parts have come together.
local function counter(tell)
  if not tell then return function() end end
  local sum, each = 0, {}
  return function(number)
    return function(_, _, sent)
      sum = sum + (sent or 0) - (each[number] or 0)
      each[number] = sent or 0
      tell(sum)
    end
  end
end

local function send_parts(client, upload, target, tell)
  local numbers, failed = {}, nil
  for number = 1, math.ceil(upload.size / PART) do numbers[number] = number end
  local look = counter(tell)
  local parts, errors = task.map(client.sched, numbers, function(number)
    if failed then return nil, failed end
    local part, err = send_part(client, upload, target.upload_url, number, look(number))
    failed = failed or err
    return part, err
  end, PARALLEL)
  if not parts then return nil, errors end
  if failed then return nil, failed end
  local _, raised = next(errors)
  if raised then return nil, raised end
  parts.n = nil
  return complete(client, upload, target, parts)
end

--- A file that was written to meanwhile has arrived in pieces of two versions.
local function unchanged(upload)
  if not upload.path then return true end
  local size, modified = require("fal.core").stat(upload.path)
  if size == upload.size and modified == upload.modified then return true end
  return no_file(upload.path, "was changed while it was being uploaded",
    "Upload it again once it is finished.")
end

--- Uploads, whether it was uploaded before or not.
---@param client fal.Client
---@param upload fal.Upload
---@param opts { expires_in?: number, on_progress?: fun(done: number, total: number) }
---@return string? url
---@return fal.Error? err
function storage.send(client, upload, opts)
  local multipart = upload.size > SINGLE
  local started, tell = client.now(), nil
  local target, err = initiate(client, upload, multipart, opts.expires_in)
  if not target then return nil, err end
  if opts.on_progress then
    local told = 0
    tell = function(done)
      if done == told then return end
      told = done
      opts.on_progress(done, upload.size)
    end
  end
  local ok
  local send = multipart and send_parts or send_whole
  ok, err = send(client, upload, target, tell)
  if ok then ok, err = unchanged(upload) end
  if not ok then return nil, err end
  if tell then tell(upload.size) end
  client:log("info", "upload", { url = url.shown(target.file_url), size = upload.size,
    content_type = upload.content_type, seconds = client.now() - started })
  return target.file_url
end

-- --- once for a client -----------------------------------------------------------------

-- By client, not in it: a client that is collected takes its addresses along.
local known = setmetatable({}, { __mode = "k" })

local function entry_of(client, upload, expires_in)
  local entries = known[client]
  if not entries then
    entries = {}
    known[client] = entries
  end
  -- 17 digits keep a time stamp apart from its neighbour a microsecond away.
  local key = ("%s\0%.0f\0%.17g\0%s"):format(upload.path, upload.size, upload.modified,
    tostring(expires_in))
  return entries, key, entries[key]
end

--- An address that is about to expire is of no use to a job that waits in a queue.
local function is_fresh(client, entry)
  return not entry.expires or client.now() < entry.expires
end

local function begin(client, upload, expires_in, entries, key)
  local entry = { waiting = 0, listeners = {} }
  local function on_progress(done, total)
    for i = 1, #entry.listeners do entry.listeners[i](done, total) end
  end
  entries[key] = entry
  local started, err = task.spawn(client.sched, function()
    local address, why = storage.send(client, upload,
      { expires_in = expires_in, on_progress = on_progress })
    if entries[key] == entry then
      if not address then entries[key] = nil end
      -- Half of its life is left for the job.
      entry.expires = expires_in and client.now() + expires_in / 2
    end
    return address, why
  end, nil)
  if not started then
    entries[key] = nil
    return nil, err
  end
  entry.task = started
  return entry
end

--- Uploads a file once for a client: whoever asks while it is on its way waits for the
--- same upload, whoever asks later gets the address.
---@param client fal.Client
---@param upload fal.Upload   with a path
---@param opts { expires_in?: number, on_progress?: fun(done: number, total: number) }
---@return string? url
---@return fal.Error? err
function storage.send_once(client, upload, opts)
  local entries, key, entry = entry_of(client, upload, opts.expires_in)
  local err
  if not entry or not is_fresh(client, entry) then
    entry, err = begin(client, upload, opts.expires_in, entries, key)
    if not entry then return nil, err end
  end
  if opts.on_progress then entry.listeners[#entry.listeners + 1] = opts.on_progress end
  entry.waiting = entry.waiting + 1
  local address
  address, err = entry.task:await()
  entry.waiting = entry.waiting - 1
  local is_done, is_last = entry.task:is_done(), entry.waiting == 0
  -- Also when a listener raised: that says nothing about the next upload.
  if not address and (is_done or is_last) and entries[key] == entry then
    entries[key] = nil
  end
  if is_last and not is_done then entry.task:cancel() end
  return address, err
end

return storage
