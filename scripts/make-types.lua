-- make-types: writes the annotations that follow from the code. check-types asks it which
-- of them no longer do.
--   types/fal/models.lua   each endpoint's input, with its allowed values
--   types/fal/module.lua   the functions of the module, from the client's own comments

package.path = "./lua/?.lua;./lua/?/init.lua;" .. package.path
local annotations = dofile "scripts/annotations.lua"
local models = require "fal.models"

local made = {}

local function read(path)
  local file = assert(io.open(path))
  local text = file:read "a"
  file:close()
  return text
end

-- --- the endpoints ---------------------------------------------------------------------

local HEAD = "---@meta\n\n-- Made by scripts/make-types.lua; edit what it reads.\n"

local function quoted(value) return ('"%s"'):format(value) end

--- An allowed value in the spellings that validation takes for it.
local function literals(field, value, add)
  local number = tonumber(value) or field.unit and tonumber((value:match "^(%d+)s$"))
  if type(value) == "number" or field.unit and number then
    add(("%d"):format(number))
    if field.unit then
      add(quoted(("%d"):format(number)))
      add(quoted(("%ds"):format(number)))
    end
  else
    add(quoted(value))
  end
end

local type_of

local function enumeration(field)
  local list, seen = {}, {}
  local function add(word)
    if not seen[word] then list[#list + 1], seen[word] = word, true end
  end
  for _, value in ipairs(field.enum) do literals(field, value, add) end
  local aliases = {}
  for alias in pairs(field.aliases or {}) do
    if type(alias) == "string" then aliases[#aliases + 1] = quoted(alias) end
  end
  table.sort(aliases)
  for _, alias in ipairs(aliases) do add(alias) end
  for _, word in ipairs(field.words or {}) do add(quoted(word)) end
  if field.open then add "string" end
  return table.concat(list, "|")
end

local PLAIN = { string = "string", integer = "integer", number = "number",
  boolean = "boolean", file_url = "string|fal.File" }

--- A type; that of an object becomes a class of its own.
type_of = function(field, name, classes)
  local out
  if field.enum then
    out = enumeration(field)
  elseif field.type == "array" then
    local item = type_of(field.items, name, classes)
    out = (item:find "|" and "(" .. item .. ")" or item) .. "[]"
  elseif field.type == "object" and field.fields then
    classes[#classes + 1] = { name = name, fields = field.fields }
    out = name
  elseif field.unit then
    out = PLAIN[field.type] .. (field.type == "string" and "|integer" or "|string")
  else
    out = PLAIN[field.type] or "table"
  end
  return field.nullable and out .. "|fal.Null" or out
end

local function words_of(field)
  local parts = {}
  if field.description then parts[1] = field.description:gsub("%s+", " ") end
  if field.legacy then parts[#parts + 1] = "(legacy)" end
  if field.default ~= nil and type(field.default) ~= "table" then
    parts[#parts + 1] = "[" .. tostring(field.default) .. "]"
  end
  return table.concat(parts, " ")
end

local function class(out, name, fields)
  local nested = {}
  out[#out + 1] = "\n---@class " .. name
  for _, field in ipairs(fields) do
    local kind = type_of(field, name .. "." .. field.name, nested)
    out[#out + 1] = (("---@field %s%s %s  %s"):format(field.name,
      field.required and "" or "?", kind, words_of(field)):gsub("%s+$", ""))
  end
  for _, more in ipairs(nested) do class(out, more.name, more.fields) end
end

local function class_name(id) return (id:gsub("%-", "_"):gsub("/", ".")) end

local function output_of(definition)
  for _, field in ipairs(definition.output) do
    if field.name == "video" then return "fal.Clip" end
  end
  return definition.character and "{ id: string, name: string }" or "table"
end

local function endpoint(out, definition)
  local name = class_name(definition.id)
  local input = "fal.input." .. name
  class(out, input, definition.input)
  local function line(text, ...) out[#out + 1] = text:format(...) end
  line("\n---%s%s", definition.id, definition.status and " (" .. definition.status .. ")"
    or "")
  line("---@class fal.endpoint.%s : fal.Endpoint", name)
  line("---@field submit fun(self: fal.Endpoint, input: %s, opts?: fal.JobOptions): "
    .. "fal.Job?, fal.Error?", input)
  line("---@field validate fun(self: fal.Endpoint, input: %s, opts?: "
    .. "fal.ValidateOptions): table?, fal.Error?", input)
  line("---@field estimate fun(self: fal.Endpoint, input: %s, opts?: "
    .. "fal.ValidateOptions): number?, fal.Error?", input)
  line("---@field warnings fun(self: fal.Endpoint, input: %s, opts?: "
    .. "fal.ValidateOptions): string[]?, fal.Error?", input)
  line("---@overload fun(input: %s, opts?: fal.CallOptions): %s?, fal.Job|fal.Error",
    input, output_of(definition))
end

local function finder(out, ids, owner, self, signature)
  out[#out + 1] = "\n---The endpoint object of a built-in validation table."
  for _, id in ipairs(ids) do
    out[#out + 1] = ('---@overload fun(%sendpoint_id: "%s"): fal.endpoint.%s?, '
      .. 'fal.Error?'):format(self, id, class_name(id))
  end
  out[#out + 1] = "---@param endpoint_id string\n---@return fal.endpoint.any? endpoint\n"
    .. "---@return fal.Error? err   kind not_found: there is no table for it\nfunction "
    .. owner .. signature .. "endpoint(endpoint_id) end"
end

local ANY = [[
---An endpoint whose input no table describes here.
---@class fal.endpoint.any : fal.Endpoint
---@overload fun(input: table, opts?: fal.CallOptions): any, fal.Job|fal.Error]]

--- The text of types/fal/models.lua.
---@return string
function made.models()
  local out, ids = { HEAD, ANY }, {}
  for _, family in ipairs(models.families()) do
    for _, definition in ipairs(models.family(family)) do
      ids[#ids + 1] = definition.id
      endpoint(out, definition)
    end
  end
  out[#out + 1] = "\n---@class fal.Client\nlocal Client = {}"
  finder(out, ids, "Client", "self: fal.Client, ", ":")
  out[#out + 1] = "\n---@class fal\nlocal fal = {}"
  finder(out, ids, "fal", "", ".")
  return table.concat(out, "\n") .. "\n"
end

-- --- the module ------------------------------------------------------------------------

local function functions_of(path, wanted, owner)
  local out = {}
  for _, one in ipairs(annotations.read(read(path)).functions) do
    if one.method and wanted[one.name] then
      out[#out + 1] = "\n" .. table.concat(one.doc.lines, "\n") .. "\nfunction " .. owner
        .. "." .. one.name .. "(" .. table.concat(one.params, ", ") .. ") end"
    end
  end
  return out
end

--- The text of types/fal/module.lua.
---@return string
function made.module()
  local fal = require "fal"
  -- Typed by each endpoint's id in models.lua.
  local verbs = { endpoint = false }
  for name, value in pairs(fal) do
    if type(value) == "function" and verbs[name] == nil then verbs[name] = true end
  end
  local out = { HEAD, "---@class fal\nlocal fal = {}" }
  for _, text in ipairs(functions_of("lua/fal/client.lua", verbs, "fal")) do
    out[#out + 1] = text
  end
  out[#out + 1] = "\n---@class fal.queue\nlocal queue = {}"
  for _, text in ipairs(functions_of("lua/fal/queue.lua", fal.queue, "queue")) do
    out[#out + 1] = text
  end
  return table.concat(out, "\n") .. "\n"
end

local MADE = { ["types/fal/models.lua"] = made.models,
  ["types/fal/module.lua"] = made.module }

--- Those that are not as they would be made now.
---@return string[] paths
function made.stale()
  local out = {}
  for path, make in pairs(MADE) do
    local file = io.open(path)
    if not file or file:read "a" ~= make() then out[#out + 1] = path end
    if file then file:close() end
  end
  table.sort(out)
  return out
end

function made.write()
  for path, make in pairs(MADE) do
    local file = assert(io.open(path, "w"))
    assert(file:write(make()))
    assert(file:close())
  end
end

if not ... then made.write() end

return made
