--- The account's request history at the platform API, as far as it concerns one endpoint.

local exchange = require "fal.exchange"
local input = require "fal.ledger.input"
local json = require "fal.json"
local match = require "fal.reconcile.match"
local outcome = require "fal.outcome"
local url = require "fal.url"

local history = {}

local PAGE, MAX_PAGES = 100, 100

local DOING = "the request history could not be read"

local function stamp(seconds)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(seconds))
end

local function address(client, ask)
  return client.settings.api_url .. "/v1/models/requests/by-endpoint?" .. url.query(
    "endpoint_id", ask.endpoint_id, "start", stamp(ask.from), "expand", "payloads",
    "limit", PAGE, "cursor", ask.cursor)
end

local function read(ask, _, kind, a, b, c)
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

local PAGES = {
  name = "history",
  start = function(engine, ask)
    return engine:request { url = ask.address, auth = true,
      headers = { "Accept: application/json" } }
  end,
  read = read,
}

--- One request as the matching wants it; nil when it makes no sense.
local function item_of(raw)
  if type(raw) ~= "table" or not url.is_request_id(raw.request_id) then return nil end
  local sent_at = match.seconds(raw.sent_at) or match.seconds(raw.started_at)
  if not sent_at then return nil end
  local kept = type(raw.json_input) == "table" and input.canonical(raw.json_input) or nil
  return { request_id = raw.request_id, sent_at = sent_at, input = kept }
end

---@class fal.History
---@field items fal.MatchItem[]
---@field clock number   the service's clock less ours, in seconds, as the answer says
---@field exact boolean  the answer said it

--- Reads the requests to an endpoint since a moment.
---@param client fal.Client
---@param endpoint_id string
---@param from number       seconds since 1970
---@param deadline? number  of the monotonic clock
---@return fal.History?
---@return fal.Error? err
function history.read(client, endpoint_id, from, deadline)
  local ask = { endpoint_id = endpoint_id, from = from }
  local got = { items = {}, clock = 0, exact = false }
  for _ = 1, MAX_PAGES do
    ask.address = address(client, ask)
    local verdict, page, headers = exchange.ask(client, PAGES, ask, nil, deadline)
    if verdict == "expired" then
      return nil, outcome.transport(ask, DOING, "timeout", "")
    elseif verdict ~= "page" then
      return nil, page
    end
    local date = match.http_seconds(type(headers) == "table" and headers.date)
    if date then got.clock, got.exact = date - os.time(), true end
    for _, raw in ipairs(page.items) do got.items[#got.items + 1] = item_of(raw) end
    ask.cursor = type(page.next_cursor) == "string" and page.next_cursor or nil
    if not ask.cursor then return got end
  end
  return got
end

return history
