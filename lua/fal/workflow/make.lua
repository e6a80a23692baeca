--- Makes one node of a run: pays for it, or takes up what was paid for.
-- `self` is the run: client, journal, index of entries by name, tell(entry, stage,
-- state).

local E = require "fal.error"
local clip = require "fal.clip"
local doubt = require "fal.workflow.doubt"
local endpoint = require "fal.endpoint"
local file = require "fal.file"
local graph = require "fal.workflow.graph"
local json = require "fal.json"
local ledger_input = require "fal.ledger.input"
local progress = require "fal.progress"
local text = require "fal.text"

local make = {}

local MAX_TEXT = 2000   -- bytes of an error that the journal keeps

--- The clip of an output; with it the client learns what its children will need.
---@param self fal.workflow.Run
---@param entry fal.workflow.Entry
---@param input table
---@param output any
---@param job? fal.Job
---@return any
function make.present(self, entry, input, output, job)
  local source = graph.source(entry)
  local parent = source and self.index[source] and self.index[source].view.clip
  return endpoint.output(self.client, entry.definition, input, output, job,
    clip.is(parent) and parent or nil)
end

local function missing_output(entry, ref)
  return E.new { kind = "protocol", sent = "no", endpoint_id = entry.endpoint_id,
    message = ("'%s' put out no %s, which '%s' needs; nothing was sent"):format(ref.node,
      ref.output, entry.name) }
end

local function has_files(input)
  local any = false
  graph.each(input, function(leaf) any = any or graph.is_file(leaf) end)
  return any
end

--- The input with what only now is known: outputs of other nodes, addresses of uploads.
local function resolve(self, entry)
  local problem
  local input = graph.map(entry.input, function(leaf)
    if not graph.is_ref(leaf) then return leaf end
    local value = graph.output(self.index[leaf.node].view.clip, leaf.output)
    problem = problem or value == nil and missing_output(entry, leaf) or nil
    return value
  end)
  if problem then return nil, problem end
  if not has_files(input) then return input end
  self:tell(entry, "uploading", "running")
  return file.resolve(self.client, input, entry.endpoint_id)
end

local function brief(err)
  return { kind = err.kind, message = text.cut(tostring(err), MAX_TEXT) }
end

--- Records what has happened already. If that fails, it is recorded with the next record;
--- the work goes on, for it was paid for.
local function note(self, record)
  local ok, err = self.journal:add(record)
  if ok then return end
  self.client:log("error", "workflow.journal", { message = tostring(err),
    record = record.t, request_id = record.r })
end

--- After a wait without an output: whether it was the job's last word.
local function ended(self, entry, attempt, job, err)
  if job.err then
    -- Of a job that its own deadline ended the error is a timeout: what the job itself
    -- came to says whether it is billed.
    local last = job.err
    local free = last.kind == "canceled" or (last.status or 0) >= 500
    note(self, { t = "failed", a = attempt.number, err = brief(err),
      m = not free and attempt.micros or 0 })
  elseif err.kind == "not_found" then
    err.remedy = ("The service no longer knows the request of '%s': its result is gone. "
      .. "film:discard(%q) has it made again, for its full price."):format(entry.name,
      entry.name)
  end
  return nil, err
end

--- Seconds from submit to result; of a job that another process began, in whole ones.
local function taken(self, entry, attempt)
  local seconds = entry.began and self.client.now() - entry.began
    or math.max(0, os.time() - attempt.at)
  return math.floor(seconds * 10 + 0.5) / 10
end

--- The fields of an output that are known to matter.
local function essence(definition, output)
  local kept = {}
  for _, field in ipairs(definition.output or {}) do
    local value = type(output) == "table" and output[field.name]
    if type(value) == "string" then kept[field.name] = text.escape(value) end
    local url = graph.output(output, field.name .. ".url")
    if url then kept[field.name] = { url = text.escape(url) } end
  end
  return kept
end

--- The output as the journal can hold it: what a server writes may be no UTF-8 and no
--- JSON that could be written again, and must not be lost for that.
local function storable(definition, output)
  if json.encode(output) then return output end
  local cleaned = graph.map(output, function(leaf)
    return type(leaf) == "string" and text.escape(leaf) or leaf
  end)
  return json.encode(cleaned) and cleaned or essence(definition, output)
end

local function await(self, entry, attempt, job, input)
  entry.view.request_id = job.request_id
  local output, err = job:wait { logs = true, on_queue_update = function(status)
    entry.view.status = status
    self:tell(entry, progress.stage(status), "running")
  end }
  if output == nil then return ended(self, entry, attempt, job, err) end
  if clip.is(output) then setmetatable(output, nil) end
  note(self, { t = "done", a = attempt.number, o = storable(entry.definition, output),
    at = os.time(), sec = taken(self, entry, attempt) })
  entry.attempt = attempt
  return make.present(self, entry, input, output, job)
end

local JOB_OPTIONS = { "priority", "start_timeout", "timeout", "hint", "storage", "extra",
  "allow_legacy", "max_price" }

--- What a ledger knows the work by: what is asked for again under it is not paid again.
--- It is the name that the node had then: renaming it makes no other work of it.
---@param film string       name of the workflow
---@param known fal.workflow.State
---@param entry fal.workflow.Entry
---@return string
function make.work_name(film, known, entry)
  local discarded = 0
  for _, attempt in ipairs(known.attempts[entry.key] or {}) do
    if attempt.state == "discarded" then discarded = discarded + 1 end
  end
  return ("%s/%s%s"):format(film, entry.attempt and entry.attempt.name or entry.name,
    discarded > 0 and " #" .. discarded + 1 or "")
