--- JSON: lua-cjson reads it, a walk of our own writes it.
-- Writing is ours for three reasons. What cannot be sent must be named by its path, which
-- takes the walk anyway. Older lua-cjson has no way to write `[]`. And it prints numbers
-- with 14 digits ("1e+14", "9.007199254741e+15"), where a seed must arrive exactly.

local cjson = require("cjson").new()
local E = require "fal.error"
local text = require "fal.text"

local MAX_DEPTH = 128
local EXACT = 2 ^ 53  -- every integer up to here is a double

cjson.decode_max_depth(MAX_DEPTH)
cjson.decode_invalid_numbers(false)
local keeps_arrays = cjson.decode_array_with_array_mt ~= nil
if keeps_arrays then cjson.decode_array_with_array_mt(true) end

local json = {}

local OUT_OF_MEMORY = "not enough memory"

json.null = cjson.null

-- cjson's own metatable where it has one, so that its encode understands our arrays too.
local array_mt = cjson.array_mt or { __name = "fal.array" }
local foreign = {}
if cjson.empty_array_mt then foreign[cjson.empty_array_mt] = true end

--- Marks `t` as a JSON array, so that it is sent as `[]` even while it is empty.
---@param t? table
---@return table t
function json.array(t) return setmetatable(t or {}, array_mt) end

json.empty_array = json.array()

---@param t any
---@return boolean
function json.is_array(t)
  if type(t) ~= "table" then return false end
  local mt = getmetatable(t)
  return mt == array_mt or foreign[mt] == true or rawget(t, 1) ~= nil
end

local floor, format, huge = math.floor, string.format, math.huge
local concat, find, sort = table.concat, string.find, table.sort
local number_type = rawget(math, "type")  -- Lua 5.3 and later
local tointeger = rawget(math, "tointeger")

--- The shortest text that reads back as `n`.
local function fraction(n)
  for digits = 14, 16 do
    local s = format("%." .. digits .. "g", n)
    if tonumber(s) == n then return s end
  end
  return format("%.17g", n)
end

local function number(n)
  if number_type and number_type(n) == "integer" then return format("%d", n) end
  if n ~= n or n == huge or n == -huge then return nil, "is not a finite number" end
  if n == 0 then return "0" end
  if n == floor(n) and n >= -EXACT and n <= EXACT then return format("%.0f", n) end
  return (fraction(n):gsub(",", "."))  -- the C locale's point, whatever the host set
end

local ESCAPES = {
  ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n",
  ["\r"] = "\\r", ["\t"] = "\\t",
}

local function escape(c)
  return ESCAPES[c] or format("\\u%04x", c:byte())
end

local function quote(s)
  if not find(s, '[%c"\\\128-\255]') then return '"' .. s .. '"' end
  local count, position = text.length(s)
  if not count then return nil, "is not valid UTF-8 (byte " .. position .. ")" end
  return '"' .. s:gsub('[%c"\\]', escape) .. '"'
end

-- Names of members, quoted, with their colon: those of inputs come again and again.
local MAX_KEYS = 512
local keys, key_count = {}, 0

local function key_of(name)
  local quoted, why = quote(name)
  if not quoted then return nil, why end
  if key_count >= MAX_KEYS then keys, key_count = {}, 0 end
  keys[name], key_count = quoted .. ":", key_count + 1
  return keys[name]
end

