-- lua-cjson with what the simulator needs on top: lists that stay lists when empty.

local cjson = require("cjson").new()
cjson.encode_sparse_array(true)
cjson.decode_invalid_numbers(false)

local M = { null = cjson.null }

---lua-cjson writes "\\/" for a slash; the service does not.
function M.encode(value)
  return (cjson.encode(value):gsub("\\/", "/"))
end

---@return any? value, string? message
function M.decode(text)
  local ok, value = pcall(cjson.decode, text)
  if not ok then
    return nil, value
  end
  return value
end

---An array, also when it is empty, which lua-cjson 2.1.0 would write as an object.
---@param items any[]   already JSON text when `encode` is false
---@return string json
function M.list(items, encode)
  local out = {}
  for i = 1, #items do
    out[i] = encode == false and items[i] or M.encode(items[i])
  end
  return "[" .. table.concat(out, ",") .. "]"
end

local escapes = { ['"'] = '\\"', ["\\"] = "\\\\" }

---@return string json   a string literal
function M.quote(s)
  return '"' .. s:gsub('[%c"\\]', function(c)
    return escapes[c] or string.format("\\u%04x", c:byte())
  end) .. '"'
end

return M
