--- Workflows: graphs of clips, remixes, characters and uploads that are checked and
--- priced whole, run beside each other, and taken up again for nothing.
--     local film = require("fal.workflow").new("cat-film", { client = client })
--     local base = film:clip("base", sora.text_to_video, { prompt = "A cat on a wall" })
--     local dusk = base:remix("dusk", "The same shot at dusk")
--     local plan = fal.assert(film:plan())
--     local report = fal.assert(film:run { concurrency = 4 })

local E = require "fal.error"
local board = require "fal.workflow.board"
local core = require "fal.core"
local doubt = require "fal.workflow.doubt"
local export = require "fal.workflow.export"
local folder = require "fal.workflow.folder"
local gallery = require "fal.gallery"
local graph = require "fal.workflow.graph"
local identity = require "fal.workflow.identity"
local journal = require "fal.workflow.journal"
local make = require "fal.workflow.make"
local name_of = require "fal.workflow.name"
local options = require "fal.options"
local planner = require "fal.workflow.plan"
local runner = require "fal.workflow.run"
local suggest = require "fal.suggest"
local text = require "fal.text"
local url = require "fal.url"

local workflow = {}

local MAX_NAME = 200

---@class fal.Workflow
---@field name string
---@field dir string
---@field budget? number
local Film = {}
Film.__index = Film
Film.__name = "fal.workflow"
Film.__tostring = function(self)
  return ("workflow %s (%d nodes)"):format(text.escape(self.name, 60), #self.nodes)
end

--- A node of a workflow, as what goes into other nodes.
---@class fal.workflow.Handle
---@field name string
local Handle = {}
Handle.__index = Handle
Handle.__name = "fal.workflow.node"
Handle.__tostring = function(self) return "node " .. text.escape(self.name, 60) end

local function is_handle(x) return type(x) == "table" and getmetatable(x) == Handle end

local function is_name(s)
  return type(s) == "string" and s ~= "" and #s <= MAX_NAME and text.length(s) ~= nil
end

local function default_client()
  local client, err = require("fal").default()
  if not client then error(tostring(err), 3) end
  return client
end

--- The folder of a workflow that was given none.
local function default_dir(name) return "out/" .. name_of.plain(name) end

local NEW = { client = "table", dir = "string", budget = "dollars" }

--- Makes a workflow. It touches neither network nor disk.
---@param name string
---@param opts? fal.WorkflowOptions
---@return fal.Workflow
function workflow.new(name, opts)
  if not is_name(name) then
    error("workflow.new: name must be a text of 1 to " .. MAX_NAME .. " bytes", 2)
  end
  opts = options.check("workflow.new", opts, NEW, 2)
  if opts.dir == "" then error("workflow.new: option 'dir' must not be empty", 2) end
  return setmetatable({
    name = name, client = opts.client or default_client(), budget = opts.budget,
    dir = opts.dir or default_dir(name), nodes = {}, handles = {},
  }, Film)
end

local NODE = {
  max_price = "dollars", extra = "table", allow_legacy = "boolean", timeout = "seconds",
  priority = { "normal", "low" }, start_timeout = "start", hint = "string",
  storage = { fields = { expires_in = "seconds" } },
}

--- A copy of a node's options; what a submit would raise for is raised for here.
local function node_options(what, opts, level)
  opts = options.check(what, opts, NODE, level + 1)
  if (opts.hint or ""):find("%c") then
    error(what .. ": option 'hint' must not hold control characters", level + 1)
  end
  return graph.map(opts, function(leaf) return leaf end)
end

local function definition_of(endpoint, level)
  local definition = type(endpoint) == "table" and endpoint.definition
  if type(definition) == "table" and type(definition.input) == "table" then
    return definition
  end
  error("clip: endpoint must be an endpoint object, such as sora.text_to_video",
    level + 1)
end

--- The input as plain data, handles turned into references.
local function plain_input(film, definition, input, level)
  return graph.map(input, function(leaf, path)
    if is_handle(leaf) then
      local source = film.handles[leaf.name]
      if source ~= leaf then
        error(("clip: %s is a node of another workflow"):format(path), level + 4)
      end
      local output = graph.default_output(leaf.node.definition, definition, path)
      if output then return graph.ref(leaf.name, output) end
      error(("clip: which output of node '%s' is meant at %s? Say it with :output(…)")
        :format(leaf.name, path), level + 4)
    end
    return leaf
  end)
end

local function check_name(film, what, name, level)
  if not is_name(name) then
    error(("%s: the node's name must be a text of 1 to %d bytes"):format(what, MAX_NAME),
      level + 1)
  elseif film.handles[name] then
    error(("%s: the workflow has a node '%s' already"):format(what,
      text.escape(name, 60)), level + 1)
  end
end

local function add(film, name, definition, input, opts)
  local node = { name = name, definition = definition, input = input, options = opts }
  local handle = setmetatable({ name = name, node = node, film = film }, Handle)
  film.nodes[#film.nodes + 1] = node
  film.handles[name] = handle
  return handle
end

--- Adds a node: a clip, or whatever the endpoint makes (a character, an extension, …).
--- Where its input wants something of another node, give that node: its video where a
--- file is wanted, its id where it is a character; or say which output, by
--- node:output "video.url".
---@param name string         of the node, and of its files
---@param endpoint fal.Endpoint
---@param input table
---@param opts? fal.NodeOptions
---@return fal.workflow.Handle
function Film:clip(name, endpoint, input, opts)
  options.receiver(self, Film, "film:clip")
  check_name(self, "clip", name, 2)
  local definition = definition_of(endpoint, 2)
  options.argument("clip", "input", input, "table", 2)
  opts = node_options("clip", opts, 2)
  opts.extra = opts.extra and plain_input(self, definition, opts.extra, 2)
  return add(self, name, definition, plain_input(self, definition, input, 2), opts)
end

--- What this node puts out at a dotted path, to be put into another node's input.
---@param path string   "video.url", "id", …
---@return fal.workflow.Ref
function Handle:output(path)
  options.receiver(self, Handle, "node:output")
  options.argument("output", "path", path, "string", 2)
  return graph.ref(self.name, path)
end

--- Adds a node that continues this one's clip, by the endpoint that the clip's own one
--- names for it: a remix, an edit, an extension.
---@param name string
---@param prompt string|table   the change to make, or the fields of the input
---@param opts? fal.NodeOptions
---@return fal.workflow.Handle
function Handle:remix(name, prompt, opts)
  options.receiver(self, Handle, "node:remix")
  check_name(self.film, "remix", name, 2)
  local target = graph.continuation(self.node.definition)
  if not target then
    error("remix: no endpoint is known that continues clips of "
      .. self.node.definition.id, 2)
  elseif type(prompt) ~= "string" and type(prompt) ~= "table" then
    error("remix: a prompt or a table of fields expected, got " .. type(prompt), 2)
  end
  opts = node_options("remix", opts, 2)
  opts.extra = opts.extra and plain_input(self.film, target, opts.extra, 2)
  local input = type(prompt) == "table" and plain_input(self.film, target, prompt, 2)
    or { prompt = prompt }
  input[target.chain.by] = graph.ref(self.name, target.chain.from)
  return add(self.film, name, target, input, opts)
end

-- Planning ---------------------------------------------------------------------------

local STRIDE = 16  -- nodes between two turns of the others

--- For work on a thousand nodes: lets the host and other tasks have their turn.
local function pacer(client)
  local count = 0
  return function()
    count = count + 1
    if count % STRIDE == 0 then client:sleep(0) end
  end
end

--- The local files that the graph names. Between two blocks others run.
local function read_files(self)
  local files = {}
  local function pause() self.client:sleep(0) end
  for _, node in ipairs(self.nodes) do
    graph.leaves(node.input, node.options.extra, function(leaf)
      if not graph.is_file(leaf) or files[leaf.path] then return end
      local file, why = identity.file(leaf.path, pause)
      files[leaf.path] = file or { why = why }
    end)
  end
  return files
end

local function read_journal(self)
  return journal.read(folder.journal(self), function() self.client:sleep(0) end)
end

--- `any_budget`: nothing is to be paid by it.
local function make_plan(self, known, any_budget)
  local plan, err, unpaid = planner.make(self.nodes, read_files(self), known:known(),
    self.budget, pacer(self.client))
  if any_budget and unpaid then return unpaid end
  return plan, err, unpaid
end

--- Checks the whole graph and prices it; nothing is sent. `to_pay` is what a run would
--- pay now, `cost` what everything costs, `committed` what earlier runs paid or may yet
--- have to pay; `earlier` lists what was paid for, or perhaps was, and no node has now.
---@return fal.workflow.Plan? plan
---@return fal.Error? err   kinds validation (every fault), budget, price_unknown, file
function Film:plan()
  options.receiver(self, Film, "film:plan")
  local known, err = read_journal(self)
  if not known then return nil, err end
  local plan
  plan, err = make_plan(self, known)
  return plan, err
end

-- Running ----------------------------------------------------------------------------

--- The page, and the graph that it can be drawn anew from. They are for looking at: that
--- they cannot be written takes nothing from a run.
local function draw(self, plan, book)
  self:export()
  if not plan then return end
  local path, err = gallery.write(self.name, self.dir, plan, book.state,
    pacer(self.client))
  if not path then
    self.client:log("warn", "workflow.gallery", { message = tostring(err) })
  end
end

local RUN = { concurrency = "count", on_progress = "function", progress = "boolean" }
local CONCURRENCY = 8

--- What hears of changes, and what is to be called at the end.
local function watch(self, to_pay, opts)
  if not opts.progress then return opts.on_progress, function() end end
  local client, columns = self.client, core.columns(io.stderr)
  local shown = board.new { clock = client.now, columns = columns, to_pay = to_pay,
    write = function(s) io.stderr:write(s) end }
  local ticking = columns and client:spawn(function()
    while client:sleep(board.TICK) do shown:tick() end
  end)
  return function(view, counts)
    shown:update(view, counts)
    if opts.on_progress then opts.on_progress(view, counts) end
  end, function()
    if ticking then ticking:cancel() end
    shown:finish()
  end
end

--- Makes what is missing or changed, and fetches the files. A node that fails skips what
--- hangs on it; the rest goes on, and another run tries again. Whatever ends the process,
--- nothing is paid twice and no paid result is lost: run it again. What was paid for is
--- followed and fetched although the budget does not allow the rest: then each node that
--- is not paid for fails with the budget's error.
---@param opts? fal.WorkflowRunOptions
---@return fal.workflow.Report? report
---@return fal.Error? err   as of plan; file: the folder is in use or cannot be written;
---        canceled, closed
function Film:run(opts)
  options.receiver(self, Film, "film:run")
  opts = options.check("run", opts, RUN, 2)
  return folder.exclusively(self, function(book)
    local plan, err, unpaid = make_plan(self, book.state)
    local refusal = err
    if unpaid and runner.owes(unpaid, self.dir, book.state) then plan = unpaid end
    if not plan then return nil, err end
    local on_progress, finish = watch(self, refusal and 0 or plan.to_pay, opts)
    local report
    report, err = runner.all {
      client = self.client, name = self.name, journal = book, dir = self.dir, plan = plan,
      concurrency = opts.concurrency or CONCURRENCY, on_progress = on_progress,
      pause = pacer(self.client), budget = self.budget, refusal = refusal,
    }
    finish()
    draw(self, make_plan(self, book.state, true), book)
    if not report then return nil, err end
    return report
  end)
end

--- Writes dir/index.html anew, from what is on the disk. A run does it by itself when it
--- ends.
---@return string? path
---@return fal.Error? err   as of plan; kind file
function Film:gallery()
  options.receiver(self, Film, "film:gallery")
  local known, err = read_journal(self)
  if not known then return nil, err end
  local plan
  plan, err = make_plan(self, known, true)
  if not plan then return nil, err end
  return gallery.write(self.name, self.dir, plan, known, pacer(self.client))
end

-- By hand ----------------------------------------------------------------------------

--- Raises for a name that neither a node has nor, where `known` is given, one had.
local function check_known(self, what, name, known)
  if self.handles[name] or known and known.names[name] then return end
  local names = {}
  for i, node in ipairs(self.nodes) do names[i] = node.name end
  local near = suggest.nearest(tostring(name), names)
  error(("%s: the workflow has no node '%s'%s"):format(what, tostring(name),
    near and "; did you mean '" .. near .. "'?" or ""), 3)
end

local function entry_of(plan, name)
  for _, entry in ipairs(plan.nodes) do
    if entry.name == name then return entry end
  end
end

--- A ledger is told the same; one that does not have the row never sent the request.
local function settle_ledger(self, known, attempt, verdict)
  local client = self.client
  local ledger, err = doubt.ledger(client)
  if not ledger then return ledger == false, err end
  local row
  row, err = doubt.row(client, make.work_name(self.name, attempt), attempt,
    known.requests)
  if row and (doubt.IN_DOUBT[row.state] or attempt.by_hand) then
    return client.account.book:settle(row, verdict)
  end
  return row ~= nil, err
end

local function unsettled(message, remedy)
  return nil, E.new { kind = "validation", message = message, remedy = remedy }
end

--- Leftovers in doubt that were made under a name, or have a number.
local function doubts_of(plan, name)
  local found, said = {}, {}
  for _, one in ipairs(plan.earlier) do
    if one.state == "unknown" and (one.name == name or one.number == name) then
      found[#found + 1] = one.attempt
      said[#said + 1] = ("%d (sent at %s)"):format(one.number,
        os.date("!%Y-%m-%dT%H:%M:%SZ", one.attempt.at))
    end
  end
  return found, table.concat(said, ", ")
end

--- What a person said of an attempt, which may be put right until its result is here.
local function said_of(known, entry, name)
  for i = #known.list, 1, -1 do
    local one = known.list[i]
    local is_meant = one.number == name or one.key == (entry and entry.key)
      or not entry and known.called[one.key] == name
    local is_open = one.state == "accepted" or one.state == "failed"
    if is_meant and one.by_hand and is_open then return one end
  end
end

--- The attempt in doubt that is meant: of the node that has the name, or of one that had.
local function in_doubt(plan, known, name)
  local entry = entry_of(plan, name)
  if entry and entry.state == "unknown" then return entry.attempt end
  local found, said = doubts_of(plan, name)
  if #found == 1 then return found[1] end
  if #found > 1 then
    return unsettled(("several requests of '%s' are in doubt: %s"):format(name, said),
      "Settle each by its number.")
  end
  local said_before = said_of(known, entry, name)
  if said_before then return said_before end
  return unsettled(("'%s' is not in doubt%s"):format(tostring(name),
    entry and ": it is " .. entry.state or ""))
end

--- Settles a request of which nobody knows whether the service accepted it. A wrong
--- verdict is put right by another one, until the result was fetched.
---@param name string|integer   of the node, or of the one that it was sent for; where
---        that says too little, the number that the run's report and the plan's `earlier`
---        give
---@param verdict string   the request id under which the service knows it, or
---        "not_accepted": it certainly does not; then the next run pays for it again
---@return boolean? ok
---@return fal.Error? err   kinds validation: it is not in doubt; file
function Film:settle(name, verdict)
  options.receiver(self, Film, "film:settle")
  if type(name) ~= "number" then
    local known, err = read_journal(self)
    if not known then return nil, err end
    check_known(self, "settle", name, known)
  end
  if not url.is_request_id(verdict) then
    error("settle: the verdict must be a request id or \"not_accepted\"", 2)
  end
  return folder.exclusively(self, function(book)
    local plan, err = make_plan(self, book.state, true)
    if not plan then return nil, err end
    local attempt
    attempt, err = in_doubt(plan, book.state, name)
    if not attempt then return nil, err end
    if (book.state.requests[verdict] or attempt) ~= attempt then
      return unsettled("request " .. verdict
        .. " belongs to another node of the workflow")
    end
    local ok
    ok, err = settle_ledger(self, book.state, attempt, verdict)
    if not ok then return nil, err end
    if verdict ~= "not_accepted" then
      return book:add { t = "accepted", a = attempt.number, r = verdict, hand = true }
    end
    return book:add { t = "failed", a = attempt.number, hand = true, err = {
      kind = "network", message = "settled by hand: the service did not accept it" } }
  end)
end

--- A node and everything behind it, each once.
local function behind(index, entry, list, seen)
  if seen[entry] then return list end
  seen[entry] = true
  list[#list + 1] = entry
  for _, name in ipairs(entry.children) do behind(index, index[name], list, seen) end
  return list
end

local UNFINISHED = { accepted = "its job is running; let a run fetch its result first",
  doubt = "nobody knows whether it was paid for; settle it first" }

--- All the results that a node might have: of one that was made twice, the older one must
--- not come back.
local function results_of(known, entry)
  local list = {}
  for _, attempt in ipairs(known.attempts[entry.key] or {}) do
    local why = not attempt.gone and UNFINISHED[attempt.state]
    if why then
      return unsettled(("'%s' cannot be discarded: %s"):format(entry.name, why))
    elseif attempt.state == "done" or attempt.state == "accepted" then
      list[#list + 1] = attempt
    end
  end
  return list
end

local function discard(book, list)
  local results = {}
  for _, entry in ipairs(list) do
    local found, err = results_of(book.state, entry)
    if not found then return nil, err end
    for _, attempt in ipairs(found) do results[#results + 1] = attempt end
  end
  for _, attempt in ipairs(results) do
    local ok, err = book:add { t = "discarded", a = attempt.number }
    if not ok then return nil, err end
  end
  return true
end

--- A result that no node has any more and that cannot be fetched.
local function let_go(book, plan, number)
  for _, one in ipairs(plan.earlier) do
    if one.number == number and one.state ~= "unknown" then
      return book:add { t = "discarded", a = number }
    end
  end
  return unsettled(("number %s is no result that a node had"):format(number))
end

--- Lets go of a node's result and of what was made from it: the next run makes them
--- again, for their full price. The files stay, in earlier/.
---@param name string|integer   or the number of what no node has any more, and what
---        cannot be fetched
---@return boolean? ok
---@return fal.Error? err   kinds file; validation: some of it is running or in doubt
function Film:discard(name)
  options.receiver(self, Film, "film:discard")
  if type(name) ~= "number" then check_known(self, "discard", name) end
  return folder.exclusively(self, function(book)
    local plan, err = make_plan(self, book.state, true)
    if not plan then return nil, err end
    if type(name) == "number" then return let_go(book, plan, name) end
    local index = {}
    for _, one in ipairs(plan.nodes) do index[one.name] = one end
    return discard(book, behind(index, index[name], {}, {}))
  end)
end

-- The graph as a file ----------------------------------------------------------------

--- Writes the graph as JSON, for workflow.load.
---@param path? string   [dir/workflow.json]
---@return string? path
---@return fal.Error? err   kinds file, validation: an input is no JSON
function Film:export(path)
  options.receiver(self, Film, "film:export")
  if path ~= nil then options.argument("export", "path", path, "string", 2) end
  if not path then
    local ok, err = folder.make(self)
    if not ok then return nil, err end
  end
  return export.write(self, path or self.dir .. "/workflow.json")
end

--- Reads a graph that film:export wrote. Files in it are named as they were then:
--- relative paths begin where the program runs.
---@param path string
---@param opts? fal.WorkflowOptions   `budget`: [the one in the file]
---@return fal.Workflow?
---@return fal.Error? err   kinds file, validation
function workflow.load(path, opts)
  options.argument("workflow.load", "path", path, "string", 2)
  opts = options.check("workflow.load", opts, NEW, 2)
  if opts.dir == "" then error("workflow.load: option 'dir' must not be empty", 2) end
  local client = opts.client or default_client()
  local read, err = export.read(path, client)
  if not read then return nil, err end
  if not is_name(read.name) then
    return nil, export.fault(path, "name", "is no name of a workflow")
  end
  local ok, checked = pcall(options.check, "workflow", { budget = read.budget }, NEW)
  if not ok then return nil, export.fault(path, "budget", checked) end
  local film = workflow.new(read.name, { client = client, dir = opts.dir,
    budget = opts.budget or read.budget })
  for _, node in ipairs(read.nodes) do
    if not is_name(node.name) or film.handles[node.name] then
      return nil, export.fault(path, node.name, "is no name, or the name of two nodes")
    end
    ok, checked = pcall(node_options, "its options", node.options, 1)
    if not ok then return nil, export.fault(path, node.name, checked) end
    add(film, node.name, node.definition, node.input, checked)
  end
  return film
end

return workflow
