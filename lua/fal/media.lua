--- What downloads and uploads share: whom to connect to, how to wait, what went wrong.

local E = require "fal.error"
local channel = require "fal.channel"
local outcome = require "fal.outcome"
local url = require "fal.url"

local media = {}

media.STALL = 30   -- seconds without a byte
local TICK = 0.1   -- seconds between two looks at the progress

--- Whether files may travel to or from an address: over https, and plainly only where
--- the client itself talks to this machine, as with the simulator. Which hosts these are
--- is the service's choice (fal-protocol.md section 9.4), so they are not listed.
---@param client fal.Client
---@param address any
---@return boolean? ok
---@return string? why
function media.allowed(client, address)
  local parts, why = url.parse(address)
  if not parts then return nil, why end
  if parts.scheme == "https" then return true end
  if parts.scheme == "http" and parts.loopback and client.settings.loopback then
    return true
  end
  return nil, "is not https"
end

--- An address in an answer must not lead into the network this process runs in, unless
--- the client itself was pointed there.
---@param client fal.Client
---@return boolean
function media.public_only(client) return not client.settings.loopback end

-- PUC 5.1 cannot wait under pcall, and a listener may; outside of coroutines it waits
-- without yielding.
local catches = _VERSION ~= "Lua 5.1" or rawget(_G, "jit") ~= nil

--- Lets a listener look. What it raises ends the transfer: its part is free again.
local function show(ch, look, ...)
  if not catches and coroutine.running() then return look(...) end
  local ok, err = pcall(look, ...)
  if ok then return end
  ch:close()
  error(err, 0)
end

--- Waits for a transfer and looks at its progress on the way.
---@param client fal.Client
---@param id integer
---@param look? fun(received: integer, total: integer, sent: integer)
---@param deadline? number   of the monotonic clock
---@return string? kind      as Scheduler:await
---@return any ...
function media.await(client, id, look, deadline)
  local sched = client.sched
  if not look then return sched:await(id, nil, deadline) end
  local ch = channel.open(sched, id)
  local function take(kind, ...)
    if kind ~= "timer" then
      if not kind then ch:close() end
      return true, kind, ...
    end
    show(ch, look, client.engine:progress(id))
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

-- The engine's words for what is wrong with a file (csrc/sink.c) and what to do then.
local REMEDIES = {
  ["the disk is full"] = "Free some space and call it again: it goes on from there.",
  ["the disk quota is used up"] = "Free some space and call it again: it goes on from "
    .. "there.",
  ["it is not allowed there"] = "Choose a folder that may be written to.",
  ["the file system is read-only"] = "Choose a folder that may be written to.",
  ["the folder does not exist"] = "Make the folder, then call it again.",
  ["there is a folder of that name"] = "Choose the name of a file.",
  ["another download is writing it"] = "Wait for it, or choose another name.",
}

--- An error of a transfer that brought no answer.
---@param doing string     "the file could not be fetched from …"
---@param code string
---@param message string?
---@param at_file string   what is said in place of `doing` when a file is at fault
---@return fal.Error
function media.failure(doing, code, message, at_file)
  if code == "forbidden" then
    return E.new { kind = "forbidden",
      message = doing .. ": its address leads into a private network, which no answer of "
        .. "the service may make this program contact",
      remedy = "Fetch it by other means if you trust the address." }
  end
  if code == "protocol" and message then
    return E.new { kind = "protocol", message = doing .. ": " .. message,
      remedy = "Fetch the result again, and then the file; or look at what is at that "
        .. "address now." }
  end
  local err = outcome.transport({}, doing, code, message)
  if err.kind == "file" then
    err.message = at_file .. (message and ": " .. message or "")
    err.remedy, err.cause = REMEDIES[message], nil
  end
  return err
end

return media
