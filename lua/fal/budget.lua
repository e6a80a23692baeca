--- Money: whole micro-dollars, reserved before a submit and settled by what was billed.
--- Pure.

local E = require "fal.error"

local budget = {}

local MICROS = 1000000

--- Dollars as a caller writes them. Never rounded down: a budget errs on the safe side.
---@param usd number
---@return integer micros
function budget.micros(usd)
  local exact = usd * MICROS
  local nearest = math.floor(exact + 0.5)
  -- 0.1 * 1e6 is not quite 100000; what lies further off is a fraction of a micro-dollar.
  if math.abs(exact - nearest) < 1e-3 then return nearest end
  return math.ceil(exact)
end

---@param micros integer
---@return number usd
function budget.dollars(micros) return micros / MICROS end

--- As it stands in messages.
---@param micros integer
---@return string
function budget.show(micros) return ("$%.2f"):format(micros / MICROS) end

--- The error of a submit that the budget does not allow.
---@param endpoint_id string
---@param price integer       micro-dollars
---@param limit integer
---@param committed integer   spent and reserved before it
---@return fal.Error
function budget.exceeded(endpoint_id, price, limit, committed)
  return E.new {
    kind = "budget", sent = "no", endpoint_id = endpoint_id,
    message = ("this request may cost %s, and of the budget of %s only %s are left")
      :format(budget.show(price), budget.show(limit),
        budget.show(math.max(0, limit - committed))),
    remedy = "Raise the budget, choose a cheaper input, or wait for running jobs to be "
      .. "settled.",
  }
end

---@param endpoint_id string
---@return fal.Error
function budget.price_unknown(endpoint_id)
  return E.new {
    kind = "price_unknown", sent = "no", endpoint_id = endpoint_id,
    message = "there is a budget, and the price of this request is not known",
    remedy = "Give max_price, the dollars that it may cost at most.",
  }
end

--- What is to be reserved: the price, or the ceiling that the caller gave.
---@param endpoint_id string
---@param price? integer       micro-dollars; nil: not known
---@param max_price? number    dollars
---@param limited boolean      there is a budget
---@return integer? micros     0 when nothing is known and nothing limits
---@return fal.Error? err      kinds price_unknown, budget
function budget.price(endpoint_id, price, max_price, limited)
  local ceiling = max_price and budget.micros(max_price)
  if price and ceiling and price > ceiling then
    return nil, E.new {
      kind = "budget", sent = "no", endpoint_id = endpoint_id,
      message = ("this request costs %s, more than its max_price of %s"):format(
        budget.show(price), budget.show(ceiling)),
      remedy = "Raise max_price, or choose a cheaper input.",
    }
  end
  local micros = price or ceiling
  if micros then return micros end
  if limited then return nil, budget.price_unknown(endpoint_id) end
  return 0
end

--- What a job cost, by what the service says it billed. Unknown counts as reserved: a
--- budget must not be freed by a guess.
---@param reserved integer
---@param outcome table   ok: boolean; status?, units?, unit_price?: integers; min_units?:
---        fewer are units of something else than the price is of; queued?: it was
---        canceled before it ran
---@return integer micros
function budget.settle(reserved, outcome)
  local units = outcome.units
  if units == 0 or (outcome.queued and not units) then return 0 end
  if units and outcome.unit_price and units >= (outcome.min_units or 0) then
    return math.floor(units * outcome.unit_price + 0.5)
  end
  -- fal-protocol.md section 3.6: outcomes of 5xx are not billed.
  if not units and not outcome.ok and outcome.status and outcome.status >= 500 then
    return 0
  end
  return reserved
end

--- The number in an x-fal-billable-units header.
---@param text any
---@return number?
function budget.units(text)
  local n = type(text) == "string" and tonumber(text:match("^%s*(%d+%.?%d*)%s*$")) or nil
  return n
end

---@class fal.Budget   of one client without a ledger, which would keep it in its rows
---@field limit? integer
local Budget = {}
Budget.__index = Budget

---@param limit? integer   micro-dollars
---@return fal.Budget
function budget.new(limit)
  return setmetatable({ limit = limit, reserved = 0, spent = 0 }, Budget)
end

---@param endpoint_id string
---@param micros integer
---@return boolean? ok
---@return fal.Error? err   kind budget
function Budget:reserve(endpoint_id, micros)
  local committed = self.reserved + self.spent
  if self.limit and committed + micros > self.limit then
    return nil, budget.exceeded(endpoint_id, micros, self.limit, committed)
  end
  self.reserved = self.reserved + micros
  return true
end

--- Ends a reservation.
---@param reserved integer
---@param spent integer   0: it is released
function Budget:settle(reserved, spent)
  self.reserved = self.reserved - reserved
  self.spent = self.spent + spent
end

return budget
