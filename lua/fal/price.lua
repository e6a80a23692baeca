--- What an input will cost, in whole micro-dollars.
-- A budget must be able to rely on the figure, so where the service decides by itself
-- (an "auto" length or size) it is the most that can come of it.

local coerce = require "fal.coerce"

local price = {}

local MICROS = 1000000

local function micros(usd) return math.floor(usd * MICROS + 0.5) end

-- Fields by name, per definition. Weak: the value refers to the fields only.
local indexes = setmetatable({}, { __mode = "k" })

local function fields_of(definition)
  local index = indexes[definition]
  if not index then
    index = {}
    for _, field in ipairs(definition.input) do index[field.name] = field end
    indexes[definition] = index
  end
  return index
end

local function effective(fields, input, name)
  local value = input[name]
  if value ~= nil then return value end
  return fields[name] and fields[name].default
end

local MAX_SECONDS = 3600  -- of a clip; the longest of any model here makes 120

--- The most that a field of seconds can come to.
local function longest(field)
  local most = field.max
  for _, value in ipairs(field.enum or {}) do
    local n = coerce.quantity(value, "s")
    if n and (not most or n > most) then most = n end
  end
  return most
end

local function seconds_of(rule, fields, input, source)
  if type(rule.seconds) == "number" then return rule.seconds end
  if rule.seconds == "source" then
    local seconds = source and source.seconds
    -- A length that a service reported: nonsense must not become a price.
    if type(seconds) == "number" and seconds > 0 and seconds <= MAX_SECONDS then
      return seconds
    end
    return nil, "it is billed by the length of its source, which is not known here"
  end
  local n = coerce.quantity(effective(fields, input, rule.seconds), "s")
  if n and n > 0 then return n end
  n = longest(fields[rule.seconds])
  if n then return n end
  return nil, "the service chooses the length"
end

--- A condition holds, cannot hold, or is the service's to decide.
local function matches(rate, rule, fields, input)
  for name, wanted in pairs(rate.when or {}) do
    local value = effective(fields, input, name)
    local assumed = rule.assume and rule.assume[name] and rule.assume[name][value]
    if assumed ~= nil then value = assumed end
    local open = value == nil or value == "auto" or value == "adaptive"
    if not open and value ~= wanted then return false end
  end
  return true
end

local function highest_rate(rule, fields, input)
  local most
  for _, rate in ipairs(rule.rates) do
    if (not most or rate.usd > most) and matches(rate, rule, fields, input) then
      most = rate.usd
    end
  end
  return most
end

---@class fal.Rule
---@field per "second"|"clip"
---@field seconds? string|number  a field, a number, or "source": as long as that clip
---@field rates table[]          { usd, when? }: the dearest that may apply counts
---@field assume? table           what a value is counted as: { field = { auto = value } }
---@field unknown_with? string[]  fields that no price is published for
---@field at_least_source_rate? boolean
---@field unit_usd? number        of one unit of x-fal-billable-units, where it is known
---@field min_units? number       fewer are units of something else
---@field as_of string            date of the figures
---@field source string

---@class fal.PriceSource   what is known of the clip that an input continues
---@field seconds? number
---@field rate? integer     micro-dollars per second that it was made at

--- The highest price of a normalised input.
---@param definition table
---@param input table
---@param source? fal.PriceSource
---@return integer? micros   micro-dollars
---@return string|integer rate_or_reason  micro-dollars per unit; without a price, why
function price.of(definition, input, source)
  local rule = definition.price
  if not rule then return nil, "no price is published" end
  local fields = fields_of(definition)
  for _, name in ipairs(rule.unknown_with or {}) do
    if input[name] ~= nil then return nil, "no price is published for " .. name end
  end
  local usd = highest_rate(rule, fields, input)
  if not usd then return nil, "no price is published for these settings" end
  local rate = micros(usd)
  if rule.at_least_source_rate and source and source.rate then
    rate = math.max(rate, source.rate)
  end
  if rule.per == "clip" then return rate, rate end
  local seconds, reason = seconds_of(rule, fields, input, source)
  if not seconds then return nil, reason end
  return math.ceil(rate * seconds), rate
end

--- The seconds of output that an input asks for, where it says so.
---@param definition table
---@param input table
---@param source? fal.PriceSource
---@return number?
function price.seconds(definition, input, source)
  local rule = definition.price
  if not rule or rule.per ~= "second" then return nil end
  return (seconds_of(rule, fields_of(definition), input, source))
end

return price
