--- What earlier runs left for a plan: which attempt serves a node, which take of several
-- alike ones is whose, and what was paid for and is nobody's now. Pure.

local chain = require "fal.chain"
local identity = require "fal.workflow.identity"

local earlier = {}

local RANK = { done = 3, accepted = 2, doubt = 1 }

--- What a plan says of a node that such an attempt serves.
earlier.STATES = { done = "cached", accepted = "running", doubt = "unknown" }

--- The attempt that serves: one with a result before one that runs, of equal ones the
--- last.
---@param entry fal.workflow.Entry
---@param attempts? fal.workflow.Attempt[]
---@return fal.workflow.Attempt?
---@return integer rank   0: there is none
function earlier.choose(entry, attempts)
  local best
  for _, attempt in ipairs(attempts or {}) do
    local rank = RANK[attempt.state]
    if rank and (not best or rank >= RANK[best.state])
      and not chain.unmet(entry.want, entry.definition, attempt.input) then
      best = attempt
    end
  end
  return best, best and RANK[best.state] or 0
end

--- Whether an attempt might serve some input.
---@param attempt fal.workflow.Attempt
---@return boolean
function earlier.counts(attempt) return RANK[attempt.state] ~= nil end

-- Takes ------------------------------------------------------------------------------

--- The takes that there are of something, and as many as are asked for.
local function slots_of(base, count, known)
  local slots, seen = {}, {}
  local function add(take)
    if seen[take] then return end
    seen[take] = true
    local key = identity.take(base, take)
    slots[#slots + 1] = { take = take, key = key, attempts = known.attempts[key],
      name = known.called[key], is_free = known.free[key] or false }
  end
  for take = 1, count do add(take) end
  for _, take in ipairs(known.takes[base] or {}) do add(take) end
  table.sort(slots, function(a, b) return a.take < b.take end)
  return slots
end

local function claim(entry, slot)
  entry.take, entry.key, slot.taken = slot.take, slot.key, true
end

--- By the names that the nodes had when they were last seen.
local function claim_by_name(entries, slots)
  local named, rest = {}, {}
  for _, slot in ipairs(slots) do
    if slot.name and not (named[slot.name] and slot.is_free) then
      named[slot.name] = slot
    end
  end
  for _, entry in ipairs(entries) do
    local slot = named[entry.name]
    if slot then claim(entry, slot) else rest[#rest + 1] = entry end
  end
  return rest
end

local function signature(want)
  local parts = {}
  for name, value in next, want do parts[#parts + 1] = name .. "=" .. tostring(value) end
  table.sort(parts)
  return table.concat(parts, " "), #parts
end

--- Nodes that the same attempts serve; first those that the fewest do.
local function by_want(entries)
  local groups, list = {}, {}
  for _, entry in ipairs(entries) do
    local name, count = signature(entry.want)
    if not groups[name] then
      groups[name] = { name = name, count = count }
      list[#list + 1] = groups[name]
    end
    table.insert(groups[name], entry)
  end
  table.sort(list, function(a, b)
    if a.count ~= b.count then return a.count > b.count end
    return a.name < b.name
  end)
  return list
end

--- The takes that are left, those that serve best first; of equal ones those whose node
--- was there in the last run: it has another name now.
local function free_for(entry, slots)
  local free = {}
  for _, slot in ipairs(slots) do
    if not slot.taken then
      local _, rank = earlier.choose(entry, slot.attempts)
      free[#free + 1] = { slot = slot, rank = rank }
    end
  end
  table.sort(free, function(a, b)
    if a.rank ~= b.rank then return a.rank > b.rank end
    if a.slot.is_free ~= b.slot.is_free then return b.slot.is_free end
    return a.slot.take < b.slot.take
  end)
  return free
end

--- Nodes that are alike in all are takes of one thing. Each keeps the take that was made
--- under its name, so that taking one of them out moves no other; what is left over goes
--- to the rest in their order.
---@param base string                     their identity, but for the take
---@param entries fal.workflow.Entry[]    get key and take
---@param known fal.workflow.Known
---@return fal.workflow.Attempt[] freed   one of each take that nobody has any more
function earlier.share(base, entries, known)
  local slots = slots_of(base, #entries, known)
  for _, group in ipairs(by_want(claim_by_name(entries, slots))) do
    local free = free_for(group[1], slots)
    for i, entry in ipairs(group) do claim(entry, free[i].slot) end
  end
  local freed = {}
  for _, slot in ipairs(slots) do
    if slot.attempts and not (slot.taken or slot.is_free) then
      freed[#freed + 1] = slot.attempts[1]
    end
  end
  return freed
end

-- Leftovers --------------------------------------------------------------------------

local function has_file(output)
  if type(output) ~= "table" then return false end
  for _, value in next, output do
    if type(value) == "table" and type(value.url) == "string" then return true end
  end
  return false
end

local function state_of(attempt)
  if attempt.state == "accepted" then return "running" end
  if attempt.state == "doubt" then return "unknown" end
  local is_unfetched = attempt.state == "done" and not next(attempt.files)
    and has_file(attempt.output)
  return is_unfetched and "unfetched" or nil
end

---@class fal.workflow.Leftover   paid for, or perhaps, and no node's now
---@field name string             of the node that it was for
---@field number integer          of the attempt
---@field state "running"|"unknown"|"unfetched"
---@field endpoint_id string
---@field cost? number            dollars
---@field request_id? string
---@field attempt fal.workflow.Attempt

--- Attempts that no node of the graph has, and whose result is not on the disk.
---@param known fal.workflow.Known
---@param entries fal.workflow.Entry[]
---@return fal.workflow.Leftover[]
function earlier.left(known, entries)
  local chosen, list = {}, {}
  for _, entry in ipairs(entries) do
    if entry.attempt then chosen[entry.attempt] = true end
  end
  for _, attempt in ipairs(known.list) do
    local state = not chosen[attempt] and state_of(attempt)
    if state then
      list[#list + 1] = { name = known.called[attempt.key], number = attempt.number,
        state = state, endpoint_id = attempt.endpoint_id, attempt = attempt,
        cost = attempt.micros and attempt.micros / 1000000,
        request_id = attempt.request_id }
    end
  end
  return list
end

return earlier
