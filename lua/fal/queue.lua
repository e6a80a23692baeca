--- fal.ai's queue: submit, status, result, cancel, and the stream of statuses.

local E = require "fal.error"
local acceptance = require "fal.acceptance"
local job = require "fal.job"
local job_options = require "fal.job_options"
local json = require "fal.json"
local made = require "fal.made"
local options = require "fal.options"
local outcome = require "fal.outcome"
local retired = require "fal.retired"
local stream = require "fal.stream"
local submit = require "fal.submit"
local url = require "fal.url"

local queue = {}

---@class fal.Queue
local Queue = {}
Queue.__index = Queue
Queue.__tostring = function() return "fal.queue" end

---@param client fal.Client
---@return fal.Queue
function queue.new(client) return setmetatable({ client = client }, Queue) end

--- A URL that came back, unless it is the one that the engine composes anyway: a waiting
--- job keeps little.
local function unusual(value, composed)
  return value ~= composed and url.is_usable(value) and value or nil
end

local function make_job(client, prepared, answer, since)
  local request_id = answer.request_id
  local self = job.new {
    client = client, endpoint_id = prepared.endpoint_id, app_id = prepared.app_id,
    request_id = request_id, input = prepared.input, since = since,
    completed = nil, output = nil,  -- room for the end
  }
  if answer.status_url or answer.response_url or answer.cancel_url then
    local base = prepared.requests_url .. request_id
    self.status_url = unusual(answer.status_url, base .. "/status")
    self.response_url = unusual(answer.response_url, base)
    self.cancel_url = unusual(answer.cancel_url, base .. "/cancel")
  end
  return self
end

--- What was prepared, as submit.send takes it.
local Submission = { read = acceptance.submit }
Submission.__index = Submission

function Submission:start(engine)
  return engine:submit(self.endpoint_id, self.body, self.extra)
end

--- When a canceled task left its submit behind: what it accepted is canceled there.
function Submission:orphan(...)
  local client, record = self.client, self.record
  local verdict, answer = acceptance.submit(self, ...)
  client.slots:release()
  if verdict == "accepted" then
    local handle = make_job(client, self, answer)
    handle.record = record
    if record then record:accepted(answer, true) end
    job.cancel_later(handle)
  elseif record and answer.sent == "no" then
    record:refused(answer, true)
  elseif record then
    record:unknown(answer, true)
  end
  if verdict ~= "accepted" and answer.sent == "unknown" then
    client:report(answer, "submit.unknown")
  end
end

--- Makes every attempt durable in the ledger before it leaves.
local function recorded(client, ctx, work)
  function ctx.before()
    local ok, err
    if ctx.record then
      ok, err = ctx.record:leave()
    else
      ok, err = client.account:reserve(work)
      ctx.record = ok
    end
    if ok or err.sent or err == client.account.TAKEN then return ok, err end
    return submit.unsent(err, ctx.endpoint_id)
  end
  function ctx.after() ctx.record:back() end
end

--- The same for one who keeps a record of his own.
local function intended(ctx, intent)
  local reserve = ctx.before
  function ctx.before()
    local ok, err = intent()
    -- Its task may have been canceled while it was written.
    if ok then ok, err = ctx.client.sched:may_wait() end
    if not ok then
      if err.sent then return nil, err end
      return submit.unsent(err, ctx.endpoint_id)
    end
    if reserve then return reserve() end
    return true
  end
end

--- What an error of a submit means for its record.
local function note(ctx, err)
  local record = ctx.record
  if not record or type(err.kind) ~= "string" then return end
  if err.sent == "no" then
    record:refused(err)
  elseif not ctx.left_behind and err.kind ~= "closed" then
    record:unknown(err)
  end
end

--- Sends what was prepared, once: from here on it is a Submission.
local function send(client, ctx, what, opts, deadline, work)
  local extra = submit.extra(what, opts, work and work.id,
    what == "subscribe" and not opts.on_queue_update)
  local ok, err = client:authorize(true)
  if not ok then return submit.unsent(err, ctx.endpoint_id) end
  ok, err = client.slots:acquire(ctx.endpoint_id, deadline)
  if not ok then
    if err.sent then return nil, err end
    return submit.unsent(err, ctx.endpoint_id)
  end
  setmetatable(ctx, Submission)
  ctx.client, ctx.extra = client, extra
  if work then recorded(client, ctx, work) end
  if opts.intent then intended(ctx, opts.intent) end
  local verdict, value = submit.send(client, ctx, deadline)
  if verdict then
    if ctx.record then ctx.record:accepted(value) end
    return value, ctx.record
  end
  note(ctx, value)
  -- A submit that was left behind still counts until its outcome is known.
  if not ctx.left_behind then client.slots:release() end
  return nil, value
