--- Makes one node of a run: pays for it, or takes up what was paid for.
-- `self` is the run: client, journal, index of entries by name, tell(entry, stage,
-- state).

local E = require "fal.error"
local clip = require "fal.clip"
local doubt = require "fal.workflow.doubt"
local endpoint = require "fal.endpoint"
local file = require "fal.file"
local graph = require "fal.workflow.graph"
local identity = require "fal.workflow.identity"
local json = require "fal.json"
local ledger_input = require "fal.ledger.input"
local media = require "fal.workflow.media"
local planner = require "fal.workflow.plan"
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

local function paths_of(input)
  local paths = {}
  graph.each(input, function(leaf)
    if graph.is_file(leaf) then paths[#paths + 1] = leaf.path end
  end)
  return paths
end

local function changed(entry, path)
  return nil, E.new { kind = "file", sent = "no", endpoint_id = entry.endpoint_id,
    message = ("the file %s was changed after the film was planned, so '%s' was not sent")
      :format(path, entry.name),
    remedy = "Run the film again: it is planned with the file as it is then." }
end

--- The input with its files' addresses. What was sent must be what the node is known by.
local function upload(self, entry, input, paths)
  local sent, err = file.resolve(self.client, input, entry.endpoint_id)
  if not sent then return nil, err end
  for _, path in ipairs(paths) do
    local is_same = identity.is_same(path, self.planned_files[path], function()
      self.client:sleep(0)
    end)
    if not is_same then return changed(entry, path) end
  end
  return sent
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
  local paths = paths_of(input)
  if #paths == 0 then return input end
  self:tell(entry, "uploading", "running")
  return upload(self, entry, input, paths)
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
    if not attempt.gone then
      note(self, { t = "accepted", a = attempt.number, r = attempt.request_id,
        hand = attempt.by_hand, gone = true })
    end
    err.remedy = ("The service no longer knows the request of '%s': its result is gone. "
      .. "%s"):format(entry.name, make.again(entry))
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
  for _, field in ipairs(media.fields(definition, output)) do
    local value = type(output) == "table" and output[field.name]
    if type(value) == "string" then kept[field.name] = text.escape(value) end
    local url = graph.output(output, field.name .. ".url")
    if url then kept[field.name] = { url = text.escape(url) } end
  end
  return kept
end

--- A record with its output as the journal can hold it: what a server writes may be no
--- UTF-8, no JSON that could be written again, or too deep once the record is around it,
--- and must not be lost for that.
local function storable(definition, record)
  local output = record.o
  if json.encode(record) then return record end
  record.o = graph.map(output, function(leaf)
    return type(leaf) == "string" and text.escape(leaf) or leaf
  end)
  if not json.encode(record) then record.o = essence(definition, output) end
  return record
end

local function await(self, entry, attempt, job, input)
  entry.view.request_id = job.request_id
  local output, err = job:wait { logs = true, on_queue_update = function(status)
    entry.view.status = status
    self:tell(entry, progress.stage(status), "running")
  end }
  if output == nil then return ended(self, entry, attempt, job, err) end
  if clip.is(output) then setmetatable(output, nil) end
  note(self, storable(entry.definition, { t = "done", a = attempt.number, o = output,
    at = os.time(), sec = taken(self, entry, attempt) }))
  entry.attempt = attempt
  return make.present(self, entry, input, output, job)
end

local JOB_OPTIONS = { "priority", "start_timeout", "timeout", "hint", "storage", "extra",
  "allow_legacy", "max_price" }

--- What a ledger knows new work by: what is asked for again under it is not paid again.
local function work_name(self, entry)
  local discarded = 0
  for _, attempt in ipairs(self.journal.state.attempts[entry.key] or {}) do
    if attempt.state == "discarded" then discarded = discarded + 1 end
  end
  return ("%s/%s%s%s"):format(self.name, entry.name,
    entry.take > 1 and " take " .. entry.take or "",
    discarded > 0 and " #" .. discarded + 1 or "")
end

local function job_options(entry, work)
  local out = {}
  for _, name in ipairs(JOB_OPTIONS) do out[name] = entry.options[name] end
  out.name = work
  return out
end

--- How a person settles what is in doubt; what no node has any more, by its number.
local function advice(entry)
  local which = entry.orphan and tostring(entry.attempt.number)
    or ("%q"):format(entry.name)
  return ("Look for it in the request history (https://fal.ai/dashboard/requests), then "
    .. "settle it: film:settle(%s, its request id), or film:settle(%s, \"not_accepted\") "
    .. "when it certainly is not there."):format(which, which)
end

--- How a node is made again; how to let go of what has no node any more.
---@param entry fal.workflow.Entry
---@return string remedy
function make.again(entry)
  if entry.orphan then
    return ("film:discard(%d) lets go of it."):format(entry.attempt.number)
  end
  return ("film:discard(%q) has it made again, for its full price."):format(entry.name)
end

--- What is sent unchecked goes beside the input; it is in it as well, for both together
--- make the node.
local function without_extra(entry, input)
  local extra = entry.options.extra
  if not extra then return input end
  local given, beside = {}, {}
  for name, value in next, input do
    local part = extra[name] ~= nil and beside or given
    part[name] = value
  end
  return given, beside
end

--- Whether it is this process that pays.
local function paid(self, attempt)
  if attempt.state ~= "doubt" then self.paid = self.paid + (attempt.micros or 0) end
end

--- The plan refused to pay for anything; or it counted on a request in doubt, which was
--- never accepted, and the budget is less by now than what else is committed.
local function refusal(self, entry)
  local err = self.refusal
  if not err then
    err = select(2, planner.allow(self.budget, entry.micros or 0,
      self.journal.state:committed()))
  end
  return err and E.new { kind = err.kind, sent = "no", endpoint_id = entry.endpoint_id,
    message = ("'%s' was not sent: %s"):format(entry.name, err.message),
    remedy = err.remedy }
end

--- What writes the intent, once: the moment before the request leaves, so that one which
--- has waited for its turn until its process ended is in no doubt. Beside it, what tells
--- which attempt it is.
local function intending(self, entry, sent, ledger, work)
  local attempt
  local function intend()
    if attempt then return true end
    local refused = refusal(self, entry)
    if refused then return nil, refused end
    local known = self.journal.state
    local number, is_first = #known.list + 1, entry.take == 1
    local ok, err = self.journal:add { t = "intent", a = number, k = entry.key,
      n = entry.name, b = not is_first and entry.base or nil,
      take = not is_first and entry.take or nil, e = entry.endpoint_id, i = sent,
      m = entry.micros, at = os.time(), l = ledger or nil, w = work,
      s = (doubt.time(self)) }
    if not ok then
      note(self, { t = "failed", a = number, err = brief(err) })
      return nil, err
    end
    attempt, entry.began = known.list[number], self.client.now()
    return true
  end
  return intend, function() return attempt end
end

--- No job came of it.
local function fruitless(self, entry, attempt, err)
  if err.kind == "unknown_submit" then err.remedy = advice(entry) end
  local _, latest = doubt.time(self)
  note(self, { t = err.sent == "no" and "failed" or "doubt", a = attempt.number,
    err = brief(err), at = os.time(), s = latest })
end

--- The intent is on the disk before the request leaves, and the request's id before the
--- first question about it.
local function submit(self, entry, input, sent, ledger)
  local work = ledger and work_name(self, entry) or nil
  local intend, intended = intending(self, entry, sent, ledger, work)
  local opts = job_options(entry, work)
  local given, extra = without_extra(entry, input)
  opts.extra, opts.intent = extra, intend
  local job, err = endpoint.new(self.client, entry.definition):submit(given, opts)
  local is_unsent = not job and (err.sent == "no" or not ledger)
  if is_unsent and not intended() then return nil, err end
  -- A ledger may have the job, or its doubt, of an earlier request.
  local ok, why = intend()
  if not ok then return nil, why end
  local attempt = intended()
  local result
  if job then
    note(self, { t = "accepted", a = attempt.number, r = job.request_id })
    result, err = await(self, entry, attempt, job, input)
  else
    fruitless(self, entry, attempt, err)
  end
  paid(self, attempt)
  return result, err
end

local function pay(self, entry)
  local refused = refusal(self, entry)
  if refused then return nil, refused end
  local input, err = resolve(self, entry)
  if not input then return nil, err end
  local kept
  kept, err = ledger_input.canonical(input, entry.definition)
  if not kept then return nil, err end
  local ledger
  ledger, err = doubt.ledger(self.client)
  if ledger == nil then return nil, err end
  local ok
  ok, err = doubt.learn_time(self, entry.endpoint_id)
  if not ok then return nil, err end
  -- Before the intent: what this raises must not leave it in doubt.
  self:tell(entry, "submitting", "running")
  return submit(self, entry, input, json.decode(kept, true), ledger)
end

local function take_up(self, entry)
  local attempt = entry.attempt
  self:tell(entry, "taking up a running job", "running")
  local job, err = self.client:job(attempt.endpoint_id, attempt.request_id)
  if not job then return nil, err end
  return await(self, entry, attempt, job, attempt.input)
end

local function doubtful(entry, seen, cause)
  local attempt = entry.attempt
  return nil, E.new {
    kind = "unknown_submit", sent = "unknown", endpoint_id = attempt.endpoint_id,
    message = ("whether the service accepted the request of '%s', sent at %s, is not "
      .. "known; %s"):format(entry.name, os.date("!%Y-%m-%dT%H:%M:%SZ", attempt.at),
      seen),
    cause = cause and cause.cause, remedy = advice(entry),
  }
end

--- It could not be looked for: whatever kept it from that, it may have been accepted.
local function unlooked(entry, err)
  if err.kind ~= "canceled" and err.kind ~= "closed" then
    return doubtful(entry, (err.message:gsub(", so nothing was sent$", "")), err)
  end
  return nil, E.new { kind = err.kind, sent = "unknown", cause = err.cause,
    endpoint_id = entry.endpoint_id, message = err.message, remedy = err.remedy }
end

--- What a ledger knows an attempt by.
---@param film string       name of the workflow
---@param attempt fal.workflow.Attempt
---@return string
function make.work_name(film, attempt)
  return attempt.work or film .. "/" .. attempt.name
end

--- What a ledger says of an attempt, looked for in the history where it must be.
local function ask_ledger(self, entry)
  local attempt, client = entry.attempt, self.client
  local known = self.journal.state
  local name = make.work_name(self.name, attempt)
  local row, err = doubt.row(client, name, attempt, known.requests)
  if row == nil then return nil, err end
  if row and doubt.IN_DOUBT[row.state] then
    local report, why = client:reconcile()
    if not report and (why.kind == "canceled" or why.kind == "closed") then
      return nil, why
    end
    -- What went wrong may have been about other rows.
    row, err = doubt.row(client, name, attempt, known.requests)
    if row == nil then return nil, err end
    if row and doubt.IN_DOUBT[row.state] and not report then return nil, why end
  end
  if row and row.request_id then return "found", row.request_id end
  -- The row is on the disk before the request can leave: without one, none has left. But
  -- an input may be written otherwise in it, with a secret masked that is known by then.
  if not row and err and err.request_id and err.error then return "failed", err end
  if not row and err then
    return "unknown", "the ledger has job " .. err.id .. " of this name and time, with "
      .. "another input"
  end
  if not row then return "assumed" end
  return "unknown", row.looked_at or "the ledger has it in doubt"
end

local function ask_history(self, entry)
  local attempt, known = entry.attempt, self.journal.state
  local verdict, detail = doubt.look(self.client, attempt, known.requests)
  local wait = verdict == "unknown" and doubt.wait(self, attempt)
  if wait and self.client:sleep(wait) then
    return doubt.look(self.client, attempt, known.requests)
  end
  return verdict, detail
end

local function unaccepted(entry)
  return E.new { kind = "network", sent = "no", endpoint_id = entry.endpoint_id,
    message = ("the service never accepted the request of '%s', whose node is gone; "
      .. "nothing was paid for it"):format(entry.name) }
end

--- The request was on its way when its process ended.
local function settle(self, entry)
  local attempt = entry.attempt
  self:tell(entry, "looking for a lost request", "running")
  local ok, err = doubt.learn_time(self, attempt.endpoint_id)
  if not ok then return unlooked(entry, err) end
  local _, latest = doubt.time(self)
  if not attempt.doubted or latest and not attempt.service_doubted then
    note(self, { t = "doubt", a = attempt.number, at = attempt.doubted or os.time(),
      err = attempt.error, s = latest })
  end
  local ledger
  ledger, err = doubt.ledger(self.client)
  if ledger == nil then return unlooked(entry, err) end
  -- Another ledger than the one it was recorded in knows nothing of it.
  local ask = ledger and ledger == attempt.ledger and ask_ledger or ask_history
  local verdict, detail = ask(self, entry)
  if verdict == "found" then
    note(self, { t = "accepted", a = attempt.number, r = detail })
    return take_up(self, entry)
  elseif verdict == "assumed" then
    note(self, { t = "failed", a = attempt.number, err = { kind = "network",
      message = "the service did not accept it" } })
    if entry.orphan then return nil, unaccepted(entry) end
    entry.attempt = nil
    return pay(self, entry)
  elseif verdict == "failed" then
    note(self, { t = "accepted", a = attempt.number, r = detail.request_id })
    note(self, { t = "failed", a = attempt.number, m = math.floor((detail.settled or 0)
      * 1e6 + 0.5), err = { kind = detail.error_kind, message = detail.error } })
    return nil, E.new { kind = detail.error_kind, sent = "yes", message = detail.error,
      endpoint_id = entry.endpoint_id, request_id = detail.request_id }
  elseif verdict == "unknown" then
    return doubtful(entry, detail)
  end
  return unlooked(entry, detail)
end

local WAYS = { to_pay = pay, running = take_up, unknown = settle }

--- Makes a node by what the plan says of it; the result is recorded when it returns.
---@param self fal.workflow.Run
---@param entry fal.workflow.Entry
---@return any result   a clip where there is a video
---@return fal.Error? err
function make.node(self, entry) return WAYS[entry.state](self, entry) end

return make
