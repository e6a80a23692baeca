--- What of an input is kept, and how two inputs are told to be the same. Pure.

local E = require "fal.error"
local json = require "fal.json"

local input = {}

-- Names under which people pass keys of their own to a model (fal.ai's bring-your-own-key
-- fields are called api_key and <vendor>_api_key).
local SECRET = { "api_?key", "secret", "password", "access_token", "auth_token",
  "^authorization$", "^token$", "credential" }

-- A file given as a data: URI would be kept again with every submit.
local MAX_TEXT = 16384

local function is_secret(name, secret_fields)
  if secret_fields and secret_fields[name] then return true end
  name = name:lower()
  for i = 1, #SECRET do
    if name:find(SECRET[i]) then return true end
  end
  return false
end

--- Fields of an input without those that hold what must not be kept, by their names.
---@param fields table?
---@return table?   nil when there are none
function input.without_secrets(fields)
  local copy
  for name, value in next, fields or {} do
    if type(name) ~= "string" or not is_secret(name) then
      copy = copy or {}
      copy[name] = value
    end
  end
  return copy
end

local WIDTH, PRIME = 2 ^ 24, 2 ^ 44 - 17

local function mix(s, factor)
  local h, byte, prime = #s, string.byte, PRIME
  for i = 1, #s, 3 do
    local a, b, c = byte(s, i, i + 2)
    h = (h * factor + a + (b or 0) * 256 + (c or 0) * 65536) % prime
  end
  return ("%05x%06x"):format(math.floor(h / WIDTH), h % WIDTH)
end

--- An index key for a text: equal texts have equal keys; unequal keys mean unequal texts.
---@param s string
---@return string
function input.hash(s) return mix(s, 257) .. mix(s, 263) end

local function shortened(s)
  if #s <= MAX_TEXT then return s end
  return ("[%d bytes, %s]"):format(#s, input.hash(s))
end

local function clean(value, secret_fields)
  if type(value) == "string" then return shortened(E.redact(value)) end
  if type(value) ~= "table" then return value end
  if json.is_array(value) then
    local copy = json.array {}
    for i = 1, #value do copy[i] = clean(value[i], secret_fields) end
    return copy
  end
  local copy = {}
  for name, item in next, value do
    -- null and "not there" are the same to a model, and the history may show either.
    local hidden = type(name) == "string" and is_secret(name, secret_fields)
    if item ~= json.null and not hidden then
      copy[name] = clean(item, secret_fields)
    end
  end
  return copy
end

local function secret_fields_of(definition)
  local set = {}
  for _, field in ipairs(definition and definition.input or {}) do
    if field.secret then set[field.name] = true end
  end
  return set
end

--- The text that stands for an input in the ledger: secrets left out, long texts
--- shortened, names in order. The same input gives the same text, also as the request
--- history shows it.
---@param value any          decoded or as the caller gave it
---@param definition? table  knows further secret fields
---@return string? text
---@return fal.Error? err
function input.canonical(value, definition)
  return json.encode(clean(value, secret_fields_of(definition)))
end

return input
