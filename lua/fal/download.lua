--- Files to disk. No key ever goes to a media host, and a broken connection is taken up
--- where it broke: the file is a paid result.

local E = require "fal.error"
local channel = require "fal.channel"
local exchange = require "fal.exchange"
local outcome = require "fal.outcome"
local url = require "fal.url"

local download = {}

local STALL = 30     -- seconds without a byte
local TICK = 0.1     -- seconds between two calls of on_progress

local function check_url(client, address)
  local parts, why = url.parse(address)
  if not parts then
    return nil, "the address to download from " .. why
  elseif parts.scheme == "https" then
    return true
  elseif parts.scheme == "http" and parts.loopback and client.settings.loopback then
    return true
  end
  return nil, "downloads go over https only, not to " .. url.shown(address)
end

local function size_of(path)
  local file = io.open(path, "rb")
  if not file then return 0 end
  local size = file:seek("end")
  file:close()
  return size or 0
end

--- Waits for the transfer; calls on_progress on the way.
local function receive(client, id, opts, deadline)
  local sched = client.sched
  if not opts.on_progress then return sched:await(id, nil, deadline) end
  local ch = channel.open(sched, id)
  local told = -1
  local function take(kind, ...)
    if kind ~= "timer" then
      if not kind then ch:close() end
      return true, kind, ...
    end
    local done, total = client.engine:progress(id)
    if done and done ~= told then
      told = done
      opts.on_progress(done, total)
    end
    if deadline and client.now() >= deadline then
      ch:close()
      return true, "error", "aborted", "", "yes"
    end
  end
  while true do
    local until_ = client.now() + TICK
    if deadline then until_ = math.min(until_, deadline) end
    local over, kind, a, b, c, d, e = take(ch:receive(until_))
    if over then return kind, a, b, c, d, e end
  end
end

local function guard(headers)
  local tag = headers and headers.etag
  -- A weak tag does not promise the same bytes.
  if tag and not tag:find("^W/") then return tag end
  return headers and headers["last-modified"] or nil
end

local function failed(address, path, kind, a, b, d)
  if kind == "response" then return outcome.media(address, a) end
  if d and d >= 300 then return outcome.media(address, d) end
  local err = outcome.transport({}, "the file could not be fetched from "
    .. url.shown(address), a, b)
  if err.kind == "file" then
    err.message = "the file could not be written to " .. path
  end
  return err
end

local function finished(path, headers, started, client, opts)
  local size = size_of(path)
  if opts.on_progress then opts.on_progress(size, size) end
  local info = { size = size, content_type = headers and headers["content-type"],
    seconds = client.now() - started }
  client:log("info", "download", { path = path, size = size, seconds = info.seconds })
  return path, info
end

--- One attempt after the other. Only attempts that bring no byte count against
--- max_attempts: a connection that breaks again and again still gets there.
---@param client fal.Client
---@param address string
---@param path string
---@param opts table   checked: on_progress, resume, expect, timeout
---@return string? path
---@return table|fal.Error info
function download.fetch(client, address, path, opts)
  local ok, why = check_url(client, address)
  if not ok then return nil, E.new { kind = "validation", message = why } end
  local started, attempt = client.now(), 0
  local deadline = opts.timeout and started + opts.timeout
  local part, resume, etag = path .. ".part", opts.resume, nil
  local have = resume and size_of(part) or 0
  while true do
    if client.closed then return nil, client.closed end
    local id, message = client.engine:request {
      url = address, file = path, follow = true, stall = STALL, timeout = 0,
      resume = resume and have > 0 or nil, if_range = resume and etag or nil,
      expect_size = opts.expect and opts.expect.size,
    }
    if not id then return nil, exchange.not_started({}, message) end
    local kind, a, b, c, d, e = receive(client, id, opts, deadline)
    if not kind then return nil, a end
    if kind == "response" and (a == 200 or a == 206) then
      return finished(path, c, started, client, opts)
    end
    if kind == "error" and a == "aborted" then
      return nil, E.new { kind = "timeout", retryable = true,
        message = "the download from " .. url.shown(address) .. " did not end in time",
        remedy = "Try again with resume = true: what has come so far is kept." }
    end
    local err = failed(address, path, kind, a, b, d)
    local headers = kind == "error" and e or c
    local now_have = size_of(part)
    if kind == "response" and a == 416 and resume then
      -- The rest that was asked for is not there: the part is of another file.
      resume, have = false, 0
      attempt = attempt + 1
    elseif not err.retryable then
      return nil, err
    else
      etag = guard(headers) or etag
      attempt = now_have > have and 1 or attempt + 1
      resume = (etag ~= nil or opts.resume) and now_have > 0
      have = now_have
    end
    if attempt >= client.settings.retry.max_attempts then return nil, err end
    ok, why = exchange.pause(client, attempt, err, kind == "response" and headers or nil,
      deadline)
    if not ok then return nil, why end
  end
end

return download
