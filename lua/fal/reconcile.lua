--- What became of requests whose answer was lost, or whose process died: looked up in the
--- account's request history, and settled as far as that allows.

local E = require "fal.error"
local history = require "fal.reconcile.history"
local ledger = require "fal.ledger"
local process = require "fal.ledger.process"
local store = require "fal.ledger.store"
local verdict = require "fal.reconcile.verdict"

local reconcile = {}

--- The doubtful rows, and those that living processes are sending now.
local function sort_out(self, rows, writers, endpoint_id)
  local groups = { doubtful = {}, living = {}, unsent = {} }
  for _, row in ipairs(rows) do
    local writer = writers[row.writer]
    local dead = not writer or process.is_dead(writer, self.me)
    if row.endpoint_id ~= endpoint_id then -- luacheck: ignore
    elseif row.state == "unknown" or (dead and row.state == "sent") then
      table.insert(groups.doubtful, row)
    elseif not dead then
      table.insert(groups.living, row)
    else
      table.insert(groups.unsent, row)
    end
  end
  return groups
end

--- Changes a row unless somebody else did; `done` waits for it.
local function change(self, row, fields)
  local op = self.journal:update(row.id, fields, ledger.unchanged(row))
  op.fleeting = true   -- it can be found out again
  return op
end

---@return boolean? changed   false: somebody else settled the row
---@return fal.Error? err
local function done(self, op)
  local ok, err = self.journal:wait(op)
  if op.code == "clash" then return false end
  if not ok then return nil, err end
  return op.changed == 1
end

local function take_up(self, row, item)
  return change(self, row, { state = "accepted", request_id = item.request_id,
    writer = self.me.id, accepted_at = ledger.now(), error_kind = store.NULL,
    error = store.NULL, looked_at = store.NULL })
end

local function give_back(self, row, why)
  return change(self, row, { state = "refused", cost = 0, settled = 0,
    writer = self.me.id, ended_at = ledger.now(), error_kind = "network", error = why })
end

--- What was seen; and from now on nobody sends a request whose sender is dead.
local function leave(self, row, got)
  local fields = { looked_at = row.looked_at }
  if row.state == "sent" then
    fields.state, fields.answered_at = "unknown", ledger.now()
  end
  if row.service_sent_at and not row.service_answered_at and got.latest then
    fields.service_answered_at = math.ceil(got.latest * 1000)
  end
  return change(self, row, fields)
end

local function stamp(s)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(s))
end

--- The requests of the history that rows have already.
local function taken_of(self, got)
  local ids = {}
  for _, list in ipairs { got.items, got.odd } do
    for i = 1, #list do ids[#ids + 1] = list[i].request_id end
  end
  return self.book:read(function(db) return store.taken(db, ids) end)
end

--- Writes what was decided about a row.
---@return table? op   to be waited for
local function carry_out(self, one, got)
  local row = one.row
  if one.kind == "found" then
    return take_up(self, row, one.item)
  elseif one.kind == "assumed" then
    return give_back(self, row, ledger.ASSUMED .. "; " .. one.sight)
  elseif one.kind == "unknown" then
    row.looked_at = one.sight
    return leave(self, row, got)
  end
end

local TOLD = { found = "info", assumed = "warn" }

local function note(self, one, report)
  local row = one.row
  if one.item then
    row.state, row.request_id = "accepted", one.item.request_id
  elseif one.kind == "assumed" then
    row.state = "refused"
  end
  table.insert(report[one.kind], row)
  if TOLD[one.kind] then
    self.client:log(TOLD[one.kind], "reconcile." .. one.kind, { id = row.id,
      name = row.name, endpoint_id = row.endpoint_id, request_id = row.request_id })
  end
end

local function read_history(self, endpoint_id, rows, deadline)
  local ok, err = self:learn_time(endpoint_id)
  if ok == nil then return nil, err end
  local now = self.clock:read()
  return history.read(self.client, endpoint_id, verdict.since(rows,
    now and now - os.time(), self.policy), deadline, self.clock)
end

local function look(self, endpoint_id, groups, report, deadline)
  local got, err = read_history(self, endpoint_id, groups.doubtful, deadline)
  if not got then return nil, err end
  local taken
  taken, err = taken_of(self, got)
  if not taken then return nil, err end
  local list, ops, failed = verdict.of(groups.doubtful, groups.living, got, taken,
    self.policy), {}, nil
  -- All are written together, and then waited for.
  for i, one in ipairs(list) do ops[i] = carry_out(self, one, got) or false end
  for i, one in ipairs(list) do
    local ok = true
    if ops[i] then
      ok, err = done(self, ops[i])
      if ok == nil then
        failed = failed or err
        one.kind, one.item = "unknown", nil
      end
    end
    -- What somebody else settled is no news of ours.
    if ok ~= false then note(self, one, report) end
  end
  if failed then return nil, failed end
  return true
