--- One paid submit as its client records it: what is known so far, where it is written,
--- and what it counts against the budget.

local E = require "fal.error"
local budget = require "fal.budget"
local ledger = require "fal.ledger"
local models = require "fal.models"
local store = require "fal.ledger.store"

local record = {}

---@class fal.Record
---@field id? string            of the row; nil without a ledger
---@field endpoint_id string
---@field request_id? string    once it is accepted
---@field reserved integer      micro-dollars
---@field unit_price? integer   micro-dollars of one billed unit
local Record = {}
Record.__index = Record

---@param account fal.Account
---@param row table   id, endpoint_id, reserved, unit_price
---@return fal.Record
function record.new(account, row)
  return setmetatable({ account = account, id = row.id, endpoint_id = row.endpoint_id,
    request_id = row.request_id, reserved = row.reserved,
    unit_price = row.unit_price }, Record)
end

local function write(self, fields, only, after)
  local journal = self.account.journal
  if journal then return journal:update(self.id, fields, only, after) end
end

--- Only while the row is this client's and as it left it: another one may have settled
--- it, if it took this process for dead.
local function own(self, ...)
  return { writer = self.account.me and self.account.me.id, state = { ... } }
end

--- Waits for `op` to be durable. A cancel that comes meanwhile is kept for the next wait:
--- what has been paid for is handed on first.
local function durable(self, op)
  if not op then return true end
  local account = self.account
  local ok, err = account.journal:wait(op)
  if ok then return true end
  local task = account.client.sched:current()
  if task and err.kind == "canceled" then task.cancel_next = err end
  return nil, err
end

-- Milliseconds past which a row's time of sending is too old for what is sent now: the
-- ledger was locked, or the machine slept, and the row may be somebody else's by now.
local STALE = 10000

--- Whether what was recorded at a moment still holds for what is sent now.
---@param at integer   ms
---@return boolean
function record.is_fresh(at) return math.abs(ledger.now() - at) < STALE end

local MAX_STALE = 3   -- times in a row

--- The next attempt is about to leave; it is durable before that.
---@return boolean? ok
---@return fal.Error? err
function Record:leave()
  local account = self.account
  if not account.journal then return true end
  local ok, err
  for _ = 1, MAX_STALE do
    ok, err = account:before_sending(self.endpoint_id)
    if not ok then return nil, err end
    local at = ledger.now()
    ok, err = account.journal:leave(self.id, { state = "sent", sent_at = at,
      service_sent_at = account.clock:stamp() or store.NULL },
      own(self, "intent", "sent"))
    if ok and record.is_fresh(at) then return true end
    if not ok then break end
  end
  if ok then
    return nil, E.new { kind = "file", sent = "no", retryable = true,
      message = "the ledger takes too long to be written, so nothing was sent" }
  elseif ok == false then
    return nil, E.new { kind = "file", sent = "no",
      message = "another process has settled this request in the ledger meanwhile, so "
        .. "nothing was sent", remedy = "Ask for the work again." }
  elseif err.kind == "file" then
    return ledger.nothing_sent(err)
  end
  return nil, err
end

--- The attempt was certainly not accepted; another one may follow.
function Record:back() write(self, { state = "intent" }, own(self, "sent")) end

local function end_money(self, spent)
  if self.over then return end
  self.over = true
  if self.account.budget then self.account.budget:settle(self.reserved, spent) end
end

--- Nothing was accepted.
---@param err fal.Error
---@param now_only? boolean   in a callback, which cannot wait
function Record:refused(err, now_only)
  end_money(self, 0)
  local op = write(self, { state = "refused", cost = 0, settled = 0,
    ended_at = ledger.now(),
    error_kind = err.kind, error = store.text(err.message) }, own(self, "intent", "sent"))
  if not now_only then durable(self, op) end
end

--- Nobody knows. It counts against the budget until it is settled.
---@param err fal.Error
---@param now_only? boolean   in a callback, which cannot wait
function Record:unknown(err, now_only)
  local _, service_now = self.account.clock:stamp()
  local op = write(self, { state = "unknown", answered_at = ledger.now(),
    service_answered_at = service_now,
    error_kind = err.kind, error = store.text(err.message) }, own(self, "sent"))
  if not now_only then durable(self, op) end
end

-- An acceptance is the truth about a row, also when somebody took this process for dead
-- and gave the row up: then it is taken up again, and its money with it.
local UNANSWERED = { request_id = store.NULL, state = { "sent", "unknown", "refused" } }

