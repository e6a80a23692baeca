--- A workflow's graph as JSON, and back.
-- { "fal_workflow": 1, "name", "nodes": [{ "name", "endpoint", "input", "options" }] };
-- in an input, { "$node": name, "output": path } stands for another node's output and
-- { "$file": path } for a local file.

local E = require "fal.error"
local file_of = require "fal.file"
local folder = require "fal.workflow.folder"
local graph = require "fal.workflow.graph"
local json = require "fal.json"
local ledger_input = require "fal.ledger.input"

local export = {}

local VERSION = 1

---@param path string
---@param where string
---@param why string
---@return fal.Error
function export.fault(path, where, why)
  return E.new { kind = "validation", sent = "no",
    message = path .. " holds no workflow that can be used",
    fields = { { path = tostring(where), type = "workflow", message = why } } }
end

local function plain(input)
  return graph.map(input, function(leaf)
    if graph.is_ref(leaf) then return { ["$node"] = leaf.node, output = leaf.output } end
    if graph.is_file(leaf) then
      return { ["$file"] = leaf.path, inline = leaf.inline, expires_in = leaf.expires_in }
    end
    return leaf
  end)
end

--- Fields that were sent unchecked may be secrets as well.
local function options_of(node)
  local copy = {}
  for name, value in next, node.options do copy[name] = value end
  local extra = ledger_input.without_secrets(copy.extra)
  copy.extra = extra and plain(extra)
  return next(copy) and copy or nil
end

local function as_table(film)
  local nodes = json.array {}
  for i, node in ipairs(film.nodes) do
    local secret = {}
    for _, field in ipairs(node.definition.input) do secret[field.name] = field.secret end
    local input = plain(node.input)
    for name in next, secret do input[name] = nil end
    nodes[i] = { name = node.name, endpoint = node.definition.id, input = input,
      options = options_of(node) }
  end
  return { fal_workflow = VERSION, name = film.name, budget = film.budget, nodes = nodes }
end

local function file_error(path, doing, why)
  return E.new { kind = "file", message = ("the workflow cannot be %s %s"):format(doing,
    path), cause = why }
end

--- Secrets are not written.
---@param film fal.Workflow
---@param path string
---@return string? path
---@return fal.Error? err
function export.write(film, path)
  local encoded, err = json.encode(as_table(film))
  if not encoded then return nil, err end
  local ok, why = folder.replace(path, encoded .. "\n")
  if ok then return path end
  return nil, file_error(path, "written to", why)
end

local function is_time(x)
  return x == nil or type(x) == "number" and x > 0 and x < math.huge
end

local function reference(value)
  if type(value["$node"]) == "string" and type(value.output) == "string" then
    return graph.ref(value["$node"], value.output)
  elseif type(value["$file"]) == "string" and is_time(value.expires_in) then
    return file_of.new(value["$file"], { inline = value.inline == true or nil,
      expires_in = value.expires_in })
  end
end

local function restored(value)
  if type(value) ~= "table" then return value end
  local special = reference(value)
  if special then return special end
  for k, v in next, value do value[k] = restored(v) end
  return value
end

local function read_node(client, given)
  if type(given) ~= "table" or type(given.input) ~= "table" then
    return nil, "is no node with an input"
  end
  local endpoint, err = client:endpoint(tostring(given.endpoint))
  if not endpoint then return nil, err.message .. ": " .. tostring(given.endpoint) end
  local options = given.options
  if options == json.null then options = nil end
  if type(options) == "table" then options.extra = restored(options.extra) end
  return { name = given.name, definition = endpoint.definition,
    input = restored(given.input), options = options }
end

---@param path string
---@param client fal.Client
---@return { name: string, budget?: any, nodes: fal.workflow.Node[] }?   names, options
---        and the budget as they stand there
---@return fal.Error? err   kinds file, validation
function export.read(path, client)
  local file, why = io.open(path, "rb")
  local content, problem
  if file then
    content, problem = file:read("*a")
    file:close()
  end
  if not content then return nil, file_error(path, "read from", why or problem) end
  local value = json.decode(content, true)
  if type(value) ~= "table" or value.fal_workflow ~= VERSION
    or type(value.name) ~= "string" or type(value.nodes) ~= "table" then
    return nil, export.fault(path, "fal_workflow", "it is not what film:export wrote")
  end
  local nodes = {}
  for i, given in ipairs(value.nodes) do
    local node, fault = read_node(client, given)
    if not node then
      return nil, export.fault(path, ("nodes[%d]"):format(i), fault)
    end
    nodes[i] = node
  end
  if value.budget == json.null then value.budget = nil end
  return { name = value.name, nodes = nodes, budget = value.budget }
end

return export
