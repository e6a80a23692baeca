-- Numbers that depend on nothing but the seed and what they are for: the n-th accepted
-- job gets the same id, whatever else was asked in between. Park and Miller's generator;
-- every product stays under 2^53, so each Lua computes the same.

local M = {}

local MODULUS = 2147483647

local function next_state(state)
  return (state * 16807) % MODULUS
end

local function start(seed, purpose, n)
  local state = (seed % MODULUS) + 1
  for i = 1, #purpose do
    state = (state * 31 + purpose:byte(i)) % MODULUS
  end
  state = (state * 8191 + n * 69621) % (MODULUS - 1) + 1
  return next_state(next_state(next_state(state)))
end

---@return number fraction   in [0, 1)
function M.fraction(seed, purpose, n)
  return (start(seed, purpose, n) - 1) / (MODULUS - 1)
end

---@return string hex   `digits` lower-case hexadecimal digits
function M.hex(seed, purpose, n, digits)
  local state, out = start(seed, purpose, n), {}
  for i = 1, digits do
    state = next_state(state)
    out[i] = string.format("%x", math.floor(state / 65536) % 16)
  end
  return table.concat(out)
end

-- A version 7 UUID whose time part counts jobs, so that ids sort as they were made and
-- still do not depend on the hour of the day.
function M.uuid7(seed, n)
  local h = M.hex(seed, "request", n, 18)
  return string.format("0199%04x-%04x-7%s-%s%s-%s", math.floor(n / 65536) % 65536,
    n % 65536, h:sub(1, 3), ("89ab"):sub(n % 4 + 1, n % 4 + 1), h:sub(4, 6), h:sub(7))
end

return M
