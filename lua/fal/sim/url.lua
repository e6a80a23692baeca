-- Paths and queries. Pure.

local M = {}

local function unescape(s)
  return (s:gsub("+", " "):gsub("%%(%x%x)", function(hex)
    return string.char(tonumber(hex, 16))
  end))
end

---@return table<string, string[]> values by name
function M.query(text)
  local out = {}
  for name, value in (text or ""):gmatch("([^&=]+)=?([^&]*)") do
    name = unescape(name)
    out[name] = out[name] or {}
    table.insert(out[name], unescape(value))
  end
  return out
end

---The values of a parameter that may be repeated or separated by commas.
function M.list(query, name)
  local out = {}
  for _, value in ipairs(query[name] or {}) do
    for item in value:gmatch("[^,]+") do
      out[#out + 1] = item
    end
  end
  return out
end

---@param id string   as it stands in a path
---@return string? app   owner/alias, with its namespace; nil: no endpoint id
---@return string? path   what follows the app, "" for none
function M.endpoint(id)
  local namespace, rest = id:match("^(workflows/)(.*)$")
  if not namespace then
    namespace, rest = id:match("^(comfy/)(.*)$")
  end
  rest = rest or id
  local owner, alias, path = rest:match("^([%w%-_.]+)/([%w%-_.]+)/?(.*)$")
  if owner then
    return (namespace or "") .. owner .. "/" .. alias, path
  elseif not namespace and rest:find("^%d+%-[%w%-]+$") then
    return rest, ""
  end
  return nil
end

return M
