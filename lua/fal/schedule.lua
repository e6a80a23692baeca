--- When to try again: back-off, jitter, the service's own wishes. Pure.

local schedule = {}

local MODULUS, FACTOR = 2147483647, 16807  -- Park and Miller; exact in doubles

--- Numbers in (0, 1) from a state of its own: jitter must not disturb, or depend on, the
--- host's math.random.
---@param seed number
---@return fun(): number
function schedule.random(seed)
  local state = math.floor(seed * 1e6) % (MODULUS - 1) + 1
  return function()
    state = state * FACTOR % MODULUS
    return state / MODULUS
  end
end

--- `value` spread by ± `share`.
---@param value number
---@param share number
---@param random fun(): number
---@return number
function schedule.jitter(value, share, random)
  return value * (1 + share * (2 * random() - 1))
end

--- Seconds before the attempt that follows failed attempt number `attempt`; ± 25 % as in
--- the official JS client (fal-protocol.md section 6.4).
---@param attempt integer   from 1
---@param retry { base_delay: number, max_delay: number }
---@param random fun(): number
---@param wish? number      seconds the service asked for; kept exactly, up to max_delay
---@return number seconds
function schedule.backoff(attempt, retry, random, wish)
  if wish then return math.min(wish, retry.max_delay) end
  local delay = retry.base_delay * 2 ^ math.min(attempt - 1, 60)
  return math.min(schedule.jitter(delay, 0.25, random), retry.max_delay)
end

--- The next polling interval.
---@param interval number
---@param poll { factor: number, max: number }
---@return number seconds
function schedule.grow(interval, poll)
  return math.min(interval * poll.factor, poll.max)
end

local function seconds(value)
  local n = type(value) == "string" and value:find("^%s*[%d.]+%s*$") and tonumber(value)
  return n or nil
end

--- What the answer says about when to come back. fal.ai documents X-RateLimit-Reset
--- (seconds); Retry-After is honoured in seconds too, its date form is not.
---@param headers table<string, string>?
---@return number? seconds
function schedule.wish(headers)
  if type(headers) ~= "table" then return nil end
  return seconds(headers["retry-after"]) or seconds(headers["x-ratelimit-reset"])
end

return schedule
