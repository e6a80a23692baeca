--- One check for each kind of field of a validation table.
-- A field is compiled to `function(value, state, path)`, which answers with the wire
-- value, or with nil after it has put a fault into `state`.

local json = require "fal.json"
local coerce = require "fal.coerce"
local suggest = require "fal.suggest"
local text = require "fal.text"

local check = {}

local trim, type = text.trim, type

---@class fal.Field
---@field name string
---@field type "string"|"integer"|"number"|"boolean"|"file_url"|"array"|"object"
---@field required? boolean
---@field default? any         what the service assumes; never sent by us
---@field enum? any[]          the allowed values
---@field open? boolean        a value outside `enum` is passed on with a warning
---@field lower_case? boolean  such a value is passed on in small letters
---@field words? string[]      allowed beside numbers, as "auto" of a duration
---@field aliases? table       other spellings of values
---@field unit? "s"            a quantity of seconds: "8s" means 8
---@field spelling? string     format of a number that travels as a string: "%d", "%ds"
---@field min? number
---@field max? number
---@field min_length? integer  characters
---@field max_length? integer
---@field soft_max_length? integer  past it: a warning
---@field soft_pattern? string      Lua pattern; a value without it: a warning
---@field soft_max_bytes? integer   of a data: URI; past it: a warning
---@field items? fal.Field     of an array
---@field min_items? integer
---@field max_items? integer
---@field fields? fal.Field[]  of an object
---@field nullable? boolean    null means something to the service and is sent
---@field mistaken? string[]   names of other endpoints for the same thing
---@field legacy? boolean      needs opts.allow_legacy
---@field secret? boolean
---@field description? string
---@field source? string       document; V: read there, F: seen in the field, I: inferred,
---                            ?: unknown

function check.fault(state, path, kind, message, allowed, suggestion)
  local faults = state.faults or {}
  state.faults = faults
  faults[#faults + 1] = {
    path = path, type = kind, message = message, allowed = allowed,
    suggestion = suggestion,
  }
end

