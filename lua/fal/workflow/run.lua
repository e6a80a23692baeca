--- Runs a plan: what is missing is paid for, what runs is taken up, what is there stays.
-- A node's children begin as soon as its result is known, before its files are fetched:
-- the service may keep a clip that is to be continued for a short time only.

local E = require "fal.error"
local make = require "fal.workflow.make"
local media = require "fal.workflow.media"
local models = require "fal.models"
local name_of = require "fal.workflow.name"
local task = require "fal.task"
local text = require "fal.text"

local run = {}

local FILE_WORKERS = 8
local TOGETHER = 100    -- records at a time

---@class fal.workflow.View   of a node: what reports and on_progress show
---@field name string
---@field endpoint_id string
---@field state "waiting"|"running"|"done"|"cached"|"failed"|"skipped"
---@field stage string         in words: "in queue, 3 ahead", "fetching files", …
---@field status? fal.Status   the service's own, of the last update
---@field clip? fal.Clip       or the endpoint's plain output
---@field files table<string, string>   paths, by name of the output
---@field cost? number         dollars
---@field seconds? number      from submit to result
---@field request_id? string
---@field error? fal.Error     of a skipped node: of the one that failed
---@field because? string      of a skipped node: the name of that one
---@field attempt? integer     of what no node has any more: its number, for film:settle

---@class fal.workflow.Run
local Run = {}
Run.__index = Run

local function view_of(entry)
  return { name = entry.name, endpoint_id = entry.endpoint_id, state = "waiting",
    stage = "waiting", cost = entry.cost, files = {} }
end

--- The counts that stand beside every progress report.
local function count(self, before, after)
  local counts = self.counts
  if before then counts[before] = counts[before] - 1 end
  counts[after] = counts[after] + 1
end

--- Shows a change. What the callback raises ends the run, and nothing is lost by it.
function Run:tell(entry, stage, state)
  local view = entry.view
  if state and state ~= view.state then
    if not entry.orphan then count(self, view.state, state) end
    view.state = state
  end
  view.stage = stage
  if self.on_progress then self.on_progress(view, self.counts) end
end

local function wake(self) self.client.sched:wake(self.waiting) end

-- Results ----------------------------------------------------------------------------

