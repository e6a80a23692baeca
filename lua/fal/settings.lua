--- What a client is told once. Pure but for `getenv`.

local options = require "fal.options"
local url = require "fal.url"

local settings = {}

settings.FIELDS = {
  credentials = "any", base_url = "string", queue_url = "string", run_url = "string",
  rest_url = "string", api_url = "string", proxy = "string", ca_file = "string",
  http_version = { "1.1", "2", "auto" }, connect_timeout = "positive",
  request_timeout = "positive", timeout = "positive", max_connections = "count",
  max_in_flight = "count", requests_per_second = "positive",
  poll = { fields = { initial = "seconds", factor = "factor", max = "seconds",
    jitter = "share", learn = "boolean" } },
  retry = { fields = { max_attempts = "count", base_delay = "seconds",
    max_delay = "seconds" } },
  logger = "function", quiet = "boolean", budget = "dollars", ledger = "string",
  ledger_policy = { fields = { assume_not_accepted_after = "seconds" } },
}

local POLL = { initial = 0.5, factor = 1.5, max = 5, jitter = 0.2 }
local RETRY = { max_attempts = 6, base_delay = 0.5, max_delay = 30 }

local HOSTS = {
  { "queue_url", "https://queue.fal.run", "/queue" },
  { "run_url", "https://fal.run", "/run" },
  { "rest_url", "https://rest.fal.ai", "/rest" },
  { "api_url", "https://api.fal.ai", "/api" },
}

local COPIED = {
  "proxy", "ca_file", "http_version", "connect_timeout", "timeout", "max_connections",
  "max_in_flight", "requests_per_second", "logger",
  "budget", "ledger", "ledger_policy",
}

local function filled(given, defaults)
  local t = {}
  for name, value in next, defaults do t[name] = value end
  for name, value in next, given or {} do t[name] = value end
  return t
end

local function addresses(into, opts, getenv, what, level)
  local base, name = opts.base_url, "base_url"
  if not base then base, name = getenv("FAL_BASE_URL"), "FAL_BASE_URL" end
  if base == "" then base = nil end
  if base then
    local good, why = url.base(base)
    if not good then error(what .. ": " .. name .. " " .. why, level + 1) end
    base = good
  end
  for i = 1, #HOSTS do
    local field, default, path = HOSTS[i][1], HOSTS[i][2], HOSTS[i][3]
    local good, why = url.base(opts[field] or (base and base .. path) or default)
    if not good then error(what .. ": " .. field .. " " .. why, level + 1) end
    into[field] = good
    if url.parse(good).loopback then into.loopback = true end
  end
end

--- Who gave a schedule gets it as it is, unless he wants learning too.
local function poll_of(given)
  local poll = filled(given, POLL)
  if poll.learn == nil then
    poll.learn = not (given and (given.initial or given.factor or given.max))
  end
  return poll
end

--- Raises on misuse: an unknown name, a wrong type, an address the key must not go to.
---@param what string
---@param opts? table
---@param getenv fun(name: string): string?
---@param level? integer
---@return table settings   complete, without the credentials
function settings.resolve(what, opts, getenv, level)
  level = (level or 1) + 1
  opts = options.check(what, opts, settings.FIELDS, level)
  local kind = type(opts.credentials)
  if kind ~= "nil" and kind ~= "string" and kind ~= "function" then
    error(what .. ": option 'credentials' must be a string or a function, not " .. kind,
      level)
  end
  local s = {
    poll = poll_of(opts.poll), retry = filled(opts.retry, RETRY),
    request_timeout = opts.request_timeout or 60, quiet = opts.quiet == true,
  }
  for i = 1, #COPIED do s[COPIED[i]] = opts[COPIED[i]] end
  addresses(s, opts, getenv, what, level)
  return s
end

return settings
