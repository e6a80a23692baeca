--- JSON, written and read by our own core, with the null and the arrays of lua-cjson, so
--- that what comes from there can be sent and the other way round.
-- What cannot be sent must be named by its path; older lua-cjson cannot tell `[]` from
-- `{}`, and prints numbers with 14 digits ("1e+14"), where a seed must arrive exactly.

local cjson = require("cjson").new()
local E = require "fal.error"
local core = require "fal.core"

local json = {}

local OUT_OF_MEMORY = "not enough memory"

json.null = cjson.null

-- cjson's own metatable where it has one, so that its encode understands our arrays too.
local array_mt = cjson.array_mt or { __name = "fal.array" }
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

--- Reads JSON; never raises, whatever the text. Of equal keys the last one counts;
--- `null` is json.null, `[]` stays an array, and whole numbers are integers where Lua has
--- them.
---@param s string
---@return any value
---@return fal.Error? err  kind protocol
function json.decode(s)
  local ok, value, why = pcall(core.parse, s, json.null, array_mt)
  if not ok and value == OUT_OF_MEMORY then
    -- Not the fault of the answer, which may be a paid one. 5.1 and LuaJIT do not collect
    -- before they give up.
    collectgarbage()
    ok, value, why = pcall(core.parse, s, json.null, array_mt)
  end
  if ok and not why then return value end
  return nil, E.new {
    kind = "protocol", message = value == OUT_OF_MEMORY
      and "there was no memory to read the answer" or "the answer is not valid JSON",
    cause = type(s) == "string" and tostring(why or value) or "no text",
  }
end

return json