--- Puts what is not in its place on the list of the file workers.
local function queue_files(self, entry)
  local missing = {}
  for _, file in ipairs(media.files(entry.definition, entry.attempt.output)) do
    file.to = media.name(entry.stem, file)
    if self.media:find(entry.attempt, file.name) == file.to then
      entry.view.files[file.name] = self.media:full(file.to)
    else
      missing[#missing + 1] = file
    end
  end
  if #missing == 0 then return false end
  self.files[#self.files + 1] = { entry = entry, files = missing }
  return true
end

local function make_ready(self, entry)
  for _, parent in ipairs(entry.parents) do
    if self.index[parent].view.clip == nil then return end
  end
  self.stack[#self.stack + 1] = entry
end

--- The result is known and recorded.
local function made(self, entry)
  local attempt = entry.attempt
  entry.view.request_id, entry.view.seconds = attempt.request_id, attempt.seconds
  entry.view.cost = attempt.micros and attempt.micros / 1000000
  self.undecided = self.undecided - 1
  -- Last in, first out: a chain is followed to its end before the next one is begun.
  for i = #entry.children, 1, -1 do
    local child = self.index[entry.children[i]]
    if not (child.cached or child.ready) and child.view.state == "waiting" then
      local size = #self.stack
      make_ready(self, child)
      child.ready = #self.stack > size
    end
  end
  local lacking = media.lacks(entry.definition, attempt.output)
  if lacking then
    entry.view.error = E.new { kind = "protocol", sent = "yes",
      endpoint_id = entry.endpoint_id, request_id = attempt.request_id,
      message = ("the result of '%s' has no %s"):format(entry.name, lacking),
      remedy = "Look at the request on fal.ai. " .. make.again(entry) }
    self:tell(entry, "its result is not whole", "failed")
  elseif queue_files(self, entry) then
    self:tell(entry, "fetching files", entry.cached and "cached" or "running")
  else
    self:tell(entry, "done", entry.cached and "cached" or "done")
  end
  wake(self)
end

local function skip(self, entry, because, err)
  for _, name in ipairs(entry.children) do
    local child = self.index[name]
    if child.view.state == "waiting" then
      child.view.error, child.view.because = err, because
      self.undecided = self.undecided - 1
      self:tell(child, "skipped: " .. text.escape(because, 40) .. " failed", "skipped")
      skip(self, child, because, err)
    end
  end
end

local function failed(self, entry, err)
  entry.view.error = err
  self.undecided = self.undecided - 1
  self:tell(entry, "failed", "failed")
  skip(self, entry, entry.name, err)
  wake(self)
end

-- Workers ----------------------------------------------------------------------------

local function next_of(self, list, take, is_over)
  while #list == 0 do
    if self.stopped or is_over(self) then return nil end
    local ok = self.client.sched:park(self.waiting)
    if not ok then return nil end
  end
  if self.stopped then return nil end
  return table.remove(list, take == "last" and #list or 1)
end

local function jobs_over(self) return self.undecided == 0 end
local function files_over(self) return self.undecided == 0 and #self.files == 0 end

local function job_worker(self)
  while true do
    local entry = next_of(self, self.stack, "last", jobs_over)
    if not entry then return true end
    local result, err = make.node(self, entry)
    if result ~= nil then
      entry.view.clip = result
      made(self, entry)
    else
      failed(self, entry, err)
    end
  end
end

--- The video decides; a preview that is missing is no failure.
local function fetch_all(self, entry, files)
  for _, file in ipairs(files) do
    local path, err = self.media:fetch(entry.attempt, file, file.to)
    if path then
      entry.view.files[file.name] = self.media:full(path)
    elseif file.required or not E.is(err) or err.kind == "canceled" then
      return nil, err
    else
      self.client:log("warn", "workflow.file", { node = entry.name, file = file.name,
        message = tostring(err) })
    end
  end
  return true
end

local function file_worker(self)
  while true do
    local work = next_of(self, self.files, "first", files_over)
    if not work then return true end
    local entry = work.entry
    local ok, err = fetch_all(self, entry, work.files)
    if ok then
      self:tell(entry, "done", entry.cached and "cached" or "done")
    else
      if err.kind == "not_found" or err.kind == "forbidden" then
        err.remedy = "Its address has expired. " .. make.again(entry)
      end
      entry.view.error = err
      self:tell(entry, "its files could not be fetched", "failed")
    end
  end
end

local function stop(self, err)
  if self.stopped then return end
  self.stopped = err
  for _, one in ipairs(self.tasks) do one:cancel() end
  wake(self)
end

local function spawn(self, worker)
  local function on_end(ended_task)
    if ended_task.err then
      ended_task.observed = true
      stop(self, ended_task.err)
    end
  end
  local one, err = task.spawn(self.client.sched, worker, on_end, self)
  if not one then return stop(self, err) end
  self.tasks[#self.tasks + 1] = one
end

--- Waits for all workers, even when this wait itself is canceled: they hold the journal.
local function join(self)
  for _, one in ipairs(self.tasks) do
    while not one:is_done() and not self.client.closed do
      local _, err = one:await()
      if not one:is_done() then stop(self, err) end
    end
  end
  if self.client.closed then stop(self, self.client.closed) end
end

-- The whole --------------------------------------------------------------------------

--- What an earlier run paid for, or perhaps did, and no node has now: its result is kept,
--- in earlier/.
local function orphan(self, leftover)
  local attempt = leftover.attempt
  local entry = {
    name = leftover.name, endpoint_id = attempt.endpoint_id, input = attempt.input,
    definition = self.definitions[attempt.endpoint_id] or models.find(attempt.endpoint_id)
      or { id = attempt.endpoint_id, input = {} },
    parents = {}, children = {}, orphan = true, state = leftover.state,
    attempt = attempt, cost = leftover.cost,
    stem = ("earlier/%s-%s"):format(name_of.plain(attempt.name),
      name_of.short(attempt.request_id or tostring(attempt.number))),
  }
  entry.view = view_of(entry)
  entry.view.attempt = attempt.number
  return entry
end

local function add_orphans(self, leftovers)
  for i, leftover in ipairs(leftovers) do
    local entry = orphan(self, leftover)
    self.orphans[i] = entry
    self.undecided = self.undecided + 1
    if leftover.state ~= "unfetched" then table.insert(self.stack, 1, entry) end
  end
end

--- A result that is there already; nothing of it has to be made.
local function present(self, entry)
  entry.view.clip = make.present(self, entry, entry.attempt.input, entry.attempt.output)
end

--- The journal hears what nodes are called now, and which takes have none: takes are told
--- apart by it.
local function rename(self, plan)
  local known, records = self.journal.state, {}
  for _, entry in ipairs(plan.nodes) do
    local key = entry.key
    if entry.attempt and (known.called[key] ~= entry.name or known.free[key]) then
      records[#records + 1] = { t = "name", a = entry.attempt.number, n = entry.name }
    end
  end
  for _, attempt in ipairs(plan.freed) do
    records[#records + 1] = { t = "free", a = attempt.number }
  end
  -- Side by side, so that they share a sync.
  self.client:map(records, function(record) return self.journal:add(record) end,
    { concurrency = TOGETHER })
end

local function fill(self, plan)
  local entries = plan.nodes
  for _, entry in ipairs(entries) do
    entry.view = view_of(entry)
    self.index[entry.name] = entry
    self.views[entry.name] = entry.view
    self.definitions[entry.endpoint_id] = entry.definition
    self.undecided = self.undecided + 1
    count(self, nil, "waiting")
  end
  add_orphans(self, plan.earlier)
  rename(self, plan)
  self.media:finish_moves(self.pause)
  for _, entry in ipairs(entries) do
    entry.cached = entry.state == "cached"
    if entry.cached then present(self, entry) end
  end
  for i = #entries, 1, -1 do
    local entry = entries[i]
    if entry.state ~= "cached" then
      local size = #self.stack
      make_ready(self, entry)
      entry.ready = #self.stack > size
    end
  end
  for _, entry in ipairs(entries) do
    if entry.cached then made(self, entry) end
    self.pause()
  end
  for _, entry in ipairs(self.orphans) do
    if entry.state == "unfetched" then
      present(self, entry)
      made(self, entry)
    end
  end
end

local function report(self, started)
  local out = { nodes = self.views, counts = self.counts, cost = self.paid / 1000000,
    seconds = self.client.now() - started, earlier = {} }
  for i, entry in ipairs(self.orphans) do out.earlier[i] = entry.view end
  return out
end

---@class fal.workflow.Report
---@field nodes table<string, fal.workflow.View>
---@field counts table<string, integer>   nodes by their state
---@field cost number          dollars that this run committed
---@field seconds number
---@field earlier fal.workflow.View[]   results of jobs whose nodes are no more

local function is_fetched(entry, files)
  for _, file in ipairs(media.files(entry.definition, entry.attempt.output)) do
    if not files:find(entry.attempt, file.name) then return false end
  end
  return true
end

--- Whether something was paid for, or perhaps was, that is not on the disk.
---@param plan fal.workflow.Plan
---@param dir string
---@param known fal.workflow.State
---@return boolean
function run.owes(plan, dir, known)
  if plan.earlier[1] then return true end
  local files = media.new(dir, known)
  for _, entry in ipairs(plan.nodes) do
    local state = entry.state
    if state == "running" or state == "unknown"
      or state == "cached" and not is_fetched(entry, files) then
      return true
    end
  end
  return false
end

---@param setup table   client, name, journal, dir, plan, concurrency, on_progress?,
---        pause: called often in what is done for each node; budget?: dollars; refusal?:
---        why nothing may be paid
---@return fal.workflow.Report? report
---@return fal.Error? err   the run was ended: canceled, closed, or a callback raised
function run.all(setup)
  local client, started = setup.client, setup.client.now()
  local self = setmetatable({
    client = client, journal = setup.journal, name = setup.name,
    planned_files = setup.plan.files, pause = setup.pause,
    on_progress = setup.on_progress, budget = setup.budget, refusal = setup.refusal,
    media = media.new(setup.dir, setup.journal.state, client, setup.journal),
    index = {}, views = {}, stack = {}, files = {}, waiting = {}, tasks = {},
    definitions = {}, orphans = {}, undecided = 0, paid = 0,
    counts = { waiting = 0, running = 0, done = 0, cached = 0, failed = 0, skipped = 0 },
  }, Run)
  local workers = math.min(setup.concurrency, #setup.plan.nodes + #setup.plan.earlier)
  spawn(self, function()
    fill(self, setup.plan)
    for _ = 1, workers do spawn(self, job_worker) end
    for _ = 1, math.min(workers, FILE_WORKERS) do spawn(self, file_worker) end
  end)
  join(self)
  self.media:tidy()
  if self.stopped then return nil, self.stopped end
  return report(self, started)
end

return run
