--- fal.ai from Lua. The module acts as the default client, its functions called with a
--- dot: fal.subscribe(id, { input = … }), fal.queue.submit(id, …).
-- Requiring it loads nothing else: no JSON, no libcurl, no environment.

---@class fal
---@field _VERSION string
---@field queue fal.queue       client.queue of the default client
---@field null fal.Null         JSON's null
---@field empty_array table     what is sent as []
---@field array table           metatable of tables that are sent as arrays
---@field assert fun(value: any, ...: any): any, any   that reads well on every Lua
local fal = { _VERSION = "fal 0.1.0", queue = {} }

local default, configured

--- Raises where a colon made the module the first argument.
local function dotted(first, module, call)
  if first ~= module then return end
  error(("%s: the module's functions are called with a dot: %s(…)"):format(
    call:match "[^.]+$", call), 3)
end

--- Makes a client of its own; see fal.client's options in the README.
---@param opts? fal.ClientOptions
---@return fal.Client?
---@return fal.Error? err
function fal.client(opts)
  dotted(opts, fal, "fal.client")
  return require("fal.client").new(opts)
end

--- The default client, made when it is first needed.
---@return fal.Client
function fal.default()
  if not default then
    local made, err = require("fal.client").new(configured)
    default = require("fal.error").assert(made, err)
  end
  return default
end

--- Sets up the default client, replacing all earlier settings. Jobs, clips and endpoints
--- that were made before keep the client they have. Raises while tasks of the default
--- client are running: they would be left without a loop.
---@param opts? fal.ClientOptions
function fal.configure(opts)
  dotted(opts, fal, "fal.configure")
  require("fal.settings").resolve("fal.configure", opts, os.getenv, 2)
  if default and not default.closed and default.sched.live > 0 then
    error("fal.configure: " .. default.sched.live .. " task(s) of the default client are "
      .. "running; configure before spawning, or make a client with fal.client", 2)
  end
  configured, default = opts, nil
end

local VERBS = { "subscribe", "run", "stream", "upload", "download", "job", "endpoint",
  "spawn", "sleep", "map", "loop", "step", "timeout", "fd", "close", "notice",
  "reconcile", "estimate", "spent", "reserved", "refresh_prices" }
local QUEUE_VERBS = { "submit", "status", "result", "cancel", "stream_status" }

for _, verb in ipairs(VERBS) do
  local call = "fal." .. verb
  fal[verb] = function(...)
    dotted((...), fal, call)
    local client = fal.default()
    return client[verb](client, ...)
  end
end

for _, verb in ipairs(QUEUE_VERBS) do
  local call = "fal.queue." .. verb
  fal.queue[verb] = function(...)
    dotted((...), fal.queue, call)
    local queue = fal.default().queue
    return queue[verb](queue, ...)
  end
end

--- A local file in an input: it is uploaded first, and its address takes its place.
---@param path string
---@param opts? fal.FileOptions
---@return fal.File
function fal.file(path, opts)
  dotted(path, fal, "fal.file")
  return require("fal.file").new(path, opts)
end

local LAZY = {
  null = function() return require("fal.json").null end,
  empty_array = function() return require("fal.json").empty_array end,
  array = function() return require("fal.json").array_mt end,
  assert = function() return require("fal.error").assert end,
}

return setmetatable(fal, {
  __index = function(self, name)
    local load = LAZY[name]
    if not load then return nil end
    local value = load()
    rawset(self, name, value)
    return value
  end,
})