end

--- A job that was submitted before: it runs, or its result is stored.
local function taken_up(client, prepared, earlier)
  local self = make_job(client, prepared, earlier.answer)
  self.record = earlier.record
  if earlier.row.state == "fetched" then
    self.output = json.decode(earlier.row.result or "", true)
    self.record.ended = self.output ~= nil
    client.account:remember(earlier.row.id, self.output)
    made.learn(client, self.endpoint_id, self.input, self.output)
  end
  client:log("info", "submit.earlier", { endpoint_id = self.endpoint_id,
    request_id = self.request_id, name = earlier.row.name, state = earlier.row.state })
  return self
end

local function copy(prepared)
  local other = {}
  for name, value in next, prepared do other[name] = value end
  return other
end

--- Submits what a budget or a ledger watches: not at all when the same work was submitted
--- before, and a second time only when the first was certainly not accepted.
---@return table? answer   or nil and an earlier job, or nil, nil and an error
local function send_watched(client, prepared, what, opts, deadline)
  local account = client.account
  local work, err = account:work(prepared, opts)
  if not work then return nil, nil, err end
  while true do
    local earlier, answer, record
    earlier, err = account:earlier(work, deadline)
    if earlier then return nil, taken_up(client, prepared, earlier) end
    if err then return nil, nil, err end
    answer, record = send(client, copy(prepared), what, opts, deadline, work)
    if answer then return answer, record end
    err = record
    if err.kind == "unknown_submit" and work.id then
      earlier, err = account:lost(work, err, deadline)
      if earlier then return nil, taken_up(client, prepared, earlier) end
    end
    if err ~= account.TAKEN then return nil, nil, err end
  end
end

--- Submits and returns a handle; used by queue:submit and by subscribe.
---@param client fal.Client
---@param what string   the caller's name, for messages
---@param endpoint_id string
---@param opts table    checked
---@return fal.Job?
---@return fal.Error|table|nil err   or the answer, where it was submitted now
function queue.submit(client, what, endpoint_id, opts)
  if opts.name and not client.settings.ledger then
    error(what .. ": option 'name' needs a ledger, which keeps named work from being "
      .. "paid for twice: fal.client { ledger = … }", 3)
  end
  if opts.name and opts.name:find("%z") then
    -- LuaDBI would cut it there: other work would have the same name.
    error(what .. ": option 'name' must not hold zero bytes", 3)
  end
  local closed = client.closed or client.sched:check()
  if closed then return submit.unsent(closed, endpoint_id) end
  -- Who must not wait is refused before a slot or money is reserved.
  local ok, err = client.sched:may_wait()
  if not ok then return submit.unsent(err, endpoint_id) end
  local seconds = opts.timeout or client.settings.timeout
  local deadline = seconds and client.now() + seconds
  local prepared
  prepared, err = submit.prepare(client, endpoint_id, opts)
  if not prepared then return nil, err end
  local answer, record
  if client.account then
    local earlier
    answer, earlier, err = send_watched(client, prepared, what, opts, deadline)
    if not answer and earlier then
      earlier.deadline = deadline
      return earlier
    end
    record = earlier
  else
    answer, err = send(client, prepared, what, opts, deadline)
  end
  if not answer then
    client:log("error", "submit.failed", { endpoint_id = prepared.endpoint_id,
      kind = err.kind, message = err.message, sent = err.sent })
    return nil, retired.explain(err)
  end
  local self = make_job(client, prepared, answer, client.now())
  self.deadline, self.record = deadline, record
  client.slots:keep(self.request_id)
  if client.settings.logger then
    client:log("info", "submit.accepted", { endpoint_id = self.endpoint_id,
      request_id = self.request_id })
  end
  return self, answer
end

