--- A workflow's graph: nodes, and what of one goes into another. Pure.
-- A node's input is plain data, but for references to other nodes' outputs and fal.file
-- objects.

local chain = require "fal.chain"
local json = require "fal.json"
local models = require "fal.models"

local graph = {}

--- What one node takes from another one: { node = name, output = "video.url" }.
---@class fal.workflow.Ref
---@field node string
---@field output string   dotted path into its output
local ref_mt = { __name = "fal.workflow.ref" }

---@param node string
---@param output string
---@return fal.workflow.Ref
function graph.ref(node, output)
  return setmetatable({ node = node, output = output }, ref_mt)
end

---@param x any
---@return boolean
function graph.is_ref(x) return type(x) == "table" and getmetatable(x) == ref_mt end

---@param x any
---@return boolean
function graph.is_file(x)
  local mt = type(x) == "table" and getmetatable(x)
  return type(mt) == "table" and mt.__name == "fal.file"
end

local MAX_DEPTH = 128   -- of JSON, read and written

--- A copy of `value` in which `fn(leaf, path)` stands for everything that is no plain
--- table: scalars, references, files; and what lies so deep, or within itself, that it
--- cannot be sent.
---@param value any
---@param fn fun(leaf: any, path: string): any
---@param path? string
---@param depth? integer
---@param done? table<table, table|false>   copies; false while one is being made
---@return any
function graph.map(value, fn, path, depth, done)
  path, depth, done = path or "", depth or 0, done or {}
  local mt = type(value) == "table" and getmetatable(value)
  if type(value) ~= "table" or depth > MAX_DEPTH or (type(mt) == "table" and mt.__name
    and not json.is_array(value)) then
    return fn(value, path)
  end
  if done[value] then return done[value] end
  if done[value] == false then return fn(value, path) end
  done[value] = false
  local copy = setmetatable({}, mt or nil)
  for k, v in next, value do
    local at = type(k) == "number" and ("%s[%d]"):format(path, k)
      or (path == "" and "" or path .. ".") .. tostring(k)
    copy[k] = graph.map(v, fn, at, depth + 1, done)
  end
  done[value] = copy
  return copy
end

--- Calls `fn(leaf, path)` for each of them, in the order of their paths.
---@param value any
---@param fn fun(leaf: any, path: string)
function graph.each(value, fn)
  local leaves = {}
  graph.map(value, function(leaf, path)
    leaves[#leaves + 1] = { leaf, path }
    return leaf
  end)
  table.sort(leaves, function(a, b) return a[2] < b[2] end)
  for _, pair in ipairs(leaves) do fn(pair[1], pair[2]) end
end

--- The same for all that goes into a node, what is sent unchecked as well.
---@param input table
---@param extra? table
---@param fn fun(leaf: any, path: string)
function graph.leaves(input, extra, fn)
  graph.each(input, fn)
  if extra then graph.each(extra, fn) end
end

--- The value of an output at a dotted path.
graph.output = chain.value

local function fields_of(definition)
  local fields = {}
  for _, field in ipairs(definition.input) do fields[field.name] = field end
  return fields
end

local function has_output(definition, path)
  local first = path:match("^[^.]+")
  for _, field in ipairs(definition.output or {}) do
    if field.name == first then return true end
  end
  return definition.output == nil
end

graph.has_output = has_output

--- Which output of `source` is meant when a whole node stands at `path` of an input: what
--- the endpoint chains by, a character's id, or the video where a file is wanted.
---@param source fal.Definition
---@param target fal.Definition
---@param path string
---@return string? output
function graph.default_output(source, target, path)
  local name = path:match("^[^.%[]+")
  if target.chain and target.chain.by == name then return target.chain.from end
  if source.character then return "id" end
  local field = fields_of(target)[name]
  local kind = field and (field.items or field).type
  if (kind == "file_url" or not field) and has_output(source, "video") then
    return "video.url"
  end
  return nil
end

---@class fal.workflow.Node   as plain data
---@field name string
---@field definition fal.Definition
---@field input table        with references and files in it
---@field options table      of the job: priority, timeout, …; max_price, extra

--- The names of the nodes that a node takes something from, in order, each once.
---@param node fal.workflow.Node
---@return string[]
function graph.parents(node)
  local names, seen = {}, {}
  graph.leaves(node.input, node.options.extra, function(leaf)
    if graph.is_ref(leaf) and not seen[leaf.node] then
      seen[leaf.node] = true
      names[#names + 1] = leaf.node
    end
  end)
  return names
end

--- The node that this one continues, by its endpoint's chain.
---@param node fal.workflow.Node
---@return string? name
function graph.source(node)
  local rule = node.definition.chain
  local value = rule and node.input[rule.by]
  return graph.is_ref(value) and value.node or nil
end

--- Nodes in an order in which everything comes after what it needs, otherwise as they
--- were given; and the names of those on or behind a cycle.
---@param nodes fal.workflow.Node[]
---@param parents table<string, string[]>
---@return fal.workflow.Node[] ordered
---@return string[] stuck
function graph.order(nodes, parents)
  local missing, children, ready, ordered = {}, {}, {}, {}
  for _, node in ipairs(nodes) do
    missing[node.name] = #parents[node.name]
    for _, name in ipairs(parents[node.name]) do
      children[name] = children[name] or {}
      table.insert(children[name], node)
    end
    if missing[node.name] == 0 then ready[#ready + 1] = node end
  end
  local head = 1
  while ready[head] do
    local node = ready[head]
    head = head + 1
    ordered[#ordered + 1] = node
    for _, child in ipairs(children[node.name] or {}) do
      missing[child.name] = missing[child.name] - 1
      if missing[child.name] == 0 then ready[#ready + 1] = child end
    end
  end
  local stuck = {}
  for _, node in ipairs(nodes) do
    if missing[node.name] > 0 then stuck[#stuck + 1] = node.name end
  end
  return ordered, stuck
end

--- The endpoint that continues clips of this one.
---@param definition fal.Definition
---@return fal.Definition?
function graph.continuation(definition)
  return definition.remix and models.find(definition.remix) or nil
end

--- What a clip must be made with so that it can be continued: by the endpoint that its
--- own one names, and by `others`.
---@param definition fal.Definition
---@param others fal.Definition[]
---@return table<string, any> needs
function graph.needs(definition, others)
  local needs = {}
  local function add(target)
    for name, value in next, target and target.chain and target.chain.needs or {} do
      needs[name] = value
    end
  end
  add(graph.continuation(definition))
  for _, target in ipairs(others) do add(target) end
  return needs
end

return graph
