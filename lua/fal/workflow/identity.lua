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

--- The identity of a file's contents. Block by block, so that it needs little memory.
---@param path string
---@param pause? fun()   called after each block
---@return string? hash
---@return string? why
function identity.file(path, pause)
  -- Opening a pipe would wait for its other end, and the host with it.
  local size, why = core.stat(path)
  if not size then return nil, why end
  local file
  file, why = io.open(path, "rb")
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
  return core.sha256(table.concat(hashes, "\n"))
end

--- The identity of a node.
---@param endpoint_id string
---@param input table        normalised, with references and files
---@param omit table<string, any>   names of the input that do not count
---@param keys table<string, string>   identities of the nodes referred to, by name
---@param hashes table<string, string> identities of files, by path
---@param extra? table       fields that are sent unchecked
---@return string? key
---@return fal.Error? err    kind validation: the input cannot be written as JSON
function identity.of(endpoint_id, input, omit, keys, hashes, extra)
  local counted = {}
  for name, value in next, input do
    if omit[name] == nil then counted[name] = value end
  end
  local text, err = json.encode {
    version = 1, endpoint = endpoint_id, extra = extra,
    input = graph.map(counted, function(leaf)
      if graph.is_ref(leaf) then
        return { ["$node"] = keys[leaf.node], output = leaf.output }
      elseif graph.is_file(leaf) then
        return { ["$file"] = hashes[leaf.path] }
      end
      return leaf
    end),
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
