--- What makes a node the same one: its endpoint, its normalised input, and the identities
--- of the nodes it takes something from. Pure.
-- SHA-256, so that two inputs never share a result by accident: the chance for a billion
-- nodes is below 1e-59, where a 64-bit hash would come to 3 in 100. Names of nodes are
-- not part of it: a node can be renamed for nothing.

local core = require "fal.core"
local graph = require "fal.workflow.graph"
local json = require "fal.json"

local identity = {}

local BLOCK = 1024 * 1024

---@class fal.workflow.File   a local file as the plan knows it
---@field hash string
---@field size integer
---@field modified number
---@field read_at number    when reading began, both in seconds since 1970

--- The identity of a file's contents. Block by block, so that it needs little memory.
---@param path string
---@param pause? fun()   called after each block
---@return fal.workflow.File?
---@return string? why
function identity.file(path, pause)
  -- Opening a pipe would wait for its other end, and the host with it.
  local size, modified = core.stat(path)
  if not size then return nil, modified end
  local read_at = os.time()
  local file, why = io.open(path, "rb")
  if not file then return nil, why end
  local hashes = {}
  while true do
    local block, problem = file:read(BLOCK)
    if not block then
      file:close()
      if problem then return nil, problem end
      break
    end
    hashes[#hashes + 1] = core.sha256(block)
    if pause then pause() end
  end
  if #hashes == 0 then return nil, "it is empty" end
  return { hash = core.sha256(table.concat(hashes, "\n")), size = size,
    modified = modified, read_at = read_at }
end

-- A file that was written to within this time of being read may have been written to
-- again since, and show the same time: file systems' clocks tick slowly.
local TICK = 2   -- seconds

--- Whether a file is still the one that was planned with.
---@param path string
---@param file fal.workflow.File
---@param pause? fun()
---@return boolean
function identity.is_same(path, file, pause)
  local size, modified = core.stat(path)
  if size ~= file.size or modified ~= file.modified then return false end
  if file.read_at - modified > TICK then return true end
  local now = identity.file(path, pause)
  if not now or now.hash ~= file.hash then return false end
  file.read_at = now.read_at
  return true
end

--- The identity of a node.
---@param endpoint_id string
---@param input table        normalised, with references and files
---@param omit table<string, any>   names of the input that do not count
---@param keys table<string, string>   identities of the nodes referred to, by name
---@param files table<string, fal.workflow.File>   by path
---@param extra? table       fields that are sent unchecked
---@return string? key
---@return fal.Error? err    kind validation: the input cannot be written as JSON
function identity.of(endpoint_id, input, omit, keys, files, extra)
  local counted = {}
  for name, value in next, input do
    if omit[name] == nil then counted[name] = value end
  end
  local function known(leaf)
    if graph.is_ref(leaf) then
      return { ["$node"] = keys[leaf.node], output = leaf.output }
    elseif graph.is_file(leaf) then
      return { ["$file"] = files[leaf.path].hash }
    end
    return leaf
  end
  local text, err = json.encode {
    version = 1, endpoint = endpoint_id, extra = extra and graph.map(extra, known),
    input = graph.map(counted, known),
  }
  if not text then return nil, err end
  return core.sha256(text)
end

--- A second node that is the same in all is another take of it.
---@param key string
---@param take integer   1 for the first
---@return string
function identity.take(key, take)
  return take == 1 and key or core.sha256(key .. " take " .. take)
end

return identity