--- The service accepted it. Waits until its request id is durable; when the ledger fails,
--- it is tried again and the job goes on.
---@param answer table   request_id, urls
---@param now_only? boolean   in a callback, which cannot wait
function Record:accepted(answer, now_only)
  local now = ledger.now()
  self.request_id = answer.request_id
  local op = write(self, { state = "accepted", request_id = answer.request_id,
    writer = self.account.me and self.account.me.id, cost = self.reserved,
    settled = store.NULL, ended_at = store.NULL, error_kind = store.NULL,
    error = store.NULL, looked_at = store.NULL, answered_at = now, accepted_at = now,
    status_url = type(answer.status_url) == "string" and answer.status_url or nil,
    response_url = type(answer.response_url) == "string" and answer.response_url or nil,
    cancel_url = type(answer.cancel_url) == "string" and answer.cancel_url or nil,
  }, UNANSWERED, function(done)
    if done.changed ~= 0 then return end
    self.account:log("error", "ledger.taken", { id = self.id,
      request_id = answer.request_id,
      message = "another process took this one for dead and settled its row" })
  end)
  if op then op.known = { request_id = answer.request_id } end
  if not now_only then return durable(self, op) end
end

--- Only while the row stands for this request: a person may have named another one for it
--- meanwhile. Its acceptance may be unwritten as yet.
local function of_this(self)
  return { self.request_id, store.NULL }
end

--- It is done, and its result is not here yet.
function Record:completed()
  if self.ended then return end
  write(self, { state = "completed" }, { state = "accepted", request_id = of_this(self) })
end

--- How long it took, as the one who followed it has learned.
---@param seconds number
function Record:timed(seconds) self.took = seconds end

--- What came with the result; kept until it is known what it means.
---@param body? string
---@param headers? table<string, string>
function Record:heard(body, headers) self.body, self.headers = body, headers end

local function money(self, ok, status, queued)
  local header = type(self.headers) == "table" and self.headers["x-fal-billable-units"]
  local units = budget.units(header or nil)
  local definition = models.find(self.endpoint_id)
  local rule = definition and definition.price
  local micros = budget.settle(self.reserved, { ok = ok, status = status, units = units,
    unit_price = self.unit_price, min_units = rule and rule.min_units, queued = queued })
  if micros > self.reserved then
    self.account.client:log("warn", "billed", { id = self.id, reserved = self.reserved
      / 1000000, billed = micros / 1000000, units = units })
  end
  end_money(self, micros)
  return micros, units and ("%.8g"):format(units)
end

-- The end of a job says its request id too: the acceptance may be unwritten as yet.

--- The result is here. Waits until it is durable; when the ledger fails, it is tried
--- again, and the result is handed on all the same.
---@param output any   decoded
function Record:fetched(output)
  if self.ended then return durable(self, self.op) end
  self.ended = true
  self.account:remember(self.id, output)
  local micros, units = money(self, true)
  local op = write(self, { state = "fetched", request_id = self.request_id,
    cost = micros, settled = micros, billed_units = units,
    result = store.text(self.body), ended_at = ledger.now(),
    run_ms = self.took and math.floor(1000 * self.took) },
    self.request_id and { request_id = of_this(self) }, function(done)
      if done.changed ~= 0 then return end
      self.account:log("error", "ledger.taken", { id = self.id,
        request_id = self.request_id, message = "its row stands for another request by "
          .. "now, so its result is not stored" })
    end)
  self.body, self.headers, self.op = nil, nil, op
  durable(self, op)
end

-- A result that is stored stays: whoever asks the service for it once more, when it has
-- expired there, learns nothing about the job.
local NOT_FETCHED = {}
for _, state in ipairs(ledger.STATES) do
  if state ~= "fetched" then NOT_FETCHED[#NOT_FETCHED + 1] = state end
end

--- The job is over without a result.
---@param err fal.Error
---@param queued? boolean   it was taken out of the queue before it ran
function Record:failed(err, queued)
  if self.ended then return durable(self, self.op) end
  self.ended = true
  local micros, units = money(self, false, err.status, queued)
  local op = write(self, { state = err.kind == "canceled" and "canceled" or "failed",
    request_id = self.request_id, cost = micros, settled = micros,
    billed_units = units, ended_at = ledger.now(), error_kind = err.kind,
    error = store.text(err.message) },
    { state = NOT_FETCHED, request_id = self.request_id and of_this(self) })
  self.body, self.headers, self.op = nil, nil, op
  durable(self, op)
end

return record
