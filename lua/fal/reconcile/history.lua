--- The account's request history at the platform API, as far as it concerns one endpoint.

local clocks = require "fal.ledger.clock"
local exchange = require "fal.exchange"
local input = require "fal.ledger.input"
local json = require "fal.json"
local match = require "fal.reconcile.match"
local outcome = require "fal.outcome"
local models = require "fal.models"
local url = require "fal.url"

local history = {}

local PAGE, MAX_PAGES = 100, 100

local DOING = "the request history could not be read"

local function is_absent(value) return value == nil or value == json.null end

local function stamp(seconds)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(seconds))
end

local function address(client, ask)
  return client.settings.api_url .. "/v1/models/requests/by-endpoint?" .. url.query(
    "endpoint_id", ask.endpoint_id, "start", stamp(ask.from), "expand", "payloads",
    "limit", PAGE, "cursor", ask.cursor)
end

local function read(ask, kind, a, b, c)
  if kind == "error" then
    local err = outcome.transport(ask, DOING, a, b)
    return err.retryable and "again" or "failed", err
  end
  local page = a == 200 and json.decode(b, true)
  if type(page) == "table" and type(page.items) == "table" then return "page", page, c end
  if a == 200 then return "again", outcome.nonsense(ask, DOING, a, "it is no list"), c end
  local body = outcome.object(b)
  -- The platform API has a shape of its own for errors (fal-protocol.md section 10.1).
  local detail = body and type(body.error) == "table" and body.error.message
  return outcome.verdict(a), outcome.refusal(ask, DOING, a, { detail = detail or nil }), c
end

local function start(engine, ask)
  ask.asked_at = ask.now()
  return engine:request { url = ask.address, auth = true,
    headers = { "Accept: application/json" } }
end

local PAGES = { name = "history", start = start, read = read }

--- One request as the matching wants it. One that does not say which it is, or when it
--- was sent, cannot be anybody's, but may be the one that is looked for.
local function add(got, raw, definition)
  raw = type(raw) == "table" and raw or {}
  local item = { sent_at = match.seconds(raw.sent_at),
    started_at = match.seconds(raw.started_at),
    request_id = url.is_request_id(raw.request_id) and raw.request_id or nil,
    input = type(raw.json_input) == "table"
      and input.canonical(raw.json_input, definition) or nil }
  local list = item.request_id and item.sent_at and got.items or got.odd
  list[#list + 1] = item
end

---@class fal.History
---@field items fal.MatchItem[]
---@field odd table[]         what cannot be matched: request_id, sent_at, … or none of it
---@field from number         seconds since 1970: what was asked for
---@field complete boolean    everything since then was read
---@field earliest? number    the service's time at the end, at least; nil: it did not say
---@field latest? number      … at most
---@field clock number        the service's clock less ours, in seconds; 0: not known
---@field exact boolean       the answer said it

--- Reads the requests to an endpoint since a moment.
---@param client fal.Client
---@param endpoint_id string
---@param from number       seconds since 1970
---@param deadline? number  of the monotonic clock
---@param clock? fal.ServiceClock   is told the time
---@return fal.History?
---@return fal.Error? err
function history.read(client, endpoint_id, from, deadline, clock)
  local ask = { endpoint_id = endpoint_id, from = from, now = client.now }
  local got = { items = {}, odd = {}, from = from, clock = 0, exact = false,
    complete = false }
  local definition = models.find(endpoint_id)
  clock = clock or clocks.new(client.now)
  for _ = 1, MAX_PAGES do
    ask.address = address(client, ask)
    local verdict, page, headers = exchange.ask(client, PAGES, ask, nil, deadline)
    if verdict == "expired" then
      return nil, outcome.transport(ask, DOING, "timeout", "")
    elseif verdict ~= "page" then
      return nil, page
    end
    clock:hear(headers, ask.asked_at)
    for _, raw in ipairs(page.items) do add(got, raw, definition) end
    ask.cursor = type(page.next_cursor) == "string" and page.next_cursor or nil
    if not ask.cursor then
      got.complete = page.has_more ~= true and is_absent(page.next_cursor)
      break
    end
  end
  got.earliest, got.latest = clock:read()
  if got.earliest then got.clock, got.exact = got.earliest - os.time(), true end
  return got
end

local TIME = {
  name = "time", start = start,
  read = function(_, kind, _, _, headers)
    return kind == "response" and "answer" or "failed", headers
  end,
}

--- Asks for the service's time; any answer tells it.
---@param client fal.Client
---@param endpoint_id string
---@param clock fal.ServiceClock
---@param deadline number   of the monotonic clock
---@return boolean? ok      false: it is not known
---@return fal.Error? err   kind canceled or closed
function history.time(client, endpoint_id, clock, deadline)
  local ask = { now = client.now, address = client.settings.api_url
    .. "/v1/models/requests/by-endpoint?" .. url.query("endpoint_id", endpoint_id,
    "limit", 1) }
  local verdict, headers = exchange.ask(client, TIME, ask, nil, deadline)
  if verdict == "stopped" then return nil, headers end
  return verdict == "answer" and clock:hear(headers, ask.asked_at)
end

return history
