--- What one client knows of what it made: clips by id, characters by id.
-- Bounded, oldest out first: knowing less only means that the service decides.

local memory = {}

local MAX = 4096

-- Weak by client; what is stored never refers to it.
local stores = setmetatable({}, { __mode = "k" })

---@param client table?  nil: nothing is remembered
---@param kind string
---@param id any         anything but a string is ignored
---@param facts table
function memory.remember(client, kind, id, facts)
  if not client or type(id) ~= "string" then return end
  local store = stores[client] or {}
  stores[client] = store
  local shelf = store[kind] or { facts = {}, order = {}, next = 1 }
  store[kind] = shelf
  if not shelf.facts[id] then
    local oldest = shelf.order[shelf.next]
    if oldest then shelf.facts[oldest] = nil end
    shelf.order[shelf.next] = id
    shelf.next = shelf.next % MAX + 1
  end
  shelf.facts[id] = facts
end

---@param client table?
---@param kind string
---@param id any
---@return table? facts
function memory.recall(client, kind, id)
  local shelf = client and id ~= nil and stores[client] and stores[client][kind]
  return shelf and shelf.facts[id] or nil
end

return memory