function check.warn(state, path, message)
  local warnings = state.warnings or {}
  state.warnings = warnings
  warnings[#warnings + 1] = path .. " " .. message
end

local fault, warn = check.fault, check.warn

--- By numeric distance where value and candidates are numbers ("5s": "4s"), else by name.
local function nearest(value, allowed, unit)
  local n = coerce.quantity(value, unit)
  local best, least
  for i = 1, n and #allowed or 0 do
    local candidate = coerce.quantity(allowed[i], unit)
    local d = candidate and math.abs(candidate - n)
    if d and (not least or d < least) then best, least = allowed[i], d end
  end
  if best ~= nil then return best end
  return suggest.nearest(type(value) == "string" and value or "", allowed)
end

local function list(values)
  local names = {}
  for i = 1, #values do names[i] = tostring(values[i]) end
  return table.concat(names, ", ")
end

--- Accepts a member of the enum whatever its case, or one of its aliases.
local function compile_enum(field, convert)
  local allowed, exact, folded = {}, {}, {}
  for _, source in ipairs { field.words or {}, field.enum or {} } do
    for _, value in ipairs(source) do
      allowed[#allowed + 1] = value
      exact[value] = value
      if type(value) == "string" then folded[value:lower()] = value end
    end
  end
  for alias, value in pairs(field.aliases or {}) do folded[alias] = value end
  return function(value, state, path)
    local known = exact[value]
    if known == nil and type(value) == "string" then
      known = folded[trim(value):lower()]
    end
    if known ~= nil then return known end
    local wire, kind, message = convert(value, field)
    if wire ~= nil and exact[wire] ~= nil then return exact[wire] end
    if wire ~= nil and field.open and text.length(wire) and wire:find "%S" then
      if field.lower_case then wire = trim(wire):lower() end
      warn(state, path, 'is "' .. text.escape(wire, 60)
        .. '", which no document lists (' .. list(allowed) .. "); the service decides")
      return wire
    end
    if kind ~= "type" or type(value) == "string" then
      kind = "enum"
      message = "must be one of " .. list(allowed) .. ", " .. coerce.got(value)
    end
    fault(state, path, kind, message, allowed, nearest(value, allowed, field.unit))
  end
end

local function compile_range(field, convert)
  local low, high = field.min or -math.huge, field.max or math.huge
  local words = {}
  for _, word in ipairs(field.words or {}) do words[word] = word end
  return function(value, state, path)
    local word = type(value) == "string" and words[value:lower()]
    if word then return word end
    local n, kind, message = convert(value, field)
    if n == nil then return fault(state, path, kind, message, field.words) end
    if n >= low and n <= high then return n end
    fault(state, path, "range", n < low and "must be at least " .. low .. ", got " .. n
      or "must be at most " .. high .. ", got " .. n, nil, n < low and low or high)
  end
end

local function soft_limits(field, value, count, state, path)
  if field.soft_max_length and count > field.soft_max_length then
    warn(state, path, "has " .. count .. " characters; documents name "
      .. field.soft_max_length .. " as the limit")
  end
  if field.soft_pattern and not value:find(field.soft_pattern) then
    warn(state, path, "does not look like " .. (field.looks_like or "the usual form"))
  end
end

local function malformed(state, path, position)
  fault(state, path, "encoding", "is not valid UTF-8 (byte " .. position .. ")")
end

local function compile_string(field)
  local least, most = field.min_length or 0, field.max_length or math.huge
  return function(value, state, path)
    local s, kind, message = coerce.string(value, field)
    if not s then return fault(state, path, kind, message) end
    local count, position = text.length(s)
    if not count then
      return malformed(state, path, position)
    elseif count < least then
      return fault(state, path, "length", count == 0 and "must not be empty"
        or "must have at least " .. least .. " characters, got " .. count)
    elseif count > most then
      return fault(state, path, "length", "must have at most " .. most
        .. " characters, got " .. count)
    end
    soft_limits(field, s, count, state, path)
    return s
  end
end

local function compile_file(field)
  local most = field.soft_max_bytes
  return function(value, state, path)
    local url, kind, message, suggestion = coerce.file_url(value)
    if not url then return fault(state, path, kind, message, nil, suggestion) end
    if type(url) == "string" then
      local count, position = text.length(url)
      if not count then return malformed(state, path, position) end
      if most and #url * 3 / 4 > most and url:find("^[Dd][Aa][Tt][Aa]:") then
        warn(state, path, "holds more than " .. most
          .. " bytes; upload it and send its URL")
      end
    end
    return url
  end
end

--- Length of `t` as a list; nil when it has holes or names.
local function length(t)
  local count, largest = 0, 0
  for k in next, t do
    if type(k) ~= "number" or k < 1 or k ~= math.floor(k) then return nil end
    count = count + 1
    if k > largest then largest = k end
  end
  return count == largest and count or nil
end

local function is_file(value)
  local mt = type(value) == "table" and getmetatable(value)
  return type(mt) == "table" and mt.__name == "fal.file"
end

local function compile_array(field)
  local item = check.compile(field.items)
  local least, most = field.min_items or 0, field.max_items or math.huge
  return function(value, state, path)
    if type(value) == "string" or is_file(value) then value = { value } end
    local count = type(value) == "table" and length(value)
    if not count then
      return fault(state, path, "type", type(value) == "table"
        and "must be a list without names and holes"
        or "must be a list, " .. coerce.got(value))
    elseif count < least or count > most then
      return fault(state, path, "length", "must have at " .. (count < least
        and "least " .. least or "most " .. most) .. " items, got " .. count)
    end
    local copy = json.array()
    for i = 1, count do copy[i] = item(value[i], state, path .. "[" .. i .. "]") end
    return copy
  end
end

--- By type; `object` is added by whoever knows what a set of fields is.
check.compilers = {
  string = function(field)
    if field.enum then return compile_enum(field, coerce.string) end
    return compile_string(field)
  end,
  boolean = function(field)
    return function(value, state, path)
      local known, kind, message = coerce.boolean(value, field)
      if known == nil then fault(state, path, kind, message, { true, false }) end
      return known
    end
  end,
  file_url = compile_file, array = compile_array,
}
for _, name in ipairs { "integer", "number" } do
  check.compilers[name] = function(field)
    return (field.enum and compile_enum or compile_range)(field, coerce[name])
  end
end

---@param field fal.Field
---@return fun(value: any, state: table, path: string): any
function check.compile(field)
  local compiler = check.compilers[field.type]
  if not compiler then
    error("field '" .. tostring(field.name) .. "' has the unknown type '"
      .. tostring(field.type) .. "'")
  end
  return compiler(field)
end

return check
