--- The same work asked for again, and requests whose answer was lost: waits for what
--- others know, looks into the history, and says whether work is new.

local E = require "fal.error"
local again = require "fal.ledger.again"
local ledger = require "fal.ledger"
local process = require "fal.ledger.process"
local reconcile = require "fal.reconcile"
local record = require "fal.ledger.record"
local schedule = require "fal.schedule"
local store = require "fal.ledger.store"

local earlier = {}

local methods = {}

--- What is to be done about the same work, and the row that it was recorded in.
local function plan(self, work)
  return self.book:read(function(db)
    local rows, message, code = store.same_work(db, work, self.me.id)
    if not rows then return nil, message, code end
    if #rows == 0 then return {} end
    local writers
    writers, message, code = store.writers(db)
    if not writers then return nil, message, code end
    local step, seen = again.plan(rows, work.name, function(one)
      local by = writers[one.writer]
      return by ~= nil and not process.is_dead(by, self.me)
    end)
    if not step then return {} end
    local row
    row, message, code = store.get(db, seen.id)
    if code then return nil, message, code end
    -- Somebody changed it just now: it is to be looked at anew.
    local same = row and row.state == seen.state and row.writer == seen.writer
    return { step = same and step or "wait", row = row }
  end)
end

--- Unnamed work that a dead process left is taken up by one asker only.
---@return boolean? mine
---@return fal.Error? err
local function claim(self, row, name)
  if name then return true end
  local op = self.journal:update(row.id, { writer = self.me.id }, ledger.unchanged(row))
  op.fleeting = true
  local ok, err = self.journal:wait(op)
  if not ok then return nil, err end
  return op.changed == 1
end

local function pause(self, attempt, deadline)
  local client = self.client
  local delay = schedule.backoff(attempt, client.settings.retry, client.random)
  local left = deadline and deadline - client.now()
  if left and left <= 0 then return nil, "expired" end
  return client.sched:sleep(left and math.min(delay, left) or delay)
end

--- With a policy there is a moment from which a doubtful row may be taken as not
--- accepted; it is waited for.
---@return number? seconds
local function policy_wait(self, row)
  local after = self.policy and self.policy.assume_not_accepted_after
  local now = self.clock:read()
  if not after or not now or not row.service_sent_at then return nil end
  local over = row.service_answered_at and row.service_answered_at / 1000 or now
  return math.max(0, over + after - now) + 4
end

--- Why nothing is known of a row, when looking for it was ended: what it stands for may
--- have been accepted.
local function doubt(row, err)
  return nil, E.new { kind = err.kind, sent = "unknown", retryable = false, cause = err,
    endpoint_id = row.endpoint_id, message = ("%s; whether the service accepted the "
      .. "request of job %s in the ledger is not known"):format(err.message, row.id),
    remedy = reconcile.advice(row) }
end

--- Looks once. Nil and an error when the look was ended; the error beside a row says why
--- the history could not be read.
local function look(self, row, deadline)
  local report, err = reconcile.run(self, row, deadline)
  if not report then return doubt(row, err) end
  local now_row, message = self.book:read(function(db) return store.get(db, row.id) end)
  if not now_row then
    return doubt(row, message or E.new { kind = "file",
      message = "the job is no longer in the ledger" })
  end
  return now_row, report.failed[1] and report.failed[1].error
end

--- Looks for a doubtful row until it is found, given up by the policy, or patience ends.
---@param row table
---@param deadline? number
---@param cause? fal.Error
---@return "found"|"assumed"|"moved"|nil verdict   moved: somebody else settled it
---@return fal.Error? err   its `sent` is "unknown"
function methods:pursue(row, deadline, cause)
  local client = self.client
  local attempt, patient_until = 0, nil
  while true do
    attempt = attempt + 1
    local now_row, err = look(self, row, deadline)
    if not now_row then return nil, err end
    if now_row.request_id then
      row.request_id, row.state, row.result = now_row.request_id, now_row.state,
        now_row.result
      return now_row.writer == self.me.id and "found" or "moved"
    elseif now_row.state == "refused" then
      return now_row.error and now_row.error:find(ledger.ASSUMED, 1, true) == 1
        and "assumed" or "moved"
    elseif now_row.state ~= "unknown" and now_row.state ~= "sent" then
      return "moved"
    end
    row.looked_at = now_row.looked_at
    if not patient_until then
      patient_until = client.now() + (policy_wait(self, now_row) or 0)
    end
    local enough = attempt >= client.settings.retry.max_attempts
      and client.now() >= patient_until
    if enough then return nil, reconcile.unknown(row, err or cause) end
    local ok, why = pause(self, math.min(attempt, 8), deadline)
    if not ok then
      if why == "expired" then return nil, reconcile.unknown(row, err or cause) end
      return doubt(row, why)
    end
  end
end

--- The wait for an earlier request was ended before anything was sent for this one.
local function unsent(work, err)
  return E.new { kind = err.kind, sent = "no", endpoint_id = work.endpoint_id,
    message = err.message .. ", so nothing was sent", remedy = err.remedy,
    cause = err.cause, retryable = err.retryable }
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
function methods:earlier(work, deadline)
  if not self.journal or work.again then return nil end
  local waits = 0
  while true do
    local found, err = plan(self, work)
    if not found then return ledger.nothing_sent(err) end
    local step, row = found.step, found.row
    if not step then return nil end
    if step == "result" or step == "job" then
      local mine
      mine, err = claim(self, row, work.name)
      if mine == nil then return nil, unsent(work, err) end
      if mine then return { row = row, record = record.new(self, row), answer = row } end
    elseif step == "wait" then
      waits = waits + 1
      -- Its client may have been dropped here; then it signs off when it is collected.
      collectgarbage("step", 200)
      local ok
      ok, err = pause(self, math.min(waits, 4), deadline)
      if not ok then
        return nil, err ~= "expired" and unsent(work, err) or E.new {
          kind = "timeout", sent = "no", endpoint_id = work.endpoint_id,
          message = "the time ran out while another process was submitting the same work",
        }
      end
    elseif step == "replace" then
      local report, failed = reconcile.run(self, row, deadline)
      failed = failed or (report.failed[1] and report.failed[1].error)
      if failed then return nil, unsent(work, failed) end
    else
      local verdict
      verdict, err = self:pursue(row, deadline)
      if not verdict then return nil, err end
      if verdict == "found" then
        return { row = row, record = record.new(self, row), answer = row }
      end
    end
  end
end

--- The answer to a submit was lost: looks for it in the history.
---@param work fal.PaidWork
---@param cause fal.Error
---@param deadline? number
---@return fal.Earlier?   nil and self.TAKEN: it may be submitted anew
---@return any err
function methods:lost(work, cause, deadline)
  local row, err = self.book:read(function(db) return store.get(db, work.id) end)
  if not row then
    if err then
      return doubt({ id = work.id, endpoint_id = work.endpoint_id }, err)
    end
    return nil, cause
  end
  if not row.request_id then
    if row.state ~= "unknown" then return nil, cause end
    local verdict
    verdict, err = self:pursue(row, deadline, cause)
    if not verdict then return nil, err end
  end
  if row.request_id then
    return { row = row, record = record.new(self, row), answer = row }
  end
  -- The policy, or a person meanwhile, says that it was not accepted.
  work.id = process.token()
  return nil, self.TAKEN
end

---@param class table   the account's
function earlier.extend(class)
  for name, method in next, methods do class[name] = method end
end

return earlier
