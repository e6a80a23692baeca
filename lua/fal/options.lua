--- Checks tables of options: a typo must not become a default.

local suggest = require "fal.suggest"

local options = {}

local function is_function(v)
  if type(v) == "function" then return true end
  local mt = type(v) == "table" and getmetatable(v)
  return type(mt) == "table" and mt.__call ~= nil
end

local function finite(v) return type(v) == "number" and v == v and v < math.huge end

local function whole(least)
  return function(v) return finite(v) and v >= least and v == math.floor(v) end
end

--- What a value may be; the text stands in the message.
local TYPES = {
  string = { "a string", function(v) return type(v) == "string" end },
  boolean = { "a boolean", function(v) return type(v) == "boolean" end },
  table = { "a table", function(v) return type(v) == "table" end },
  ["function"] = { "a function", is_function },
  any = { "anything", function() return true end },
  seconds = { "a number of seconds, 0 or more",
    function(v) return finite(v) and v >= 0 end },
  dollars = { "a number of dollars, 0 or more",
    function(v) return finite(v) and v >= 0 end },
  positive = { "a number greater than 0", function(v) return finite(v) and v > 0 end },
  -- The service refuses less (fal-protocol.md section 5.1).
  start = { "a number of seconds, greater than 0.1",
    function(v) return finite(v) and v > 0.1 end },
  factor = { "a number, 1 or more", function(v) return finite(v) and v >= 1 end },
  share = { "a number from 0 to 1",
    function(v) return finite(v) and v >= 0 and v <= 1 end },
  count = { "a whole number, 1 or more", whole(1) },
  length = { "a whole number, 0 or more", whole(0) },
  size = { "a whole number of bytes, 0 or more", whole(0) },
}

local function shown(value)
  return type(value) == "number" and tostring(value) or type(value)
end

local function names_of(spec)
  local names = {}
  for name in next, spec do names[#names + 1] = name end
  table.sort(names)
  return names
end

local function one_of(what, name, value, allowed, level)
  for i = 1, #allowed do
    if value == allowed[i] then return end
  end
  error(("%s: option '%s' must be \"%s\", not %s"):format(what, name,
    table.concat(allowed, '" or "'), type(value) == "string" and '"' .. value .. '"'
    or type(value)), level + 1)
end

--- What was meant by an unknown name.
local function remedy(name, opts, spec)
  local near = suggest.nearest(name, names_of(spec))
  if near then return "; did you mean '" .. near .. "'?" end
  if not spec.input or opts.input ~= nil or type(name) ~= "string" then return "" end
  return ("; fields of the input stand in a table of their own: { input = { %s = … } }")
    :format(name)
end

--- Raises on an unknown name, with the nearest known one, and on a wrong type.
---@param what string    who complains: the function's name
---@param opts any       nil counts as {}
---@param spec table<string, string|string[]|table>  name → type, list of words, or a
---                      nested spec in `{ fields = spec }`
---@param level? integer  as of error(), seen from the caller [1]
---@return table opts
function options.check(what, opts, spec, level)
  level = (level or 1) + 1
  if opts == nil then return {} end
  if type(opts) ~= "table" then
    error(what .. ": options must be a table, not " .. type(opts), level)
  end
  for name, value in next, opts do
    local rule = spec[name]
    if rule == nil then
      error(("%s: unknown option '%s'%s"):format(what, tostring(name),
        remedy(name, opts, spec)), level)
    elseif type(rule) == "string" then
      local kind = TYPES[rule]
      if not kind[2](value) then
        error(("%s: option '%s' must be %s, not %s"):format(what, name, kind[1],
          shown(value)), level)
      end
    elseif rule.fields then
      options.check(what .. ": " .. name, value, rule.fields, level)
    else
      one_of(what, name, value, rule, level)
    end
  end
  return opts
end

--- Raises when a method was called with a dot: its arguments have all moved by one.
---@param self any
---@param class table|string   its metatable, or the __name in there
---@param call string           how it is called: "client:subscribe"
function options.receiver(self, class, call)
  local mt = getmetatable(self)
  if mt == class or type(mt) == "table" and mt.__name == class then return end
  error(("%s: a method is called with a colon: %s(…)"):format(call:match "[^:]+$", call),
    3)
end

--- Raises unless `value` is of `kind`.
---@param what string
---@param name string
---@param value any
---@param kind string   "string", "table", "function", "count", …
---@param level? integer
function options.argument(what, name, value, kind, level)
  if not TYPES[kind][2](value) then
    error(("%s: %s must be %s, not %s"):format(what, name, TYPES[kind][1],
      shown(value)), (level or 1) + 1)
  end
end

return options
