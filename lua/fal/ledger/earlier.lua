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

local function plan(self, work)
  return self.book:read(function(db)
    local rows, message, code = store.find(db, "WHERE input_hash = ? AND endpoint_id = ? "
      .. "AND state NOT IN ('refused', 'failed', 'canceled') ORDER BY created_at, id",
      work.hash, work.endpoint_id)
    if not rows then return nil, message, code end
    local same = {}
    for _, row in ipairs(rows) do
      if row.input == work.text then same[#same + 1] = row end
    end
    if #same == 0 then return {} end
    local writers
    writers, message, code = store.writers(db)
    if not writers then return nil, message, code end
    local step, row = again.plan(same, work.name, function(one)
      local by = writers[one.writer]
      return by ~= nil and not process.is_dead(by, self.me)
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
      updated_at = ledger.now() }, ledger.unchanged(row))
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
function methods:pursue(row, deadline, cause)
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
      if mine == nil then return ledger.nothing_sent(err) end
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
---@return fal.Earlier?   nil and self.TAKEN: it may be submitted anew
---@return any err
function methods:lost(work, cause, deadline)
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
  return nil, self.TAKEN
end

---@param class table   the account's
function earlier.extend(class)
  for name, method in next, methods do class[name] = method end
end

return earlier