end

--- Rows that certainly never left.
local function free(self, rows, report)
  local ops = {}
  for i, row in ipairs(rows) do
    ops[i] = give_back(self, row, "it never left: its process died before")
  end
  for i, row in ipairs(rows) do
    local ok, err = done(self, ops[i])
    if ok == nil then return nil, err end
    if ok then
      row.state = "refused"
      table.insert(report.unsent, row)
    end
  end
  return true
end

local OPEN = "state IN ('intent', 'sent', 'unknown') ORDER BY created_at, id"

---@return table? found   rows, writers
---@return fal.Error? err
local function read_rows(self, like)
  return self.book:read(function(db)
    local rows, writers, message, code
    if like then
      rows, message, code = store.find(db, "WHERE input_hash = ? AND endpoint_id = ? AND "
        .. OPEN, like.input_hash, like.endpoint_id)
    else
      rows, message, code = store.find(db, "WHERE " .. OPEN)
    end
    if not rows then return nil, message, code end
    writers, message, code = store.writers(db)
    if not writers then return nil, message, code end
    return { rows = rows, writers = writers }
  end)
end

local function endpoint_ids(rows)
  local list, seen = {}, {}
  for _, row in ipairs(rows) do
    if not seen[row.endpoint_id] then
      seen[row.endpoint_id] = true
      list[#list + 1] = row.endpoint_id
    end
  end
  return list
end

---@class fal.ReconcileReport   rows of the ledger, as ledger:jobs gives them
---@field found table[]     the service knows them: take them up with client:job
---@field unknown table[]   nobody knows: looked_at says what was seen; see ledger:settle
---@field assumed table[]   taken as not accepted by ledger_policy: ask again, pay again
---@field waiting table[]   a living process may be their sender: look again later
---@field unsent table[]    they certainly never left
---@field failed { endpoint_id: string, error: fal.Error }[]   endpoints whose history
---        could not be read: their rows are as they were

--- Settles the ledger's doubtful rows, endpoint by endpoint: one whose history cannot be
--- read keeps no other from being looked at.
---@param self fal.Account
---@param like? table        only rows of this one's endpoint and input
---@param deadline? number   of the monotonic clock
---@return fal.ReconcileReport? report   with raw rows; nil and an error when the ledger
---        could not be read, or the wait was ended
---@return fal.Error? err
function reconcile.run(self, like, deadline)
  local found, err = read_rows(self, like)
  if not found then return nil, err end
  local report = { found = {}, unknown = {}, assumed = {}, waiting = {}, unsent = {},
    failed = {} }
  for _, id in ipairs(endpoint_ids(found.rows)) do
    local groups = sort_out(self, found.rows, found.writers, id)
    local ok
    ok, err = free(self, groups.unsent, report)
    if ok and #groups.doubtful > 0 then
      ok, err = look(self, id, groups, report, deadline)
    end
    if not ok then
      if err.kind == "closed" or err.kind == "canceled" then return nil, err end
      table.insert(report.failed, { endpoint_id = id, error = err })
    end
  end
  return report
end

--- How to settle a row by hand, for the error that reports it.
---@param row table
---@return string
function reconcile.advice(row)
  return ("Look for it in the request history (https://fal.ai/dashboard/requests), then "
    .. "settle it: require(\"fal.ledger\").open(…):settle(%q, request_id or "
    .. "\"not_accepted\"). It is never sent again by itself."):format(row.id)
end

--- The error of a row that stays in doubt.
---@param row table
---@param cause? fal.Error   of the submit, or of the look into the history
---@return fal.Error
function reconcile.unknown(row, cause)
  return E.new {
    kind = "unknown_submit", sent = "unknown", endpoint_id = row.endpoint_id,
    cause = cause, status = cause and cause.status,
    message = ("whether the service accepted the request that was sent at %s is not known"
      .. "%s"):format(stamp(math.floor(row.sent_at / 1000)),
      row.looked_at and "; " .. row.looked_at or ""),
    remedy = reconcile.advice(row),
  }
end

return reconcile
