-- Reads LuaCATS annotations as lua-language-server does: each on one line, a type that
-- may be followed by words. Pure: text in, tables out. For check-types and make-types.

local annotations = {}

--- What every checker knows without being told.
local BUILT_IN = {}
for name in ([[any nil boolean number integer string table function thread userdata
  lightuserdata unknown self true false void file* ]]):gmatch "%S+" do
  BUILT_IN[name] = true
end

-- --- types -----------------------------------------------------------------------------

local Reader = {}
Reader.__index = Reader

function Reader:skip() self.at = self.text:find("%S", self.at) or #self.text + 1 end

--- Takes a pattern at this place, after blanks.
function Reader:take(pattern)
  self:skip()
  local first, last = self.text:find("^" .. pattern, self.at)
  if not first then return nil end
  self.at = last + 1
  return self.text:sub(first, last)
end

function Reader:need(pattern, what)
  local got = self:take(pattern)
  if not got then
    error({ fault = ("%s expected at %q"):format(what, self.text:sub(self.at)) }, 0)
  end
  return got
end

local read_type

local function read_function(reader)
  local args, returns = {}, {}
  reader:need("%(", "'('")
  while not reader:take "%)" do
    local arg = { name = reader:take "%.%.%." or reader:need("[%w_]+", "an argument") }
    arg.optional = reader:take "%?" ~= nil
    if reader:take ":" then arg.type = read_type(reader) end
    args[#args + 1] = arg
    if not reader:take "," then
      reader:need("%)", "')'")
      break
    end
  end
  if reader:take ":" then
    local closing = reader:take "%("
    repeat
      local start = reader.at
      if not (reader:take "[%a_][%w_]*" and reader:take ":") then reader.at = start end
      if not reader:take "%.%.%.$" then returns[#returns + 1] = read_type(reader) end
    until not reader:take ","
    if closing then reader:need("%)", "')'") end
  end
  return { kind = "function", args = args, returns = returns }
end

local function read_table(reader)
  local fields = {}
  while not reader:take "}" do
    local field = {}
    if reader:take "%[" then
      field.key = read_type(reader)
      reader:need("%]", "']'")
    else
      field.name = reader:need("[%w_]+", "a field")
    end
    field.optional = reader:take "%?" ~= nil
    reader:need(":", "':'")
    field.type = read_type(reader)
    fields[#fields + 1] = field
    if not reader:take "[,;]" then
      reader:need("}", "'}'")
      break
    end
  end
  return { kind = "table", fields = fields }
end

local function read_unit(reader)
  if reader:take "%(" then
    local inner = read_type(reader)
    reader:need("%)", "')'")
    return inner
  elseif reader:take "{" then
    return read_table(reader)
  elseif reader:take "fun%f[%(]" then
    return read_function(reader)
  end
  local word = reader:take '"[^"]*"' or reader:take "'[^']*'" or reader:take "%-?%d+"
  if word then return { kind = "literal", value = word } end
  local name = reader:need("[%a_][%w_.*-]*", "a type")
  reader.names[#reader.names + 1] = name
  if reader:take "<" then
    repeat read_type(reader) until not reader:take ","
    reader:need(">", "'>'")
  end
  return { kind = "name", name = name }
end

read_type = function(reader)
  local units, optional = {}, false
  repeat
    local unit = read_unit(reader)
    local more = true
    while more do
      if reader.text:find("^%[%]", reader.at) then
        reader.at = reader.at + 2
        unit = { kind = "array", of = unit }
      elseif reader.text:find("^%?", reader.at) then
        reader.at, optional = reader.at + 1, true
      else
        more = false
      end
    end
    units[#units + 1] = unit
  until not reader:take "|"
  return { kind = "union", units = units, optional = optional }
end

--- The type at the beginning of `text`.
---@param text string
---@return table? type     { kind = "union", units, optional }
---@return string rest_or_fault   what follows it
---@return string[] names  the types that it mentions
function annotations.type(text)
  local reader = setmetatable({ text = text, at = 1, names = {} }, Reader)
  local ok, got = pcall(read_type, reader)
  if ok then return got, text:sub(reader.at), reader.names end
  if type(got) ~= "table" then error(got, 0) end
  return nil, got.fault, reader.names
end

-- --- files -----------------------------------------------------------------------------

local tags = {}

local function add_type(file, line, text)
  local got, rest, names = annotations.type(text)
  if not got then
    file.faults[#file.faults + 1] = { line = line, text = rest }
    return { kind = "union", units = {} }, ""
  end
  for _, name in ipairs(names) do
    file.mentions[#file.mentions + 1] = { line = line, name = name }
  end
  return got, rest
end

function tags.class(file, line, text)
  local name, rest = text:match "^([%w_.*-]+)%s*(.*)$"
  local class = { name = name, fields = {}, order = {}, parents = {}, line = line }
  local parents = rest:match "^:%s*(.*)$"
  for parent in (parents or ""):gmatch "[%w_.*-]+" do
    class.parents[#class.parents + 1] = parent
    file.mentions[#file.mentions + 1] = { line = line, name = parent }
  end
  file.classes[#file.classes + 1], file.class = class, class
end

function tags.field(file, line, text)
  local name, optional, rest = text:match "^([%w_]+)(%??)%s+(.*)$"
  if not file.class or not name then
    file.faults[#file.faults + 1] = { line = line, text = "a field of no class" }
    return
  end
  local field = { name = name, optional = optional == "?", line = line }
  field.type = add_type(file, line, rest)
  file.class.fields[name] = field
  table.insert(file.class.order, field)
end

tags["overload"] = function(file, line, text) add_type(file, line, text) end
tags["type"] = tags.overload

function tags.alias(file, line, text)
  local name, rest = text:match "^([%w_.*-]+)%s*(.*)$"
  file.aliases[name] = add_type(file, line, rest)
end

function tags.param(file, line, text)
  local name, optional, rest = text:match "^([%w_.]+)(%??)%s+(.*)$"
  if not name then
    file.faults[#file.faults + 1] = { line = line, text = "a parameter without a type" }
    return
  end
  local param = { name = name, optional = optional == "?", line = line }
  param.type = add_type(file, line, rest)
  table.insert(file.doc.params, param)
end

tags["return"] = function(file, line, text)
  local got, rest = add_type(file, line, text)
  table.insert(file.doc.returns, { type = got, rest = rest })
end

local IGNORED = { meta = true, async = true, nodiscard = true, operator = true,
  diagnostic = true, see = true, cast = true, deprecated = true, private = true }

local function new_doc() return { params = {}, returns = {}, lines = {} } end

--- Whether what stands between `function` and its `end` gives anything back. Nested
--- functions stand deeper than two blanks.
local function returns_something(lines, first)
  local one = lines[first]:match "%f[%w]return%s+(.-)%s*end$"
  if one then return one ~= "" end
  for i = first + 1, #lines do
    if lines[i]:find "^end" then return false end
    local back = lines[i]:match "^  return%s+(%S+)"
      or lines[i]:match "then return%s+(%S+)"
    if back and back ~= "end" then return true end
  end
  return false
end

local function add_function(file, lines, i)
  local owner, sep, name, params =
    lines[i]:match "^function ([%w_]+)([.:])([%w_]+)%((.-)%)"
  if not owner then
    owner, name, params = "", "require", lines[i]:match "^return function%((.-)%)"
  end
  if not params then return end
  local list = {}
  for param in params:gmatch "[%w_.]+" do list[#list + 1] = param end
  file.functions[#file.functions + 1] = {
    owner = owner, method = sep == ":", name = name, params = list, doc = file.doc,
    line = i, class = file.owners[owner], returns = returns_something(lines, i),
  }
end

--- Everything that a file says of types. A function that a file returns is called
--- "require", of no owner.
---@param text string
---@return table file   classes, functions (with their docs), aliases, mentions, faults
function annotations.read(text)
  local file = { classes = {}, functions = {}, aliases = {}, mentions = {}, faults = {},
    owners = {}, generics = {}, doc = new_doc() }
  local lines = {}
  for line in (text .. "\n"):gmatch "(.-)\r?\n" do lines[#lines + 1] = line end
  for i, line in ipairs(lines) do
    local tag, rest = line:match "^%s*%-%-%-@(%a+)%s*(.*)$"
    if tag == "generic" then
      for name in rest:gmatch "[%w_]+" do file.generics[name] = true end
    elseif tag and tags[tag] then
      tags[tag](file, i, rest)
    elseif tag and not IGNORED[tag] then
      file.faults[#file.faults + 1] = { line = i, text = "an unknown tag: " .. tag }
    end
    if line:find "^%s*%-%-%-" then
      table.insert(file.doc.lines, line)
    else
      local owner = file.class and line:match "^local ([%w_]+) ="
      if owner then file.owners[owner] = file.class.name end
      add_function(file, lines, i)
      file.doc, file.class = new_doc(), nil
    end
  end
  return file
end

annotations.BUILT_IN = BUILT_IN

return annotations