end

local function job_options(self, entry)
  local out = {}
  for _, name in ipairs(JOB_OPTIONS) do out[name] = entry.options[name] end
  if self.client.settings.ledger then
    out.name = make.work_name(self.name, self.journal.state, entry)
  end
  return out
end

--- How a person settles a node that is in doubt.
local function advice(entry)
  return ("Look for it in the request history (https://fal.ai/dashboard/requests), then "
    .. "settle it: film:settle(%q, its request id), or film:settle(%q, \"not_accepted\") "
    .. "when it certainly is not there."):format(entry.name, entry.name)
end

--- Submits what the journal has the intent of; the request's id is on the disk before
--- the first question about it.
local function submit(self, entry, attempt, input)
  self:tell(entry, "submitting", "running")
  entry.began = self.client.now()
  local job, err = endpoint.new(self.client, entry.definition):submit(input,
    job_options(self, entry))
  if not job then
    if err.kind == "unknown_submit" then err.remedy = advice(entry) end
    note(self, { t = err.sent == "no" and "failed" or "doubt", a = attempt.number,
      err = brief(err), at = os.time() })
    return nil, err
  end
  note(self, { t = "accepted", a = attempt.number, r = job.request_id })
  return await(self, entry, attempt, job, input)
end

--- Whether it is this process that pays.
local function paid(self, attempt)
  if attempt.state ~= "doubt" then self.paid = self.paid + (attempt.micros or 0) end
end

--- The intent is on the disk before the request can leave.
local function pay(self, entry)
  local input, err = resolve(self, entry)
  if not input then return nil, err end
  local kept
  kept, err = ledger_input.canonical(input, entry.definition)
  if not kept then return nil, err end
  local ledger
  ledger, err = doubt.ledger(self.client)
  if ledger == nil then return nil, err end
  local known = self.journal.state
  local number = #known.list + 1
  local ok
  ok, err = self.journal:add { t = "intent", a = number, k = entry.key, n = entry.name,
    e = entry.endpoint_id, i = json.decode(kept, true), m = entry.micros, at = os.time(),
    l = ledger or nil }
  local attempt = known.list[number]
  if not ok then
    note(self, { t = "failed", a = number, err = brief(err) })
    return nil, err
  end
  local result
  result, err = submit(self, entry, attempt, input)
  paid(self, attempt)
  return result, err
end

local function take_up(self, entry)
  local attempt = entry.attempt
  self:tell(entry, "taking up a running job", "running")
  local job, err = self.client:job(attempt.endpoint_id, attempt.request_id)
  if not job then return nil, err end
  return await(self, entry, attempt, job, attempt.input)
end

local function doubtful(entry, seen)
  local attempt = entry.attempt
  return nil, E.new {
    kind = "unknown_submit", sent = "unknown", endpoint_id = attempt.endpoint_id,
    message = ("whether the service accepted the request of '%s', sent at %s, is not "
      .. "known; %s"):format(entry.name, os.date("!%Y-%m-%dT%H:%M:%SZ", attempt.at),
      seen),
    remedy = advice(entry),
  }
end

--- What a ledger says of an attempt, looked for in the history where it must be.
local function ask_ledger(self, entry)
  local attempt, client = entry.attempt, self.client
  local known = self.journal.state
  local name = make.work_name(self.name, known, entry)
  local row, err = doubt.row(client, name, attempt, known.requests)
  if row == nil then return nil, err end
  if row and doubt.IN_DOUBT[row.state] then
    local report
    report, err = client:reconcile()
    if not report then return nil, err end
    row, err = doubt.row(client, name, attempt, known.requests)
    if row == nil then return nil, err end
  end
  if row and row.request_id then return "found", row.request_id end
  -- The row is on the disk before the request can leave: without one, none has left.
  if not row then return "assumed" end
  return "unknown", row.looked_at or "the ledger has it in doubt"
end

local function ask_history(self, entry)
  local attempt, known = entry.attempt, self.journal.state
  local verdict, detail = doubt.look(self.client, attempt, known.requests)
  local wait = verdict == "unknown" and doubt.wait(self.client, attempt)
  if wait and self.client:sleep(wait) then
    return doubt.look(self.client, attempt, known.requests)
  end
  return verdict, detail
end

--- The request was on its way when its process ended.
local function settle(self, entry)
  local attempt = entry.attempt
  self:tell(entry, "looking for a lost request", "running")
  if not attempt.doubted then
    note(self, { t = "doubt", a = attempt.number, at = os.time(), err = attempt.error })
  end
  local ledger, err = doubt.ledger(self.client)
  if ledger == nil then return nil, err end
  -- Another ledger than the one it was recorded in knows nothing of it.
  local ask = ledger and ledger == attempt.ledger and ask_ledger or ask_history
  local verdict, detail = ask(self, entry)
  if verdict == "found" then
    note(self, { t = "accepted", a = attempt.number, r = detail })
    return take_up(self, entry)
  elseif verdict == "assumed" then
    note(self, { t = "failed", a = attempt.number, err = { kind = "network",
      message = "the service did not accept it" } })
    entry.attempt = nil
    return pay(self, entry)
  elseif verdict == "unknown" then
    return doubtful(entry, detail)
  end
  return nil, detail
end

local WAYS = { to_pay = pay, running = take_up, unknown = settle }

--- Makes a node by what the plan says of it; the result is recorded when it returns.
---@param self fal.workflow.Run
---@param entry fal.workflow.Entry
---@return any result   a clip where there is a video
---@return fal.Error? err
function make.node(self, entry) return WAYS[entry.state](self, entry) end

return make
