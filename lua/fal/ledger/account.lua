--- A client's money: its budget, its ledger, and the rule that work is paid for once.

local E = require "fal.error"
local budget = require "fal.budget"
local clock = require "fal.ledger.clock"
local earlier = require "fal.ledger.earlier"
local input = require "fal.ledger.input"
local ledger = require "fal.ledger"
local prices = require "fal.ledger.prices"
local process = require "fal.ledger.process"
local reconcile = require "fal.reconcile"
local record = require "fal.ledger.record"
local service_time = require "fal.reconcile.service_time"
local store = require "fal.ledger.store"
local text = require "fal.text"
local writer = require "fal.ledger.writer"

local account = {}

---@class fal.Account
---@field client fal.Client
---@field limit? integer       micro-dollars
---@field budget? fal.Budget   without a ledger
---@field book? fal.Ledger     opened when it is first needed
---@field journal? fal.LedgerJournal
---@field me? fal.LedgerWriter
local Account = {}
Account.__index = Account
earlier.extend(Account)

---@param client fal.Client
---@return fal.Account?   nil: the client has neither budget nor ledger
function account.new(client)
  local s = client.settings
  if not s.budget and not s.ledger then return nil end
  local limit = s.budget and budget.micros(s.budget)
  return setmetatable({ client = client, limit = limit, policy = s.ledger_policy,
    budget = not s.ledger and budget.new(limit) or nil, unit_prices = {},
    clock = clock.new(client.now) }, Account)
end

--- Sees to it that the service's time is known: rows are told apart by it
--- (ledger/clock.lua). A service that does not say it holds up nobody.
---@param endpoint_id string
---@return boolean? ok     false: it is not known
---@return fal.Error? err  canceled, closed
function Account:learn_time(endpoint_id) return service_time.learn(self, endpoint_id) end

--- Opens the ledger; it blocks while the database is connected to.
---@param may_wait? boolean   others go on while somebody else holds it
---@return boolean? ok
---@return fal.Error? err   kind file; canceled, closed
function Account:open(may_wait)
  local where = self.client.settings.ledger
  if not where or self.journal then return true end
  local ok, err
  if not self.unopened then
    self.unopened, err = ledger.at(where)
    if not self.unopened then return ledger.nothing_sent(err) end
  end
  local sched = self.client.sched
  ok, err = self.unopened:open(may_wait and function(seconds)
    return sched:sleep(seconds)
  end or nil)
  if self.journal then return true end
  if not ok and err.kind ~= "file" then return nil, err end
  if not ok then return ledger.nothing_sent(err) end
  self.book, self.unopened, self.me = self.unopened, nil, process.self()
  self.journal = writer.new(self.book, self.client.sched, self.me,
    function(...) self:log(...) end, self.clock)
  return true
end

local MAX_SAID = 4096   -- bytes of one text on stderr

--- Tells the logger and, of what must not be missed, stderr.
---@param level string
---@param event string
---@param fields table   id, request_id, message
function Account:log(level, event, fields)
  self.client:log(level, event, fields)
  if level ~= "error" or self.client.settings.quiet then return end
  local line = ("%s: job %s%s: %s"):format(event, tostring(fields.id or "?"),
    fields.request_id and " is request " .. fields.request_id or "",
    tostring(fields.message or "it could not be written"))
  io.stderr:write("fal: ", text.escape(E.redact(line), MAX_SAID), "\n")
end

---@class fal.PaidWork
---@field endpoint_id string
---@field reserved integer    micro-dollars
---@field unit_price? integer
---@field name? string
---@field again? boolean
---@field text? string        canonical input, with a ledger
---@field hash? string

---@param prepared table   endpoint_id, input, definition, price_micros
---@param opts table       name, again, max_price
---@return fal.PaidWork?
---@return fal.Error? err
function Account:work(prepared, opts)
  local id = prepared.endpoint_id
  local price, err = budget.price(id, prepared.price_micros, opts.max_price,
    self.limit ~= nil)
  if not price then return nil, err end
  local ok
  ok, err = self:open(true)
  if not ok then
    return nil, E.new { kind = err.kind, message = err.message, remedy = err.remedy,
      cause = err.cause, retryable = err.retryable, sent = "no", endpoint_id = id }
  end
  ok, err = self:before_sending(id)
  if ok == nil then return nil, err end
  local work = { endpoint_id = id, reserved = price, name = opts.name, again = opts.again,
    unit_price = self.unit_prices[id] or prices.known(id) }
  if self.book then
    work.text, err = input.canonical(prepared.input, prepared.definition)
    if not work.text then return nil, err end
    work.hash = input.hash(work.text)
    work.id = process.token()
  end
  return work
end

--- A policy will ask when a request left.
---@return boolean? ok     nil: the wait was ended, and nothing may be sent
---@return fal.Error? err  canceled, closed
function Account:before_sending(endpoint_id)
  if not self.journal or not self.policy then return true end
  local ok, err = self:learn_time(endpoint_id)
  if ok == nil then
    return nil, E.new { kind = err.kind, message = err.message, remedy = err.remedy,
      cause = err.cause, sent = "no", endpoint_id = endpoint_id }
  end
  return true
end

--- In place of an error: somebody else records the same named work right now.
account.TAKEN = {}
Account.TAKEN = account.TAKEN

--- The record of a row that was added at `at`.
function Account:reserved(work, at)
  local made = record.new(self, work)
  if record.is_fresh(at) then return made end
  local ok, err = made:leave()
  if ok then return made end
  made:refused(err)
  return nil, err
end

