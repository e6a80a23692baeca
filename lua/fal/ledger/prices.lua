--- Prices of billed units, from the platform API.

local budget = require "fal.budget"
local exchange = require "fal.exchange"
local models = require "fal.models"
local outcome = require "fal.outcome"
local url = require "fal.url"

local prices = {}

--- The price of a billed unit as the model's table has it, where the unit is known.
---@param endpoint_id string
---@return integer? micros
function prices.known(endpoint_id)
  local definition = models.find(endpoint_id)
  local rule = definition and definition.price
  return rule and rule.unit_usd and budget.micros(rule.unit_usd)
end

local DOING = "the prices could not be read"

local function read(ask, kind, a, b, c)
  if kind == "error" then
    local err = outcome.transport(ask, DOING, a, b)
    return err.retryable and "again" or "failed", err
  end
  local body = outcome.object(b)
  if a == 200 and body and type(body.prices) == "table" then
    return "prices", body.prices, c
  elseif a == 200 then
    return "again", outcome.nonsense(ask, DOING, a, "it is no list"), c
  end
  local detail = body and type(body.error) == "table" and body.error.message
  return outcome.verdict(a), outcome.refusal(ask, DOING, a, { detail = detail or nil }), c
end

local PRICES = {
  name = "prices",
  start = function(engine, ask)
    return engine:request { url = ask.address, auth = true,
      headers = { "Accept: application/json" } }
  end,
  read = read,
}

local MAX_PRICE = 1e6  -- dollars

--- Nonsense must not become money: a price below nothing would add to a budget.
local function is_price(usd)
  return type(usd) == "number" and usd >= 0 and usd <= MAX_PRICE
end

--- Reads the unit prices of endpoints; jobs submitted from now on are settled by them.
---@param client fal.Client
---@param endpoint_ids string[]
---@return table<string, { unit_price: number, unit: string }>?
---@return fal.Error? err
function prices.refresh(client, endpoint_ids)
  local verdict, list = exchange.ask(client, PRICES, {
    address = client.settings.api_url .. "/v1/models/pricing?"
      .. url.query("endpoint_id", table.concat(endpoint_ids, ",")),
  })
  if verdict ~= "prices" then return nil, list end
  local by_id = {}
  for _, one in ipairs(list) do
    local usable = type(one) == "table" and type(one.endpoint_id) == "string"
      and is_price(one.unit_price) and (one.currency or "USD") == "USD"
    if usable then
      by_id[one.endpoint_id] = { unit_price = one.unit_price, unit = one.unit }
      if client.account then
        client.account.unit_prices[one.endpoint_id] = budget.micros(one.unit_price)
      end
    end
  end
  return by_id
end

return prices
