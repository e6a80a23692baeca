--- Collects what tasks want written during a round of the scheduler and commits it once.
--- Who must not go on before it is durable waits; everybody else is never held up.

local E = require "fal.error"
local farewell = require "fal.ledger.farewell"
local guard = require "fal.ledger.guard"
local ledger = require "fal.ledger"
local operations = require "fal.ledger.operations"
local process = require "fal.ledger.process"
local store = require "fal.ledger.store"

local writer = {}

-- How long a locked ledger is tried before a paid request is refused, in seconds.
local LOCKED = 5
-- The same while the client closes, when nothing else can run.
local CLOSING = 2
-- The loop spends no more than about half of its time in commits: the next one waits as
-- long as the last one took, and takes along whatever comes meanwhile.
local MAX_LINGER = 0.02
-- Seconds after which a commit takes along a sign of life.
local FRESH = 10
local FIRST_RETRY, LAST_RETRY = 1, 30
local BUSY_PAUSE = 0.02

---@class fal.LedgerJournal
local Writer = {}
Writer.__index = Writer

---@param book fal.Ledger
---@param sched fal.Scheduler
---@param me fal.LedgerWriter
---@param log fun(level: string, event: string, fields: table)
---@param clock fal.ServiceClock
---@return fal.LedgerJournal
function writer.new(book, sched, me, log, clock)
  return setmetatable({ book = book, sched = sched, me = me, log = log, clock = clock,
    ops = {}, unstarted = {}, cost = 0, free_at = 0, signed_at = -math.huge }, Writer)
end

local function sign(self, db)
  local ok, message, code = store.sign(db, self.me)
  if ok then self.signing = self.sched.now() end
  return ok, message, code
end

local function fill(self, db, ops)
  if self.sched.now() - self.signed_at > FRESH then
    local ok, message, code = sign(self, db)
    if not ok then return nil, message, code end
  end
  local batch = {}
  for i = 1, #ops do
    local op = ops[i]
    op.err, op.taken = nil, nil
    local ok, message, code = operations[op.kind](db, op, batch)
    if not ok then return nil, message, code end
  end
  return true
end

local function needs_order(ops)
  for i = 1, #ops do
    if ops[i].limit or ops[i].once then return true end
  end
end

local watch_over

--- One transaction with all of `ops`, or none of them.
local function transact(self, ops)
  self.signing = nil
  local started = self.sched.now()
  local db, message, code = self.book:db()
  if not db then return nil, message, code end
  if self.guarded ~= db then watch_over(self, db) end
  local ok
  ok, message, code = db:begin(needs_order(ops))
  if ok then
    ok, message, code = fill(self, db, ops)
    if ok then
      ok, message, code = db:commit()
      if ok then
        self.signed_at, self.signing = self.signing or self.signed_at, nil
        return true
      end
    else
      db:rollback()
    end
  end
  for i = 1, #ops do ops[i].repeated = code == "lost" or ops[i].repeated end
  if code == "lost" then self.book:lost(message, self.sched.now() - started) end
  return nil, message, code
end

local MAX_FINAL = 5   -- times that a collected client tries to sign off

--- A client that was dropped without close: nobody else could ever tell that its process
--- lives and it does not.
local function collected(self, db)
  if self.closed or not process.is_own(self.me) then return end
  self.finals = (self.finals or 0) + 1
  -- Its statements are garbage as well, and ended before this.
  db.statements = {}
  self.last = self.last or farewell.ops(self)
  local ok = transact(self, self.last)
  if ok or self.finals >= MAX_FINAL then
    self.closed = true
    return self.book:close()
  end
  watch_over(self, self.book.connection or false)
end

function watch_over(self, db)
  self.guarded = db
  self.guard = guard.new(function() collected(self, db) end)
end

