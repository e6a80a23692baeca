--- Scalars as people write them, in the form the wire wants.
-- Every function answers with the wire value, or with nil, a fault's type and message.

local text = require "fal.text"

local coerce = {}

local floor, format, lower, match, type = math.floor, string.format, string.lower,
  string.match, type
local tointeger = rawget(math, "tointeger") or function(n) return n end
local EXACT = 2 ^ 53
local MAX_NUMBER = 64  -- characters; patterns on longer texts cost more than their length

--- The number in `8`, `"8"`, `" 8 "` and, for quantities of seconds, `"8s"`.
---@param value any
---@param unit? string  "s" where a trailing "s" is understood
---@return number?
function coerce.quantity(value, unit)
  if type(value) == "number" then
    if value ~= value then return nil end
    return value
  end
  if type(value) ~= "string" or #value > MAX_NUMBER then return nil end
  local digits, tail = match(value, "^%s*(%-?%d+%.?%d*)%s*(%a*)%s*$")
  if not digits then return nil end
  if tail ~= "" and lower(tail) ~= unit then return nil end
  return tonumber(digits)
end

local function got(value)
  if type(value) == "number" or type(value) == "boolean" then
    return "got " .. tostring(value)
  end
  if type(value) == "string" then return 'got "' .. text.escape(value, 60) .. '"' end
  return "got a " .. type(value)
end
coerce.got = got

---@param value any
---@param field table  a field of a validation table
---@return integer?
---@return string? type
---@return string? message
function coerce.integer(value, field)
  local n = coerce.quantity(value, field.unit)
  if not n or n ~= floor(n) or n > EXACT or n < -EXACT then
    return nil, "type", "must be an integer, " .. got(value)
  end
  return tointeger(n)
end

---@param value any
---@param field table
---@return number?
---@return string? type
---@return string? message
function coerce.number(value, field)
  local n = coerce.quantity(value, field.unit)
  if not n or n == math.huge or n == -math.huge then
    return nil, "type", "must be a number, " .. got(value)
  end
  return n
end

local BOOLEANS = {
  [1] = true, [0] = false, ["true"] = true, ["false"] = false, ["1"] = true,
  ["0"] = false, yes = true, no = false, on = true, off = false,
}

---@param value any
---@return boolean?
---@return string? type
---@return string? message
function coerce.boolean(value)
  if type(value) == "boolean" then return value end
  local key = value
  if type(value) == "string" then key = lower(text.trim(value)) end
  local known = key ~= nil and BOOLEANS[key]
  if known == nil then return nil, "type", "must be true or false, " .. got(value) end
  return known
end

---@param value any
---@param field table
---@return string?
---@return string? type
---@return string? message
function coerce.string(value, field)
  if field.spelling then
    local n = coerce.integer(value, field)
    if n then return format(field.spelling, n) end
  end
  if type(value) == "string" then return value end
  return nil, "type", "must be a string, " .. got(value)
end

--- A file is an http(s) URL, a data: URI, or a fal.file object, which is passed through
--- for whoever uploads it.
---@param value any
---@return string|table|nil
---@return string? type
---@return string? message
---@return string? suggestion
function coerce.file_url(value)
  if type(value) == "table" then
    local mt = getmetatable(value)
    if type(mt) == "table" and mt.__name == "fal.file" then return value end
  end
  if type(value) ~= "string" then
    return nil, "type", "must be a URL, " .. got(value)
  end
  local scheme, rest = match(value, "^(%a[%w+.-]*):(.*)$")
  scheme = scheme and lower(scheme)
  if scheme == "http" or scheme == "https" then
    if match(rest, "^//[^/?#]") and not match(rest, "[%s%c]") then return value end
  end
  if scheme == "data" and match(rest, "^[^,%s%c]*,[^%s%c]*$") then return value end
  local hint = not scheme and value ~= "" and #value < 200 and not value:find("%c")
    and format("fal.file %q", value) or nil
  return nil, "url", "must be an http(s) URL or a data: URI, " .. got(value), hint
end

return coerce
