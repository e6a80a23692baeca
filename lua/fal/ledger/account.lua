--- A client's money: its budget, its ledger, and the rule that work is paid for once.

local E = require "fal.error"
local again = require "fal.ledger.again"
local budget = require "fal.budget"
local input = require "fal.ledger.input"
local ledger = require "fal.ledger"
local process = require "fal.ledger.process"
local reconcile = require "fal.reconcile"
local record = require "fal.ledger.record"
local schedule = require "fal.schedule"
local store = require "fal.ledger.store"
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

---@param client fal.Client
---@return fal.Account?   nil: the client has neither budget nor ledger
function account.new(client)
  local s = client.settings
  if not s.budget and not s.ledger then return nil end
  local limit = s.budget and budget.micros(s.budget)
  return setmetatable({ client = client, limit = limit, policy = s.ledger_policy,
    budget = not s.ledger and budget.new(limit) or nil, unit_prices = {} }, Account)
end

local function nothing_sent(err)
  err.sent = "no"
  err.message = err.message .. ", so nothing was sent"
  return nil, err
end

--- Opens the ledger; it blocks while the database is connected to.
---@return boolean? ok
---@return fal.Error? err   kind file
function Account:open()
  local where = self.client.settings.ledger
  if not where or self.journal then return true end
  local book, err = ledger.open(where)
  if not book then return nothing_sent(err) end
  local client = self.client
  self.book, self.me = book, process.self()
  function self.log(level, event, fields)
    client:log(level, event, fields)
    if level == "error" and not client.settings.quiet then
      io.stderr:write(("fal: %s: job %s%s: %s\n"):format(event, tostring(fields.id),
        fields.request_id and " is request " .. fields.request_id or "",
        E.redact(tostring(fields.message or "it could not be written"))))
    end
  end
  self.journal = writer.new(book, client.sched, self.me, self.log)
  return true
end

---@class fal.PaidWork
---@field endpoint_id string
---@field price integer       micro-dollars to reserve
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
  ok, err = self:open()
  if not ok then
    err.endpoint_id = id
    return nil, err
  end
  local work = { endpoint_id = id, price = price, name = opts.name, again = opts.again,
    unit_price = self.unit_prices[id] }
  if self.book then
    work.text, err = input.canonical(prepared.input, prepared.definition)
    if not work.text then return nil, err end
    work.hash = input.hash(work.text)
    work.id = process.token()
  end
  return work
end

--- In place of an error: somebody else records the same named work right now.
account.TAKEN = {}
Account.TAKEN = account.TAKEN

--- Reserves the money and records the request, durable before this returns.
---@param work fal.PaidWork
---@return fal.Record?
---@return any err   account.TAKEN, or an error of kind budget or file; canceled; closed
function Account:reserve(work)
  if not self.journal then
    local ok, err = self.budget:reserve(work.endpoint_id, work.price)
    if not ok then return nil, err end
    return record.new(self, nil, work.price, work.unit_price)
  end
  local now = ledger.now()
  local ok, err = self.journal:insert({
    id = work.id, name = work.name, endpoint_id = work.endpoint_id, input = work.text,
    input_hash = work.hash, state = "sent", writer = self.me.id, created_at = now,
    updated_at = now, sent_at = now, reserved = work.price, cost = work.price,
    unit_price = work.unit_price,
  }, self.limit, not work.again)
  if ok then return record.new(self, work.id, work.price, work.unit_price) end
  if ok == false then return nil, account.TAKEN end
  err.endpoint_id = work.endpoint_id
  return nil, err
end

