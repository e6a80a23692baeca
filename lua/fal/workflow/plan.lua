--- What running a workflow would do and cost. Pure: a graph and what is known of earlier
--- runs in, a plan or every fault of the graph out. Nothing is sent.

local E = require "fal.error"
local chain = require "fal.chain"
local earlier = require "fal.workflow.earlier"
local endpoint = require "fal.endpoint"
local file = require "fal.file"
local graph = require "fal.workflow.graph"
local identity = require "fal.workflow.identity"
local ledger_input = require "fal.ledger.input"
local name_of = require "fal.workflow.name"
local price = require "fal.price"

local plan = {}

local function fault(faults, path, kind, message, allowed, suggestion)
  faults[#faults + 1] = { path = path, type = kind, message = message,
    allowed = allowed, suggestion = suggestion }
end

--- Every reference must lead somewhere, in the graph and in what that node puts out.
local function check_references(nodes, by_name, faults)
  for _, node in ipairs(nodes) do
    graph.leaves(node.input, node.options.extra, function(leaf, path)
      if not graph.is_ref(leaf) then return end
      local source, at = by_name[leaf.node], node.name .. "." .. path
      if not source then
        fault(faults, at, "reference", "refers to a node '" .. leaf.node
          .. "' that there is none of")
      elseif not graph.has_output(source.definition, leaf.output) then
        fault(faults, at, "reference", ("'%s' (%s) puts out no %s"):format(leaf.node,
          source.definition.id, leaf.output))
      end
    end)
  end
end

local function check_names(nodes, faults)
  local by_name = {}
  for _, node in ipairs(nodes) do
    if by_name[node.name] then
      fault(faults, node.name, "name", "is the name of two nodes")
    end
    by_name[node.name] = node
  end
  return by_name
end

--- Something of the right form in place of what only a run will know.
local function placeholder(ref, number)
  local tail = ref.output:match("[^.]+$")
  if tail == "url" then return ("https://placeholder.invalid/%d"):format(number) end
  return ("%s_placeholder_%d"):format(tail == "id" and "char" or "video", number)
end

local function restore(copy, refs)
  return graph.map(copy, function(leaf)
    return type(leaf) == "string" and refs[leaf] or leaf
  end)
end

--- The normalised input, references in it.
local function validate(entry, needs, faults)
  local refs, count = {}, 0
  local given = graph.map(entry.given, function(leaf)
    if not graph.is_ref(leaf) then return leaf end
    count = count + 1
    local stand_in = placeholder(leaf, count)
    refs[stand_in] = leaf
    return stand_in
  end)
  for name, value in next, needs do given[name] = value end
  local checked = endpoint.new(nil, entry.definition)
  local copy, err = checked:validate(given, entry.validating)
  if copy then
    entry.warnings = checked:warnings(given, entry.validating)
    entry.input = restore(copy, refs)
    return
  end
  for _, one in ipairs(err.fields) do
    fault(faults, entry.name .. "." .. one.path, one.type, one.message, one.allowed,
      one.suggestion)
  end
end

--- What the nodes that continue this one need of it; a caller who asks for the opposite
--- contradicts himself.
local function needed(entry, continuations, faults)
  local needs = {}
  for _, child in ipairs(continuations) do
    for name, value in next, child.definition.chain.needs or {} do
      local given = entry.given[name]
      local unmet = chain.unmet({ [name] = value }, entry.definition, { [name] = given })
      if given ~= nil and unmet then
        fault(faults, entry.name .. "." .. name, "contradiction", ("is %s, but '%s' "
          .. "continues this clip and needs %s"):format(tostring(given), child.name,
          tostring(value)))
      end
      needs[name] = value
    end
  end
  return needs
end

--- A character works by its name in the prompt.
local function check_characters(entry, by_name, faults)
  local prompt = entry.given.prompt
  if type(prompt) ~= "string" then return end
  graph.each(entry.given, function(leaf, path)
    local source = graph.is_ref(leaf) and by_name[leaf.node]
    local called = source and source.definition.character and source.input.name
    if type(called) == "string" and not prompt:find(called, 1, true) then
      fault(faults, entry.name .. ".prompt", "character", ("does not name the character "
        .. "%s, so it would not appear (%s)"):format(called, path))
    end
  end)
end

local function check_files(entry, files, faults)
  graph.leaves(entry.given, entry.options.extra, function(leaf, path)
    if not graph.is_file(leaf) then return end
    local found = files[leaf.path]
    local why = found.why and ("the file %s cannot be read: %s"):format(leaf.path,
      found.why) or file.fault(leaf, found.size)
    if why then fault(faults, entry.name .. "." .. path, "file", why) end
  end)
end

--- What the retention fields of an input must be for this node; a subset of `omit`, the
--- fields that say how long the service keeps a clip and nothing of what is in it.
local function wanted(entry, omit)
  local want = {}
  for name, value in next, omit do
    if entry.input[name] == value then want[name] = value end
  end
  return want
end

