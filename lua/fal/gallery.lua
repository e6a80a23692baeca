--- A workflow's page: the tree of its clips, to look at, play and compare. It opens from
--- the disk, without a server and without a network.

local E = require "fal.error"
local core = require "fal.core"
local folder = require "fal.workflow.folder"
local graph = require "fal.workflow.graph"
local json = require "fal.json"
local media = require "fal.workflow.media"
local page = require "fal.gallery.page"

local gallery = {}

local LABELS = { done = "Done", failed = "Failed", running = "Running",
  unknown = "In doubt", missing = "Not made yet" }

local function dollars(usd) return usd and ("$%.2f"):format(usd) or "price unknown" end

local function duration(seconds)
  if not seconds then return "" end
  if seconds < 1 then return "under 1 s" end
  if seconds < 60 then return ("%.0f s"):format(seconds) end
  return ("%.0f min %02.0f s"):format(math.floor(seconds / 60), seconds % 60)
end

local function last_failure(known, entry)
  local attempts = known.attempts[entry.key]
  local last = attempts and attempts[#attempts]
  return last and last.state == "failed" and last or nil
end

local STATES = { cached = "done", running = "running", unknown = "unknown" }

local function state_of(known, entry)
  local failed = entry.state == "to_pay" and last_failure(known, entry)
  if failed then return "failed", failed end
  return STATES[entry.state] or "missing", entry.attempt
end

local function shown(value)
  if graph.is_ref(value) then return "→ " .. value.node .. ", " .. value.output end
  if graph.is_file(value) then return value.path end
  if type(value) == "string" then return value end
  if type(value) ~= "table" then return tostring(value) end
  return (json.encode(graph.map(value, function(leaf)
    return type(leaf) == "table" and shown(leaf) or leaf
  end))) or "?"
end

--- In the order of the endpoint's table; the prompt has its own place, secrets have none.
local function settings_of(entry)
  local list = {}
  for _, field in ipairs(entry.definition.input) do
    local value = entry.input[field.name]
    if value ~= nil and field.name ~= "prompt" and not field.secret then
      list[#list + 1] = { field.name, page.clean(shown(value)) }
    end
  end
  return list
end

local function facts_of(entry, attempt)
  local list = { { "Endpoint", page.clean(entry.endpoint_id) } }
  local function add(name, value)
    if value then list[#list + 1] = { name, page.clean(value) } end
  end
  add("Cost", dollars(attempt and attempt.micros and attempt.micros / 1e6 or entry.cost))
  if not attempt then return list end
  add("Made in", attempt.seconds and duration(attempt.seconds))
  add("Asked for", os.date("!%Y-%m-%d %H:%M:%S UTC", attempt.at))
  add("Request", attempt.request_id)
  add("Video id", graph.output(attempt.output, "video_id"))
  add("Id", graph.output(attempt.output, "id"))
  return list
end

--- The clip that a node is shown behind: the one it continues, else the first that it
--- takes something from; a character is shown by itself.
local function parent_of(entry, index)
  local source = graph.source(entry)
  if source then return source end
  for _, name in ipairs(entry.parents) do
    if not index[name].definition.character then return name end
  end
end

local function add_files(node, entry, attempt, place)
  for _, file in ipairs(media.files(entry.definition, attempt.output)) do
    local path = place:find(attempt, file.name)
    local slot = ({ video = "video", thumbnail = "thumbnail", spritesheet = "sheet" })
      [file.name]
    if slot and path then node[slot] = path end
  end
end

local function node_of(entry, known, place)
  local state, attempt = state_of(known, entry)
  local node = {
    name = page.clean(entry.name), state = state, label = LABELS[state],
    prompt = page.clean(entry.input.prompt or entry.input.name or ""),
    children = json.array {}, uses = json.array {},
    character = entry.definition.character or false,
    cost = dollars(attempt and attempt.micros and attempt.micros / 1e6 or entry.cost),
    took = attempt and duration(attempt.seconds) or "",
    span = entry.seconds and ("%g s"):format(entry.seconds) or nil,
    settings = json.array(settings_of(entry)),
    facts = json.array(facts_of(entry, attempt)),
  }
  if attempt then
    if attempt.error then node.error = page.clean(attempt.error.message) end
    add_files(node, entry, attempt, place)
  end
  return node
end

local function link(nodes, entries)
  local index, number = {}, {}
  for i, entry in ipairs(entries) do
    index[entry.name], number[entry.name] = entry, i - 1
  end
  for i, entry in ipairs(entries) do
    local parent = parent_of(entry, index)
    if parent then
      nodes[i].parent = number[parent]
      table.insert(nodes[number[parent] + 1].children, i - 1)
    end
    for _, name in ipairs(entry.parents) do
      if name ~= parent then table.insert(nodes[i].uses, number[name]) end
    end
  end
end

local function sums_of(plan, nodes)
  local counts = {}
  for _, node in ipairs(nodes) do counts[node.state] = (counts[node.state] or 0) + 1 end
  local sums = { { ("$%.2f"):format(plan.committed), "spent at most" },
    { tostring(#nodes), #nodes == 1 and "clip" or "clips" } }
  for _, state in ipairs { "done", "running", "failed", "unknown", "missing" } do
    if counts[state] and counts[state] ~= #nodes then
      sums[#sums + 1] = { tostring(counts[state]), LABELS[state]:lower() }
    end
  end
  if plan.to_pay > 0 then
    sums[#sums + 1] = { ("$%.2f"):format(plan.to_pay), "to pay for the rest" }
  end
  return sums
end

--- What the page shows of a workflow.
---@param name string
---@param dir string
---@param plan table                   of the workflow's planner
---@param known fal.workflow.State
---@param pause? fun()                  called after each node
---@return fal.gallery.Film
function gallery.film(name, dir, plan, known, pause)
  local place, nodes = media.new(dir, known), {}
  for i, entry in ipairs(plan.nodes) do
    nodes[i] = node_of(entry, known, place)
    if pause then pause() end
  end
  link(nodes, plan.nodes)
  return { name = page.clean(name), sums = sums_of(plan, nodes), nodes = nodes }
end

local function failure(path, why)
  return nil, E.new { kind = "file", cause = why,
    message = "the page could not be written to " .. path }
end

--- Writes dir/index.html; the page that is there is replaced at once.
---@param name string
---@param dir string
---@param plan table
---@param known fal.workflow.State
---@param pause? fun()      called after each node
---@return string? path
---@return fal.Error? err   kind file
function gallery.write(name, dir, plan, known, pause)
  local path = dir .. "/index.html"
  local html, err = page.render(gallery.film(name, dir, plan, known, pause), pause)
  if not html then return nil, err end
  local made, why = core.make_folder(dir)
  if not made then return failure(path, why) end
  made, why = folder.replace(path, html)
  if made then return path end
  return failure(path, why)
end

return gallery
