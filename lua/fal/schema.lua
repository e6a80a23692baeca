--- Interprets validation tables: finds every fault at once, normalises to the wire form.
-- A table (an endpoint's definition) is data; here it is compiled once into one check for
-- each field. Pure: nothing is sent, and the caller's input is never changed.

local E = require "fal.error"
local check = require "fal.check"
local coerce = require "fal.coerce"
local json = require "fal.json"
local rules = require "fal.rules"
local suggest = require "fal.suggest"

local schema = {}

local fault, warn, null, type = check.fault, check.warn, json.null, type

-- Looking for what was meant takes milliseconds, and an input may come from a stranger.
local MAX_SUGGESTED = 20

local function meant_by(name, shape, state)
  local meant = shape.mistaken[name]
  if meant or state.faults and #state.faults >= MAX_SUGGESTED then return meant end
  return suggest.nearest(name, shape.names)
end

local function unknown_name(name, shape, prefix, state)
  local path = type(name) == "string" and prefix .. name
    or prefix .. "[" .. tostring(name) .. "]"
  if type(name) ~= "string" then
    return fault(state, path, "unknown", "has no name; give every value by name")
  end
  local meant = meant_by(name, shape, state)
  fault(state, path, "unknown", "is not a field of this input",
    not meant and shape.names or nil, meant)
end

local function members(shape, value, prefix, state, opts)
  local copy, extra = {}, opts.extra
  for i = 1, #shape do
    local entry = shape[i]
    local field, name = entry.field, entry.name
    local given = value[name]
    local path = prefix == "" and name or prefix .. name
    if given == nil or (given == null and not field.nullable) then
      if field.required and not (extra and extra[name] ~= nil) then
        fault(state, path, "missing", "is required")
      end
    elseif given == null then
      copy[name] = null
    elseif field.legacy and not opts.allow_legacy then
      fault(state, path, "legacy", "is a legacy field that current schemas no longer "
        .. "list; pass allow_legacy = true in the options to send it all the same")
    else
      if field.legacy then warn(state, path, "is no longer listed by current schemas") end
      copy[name] = entry.check(given, state, path)
    end
  end
  return copy
end

--- In order of their names: the same input reads the same way twice.
local function strangers(shape, value, prefix, state)
  local names = {}
  for name in next, value do
    if not shape.known[name] then names[#names + 1] = name end
  end
  table.sort(names, function(a, b) return tostring(a) < tostring(b) end)
  for _, name in ipairs(names) do
    local reason = shape.ignored[name]
    if reason then warn(state, prefix .. name, reason)
    else unknown_name(name, shape, prefix, state) end
  end
end

local function compile_shape(fields, ignored)
  local shape = { names = {}, known = {}, mistaken = {}, ignored = ignored or {} }
  for i, field in ipairs(fields) do
    shape[i] = { name = field.name, field = field, check = check.compile(field) }
    shape.known[field.name] = true
    if not field.legacy then shape.names[#shape.names + 1] = field.name end
    for _, name in ipairs(field.mistaken or {}) do shape.mistaken[name] = field.name end
  end
  return shape
end

local NO_OPTIONS = {}

function check.compilers.object(field)
  local shape = compile_shape(field.fields)
  return function(value, state, path)
    if type(value) ~= "table" then
      return fault(state, path, "type", "must be a table of named values, "
        .. coerce.got(value))
    end
    local copy = members(shape, value, path .. ".", state, NO_OPTIONS)
    strangers(shape, value, path .. ".", state)
    return copy
  end
end

-- Keyed weakly by definition: a compiled shape refers to the fields, never to the
-- definition itself, so the entry dies with it on every Lua.
local shapes = setmetatable({}, { __mode = "k" })

local function shape_of(definition)
  local shape = shapes[definition]
  if not shape then
    shape = compile_shape(definition.input, definition.ignored)
    shape.rules = rules.compile(definition.rules, definition.input)
    shapes[definition] = shape
  end
  return shape
end

---@class fal.ValidateOptions
---@field extra? table           fields that are sent unchecked
---@field allow_legacy? boolean  send fields that current schemas no longer list

--- Checks `input` against a definition.
---@param definition table  `input` is its list of fields; also `rules`, `ignored`, `id`
---@param input table
---@param opts? fal.ValidateOptions
---@return table? normalised  a copy in the wire form; optional nil and null are left out
---@return fal.Error? err     kind validation; `fields` names every fault
---@return string[] warnings  what is sent although a document speaks against it
function schema.validate(definition, input, opts)
  opts = opts or NO_OPTIONS
  local shape, state = shape_of(definition), {}
  local copy = members(shape, input, "", state, opts)
  for name in next, input do
    if not shape.known[name] then
      strangers(shape, input, "", state)
      break
    end
  end
  for name, value in next, opts.extra or NO_OPTIONS do copy[name] = value end
  if not state.faults then
    for i = 1, #shape.rules do shape.rules[i](copy, state, fault) end
  end
  if not state.faults then return copy, nil, state.warnings or {} end
  return nil, E.new {
    kind = "validation", sent = "no", endpoint_id = definition.id, fields = state.faults,
    message = "the input was refused here, before anything was sent",
  }, state.warnings or {}
end

return schema
