--- A client: settings, one engine, and the verbs of fal.ai.

local E = require "fal.error"
local callback = require "fal.callback"
local credentials = require "fal.credentials"
local download = require "fal.download"
local dropped = require "fal.dropped"
local endpoint = require "fal.endpoint"
local forecast = require "fal.forecast"
local job = require "fal.job"
local job_options = require "fal.job_options"
local made = require "fal.made"
local models = require "fal.models"
local options = require "fal.options"
local queue = require "fal.queue"
local retired = require "fal.retired"
local sched = require "fal.sched"
local schedule = require "fal.schedule"
local settings = require "fal.settings"
local slots = require "fal.slots"
local storage = require "fal.storage"
local stream = require "fal.stream"
local submit = require "fal.submit"
local task = require "fal.task"
local text_ = require "fal.text"

local cut, escape = text_.cut, text_.escape

local client = {}

-- How long the synchronous host may take: fal.ai's own limit for one execution
-- (fal-protocol.md section 6.2, request_timeout). Giving up earlier loses a paid result.
local RUN_TIMEOUT = 3600

---@class fal.Client
---@field queue fal.Queue
---@field settings table     complete, without the credentials
---@field closed? fal.Error
---@field driver? fal.Driver   how a host's coroutines wait; see fal.sched
local Client = {}
Client.__index = Client

--- Closed here, or in a forked child, where all of it is the parent's.
local function closed(self) return self.sched:check() and self.closed end

Client.__tostring = function(self)
  if self.closed then return "fal.client (closed)" end
  return ("fal.client %s (%d tasks)"):format(self.settings.queue_url, self.sched.live)
end

local function core_options(s)
  return {
    queue_url = s.queue_url, run_url = s.run_url, rest_url = s.rest_url,
    api_url = s.api_url, proxy = s.proxy, ca_file = s.ca_file,
    user_agent = (require("fal")._VERSION:gsub("^fal ", "fal-lua/")),
    max_connections = s.max_connections, http_version = s.http_version,
    requests_per_second = s.requests_per_second,
    connect_timeout = s.connect_timeout, request_timeout = s.request_timeout,
  }
end

--- Makes a client. It touches neither network nor credentials yet.
---@param opts? fal.ClientOptions   misuse raises
---@param with? { core?: fal.core, getenv?: fun(name: string): string? }   for tests
---@return fal.Client?
---@return fal.Error? err   kind network: the engine could not be set up
function client.new(opts, with)
  local getenv = with and with.getenv or os.getenv
  local s = settings.resolve("fal.client", opts, getenv, 2)
  local core = with and with.core or require "fal.core"
  local engine, message = core.new(core_options(s))
  if not engine then
    return nil, E.new { kind = "network", message = "the client could not be set up",
      cause = message, remedy = "Check base_url, proxy and ca_file." }
  end
  local self = setmetatable({ settings = s, engine = engine, now = core.now,
    noticed = { keys = {}, count = 0 }, account = false, has_key = false }, Client)
  self.sched = sched.new(engine, core.now, self, core.table)
  self.guard = dropped.watch(self)
  self.slots = slots.new(self.sched, s.max_in_flight)
  self.random = schedule.random(core.now() + os.time())
  self.forecasts = s.poll.learn and forecast.all() or nil
  self.authorize = credentials.holder(opts and opts.credentials, engine, self, getenv)
  self.queue = queue.new(self)
  if s.budget or s.ledger then self.account = require("fal.ledger.account").new(self) end
  return self
end

local MAX_NOTICED = 256  -- notices that are remembered; their keys may hold user values
local MAX_SAID = 65536   -- bytes of one text on stderr

local noticed, noticed_count = {}, 0

local function line(text) return escape(E.redact(text), MAX_SAID) end

