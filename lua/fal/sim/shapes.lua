-- The entries of a 422 in both generations of its shape: as the service words them since
-- February 2026, and as it did before.

local M = {}

local function listed(values, quote, last)
  local out = {}
  for i, v in ipairs(values) do
    out[i] = type(v) == "string" and quote .. v .. quote or string.format("%d", v)
  end
  if last and #out > 1 then
    out[#out - 1] = out[#out - 1] .. " or " .. table.remove(out)
  end
  return table.concat(out, ", ")
end

local shapes = {}

function shapes.missing()
  return { "missing", "Field required" }, { "value_error.missing", "field required" }
end

function shapes.text()
  return { "string_type", "Input should be a valid string" },
    { "type_error.str", "str type expected" }
end

function shapes.null()
  return { "string_type", "Input should be a valid string" },
    { "type_error.none.not_allowed", "none is not an allowed value" }
end

function shapes.flag()
  return { "bool_parsing", "Input should be a valid boolean, unable to interpret input" },
    { "type_error.bool", "value could not be parsed to a boolean" }
end

function shapes.list()
  return { "list_type", "Input should be a valid list" },
    { "type_error.list", "value is not a valid list" }
end

function shapes.object()
  return { "model_attributes_type",
    "Input should be a valid dictionary or object to extract fields from" },
    { "type_error.dict", "value is not a valid dict" }
end

function shapes.short(n)
  return { "string_too_short", "String should have at least " .. n .. " character",
    { min_length = n } },
    { "value_error.any_str.min_length",
      "ensure this value has at least " .. n .. " characters", { limit_value = n } }
end

function shapes.long(n)
  return { "string_too_long", "String should have at most " .. n .. " characters",
    { max_length = n } },
    { "value_error.any_str.max_length",
      "ensure this value has at most " .. n .. " characters", { limit_value = n } }
end

function shapes.many(n, got)
  return { "too_long", "List should have at most " .. n .. " items after validation, not "
    .. got, { field_type = "List", max_length = n, actual_length = got } },
    { "value_error.list.max_items",
      "ensure this value has at most " .. n .. " items", { limit_value = n } }
end

function shapes.one_of(values, given)
  local expected = listed(values, "'", true)
  return { "literal_error", "Input should be " .. expected, { expected = expected } },
    { "value_error.const", "unexpected value; permitted: " .. listed(values, "'"),
      { given = given, permitted = values } }
end

function shapes.download()
  local s = { "file_download_error",
    "Failed to download the file. Please check if the URL is accessible and try again." }
  return s, s
end

function shapes.value(message)
  return { "value_error", message }, { "value_error", message }
end

---Adds an entry.
---@param faults table[]
---@param generation "new"|"old"
---@param loc table       path of the value
---@param input any       the value, which the newer shape repeats
---@param name string     which shape
---@param ... any         what that shape needs
function M.add(faults, generation, loc, input, name, ...)
  local new, old = shapes[name](...)
  local shape = generation == "old" and old or new
  local entry = { loc = loc, type = shape[1], msg = shape[2], ctx = shape[3] }
  if generation ~= "old" then
    entry.input = input
  end
  if name == "download" then
    entry.url = "https://docs.fal.ai/errors/#" .. shape[1]
  end
  faults[#faults + 1] = entry
end

return M
