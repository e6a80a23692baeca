--- Rules between fields, as data: { "exactly_one", "prompt", "multi_prompt" }.

local rules = {}

local function names_of(rule, from)
  local names = {}
  for i = from, #rule do names[#names + 1] = rule[i] end
  return names, table.concat(names, ", ")
end

local function given(input, names)
  local list = {}
  for i = 1, #names do
    if input[names[i]] ~= nil then list[#list + 1] = names[i] end
  end
  return list
end

local makers = {}

--- { "at_least_one", name, … }
function makers.at_least_one(rule)
  local names, text = names_of(rule, 2)
  return function(input, state, fault)
    if #given(input, names) == 0 then
      fault(state, names[1], "missing", "one of " .. text .. " is required")
    end
  end
end

--- { "at_most_one", name, … }
function makers.at_most_one(rule)
  local names, text = names_of(rule, 2)
  return function(input, state, fault)
    local list = given(input, names)
    for i = 2, #list do
      fault(state, list[i], "exclusive", "only one of " .. text .. " may be given")
    end
  end
end

--- { "exactly_one", name, … }
function makers.exactly_one(rule)
  local least, most = makers.at_least_one(rule), makers.at_most_one(rule)
  return function(input, state, fault)
    least(input, state, fault)
    most(input, state, fault)
  end
end

--- { "at_most_items", limit, name, … }: the arrays together
function makers.at_most_items(rule)
  local limit = rule[2]
  local names, text = names_of(rule, 3)
  return function(input, state, fault)
    local count = 0
    for i = 1, #names do
      local list = input[names[i]]
      count = count + (type(list) == "table" and #list or 0)
      if count > limit then
        return fault(state, names[i], "length", text .. " may have at most " .. limit
          .. " items together")
      end
    end
  end
end

--- { "above", name, limit, requires = { other = value } }: defaults count as given
function makers.above(rule, defaults)
  local name, limit, requires = rule[2], rule[3], rule.requires
  local needed = {}
  for other in pairs(requires) do needed[#needed + 1] = other end
  table.sort(needed)
  return function(input, state, fault)
    if type(input[name]) ~= "number" or input[name] <= limit then return end
    for _, other in ipairs(needed) do
      local value = input[other]
      if value == nil then value = defaults[other] end
      if value ~= requires[other] then
        fault(state, other, "range", "must be " .. tostring(requires[other]) .. " when "
          .. name .. " is above " .. limit, { requires[other] }, requires[other])
      end
    end
  end
end

--- Turns rules into functions(normalised input, state, fault).
---@param list? table[]
---@param fields fal.Field[]
---@return function[]
function rules.compile(list, fields)
  local defaults, out = {}, {}
  for _, field in ipairs(fields) do defaults[field.name] = field.default end
  for i, rule in ipairs(list or {}) do out[i] = makers[rule[1]](rule, defaults) end
  return out
end

return rules