--- `traceback`: what is said is an error; else it is only worth knowing.
local function say(self, text, traceback)
  local lines = { line(text) }
  for part in (traceback or ""):gmatch("[^\n]+") do lines[#lines + 1] = line(part) end
  -- In a host that draws its own screen, stderr would be written across it.
  if self.driver and self.driver.say then
    return self.driver.say(lines, traceback ~= nil)
  end
  io.stderr:write("fal: ", lines[1], "\n")
  for i = 2, #lines do io.stderr:write(lines[i], "\n") end
end

local function logger_failed(self, co, err)
  local suspended = coroutine.status(co) == "suspended"
  if self.logger_failed or self.settings.quiet then return end
  self.logger_failed = true
  say(self, "the logger failed, which changes nothing else: "
    .. (suspended and "it yielded" or tostring(err)) .. " (said once)")
end

--- Hands an event to the user's logger. It is called in the middle of paid work, so an
--- error that it raises ends there, and it cannot wait: its coroutine is its own, and
--- whatever would wait raises in it.
---@param level "debug"|"info"|"warn"|"error"
---@param event string
---@param fields table
---@return true? taken
function Client:log(level, event, fields)
  local logger, sched_ = self.settings.logger, self.sched
  if not logger or sched_.unwaiting then return end
  local co = coroutine.create(callback.plain(logger))
  sched_.unwaiting = "a logger"
  local ok, err = coroutine.resume(co, level, event, fields)
  sched_.unwaiting = false
  if ok and coroutine.status(co) == "dead" then return true end
  logger_failed(self, co, err)
end

local function remember(own, key)
  if noticed_count >= MAX_NOTICED then noticed, noticed_count = {}, 0 end
  if own.count >= MAX_NOTICED then own.keys, own.count = {}, 0 end
  if not noticed[key] then noticed_count = noticed_count + 1 end
  own.keys[key], own.count = true, own.count + 1
end

--- Tells the user something once per process, on stderr unless the client is quiet. Of
--- very many such things one may come again.
---@param key string
---@param text string
function Client:notice(key, text)
  key = cut(key, 256)
  if noticed[key] or self.noticed.keys[key] then return end
  remember(self.noticed, key)
  self:log("warn", "notice", { key = key, text = text })
  if self.settings.quiet then return end
  noticed[key] = true
  say(self, text)
end

--- An error that nobody is there to be given: to the logger, or else to stderr.
---@param err fal.Error
---@param event? string   ["task": that of a task that nobody awaited]
function Client:report(err, event)
  local taken = self:log("error", event or "task", { kind = err.kind,
    endpoint_id = err.endpoint_id, request_id = err.request_id, message = err.message,
    remedy = err.remedy, traceback = err.cause and tostring(err.cause) })
  if taken then return end
  if err.kind == "task" then
    say(self, err.remedy and err.message .. ". " .. err.remedy or err.message,
      tostring(err.cause or ""))
  else
    say(self, tostring(err):gsub("^fal: ", ""), "")
  end
end

--- Submits, waits, fetches the result: the whole way.
---
--- Past `timeout` the job is canceled at the service; a result that is ready by then is
--- returned all the same. Canceling the task cancels the job. `on_enqueue(request_id)`
--- and `on_queue_update(status)` may wait; what they raise, subscribe raises, and the job
--- goes on: take it up again with client:job(endpoint_id, request_id).
---@param endpoint_id string
---@param opts? fal.SubscribeOptions
---@return any output
---@return fal.Job|fal.Error job   the error when output is nil
function Client:subscribe(endpoint_id, opts)
  options.receiver(self, Client, "client:subscribe")
  options.argument("subscribe", "endpoint_id", endpoint_id, "string", 2)
  opts = options.check("subscribe", opts, job_options.SUBSCRIBE, 2)
  local handle, answer = queue.submit(self, "subscribe", endpoint_id, opts)
  if not handle then return nil, answer end
  if opts.on_enqueue then
    callback.call(handle, opts.on_enqueue, handle.request_id)
  end
  -- A tail call, and no local left: this frame would be kept for as long as the job runs.
  return job.wait(handle, opts, handle.deadline, true, answer)
end

local RUN = {
  input = "table", timeout = "positive", start_timeout = "start", hint = "string",
  headers = "table", storage = { fields = { expires_in = "seconds" } }, extra = "table",
  allow_legacy = "boolean", validated = "boolean", price_micros = "any",
  max_price = "dollars",
}

local function prepare(self, endpoint_id, opts)
  if closed(self) then return submit.unsent(self.closed, endpoint_id) end
  local ok, err = self.sched:may_wait()
  if not ok then return submit.unsent(err, endpoint_id) end
  local prepared
  prepared, err = submit.prepare(self, endpoint_id, opts)
  if not prepared then return nil, err end
  ok, err = self:authorize(true)
  if not ok then return submit.unsent(err, endpoint_id) end
  if not self.account then return prepared end
  local record
  record, err = self.account:call(prepared, opts)
  if not record then return nil, err end
  return prepared, record
end

--- Calls the synchronous host: no queue, no handle. When the answer is lost, so is the
--- result; for long or costly jobs use subscribe.
---@param endpoint_id string
---@param opts? fal.RunOptions
---@return any output
---@return fal.Error? err
function Client:run(endpoint_id, opts)
  options.receiver(self, Client, "client:run")
  options.argument("run", "endpoint_id", endpoint_id, "string", 2)
  opts = options.check("run", opts, RUN, 2)
  local headers = submit.headers("run", opts, "Accept: application/json",
    "Content-Type: application/json")
  local prepared, record = prepare(self, endpoint_id, opts)
  if not prepared then return nil, record end
  local output, err = submit.run(self, prepared, headers,
    opts.timeout or self.settings.timeout or RUN_TIMEOUT, record)
  if record then self.account:called(record, output, err) end
  if output == nil then return nil, retired.explain(err) end
  made.learn(self, prepared.endpoint_id, prepared.input, output)
  return output
end

--- The events of a model that streams its output; the last one is the result. Inside a
--- task on PUC 5.1, call the iterator by hand.
---@param endpoint_id string
---@param opts? fal.RunOptions
---@return (fun(): any, fal.Error?)? iterator   nil and an error when the stream breaks
---@return fal.Error? err
function Client:stream(endpoint_id, opts)
  options.receiver(self, Client, "client:stream")
  options.argument("stream", "endpoint_id", endpoint_id, "string", 2)
  opts = options.check("stream", opts, RUN, 2)
  local headers = submit.headers("stream", opts, "Accept: text/event-stream",
    "Content-Type: application/json")
  local prepared, record = prepare(self, endpoint_id, opts)
  if not prepared then return nil, record end
  local function start(engine)
    return engine:request {
      method = "POST", url = self.settings.run_url .. "/" .. prepared.endpoint_id
        .. "/stream", headers = headers, body = prepared.body, auth = true, once = true,
      stream = true, timeout = opts.timeout or self.settings.timeout or RUN_TIMEOUT,
    }
  end
  return stream.open(self, prepared, start, { doing = "the stream broke", whole = true,
    paid = true, decode = stream.event, on_end = record and function(_, err)
      self.account:called(record, not err or nil, err)
    end })
end

local DOWNLOAD = { on_progress = "function", resume = "boolean", timeout = "seconds",
  expect = { fields = { size = "size" } } }

--- Fetches a file to `path`, by way of `path.part`. The key is never sent along.
---@param url string     https
---@param path string
---@param opts? fal.DownloadOptions
---@return string? path
---@return fal.DownloadInfo|fal.Error info
function Client:download(url, path, opts)
  options.receiver(self, Client, "client:download")
  options.argument("download", "url", url, "string", 2)
  options.argument("download", "path", path, "string", 2)
  if path == "" then error("download: path must not be empty", 2) end
  opts = options.check("download", opts, DOWNLOAD, 2)
  local saved, info = download.fetch(self, url, path, opts)
  if saved and self.account then self.account:saved(url, path, info.size) end
  return saved, info
end

local UPLOAD = { on_progress = "function", expires_in = "positive" }
local BYTES = { data = "string", file_name = "string", content_type = "string" }

--- Sends a file, or bytes, to fal.ai's storage. The same file is sent once for a client,
--- as long as it does not change.
---@param source string|fal.UploadBytes   a path, or bytes
---@param opts? fal.UploadOptions
---@return string? url
---@return fal.Error? err   kind file: missing, empty, unreadable
function Client:upload(source, opts)
  options.receiver(self, Client, "client:upload")
  opts = options.check("upload", opts, UPLOAD, 2)
  if type(source) == "table" then
    options.check("upload", source, BYTES, 2)
    options.argument("upload", "data", source.data, "string", 2)
    if (source.content_type or ""):find("%c") then
      error("upload: option 'content_type' must not hold control characters", 2)
    end
  else
    options.argument("upload", "source", source, "string", 2)
  end
  if closed(self) then return nil, self.closed end
  local bytes = type(source) == "table"
  local upload, err = (bytes and storage.bytes or storage.file)(source)
  if not upload then return nil, err end
  return (bytes and storage.send or storage.send_once)(self, upload, opts)
end

--- A handle on a job that was submitted before; no request is made.
---@param endpoint_id string
---@param request_id string
---@return fal.Job?
---@return fal.Error? err   kind validation
function Client:job(endpoint_id, request_id)
  options.receiver(self, Client, "client:job")
  options.argument("job", "endpoint_id", endpoint_id, "string", 2)
  options.argument("job", "request_id", request_id, "string", 2)
  if closed(self) then return nil, self.closed end
  return queue.take_up(self, endpoint_id, request_id)
end

--- The endpoint object of a built-in validation table.
---@param endpoint_id string
---@return fal.Endpoint? endpoint
---@return fal.Error? err   kind not_found: there is no table for it
function Client:endpoint(endpoint_id)
  options.receiver(self, Client, "client:endpoint")
  options.argument("endpoint", "endpoint_id", endpoint_id, "string", 2)
  local definition = models.find(endpoint_id)
  if definition then return endpoint.new(self, definition) end
  return nil, E.new {
    kind = "not_found", endpoint_id = endpoint_id,
    message = "no validation table is built in for this endpoint",
    remedy = "Call client:subscribe with its id: its input is then sent unchecked.",
  }
end

--- Looks in the account's request history for submits whose answer was lost, and for
--- what dead processes left, and settles in the ledger what it finds.
---@return fal.ReconcileReport? report   found, unknown, assumed, waiting, unsent, failed
---@return fal.Error? err
---@return fal.ReconcileReport? partial   beside an error: what was done all the same;
---        `failed` names each endpoint whose history could not be read, and why
function Client:reconcile()
  options.receiver(self, Client, "client:reconcile")
  if closed(self) then return nil, self.closed end
  if not self.settings.ledger then error("reconcile: the client has no ledger", 2) end
  return self.account:reconcile()
end

local function totals(self, what)
  if closed(self) then return nil, self.closed end
  if not self.account then
    error(what .. ": nothing is counted without the option budget or ledger", 3)
  end
  return self.account:totals()
end

--- Dollars that were spent: with a ledger by all who share it, since its beginning.
---@return number? dollars
---@return fal.Error? err   kind file
function Client:spent()
  options.receiver(self, Client, "client:spent")
  local spent, err = totals(self, "spent")
  if not spent then return nil, err end
  return spent
end

--- Dollars that are reserved for jobs whose cost is not settled yet.
---@return number? dollars
---@return fal.Error? err   kind file
function Client:reserved()
  options.receiver(self, Client, "client:reserved")
  local spent, reserved = totals(self, "reserved")
  if not spent then return nil, reserved end
  return reserved
end

--- What an input will cost at most.
---@param endpoint_id string
---@param input table
---@return number? dollars
---@return fal.Error? err   kinds validation, price_unknown
function Client:estimate(endpoint_id, input)
  options.receiver(self, Client, "client:estimate")
  options.argument("estimate", "endpoint_id", endpoint_id, "string", 2)
  options.argument("estimate", "input", input, "table", 2)
  local definition = models.find(endpoint_id)
  if definition then
    return endpoint.new(self, definition):estimate(input)
  end
  return nil, E.new { kind = "price_unknown", sent = "no", endpoint_id = endpoint_id,
    message = "no price is known for this endpoint" }
end

--- Asks the platform for the prices of the units that the service bills, so that jobs of
--- these endpoints are settled by what they were billed.
---@param endpoint_ids string[]
---@return table<string, { unit_price: number, unit: string }>? prices   by endpoint id
---@return fal.Error? err
function Client:refresh_prices(endpoint_ids)
  options.receiver(self, Client, "client:refresh_prices")
  options.argument("refresh_prices", "endpoint_ids", endpoint_ids, "table", 2)
  for i, id in ipairs(endpoint_ids) do
    options.argument("refresh_prices", "endpoint_ids[" .. i .. "]", id, "string", 2)
  end
  if closed(self) then return nil, self.closed end
  return require("fal.ledger.prices").refresh(self, endpoint_ids)
end

--- Starts `fn(…)` in a task of its own; see fal.task.
---@param fn function
---@param ... any   what it is called with
---@return fal.Task?
---@return fal.Error? err   kind closed
function Client:spawn(fn, ...)
  options.receiver(self, Client, "client:spawn")
  options.argument("spawn", "fn", fn, "function", 2)
  return task.spawn(self.sched, callback.plain(fn), nil, ...)
end

---@param seconds number
---@return boolean? ok
---@return fal.Error? err   kind canceled or closed
function Client:sleep(seconds)
  options.receiver(self, Client, "client:sleep")
  options.argument("sleep", "seconds", seconds, "seconds", 2)
  return self.sched:sleep(seconds)
end

--- Calls `fn(item, index)` for each item of a list, in `concurrency` tasks beside each
--- other [as many as there are items].
---@param list any[]
---@param fn fun(item: any, index: integer): any, any
---@param opts? fal.MapOptions
---@return table? results   by index, holes where a call gave nil; results.n counts all
---@return table errors     by index
function Client:map(list, fn, opts)
  options.receiver(self, Client, "client:map")
  options.argument("map", "list", list, "table", 2)
  options.argument("map", "fn", fn, "function", 2)
  if list.n ~= nil then options.argument("map", "list.n", list.n, "length", 2) end
  opts = options.check("map", opts, { concurrency = "count" }, 2)
  return task.map(self.sched, list, fn, opts.concurrency or math.huge)
end

--- Runs until no task is left, nor a submit that a canceled task left behind.
function Client:loop()
  options.receiver(self, Client, "client:loop")
  self.sched:loop()
end

--- Does what is ready, for about `budget` seconds at most, and never waits.
---@param budget? number
---@return integer live   tasks and transfers; 0 when nothing is left to do
function Client:step(budget)
  options.receiver(self, Client, "client:step")
  if budget ~= nil then options.argument("step", "budget", budget, "seconds", 2) end
  return self.sched:step(budget)
end

--- Seconds until the next thing to do; nil: nothing.
---@return number?
function Client:timeout()
  options.receiver(self, Client, "client:timeout")
  return self.sched:timeout()
end

--- A descriptor that turns readable when there is work; nil where the system has none.
---@return integer?
function Client:fd()
  options.receiver(self, Client, "client:fd")
  return self.sched:fd()
end

--- Ends everything: tasks are woken with an error of kind closed, later calls return one.
--- Jobs at the service go on. Idempotent.
function Client:close()
  options.receiver(self, Client, "client:close")
  if closed(self) then return end
  self.closed = E.new { kind = "closed", message = "the client is closed" }
  self.sched:disown()
  if self.account then self.account:close() end
  local ok, err = true, nil
  if self.driver and self.driver.detach then ok, err = pcall(self.driver.detach) end
  self.sched:close()
  E.forget(self)
  if not ok then self:report(task.failure(nil, err)) end
end

--- For `local client <close> = fal.client{}` on Lua 5.4.
Client.__close = Client.close

return client