local function finish(self, op, err)
  op.done = true
  if err then op.err = err end
  local id = op.kind == "insert" and op.row.id or op.leaves and op.id
  if id and not op.err and not op.taken and op.changed ~= 0 then
    self.unstarted[id] = true
  end
  if op.after then op.after(op) end
  if op.ticket then self.sched:wake(op.ticket) end
end

local function keep(self, op)
  self.backlog = self.backlog or {}
  self.backlog[#self.backlog + 1] = op
end

--- What could not be written: a submit is refused, a fact is kept and tried again, for as
--- long as this client lives. Whoever waits is told either way.
local function give_up(self, op, message, code)
  op.code = code
  local doing = "the ledger could not be written" .. (op.kind == "insert"
    and ", so nothing was sent" or op.fleeting and "" or "; it is tried again")
  local err = ledger.failure(self.book, doing, message, code,
    op.kind == "insert" and "no" or nil)
  if op.kind == "insert" then
    -- Its commit may have come through all the same.
    if op.repeated then
      keep(self, { kind = "update", id = op.row.id, fields = { state = "refused",
        cost = 0, settled = 0, error_kind = "file", error = "never sent: " .. message } })
    end
    return finish(self, op, err)
  end
  if op.fleeting then return finish(self, op, err) end
  if code == "clash" then
    self.log("error", "ledger.clash", { id = op.id, message = message,
      request_id = op.fields and op.fields.request_id })
    return finish(self, op, err)
  end
  if not op.told then
    op.told = true
    self.log("error", "ledger.behind", { id = op.id, message = tostring(err),
      request_id = op.fields and op.fields.request_id, state = op.fields
        and op.fields.state })
    finish(self, op, err)
  end
  keep(self, op)
end

--- Everything together; when that fails for a reason of one of them, each by itself.
local function write_all(self, ops)
  local ok, message, code = transact(self, ops)
  if not ok and code == "lost" then ok, message, code = transact(self, ops) end
  local until_ = self.closing and self.sched.now() + CLOSING
  while not ok and code == "busy" and until_ and self.sched.now() < until_ do
    ok, message, code = transact(self, ops)
  end
  if ok then
    for i = 1, #ops do finish(self, ops[i]) end
    return true
  end
  if code == "busy" then
    self.busy_since = self.busy_since or self.sched.now()
    if self.sched.now() - self.busy_since < LOCKED and not self.closing then
      return false, "busy"
    end
  end
  local alone = #ops > 1 and (code == "error" or code == "clash")
  for i = 1, #ops do
    if alone then ok, message, code = transact(self, { ops[i] }) end
    if ok then finish(self, ops[i]) else give_up(self, ops[i], message, code) end
  end
  return true
end

local flush

local function arm(self, delay)
  if self.timer or self.closed then return end
  self.timer = self.sched:arm(delay, function()
    self.timer = nil
    flush(self)
  end)
end

local function arm_backlog(self)
  if not self.backlog or self.retry_timer or self.closed then return end
  self.delay = math.min(LAST_RETRY, self.delay and self.delay * 2 or FIRST_RETRY)
  self.retry_timer = self.sched:arm(self.delay, function()
    self.retry_timer = nil
    flush(self)
  end)
end

function flush(self)
  local ops, now = self.ops, self.sched.now
  if self.backlog then
    -- Facts come before what is new: their order is the order of the job's life.
    local all = self.backlog
    for i = 1, #ops do all[#all + 1] = ops[i] end
    ops, self.backlog = all, nil
  end
  self.ops = {}
  if #ops == 0 then return end
  local started = now()
  local ok = write_all(self, ops)
  if not ok then
    for i = 1, #self.ops do ops[#ops + 1] = self.ops[i] end
    self.ops = ops
    return arm(self, BUSY_PAUSE)
  end
  self.busy_since = nil
  self.cost = now() - started
  self.free_at = now() + math.min(self.cost, MAX_LINGER)
  if self.backlog then arm_backlog(self) else self.delay = nil end
  if #self.ops > 0 then arm(self, self.free_at - now()) end
end

local function queue(self, op)
  if self.closed then
    op.err = E.new { kind = "closed", message = "the ledger is closed",
      sent = op.kind == "insert" and "no" or nil }
    op.done = true
    return op
  end
  self.ops[#self.ops + 1] = op
  arm(self, self.free_at - self.sched.now())
  return op
end

--- Waits until `op` is durable or was given up.
local function await(self, op)
  while not op.done do
    op.ticket = op.ticket or {}
    local ok, err = self.sched:park(op.ticket)
    if not ok then return nil, err end
  end
  if op.err then return nil, op.err end
  return true
end

local function remove(self, op)
  for i = 1, #self.ops do
    if self.ops[i] == op then
      table.remove(self.ops, i)
      return true
    end
  end
end

--- Adds a row and waits until it is durable.
---@param row table
---@param limit? integer   micro-dollars that all rows together may cost
---@param once? boolean    only when the same named work has no row yet
---@return boolean? ok     false: it has one
---@return fal.Error? err  kinds budget, file; canceled, closed: nothing was added
function Writer:insert(row, limit, once)
  local op = queue(self, { kind = "insert", row = row, limit = limit,
    once = once and row.name ~= nil })
  local ok, err = await(self, op)
  self.unstarted[row.id] = nil
  if ok then return not op.taken end
  if op.done and not op.err or not op.done and not remove(self, op) then
    queue(self, farewell.never_sent(self.me, row.id, err))
  end
  return nil, err
end

--- Changes a row because its request is about to leave; durable before this returns.
---@param id string
---@param fields table
---@param only table
---@return boolean? ok     false: the row is somebody else's by now
---@return fal.Error? err  kind file; canceled, closed: it has not left
function Writer:leave(id, fields, only)
  local op = self:update(id, fields, only)
  -- When it cannot be written, nothing leaves, and it is not true.
  op.fleeting, op.leaves = true, true
  local ok, err = await(self, op)
  self.unstarted[id] = nil
  if ok then return op.changed ~= 0 end
  if op.done and not op.err then
    self:update(id, { state = "intent" }, { writer = self.me.id, state = { "sent" } })
  elseif not op.done then
    remove(self, op)
  end
  return nil, err
end

--- Changes a row soon, without waiting.
---@param id string
---@param fields table
---@param only? table   the row as it must be; see store.update
---@param after? fun(op: table)   called when it was written, or given up for now
---@return table op     for `wait`
function Writer:update(id, fields, only, after)
  fields.updated_at = fields.updated_at or ledger.now()
  return queue(self, { kind = "update", id = id, fields = fields, only = only,
    after = after })
end

---@param file table   job, url, path, size
function Writer:file(file)
  file.saved_at = ledger.now()
  file.url, file.path = store.text(file.url), store.text(file.path)
  return queue(self, { kind = "file", file = file, id = file.job })
end

--- Waits for an update to be durable.
---@return boolean? ok
---@return fal.Error? err   kind file: it is tried again and again; canceled; closed
function Writer:wait(op) return await(self, op) end

--- A sign of life, if the last one is long ago; called while jobs are waited for.
function Writer:beat(every)
  if self.beating or self.closed or self.sched.now() - self.signed_at <= every then
    return
  end
  self.beating = true
  queue(self, { kind = "sign", fleeting = true, after = function()
    self.beating = nil
  end })
end

--- Writes what is left, as far as that is possible now. Submits that wait are refused.
function Writer:close()
  if self.closed then return end
  -- A fork has the rows and the connection of its parent, which goes on with both.
  if not process.is_own(self.me) then
    self.closed = true
    return
  end
  self.closing = true
  self.ops = farewell.ops(self)
  flush(self)
  self.closed = true
  for _, op in ipairs(self.backlog or {}) do
    if op.kind == "update" then
      self.log("error", "ledger.lost", { id = op.id, state = op.fields.state,
        request_id = op.fields.request_id })
    end
  end
  self.book:close()
end

return writer