local function plan(self, work)
  return self.book:read(function(db)
    local rows, message, code = store.find(db, "WHERE input_hash = ? AND endpoint_id = ? "
      .. "AND state NOT IN ('refused', 'failed', 'canceled') ORDER BY created_at, id",
      work.hash, work.endpoint_id)
    if not rows then return nil, message, code end
    local same, now = {}, ledger.now()
    for _, row in ipairs(rows) do
      if row.input == work.text then same[#same + 1] = row end
    end
    if #same == 0 then return {} end
    local writers
    writers, message, code = store.writers(db)
    if not writers then return nil, message, code end
    local step, row = again.plan(same, work.name, function(one)
      local by = writers[one.writer]
      return by ~= nil and not process.is_dead(by, self.me, now)
    end)
    return { step = step, row = row }
  end)
end

local function of_row(self, row)
  return record.new(self, row.id, row.reserved, row.unit_price)
end

--- Unnamed work that a dead process left is taken up by one asker only.
local function claim(self, row, name)
  if name then return true end
  return self.book:read(function(db)
    local n, message, code = store.update(db, row.id, { writer = self.me.id,
      updated_at = ledger.now() }, { "writer", row.writer })
    if not n then return nil, message, code end
    return n == 1
  end)
end

local function pause(self, attempt, deadline)
  local client = self.client
  local delay = schedule.backoff(attempt, client.settings.retry, client.random)
  local left = deadline and deadline - client.now()
  if left and left <= 0 then return nil, "expired" end
  return client.sched:sleep(left and math.min(delay, left) or delay)
end

--- With a policy, there is a moment from which a doubtful row may be taken as not
--- accepted; it is waited for.
local function policy_wait(self, row)
  local after = self.policy and self.policy.assume_not_accepted_after
  if not after then return nil end
  local since = (row.answered_at or row.sent_at) / 1000
  return math.max(0, since + after - os.time()) + 1
end

--- Looks for a doubtful row until it is found, given up by the policy, or patience ends.
---@param row table
---@param deadline? number
---@param cause? fal.Error
---@return "found"|"assumed"|"moved"|nil verdict   moved: somebody else settled it
---@return fal.Error? err
function Account:pursue(row, deadline, cause)
  local client = self.client
  local wait = policy_wait(self, row)
  local patient_until = wait and client.now() + wait
  local attempt = 0
  while true do
    attempt = attempt + 1
    local report, err = reconcile.run(self, row, deadline)
    if not report and (err.kind == "closed" or err.kind == "canceled") then
      return nil, err
    end
    local failure = not report and err or nil
    local now_row
    now_row, err = self.book:read(function(db) return store.get(db, row.id) end)
    if not now_row then return nil, err or reconcile.unknown(row, cause) end
    if now_row.request_id then
      row.request_id, row.state, row.result = now_row.request_id, now_row.state,
        now_row.result
      return now_row.writer == self.me.id and "found" or "moved"
    elseif now_row.state == "refused" then
      return now_row.error and now_row.error:find("^taken as not accepted") and "assumed"
        or "moved"
    elseif now_row.state ~= "unknown" and now_row.state ~= "sent" then
      return "moved"
    end
    row.looked_at = now_row.looked_at
    local enough = attempt >= client.settings.retry.max_attempts
      and not (patient_until and client.now() < patient_until)
    if enough then return nil, reconcile.unknown(row, failure or cause) end
    local ok
    ok, err = pause(self, math.min(attempt, 8), deadline)
    if not ok then
      if err == "expired" then return nil, reconcile.unknown(row, failure or cause) end
      return nil, err
    end
  end
end

---@class fal.Earlier   what became of the same work when it was asked for before
---@field record fal.Record
---@field answer? table   request_id, urls: as the submit answered
---@field row table

--- The same work, if it was asked for before and is not simply to be done anew.
---@param work fal.PaidWork
---@param deadline? number
---@return fal.Earlier?  nil without an error: it is new
---@return fal.Error? err
function Account:earlier(work, deadline)
  if not self.journal or work.again then return nil end
  local waits = 0
  while true do
    local found, err = plan(self, work)
    if not found then return nothing_sent(err) end
    local step, row = found.step, found.row
    if not step then return nil end
    if step == "result" or step == "job" then
      local mine
      mine, err = claim(self, row, work.name)
      if mine == nil then return nothing_sent(err) end
      if mine then return { row = row, record = of_row(self, row), answer = row } end
    elseif step == "wait" then
      waits = waits + 1
      local ok
      ok, err = pause(self, math.min(waits, 4), deadline)
      if not ok then
        return nil, err ~= "expired" and err or E.new { kind = "timeout", sent = "no",
          endpoint_id = work.endpoint_id, message = "the time ran out while another "
            .. "process was submitting the same work" }
      end
    elseif step == "replace" then
      local _, failed = reconcile.run(self, row, deadline)
      if failed then return nil, failed end
    else
      local verdict
      verdict, err = self:pursue(row, deadline)
      if not verdict then return nil, err end
      if verdict == "found" then
        return { row = row, record = of_row(self, row), answer = row }
      end
    end
  end
end

--- The answer to a submit was lost: looks for it in the history.
---@param work fal.PaidWork
---@param cause fal.Error
---@param deadline? number
---@return fal.Earlier?   nil and account.TAKEN: it may be submitted anew
---@return any err
function Account:lost(work, cause, deadline)
  local row, err = self.book:read(function(db) return store.get(db, work.id) end)
  if not row then return nil, err or cause end
  if not row.request_id then
    if row.state ~= "unknown" then return nil, cause end
    local verdict
    verdict, err = self:pursue(row, deadline, cause)
    if not verdict then return nil, err end
  end
  if row.request_id then
    return { row = row, record = of_row(self, row), answer = row }
  end
  -- The policy, or a person meanwhile, says that it was not accepted.
  work.id = process.token()
  return nil, account.TAKEN
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
function Account:reconcile()
  local ok, err = self:open()
  if not ok then return nil, err end
  local report
  report, err = reconcile.run(self)
  if not report then return nil, err end
  for _, rows in pairs(report) do
    for i = 1, #rows do rows[i] = ledger.presented(rows[i]) end
  end
  return report
end

--- Dollars that were spent, and dollars reserved for what is under way.
---@return number? spent
---@return number|fal.Error reserved
function Account:totals()
  if self.budget then
    return budget.dollars(self.budget.spent), budget.dollars(self.budget.reserved)
  end
  local ok, err = self:open()
  if not ok then return nil, err end
  return self.book:spent()
end

--- A record for a job that is taken up by its id, if the ledger knows it.
---@param request_id string
---@return fal.Record?
function Account:find(request_id)
  if not self.client.settings.ledger or not self:open() then return nil end
  local rows = self.book:read(function(db)
    return store.find(db, "WHERE request_id = ?", request_id)
  end)
  local row = rows and rows[1]
  return row and of_row(self, row)
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
function Account:beat()
  if self.journal then self.journal:beat(process.BEAT) end
end

--- Writes what is left and closes the ledger. Idempotent.
function Account:close()
  if self.journal then self.journal:close() end
end

return account