--- Reserves the money and records the request, durable before this returns.
---@param work fal.PaidWork
---@return fal.Record?
---@return any err   account.TAKEN, or an error of kind budget or file; canceled; closed
function Account:reserve(work)
  if not self.journal then
    local ok, err = self.budget:reserve(work.endpoint_id, work.reserved)
    if not ok then return nil, err end
    return record.new(self, work)
  end
  local now = ledger.now()
  local ok, err = self.journal:insert({
    id = work.id, name = work.name, endpoint_id = work.endpoint_id, input = work.text,
    input_hash = work.hash, state = "sent", writer = self.me.id, created_at = now,
    updated_at = now, sent_at = now, service_sent_at = self.clock:stamp(),
    reserved = work.reserved, cost = work.reserved, unit_price = work.unit_price,
  }, self.limit, not work.again)
  if ok then return self:reserved(work, now) end
  if ok == false then return nil, account.TAKEN end
  err.endpoint_id = work.endpoint_id
  return nil, err
end

--- A call of the synchronous host: recorded and paid for, each one anew.
---@param prepared table
---@param opts table   max_price
---@return fal.Record?
---@return fal.Error? err
function Account:call(prepared, opts)
  local work, err = self:work(prepared, { max_price = opts.max_price })
  if not work then return nil, err end
  return self:reserve(work)
end

--- What became of such a call.
---@param record_ fal.Record
---@param output any
---@param err? fal.Error
function Account.called(_, record_, output, err)
  if output ~= nil then return record_:fetched(output) end
  if err.sent == "no" then return record_:refused(err) end
  if err.sent == "yes" then return record_:failed(err) end
  record_:unknown(err)
end

--- Settles what is in doubt; see client:reconcile.
---@return fal.ReconcileReport? report
---@return fal.Error? err
---@return fal.ReconcileReport? partial   beside an error: what was done all the same
function Account:reconcile()
  local ok, err = self:open(true)
  if not ok then return nil, err end
  local report
  report, err = reconcile.run(self)
  if not report then return nil, err end
  for kind, rows in pairs(report) do
    for i = 1, #rows do
      if kind ~= "failed" then rows[i] = ledger.presented(rows[i]) end
    end
  end
  local failed = report.failed
  if #failed == 0 then return report end
  err = failed[1].error
  if #failed > 1 then
    local ids = {}
    for i = 1, #failed do ids[i] = failed[i].endpoint_id end
    err.message = ("%s; of %d endpoints: %s"):format(err.message, #failed,
      table.concat(ids, ", "))
  end
  return nil, err, report
end

--- Dollars that were spent, and dollars reserved for what is under way.
---@return number? spent
---@return number|fal.Error reserved
function Account:totals()
  if self.budget then
    return budget.dollars(self.budget.spent), budget.dollars(self.budget.reserved)
  end
  local ok, err = self:open(not self.client.sched.unwaiting)
  if not ok then return nil, err end
  return self.book:spent()
end

--- A record for a job that is taken up by its id, if the ledger knows it.
---@param request_id string
---@return fal.Record?
---@return string? result   where it is stored: the service keeps it for a while only
function Account:find(request_id)
  if not self.client.settings.ledger then return nil end
  local ok, err = self:open(not self.client.sched.unwaiting)
  local rows
  if ok then
    rows, err = self.book:read(function(db)
      return store.find(db, "WHERE request_id = ?", request_id)
    end)
  end
  if not rows then
    -- The job itself needs no ledger; what comes of it will be missing there.
    self:log("error", "ledger.unread", { request_id = request_id,
      message = tostring(err) })
    return nil
  end
  local row = rows[1]
  if not row then return nil end
  return record.new(self, row), row.state == "fetched" and row.result or nil
end

--- Seconds that the last jobs of an endpoint took, the latest first; none without a
--- ledger that can be read.
---@param endpoint_id string
---@param limit integer
---@return number[]
function Account:times(endpoint_id, limit)
  local rows = self.journal and self.book:read(function(db)
    return store.times(db, endpoint_id, limit)
  end) or {}
  local times = {}
  for i = 1, #rows do times[i] = tonumber(rows[i].run_ms) / 1000 end
  return times
end

-- Files of results that are remembered, to know whose they are when they are saved.
local MAX_FILES = 10000

local function each_url(value, depth, fn)
  if type(value) ~= "table" or depth > 8 then return end
  for name, item in next, value do
    if name == "url" and type(item) == "string" then fn(item) end
    each_url(item, depth + 1, fn)
  end
end

--- Remembers which files belong to a job.
function Account:remember(id, output)
  if not self.journal then return end
  each_url(output, 0, function(url)
    if not self.files or self.file_count >= MAX_FILES then
      self.files, self.file_count = {}, 0
    end
    self.files[url], self.file_count = id, self.file_count + 1
  end)
end

--- A file was saved; if a job of the ledger made it, that is noted there.
---@param url string
---@param path string
---@param size? integer
function Account:saved(url, path, size)
  local id = self.files and self.files[url]
  if id then self.journal:file { job = id, url = url, path = path, size = size } end
end

--- A sign of life while jobs are waited for.
---@return number? at   when the next one is due, by the monotonic clock
function Account:beat()
  if not self.journal then return nil end
  self.journal:beat(process.BEAT)
  return self.client.now() + process.BEAT
end

--- The same while a paid request is answered, which may take longer than others wait
--- before they take this process for dead: until exchange.beat is dropped, or nobody
--- waits for the answer any more.
---@param exchange table   `beat`: the timer
---@param id integer       the transfer
function Account:stay(exchange, id)
  if not self.journal then return end
  local sched = self.client.sched
  local function beat()
    if not sched.waiters[id] then return end
    self:beat()
    exchange.beat = sched:arm(process.BEAT, beat)
  end
  exchange.beat = sched:arm(process.BEAT, beat)
end

--- Writes what is left and closes the ledger. Idempotent.
function Account:close()
  if self.journal then self.journal:close() end
end

return account
