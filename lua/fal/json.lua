--- JSON: lua-cjson reads it, our own core writes it.
-- Writing is ours for three reasons. What cannot be sent must be named by its path. Older
-- lua-cjson has no way to write `[]`. And it prints numbers with 14 digits ("1e+14",
-- "9.007199254741e+15"), where a seed must arrive exactly.

local library = require "cjson"
local cjson = library.new()
local E = require "fal.error"
local core = require "fal.core"

cjson.decode_max_depth(128)  -- as deep as the core writes
cjson.decode_invalid_numbers(false)
local keeps_arrays = cjson.decode_array_with_array_mt ~= nil
if keeps_arrays then cjson.decode_array_with_array_mt(true) end

local json = {}

local OUT_OF_MEMORY = "not enough memory"

json.null = cjson.null

-- cjson's own metatable where it has one, so that its encode understands our arrays too.
local array_mt = cjson.array_mt or { __name = "fal.array" }
json.array_mt = array_mt
-- What the core writes otherwise than Lua alone would tell.
local marks = { [array_mt] = true, [cjson.null] = "null" }
if cjson.empty_array then marks[cjson.empty_array] = "[]" end
if cjson.empty_array_mt then marks[cjson.empty_array_mt] = true end

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
  return (mt and marks[mt] == true) or rawget(t, 1) ~= nil
end

--- Writes `value` as JSON. Integral numbers have neither point nor exponent; an empty
--- table is `{}` unless it is a json.array.
---@param value any
---@return string? text
---@return fal.Error? err  kind validation; err.fields[1].path says where
function json.encode(value)
  local s, path, why = core.json(value, marks)
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

--- What is empty in `t` and not in `filled` was written as `[]`.
local function mark_arrays(t, filled)
  if filled ~= t and next(t) == nil and next(filled) ~= nil then
    setmetatable(t, array_mt)
  end
  for k, v in next, t do
    if type(v) == "table" then mark_arrays(v, filled[k]) end
  end
end

--- pcall(cjson.decode, s), once more where the text may not be at fault.
local function decode(s)
  local ok, value = pcall(cjson.decode, s)
  if ok then return ok, value end
  if value == OUT_OF_MEMORY then
    -- The answer may be a paid one. 5.1 and LuaJIT do not collect before they give up.
    collectgarbage()
  else
    -- lua-cjson reads fractions with the decimal point that the locale had when an
    -- instance was last made; the host may have set another one since.
    pcall(library.new)
  end
  return pcall(cjson.decode, s)
end

--- What JSON allows and lua-cjson does not read: a half alone of a character that is
--- written as two escapes, as of a text that was cut in the middle, becomes U+FFFD.
---@param s string
---@return string
local function repaired(s)
  -- No JSON holds these two bytes: they stand for what is set aside.
  if not s:find("\\u[dD]") or s:find("[\1\2]") then return s end
  s = s:gsub("\\\\", "\1\1")
  s = s:gsub("\\(u[dD][89abAB]%x%x)\\(u[dD][c-fC-F]%x%x)", "\2%1\2%2")
  s = s:gsub("\\u[dD][89a-fA-F]%x%x", "\\ufffd")
  return (s:gsub("[\1\2]", "\\"))
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
  local ok, value = decode(s)
  local other = not ok and type(s) == "string" and repaired(s) or s
  if other ~= s then
    s = other
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
    if not keeps_arrays and s:find("[", 1, true) and s:find("%[%s*%]") then
      mark_arrays(value, cjson.decode(fill_empty_arrays(s)))
    end
    if core.integers then core.integers(value) end
  end
  return value
end

return json
