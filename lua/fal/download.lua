--- Files to disk. No key ever goes to a media host, and a broken connection is taken up
--- where it broke: the file is a paid result.

local core = require "fal.core"
local E = require "fal.error"
local exchange = require "fal.exchange"
local media = require "fal.media"
local outcome = require "fal.outcome"
local url = require "fal.url"

local download = {}

--- Of a plain file, else 0: opening a pipe would wait for its other end.
local function size_of(path) return (core.stat(path)) or 0 end

local function failed(address, path, kind, a, b, d)
  local status = kind == "response" and a or d and d >= 300 and d
  if status then
    local err = outcome.media(address, status)
    err.message = err.message .. "; " .. path .. " was not written"
    return err
  end
  return media.failure("the file could not be fetched from " .. url.shown(address)
    .. " to " .. path, a, b, "the file could not be written to " .. path)
end

local function late(address, path)
  return E.new { kind = "timeout", retryable = true,
    message = "the download from " .. url.shown(address) .. " to " .. path
      .. " did not end in time",
    remedy = "Call it again: what has come so far is kept, and it goes on from there." }
end

local function finished(path, headers, started, client, opts)
  local size = size_of(path)
  if opts.on_progress then opts.on_progress(size, size) end
  local info = { size = size, content_type = headers and headers["content-type"],
    seconds = client.now() - started }
  client:log("info", "download", { path = path, size = size, seconds = info.seconds })
  return path, info
end

--- Calls on_progress when there is something new to say.
local function teller(on_progress)
  if not on_progress then return nil end
  local told = -1
  return function(done, total)
    if done and done ~= told then
      told = done
      on_progress(done, total)
    end
  end
end

--- Asks for the file once.
local function attempt_one(client, address, path, opts, resume, deadline)
  local id, message = client.engine:request {
    url = address, file = path, resume = resume or nil, follow = true,
    public_only = media.public_only(client) or nil, stall = media.STALL, timeout = 0,
    expect_size = opts.expect and opts.expect.size,
  }
  if not id then return nil, exchange.not_started({}, message) end
  return media.await(client, id, teller(opts.on_progress), deadline)
end

-- The part is of another version than what the server has: its guard was wrong, or the
-- server ignores it.
local function is_other_version(kind, a)
  return a == (kind == "error" and "protocol" or 416)
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
  local ok, why = media.allowed(client, address)
  if not ok then
    return nil, E.new { kind = "validation",
      message = "the address to download from " .. why .. ": " .. url.shown(address),
      remedy = "Only what has an https:// address is fetched." }
  end
  local started, attempt = client.now(), 0
  local deadline = opts.timeout and started + opts.timeout
  local resume, part = opts.resume ~= false, path .. ".part"
  local have = size_of(part)
  local most = have
  while true do
    if client.sched:check() then return nil, client.sched.closed end
    local kind, a, b, c, d, e = attempt_one(client, address, path, opts, resume, deadline)
    if not kind then return nil, a end
    if kind == "response" and (a == 200 or a == 206) then
      return finished(path, c, started, client, opts)
    elseif kind == "error" and a == "aborted" then
      return nil, late(address, path)
    end
    local err = failed(address, path, kind, a, b, d)
    local now_have = size_of(part)
    if resume and have > 0 and is_other_version(kind, a) then
      resume, now_have = false, 0
    elseif not err.retryable then
      return nil, err
    else
      resume = true
    end
    attempt = now_have > most and 1 or attempt + 1
    have, most = now_have, math.max(most, now_have)
    if attempt >= client.settings.retry.max_attempts then return nil, err end
    ok, why = exchange.pause(client, attempt, err, kind == "response" and c or e,
      deadline)
    if not ok then return nil, why end
  end
end

return download