--- Submits a request and returns at once when it is accepted.
---
--- It is sent again only when it certainly was not accepted: no connection, 429. Errors
--- say by `err.sent` whether the service may have accepted it; kind unknown_submit means
--- that the answer was lost, and nothing is sent again.
---@param endpoint_id string
---@param opts? fal.SubmitOptions   `timeout` is kept by job:wait; with a ledger, the same
---        name, endpoint and input are paid for once
---@return fal.Job?
---@return fal.Error? err
function Queue:submit(endpoint_id, opts)
  options.receiver(self, Queue, "client.queue:submit")
  options.argument("queue.submit", "endpoint_id", endpoint_id, "string", 2)
  opts = options.check("queue.submit", opts, job_options.SUBMIT, 2)
  local handle, answer = queue.submit(self.client, "queue.submit", endpoint_id, opts)
  if not handle then return nil, answer end
  handle.reply = answer and job.first_status(answer)
  return handle
end

--- A handle on a job by its ids; no request is made.
---@param client fal.Client
---@param endpoint_id string
---@param request_id string
---@return fal.Job?
---@return fal.Error? err   kind validation
function queue.take_up(client, endpoint_id, request_id)
  local id, app_id = url.endpoint(endpoint_id)
  local fault = not id and app_id or not url.is_request_id(request_id)
    and ("a request id is what the submit returned, not %q"):format(request_id)
  if fault then return nil, E.new { kind = "validation", message = fault } end
  local handle = job.new { client = client, endpoint_id = id, app_id = app_id,
    request_id = request_id, by_id = true }
  if client.account then
    handle.record, handle.stored = client.account:find(request_id)
  end
  return handle
end

local function by_id(self, what, endpoint_id, opts, spec)
  options.argument(what, "endpoint_id", endpoint_id, "string", 3)
  opts = options.check(what, opts, spec, 3)
  if opts.request_id == nil then error(what .. ": option 'request_id' is missing", 3) end
  local handle, err = queue.take_up(self.client, endpoint_id, opts.request_id)
  return handle, err, opts
end

---@param endpoint_id string
---@param opts fal.StatusOptions
---@return fal.Status? status
---@return fal.Error? err
function Queue:status(endpoint_id, opts)
  options.receiver(self, Queue, "client.queue:status")
  local handle, err
  handle, err, opts = by_id(self, "queue.status", endpoint_id, opts,
    { request_id = "string", logs = "boolean" })
  if not handle then return nil, err end
  return handle:status { logs = opts.logs }
end

---@param endpoint_id string
---@param opts fal.RequestOptions
---@return any output
---@return fal.Error? err   not_found and retryable while the job is not done
function Queue:result(endpoint_id, opts)
  options.receiver(self, Queue, "client.queue:result")
  local handle, err = by_id(self, "queue.result", endpoint_id, opts,
    { request_id = "string" })
  if not handle then return nil, err end
  return handle:result()
end

---@param endpoint_id string
---@param opts fal.RequestOptions
---@return "CANCELLATION_REQUESTED"|"ALREADY_COMPLETED"|nil answer
---@return fal.Error? err
function Queue:cancel(endpoint_id, opts)
  options.receiver(self, Queue, "client.queue:cancel")
  local handle, err = by_id(self, "queue.cancel", endpoint_id, opts,
    { request_id = "string" })
  if not handle then return nil, err end
  return handle:cancel()
end

--- The statuses as the service streams them, log lines as increments. A stream that ends
--- without a completed status is broken: the iterator then returns nil and an error.
---@param endpoint_id string
---@param opts fal.StatusOptions
---@return (fun(): fal.Status?, fal.Error?)? iterator
---@return fal.Error? err
function Queue:stream_status(endpoint_id, opts)
  options.receiver(self, Queue, "client.queue:stream_status")
  local handle, err
  handle, err, opts = by_id(self, "queue.stream_status", endpoint_id, opts,
    { request_id = "string", logs = "boolean" })
  if not handle then return nil, err end
  local function start(engine)
    return engine:stream_status(handle.app_id, handle.request_id, opts.logs == true)
  end
  return stream.open(self.client, handle, start, {
    doing = "the status stream broke", decode = function(data)
      local status = outcome.as_status(json.decode(data))
      return status, status and status.status == "COMPLETED"
    end,
  })
end

return queue