--- The length of what is sent as an array, or the names of an object's members; nil, nil
--- and why when it is neither.
local function shape(t)
  local count, largest, names = 0, 0, nil
  for k in next, t do
    if type(k) == "string" then
      names = names or {}
      names[#names + 1] = k
    elseif type(k) == "number" and k >= 1 and k == floor(k) then
      count = count + 1
      if k > largest then largest = k end
    else
      return nil, nil, "has a key that is neither a name nor an index"
    end
  end
  local mt = getmetatable(t)
  local marked = mt and (mt == array_mt or foreign[mt])
  if count > 0 and names then return nil, nil, "mixes array items and named members" end
  if marked and names then return nil, nil, "is an array with named members" end
  if largest ~= count then return nil, nil, "is an array with holes" end
  if marked or count > 0 then return count end
  return nil, names or {}
end

local write

--- `head` and, behind it, the path within what it names.
local function join(head, path)
  if path == "" or path:byte() == 91 then return head .. path end
  return head .. "." .. path
end

local function write_array(t, count, above)
  local items = {}
  for i = 1, count do
    local item, path, why = write(rawget(t, i), above)
    if not item then return nil, join("[" .. i .. "]", path), why end
    items[i] = item
  end
  return "[" .. concat(items, ",") .. "]"
end

--- Names in order: the same input is the same text, in a ledger as in a test.
local function write_object(t, names, above)
  if #names > 1 then sort(names) end
  for i = 1, #names do
    local name = names[i]
    local key, bad = keys[name], nil
    if not key then key, bad = key_of(name) end
    if not key then return nil, name, bad end
    local value, path, why = write(rawget(t, name), above)
    if not value then return nil, join(name, path), why end
    names[i] = key .. value
  end
  return "{" .. concat(names, ",") .. "}"
end

local function write_table(t, above)
  if above[t] then return nil, "", "contains itself" end
  if above.depth >= MAX_DEPTH then return nil, "", "is nested too deeply" end
  local mt = getmetatable(t)
  if type(mt) == "table" and mt.__name == "fal.file" then
    return nil, "", "is a local file that was not uploaded"
  end
  local count, names, odd = shape(t)
  if odd then return nil, "", odd end
  above[t], above.depth = true, above.depth + 1
  local s, path, why
  if count then s, path, why = write_array(t, count, above)
  else s, path, why = write_object(t, names, above) end
  above[t], above.depth = nil, above.depth - 1
  return s, path, why
end

--- The text of a value; or nil, the path of what cannot be sent, and why. Paths are put
--- together on the way out: as a rule there is none.
function write(value, above)
  local kind = type(value)
  if kind == "table" then return write_table(value, above) end
  local s, why
  if kind == "string" then s, why = quote(value)
  elseif kind == "number" then s, why = number(value)
  elseif kind == "boolean" then s = value and "true" or "false"
  elseif value == nil or value == json.null then s = "null"
  elseif value == cjson.empty_array then s = "[]"
  else why = "is a " .. kind .. ", which JSON cannot express" end
  if not s then return nil, "", why end
  return s
end

--- Writes `value` as JSON. Integral numbers have neither point nor exponent; an empty
--- table is `{}` unless it is a json.array.
---@param value any
---@return string? text
---@return fal.Error? err  kind validation; err.fields[1].path says where
function json.encode(value)
  local s, path, why = write(value, { depth = 0 })
  if s then return s end
  return nil, E.new {
    kind = "validation", sent = "no", message = "a value cannot be sent as JSON",
    fields = { { path = path, message = why, type = "json" } },
  }
end

--- `s` with every `[]` outside of strings as `[0]`.
local function fill_empty_arrays(s)
  local out, from = {}, 1
  while true do
    local quoted = s:find('"', from, true)
    out[#out + 1] = s:sub(from, (quoted or 0) - 1):gsub("%[%s*%]", "[0]")
    if not quoted then return table.concat(out) end
    local close = quoted + 1
    while s:byte(close) ~= 34 do
      close = s:find('["\\]', s:byte(close) == 92 and close + 2 or close)
    end
    out[#out + 1] = s:sub(quoted, close)
    from = close + 1
  end
end

--- Whole numbers become Lua integers (1280, not 1280.0). What is empty in `t` and not in
--- `filled` was written as `[]`.
local function make_exact(t, filled)
  if filled and filled ~= t and next(t) == nil and next(filled) ~= nil then
    setmetatable(t, array_mt)
  end
  for k, v in next, t do
    local kind = type(v)
    if kind == "table" then
      make_exact(v, filled and filled[k])
    elseif kind == "number" and tointeger and v >= -EXACT and v <= EXACT then
      t[k] = tointeger(v) or v
    end
  end
end

--- Reads JSON; never raises, whatever the text. Of equal keys the last one counts;
--- `null` is json.null.
---
--- Plain decoding is one call into C, and with a lua-cjson that lacks
--- decode_array_with_array_mt an empty array comes out as `{}` like an empty object.
--- With `exact`, for results that may be written again, `[]` stays `[]` with any
--- lua-cjson, and whole numbers are integers where Lua has them.
---@param s string
---@param exact? boolean
---@return any value
---@return fal.Error? err  kind protocol
function json.decode(s, exact)
  local ok, value = pcall(cjson.decode, s)
  if not ok and value == OUT_OF_MEMORY then
    -- Not the fault of the answer, which may be a paid one. 5.1 and LuaJIT do not collect
    -- before they give up.
    collectgarbage()
    ok, value = pcall(cjson.decode, s)
  end
  if not ok then
    return nil, E.new {
      kind = "protocol", message = value == OUT_OF_MEMORY
        and "there was no memory to read the answer" or "the answer is not valid JSON",
      cause = type(s) == "string" and tostring(value) or "no text",
    }
  end
  if exact and type(value) == "table" then
    local filled
    if not keeps_arrays and find(s, "[", 1, true) and find(s, "%[%s*%]") then
      filled = cjson.decode(fill_empty_arrays(s))
    end
    if filled or tointeger then make_exact(value, filled) end
  end
  return value
end

return json
