--- Makes one node of a run: pays for it, or takes up what was paid for.
-- `self` is the run: client, journal, index of entries by name, tell(entry, stage,
-- state).

local E = require "fal.error"
local clip = require "fal.clip"
local endpoint = require "fal.endpoint"
local graph = require "fal.workflow.graph"
local progress = require "fal.progress"
local text = require "fal.text"

local make = {}

local MAX_TEXT = 2000   -- bytes of a text of an input that the journal keeps

--- The clip of an output; with it the client learns what its children will need.
---@param self fal.workflow.Run
---@param entry fal.workflow.Entry
---@param input table
---@param output any
---@param job? fal.Job
---@return any
function make.present(self, entry, input, output, job)
  if clip.is(output) then setmetatable(output, nil) end
  local source = graph.source(entry)
  local parent = source and self.index[source] and self.index[source].view.clip
  return endpoint.output(self.client, entry.definition, input, output, job,
    clip.is(parent) and parent or nil)
end

--- Uploads a file once, whoever asks for it.
local function upload(self, path)
  local one = self.uploads[path]
  if not one then
    one = { waiting = {} }
    self.uploads[path] = one
    one.url, one.err = self.client:upload(path)
    one.done = true
    self.client.sched:wake(one.waiting)
  end
  while not one.done do
    local ok, err = self.client.sched:park(one.waiting)
    if not ok then return nil, err end
  end
  return one.url, one.err
end

local function missing_output(entry, ref)
  return E.new { kind = "protocol", sent = "no", endpoint_id = entry.endpoint_id,
    message = ("'%s' put out no %s, which '%s' needs; nothing was sent"):format(ref.node,
      ref.output, entry.name) }
end

--- The input with what only now is known: outputs of other nodes, URLs of uploads.
local function resolve(self, entry)
  local urls, problem = {}, nil
  local leaves = {}
  graph.each(entry.input, function(leaf)
    if graph.is_file(leaf) then leaves[#leaves + 1] = leaf end
  end)
  for _, leaf in ipairs(leaves) do
    self:tell(entry, "uploading", "running")
    local url, err = upload(self, leaf.path)
    if not url then return nil, err end
    urls[leaf] = url
  end
  local input = graph.map(entry.input, function(leaf)
    if graph.is_file(leaf) then return urls[leaf] end
    if not graph.is_ref(leaf) then return leaf end
    local value = graph.output(self.index[leaf.node].view.clip, leaf.output)
    problem = problem or value == nil and missing_output(entry, leaf) or nil
    return value
  end)
  if problem then return nil, problem end
  return input
end

--- What the journal keeps of an input: no secrets, no long data.
local function kept(definition, input)
  local secret = {}
  for _, field in ipairs(definition.input) do secret[field.name] = field.secret end
  return graph.map(input, function(leaf, path)
    if secret[path] then return "[secret]" end
    return type(leaf) == "string" and text.cut(leaf, MAX_TEXT) or leaf
  end)
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
    local free = err.kind == "canceled" or (err.status or 0) >= 500
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

local function await(self, entry, attempt, job, input)
  entry.view.request_id = job.request_id
  local output, err = job:wait { logs = true, on_queue_update = function(status)
    entry.view.status = status
    self:tell(entry, progress.stage(status), "running")
  end }
  if output == nil then return ended(self, entry, attempt, job, err) end
  local result = make.present(self, entry, input, output, job)
  note(self, { t = "done", a = attempt.number, o = output, at = os.time(),
    sec = taken(self, entry, attempt) })
  entry.attempt = attempt
  return result
end

local JOB_OPTIONS = { "priority", "start_timeout", "timeout", "hint", "storage", "extra",
  "allow_legacy" }

local function job_options(entry)
  local out = {}
  for _, name in ipairs(JOB_OPTIONS) do out[name] = entry.options[name] end
  return out
end

--- The intent is on the disk before the request can leave, the request's id before the
--- first question about it.
local function pay(self, entry)
  local input, err = resolve(self, entry)
  if not input then return nil, err end
  local known = self.journal.state
  local number = #known.list + 1
  self:tell(entry, "submitting", "running")
  local ok
  ok, err = self.journal:add { t = "intent", a = number, k = entry.key, n = entry.name,
    e = entry.endpoint_id, i = kept(entry.definition, input), m = entry.micros,
    at = os.time() }
  local attempt = known.list[number]
  if not ok then
    note(self, { t = "failed", a = number, err = brief(err) })
    return nil, err
  end
  entry.began = self.client.now()
  local job
  job, err = endpoint.new(self.client, entry.definition):submit(input, job_options(entry))
  if not job then
    note(self, { t = err.sent == "no" and "failed" or "doubt", a = number,
      err = brief(err) })
    return nil, err
  end
  self.paid = self.paid + (attempt.micros or 0)
  note(self, { t = "accepted", a = number, r = job.request_id })
  return await(self, entry, attempt, job, input)
end

local function take_up(self, entry)
  local attempt = entry.attempt
  self:tell(entry, "taking up a running job", "running")
  local job, err = self.client:job(attempt.endpoint_id, attempt.request_id)
  if not job then return nil, err end
  return await(self, entry, attempt, job, attempt.input)
end

local function doubtful(_, entry)
  local attempt = entry.attempt
  return nil, E.new {
    kind = "unknown_submit", sent = "unknown", endpoint_id = attempt.endpoint_id,
    message = ("whether the service accepted the request of '%s', sent at %s, is not "
      .. "known"):format(entry.name, os.date("!%Y-%m-%dT%H:%M:%SZ", attempt.at)),
    remedy = ("Look for it in the request history (https://fal.ai/dashboard/requests), "
      .. "then settle it: film:settle(%q, its request id), or film:settle(%q, "
      .. "\"not_accepted\") when it certainly is not there."):format(entry.name,
      entry.name),
  }
end

local WAYS = { to_pay = pay, running = take_up, unknown = doubtful }

--- Makes a node by what the plan says of it; the result is recorded when it returns.
---@param self fal.workflow.Run
---@param entry fal.workflow.Entry
---@return any result   a clip where there is a video
---@return fal.Error? err
function make.node(self, entry) return WAYS[entry.state](self, entry) end

return make