local function reason_of(entry, attempts, seen)
  local last = attempts and attempts[#attempts]
  if last then
    if last.state == "failed" then return "it failed before" end
    if last.state == "discarded" then return "its result was discarded" end
    if earlier.counts(last) then
      local unmet = chain.unmet(entry.want, entry.definition, last.input)
      return ("it was made with %s = %s, and something continues it now"):format(
        unmet.name, tostring(unmet.had))
    end
  end
  return seen[entry.name] and "it was changed" or "it is new"
end

local function priced(entry, by_name)
  local source_name = graph.source(entry)
  local source = source_name and by_name[source_name]
  local known = source and { seconds = source.seconds, rate = source.rate }
  local micros, rate = price.of(entry.definition, entry.input, known)
  entry.seconds = price.seconds(entry.definition, entry.input, known)
  entry.rate = micros and rate or nil
  if not micros and entry.max_price then micros = entry.max_price * 1000000 end
  entry.micros = micros and math.ceil(micros)
end

---@class fal.workflow.Entry   one node of a plan
---@field name string
---@field endpoint_id string
---@field definition fal.Definition
---@field input table        normalised, with references and files
---@field parents string[]
---@field children string[]
---@field base string        its identity, but for the take
---@field take integer       which one of alike nodes' it is
---@field key string         its identity
---@field state "to_pay"|"cached"|"running"|"unknown"
---@field reason? string     of to_pay
---@field attempt? table     what is known of it, but for to_pay
---@field cost? number       dollars; nil: no price is known
---@field micros? integer
---@field stem string        of its files' names
---@field warnings string[]

local function entries_of(nodes)
  local entries, index, parents = {}, {}, {}
  for _, node in ipairs(nodes) do parents[node.name] = graph.parents(node) end
  local ordered, stuck = graph.order(nodes, parents)
  local names = {}
  for i, node in ipairs(nodes) do names[i] = node.name end
  local stems = name_of.all(names)
  for i, node in ipairs(ordered) do
    local options = node.options
    local entry = {
      name = node.name, definition = node.definition, endpoint_id = node.definition.id,
      given = node.input, input = node.input, parents = parents[node.name],
      children = {}, continuations = {}, stem = stems[node.name],
      max_price = options.max_price, options = options, warnings = {},
      validating = { extra = options.extra, allow_legacy = options.allow_legacy },
    }
    entries[i], index[node.name] = entry, entry
    for _, parent in ipairs(entry.parents) do
      table.insert(index[parent].children, node.name)
    end
    local source = graph.source(node)
    if source then table.insert(index[source].continuations, entry) end
  end
  return entries, index, stuck
end

local function refuse(faults)
  return nil, E.new { kind = "validation", sent = "no", fields = faults,
    message = "the workflow was refused, before anything was sent" }
end

--- Fields that count for nothing but whether a clip can be continued, and secrets; and
--- what counts of those that are sent unchecked.
local function uncounted(entry)
  local omit = graph.needs(entry.definition, entry.omit_for)
  local all = {}
  for name, value in next, omit do all[name] = value end
  for _, field in ipairs(entry.definition.input) do
    if field.secret then all[field.name] = true end
  end
  local extra = ledger_input.without_secrets(entry.options.extra)
  for name in next, entry.options.extra or {} do
    if not extra or extra[name] == nil then all[name] = true end
  end
  return omit, all, extra
end

--- Entries by how deep they lie: alike ones have the same parents, so they share a level.
local function levels(entries)
  local list, deep = {}, {}
  for _, entry in ipairs(entries) do
    local level = 1
    for _, parent in ipairs(entry.parents) do
      level = math.max(level, deep[parent] + 1)
    end
    deep[entry.name] = level
    list[level] = list[level] or {}
    table.insert(list[level], entry)
  end
  return list
end

--- Finds out who the nodes of one level are, by who those above them are.
local function identify(level, keys, files, known, freed, pause)
  local alike, order = {}, {}
  for _, entry in ipairs(level) do
    pause()
    local omit, all, extra = uncounted(entry)
    local base, err = identity.of(entry.endpoint_id, entry.input, all, keys, files, extra)
    if not base then return nil, err end
    entry.base, entry.want = base, wanted(entry, omit)
    if not alike[base] then
      alike[base] = {}
      order[#order + 1] = base
    end
    table.insert(alike[base], entry)
  end
  for _, base in ipairs(order) do
    for _, attempt in ipairs(earlier.share(base, alike[base], known)) do
      freed[#freed + 1] = attempt
    end
  end
  for _, entry in ipairs(level) do keys[entry.name] = entry.key end
  return true
end

local function settle(entry, known)
  local attempts = known.attempts[entry.key]
  entry.attempt = earlier.choose(entry, attempts)
  entry.state = entry.attempt and earlier.STATES[entry.attempt.state] or "to_pay"
  if entry.state == "to_pay" then
    entry.reason = reason_of(entry, attempts, known.names)
  end
end

local function dollars(micros) return micros / 1000000 end

local function total(entries, index, known)
  local cost, to_pay, unpriced = 0, 0, {}
  for _, entry in ipairs(entries) do
    priced(entry, index)
    entry.cost = entry.micros and dollars(entry.micros)
    cost = cost + (entry.micros or 0)
    if entry.state == "to_pay" then
      to_pay = to_pay + (entry.micros or 0)
      if not entry.micros then unpriced[#unpriced + 1] = entry.name end
    end
  end
  return { nodes = entries, cost = dollars(cost), to_pay = dollars(to_pay),
    committed = dollars(known.committed), unpriced = unpriced,
    earlier = earlier.left(known, entries) }
end

--- A price above its node's ceiling would be refused at the submit.
local function check_ceilings(entries)
  for _, entry in ipairs(entries) do
    if entry.max_price and entry.state == "to_pay" and entry.cost > entry.max_price then
      return nil, E.new { kind = "budget", sent = "no",
        message = ("'%s' costs $%.2f, more than its max_price of $%.2f"):format(
          entry.name, entry.cost, entry.max_price),
        remedy = "Raise max_price, or choose a cheaper input." }
    end
  end
  return true
end

local function unpriced(names)
  return nil, E.new { kind = "price_unknown", sent = "no",
    message = "there is a budget, and no price is known for " .. names,
    remedy = "Give these nodes max_price, the dollars that each may cost at most." }
end

--- Whether more may be paid.
---@param budget? number       dollars
---@param micros integer       to be paid
---@param committed integer    paid before, or in doubt
---@return boolean? ok
---@return fal.Error? err      kind budget
function plan.allow(budget, micros, committed)
  local over = budget and micros + committed - math.floor(budget * 1e6 + 0.5)
  -- What was paid for is fetched, whatever the budget is now.
  if not over or over <= 0 or micros == 0 then return true end
  return nil, E.new { kind = "budget", sent = "no",
    message = ("the workflow's budget is $%.2f: $%.2f are to be paid now, and $%.2f were "
      .. "paid before or are in doubt, so $%.2f are missing"):format(budget,
      dollars(micros), dollars(committed), math.ceil(over / 10000) / 100),
    remedy = "Raise the budget, or take out clips." }
end

local function check_budget(made, known, budget)
  local ok, err = check_ceilings(made.nodes)
  if not ok then return nil, err end
  if budget and made.unpriced[1] then
    return unpriced(table.concat(made.unpriced, ", "))
  end
  return plan.allow(budget, math.floor(made.to_pay * 1e6 + 0.5), known.committed)
end

---@class fal.workflow.Known   of earlier runs
---@field attempts table<string, table[]>   by identity, oldest first
---@field list table[]                      all of them
---@field takes table<string, integer[]>    which there are beyond the first, by base
---@field names table<string, boolean>      nodes that there were
---@field called table<string, string>      what they were called last, by identity
---@field free table<string, boolean>       takes that no node had in the last run
---@field committed integer                 micro-dollars paid, running or in doubt

---@class fal.workflow.Plan
---@field nodes fal.workflow.Entry[]      in the order of making
---@field cost number                     dollars, of all nodes
---@field to_pay number                   dollars that a run would have to pay
---@field committed number                dollars that earlier runs paid, or perhaps
---@field unpriced string[]
---@field earlier fal.workflow.Leftover[]
---@field files table<string, fal.workflow.File>   local ones, by path
---@field freed fal.workflow.Attempt[]    one of each take that no node has any more

--- Plans a graph.
---@param nodes fal.workflow.Node[]
---@param files table<string, fal.workflow.File|{ why: string }>   local ones, by path
---@param known fal.workflow.Known
---@param budget? number      dollars
---@param pause? fun()         called for each node, twice
---@return fal.workflow.Plan? plan
---@return fal.Error? err     kinds validation (every fault), budget, price_unknown
---@return fal.workflow.Plan? unpaid   beside budget and price_unknown: the plan of which
---        nothing may be paid
function plan.make(nodes, files, known, budget, pause)
  pause = pause or function() end
  local faults = {}
  local by_name = check_names(nodes, faults)
  check_references(nodes, by_name, faults)
  if #faults > 0 then return refuse(faults) end
  local entries, index, stuck = entries_of(nodes)
  for _, name in ipairs(stuck) do
    fault(faults, name, "cycle", "is on a cycle, or behind one, of "
      .. table.concat(stuck, ", "))
  end
  if #faults > 0 then return refuse(faults) end
  for _, entry in ipairs(entries) do
    pause()
    validate(entry, needed(entry, entry.continuations, faults), faults)
    check_characters(entry, by_name, faults)
    check_files(entry, files, faults)
    entry.omit_for = {}
    for i, child in ipairs(entry.continuations) do
      entry.omit_for[i] = child.definition
    end
  end
  if #faults > 0 then return refuse(faults) end
  local keys, freed = {}, {}
  for _, level in ipairs(levels(entries)) do
    local ok, err = identify(level, keys, files, known, freed, pause)
    if not ok then return nil, err end
  end
  for _, entry in ipairs(entries) do settle(entry, known) end
  local made = total(entries, index, known)
  made.files, made.freed = files, freed
  local ok, err = check_budget(made, known, budget)
  if not ok then return nil, err, made end
  return made
end

return plan
