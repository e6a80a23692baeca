--- What became of requests whose answer was lost, or whose process died: looked up in the
--- account's request history, and settled as far as that allows.

local E = require "fal.error"
local history = require "fal.reconcile.history"
local ledger = require "fal.ledger"
local match = require "fal.reconcile.match"
local process = require "fal.ledger.process"
local store = require "fal.ledger.store"

local reconcile = {}

-- Clocks are read in whole seconds; the service's may be off by more where it does not
-- say its time.
local SLACK, WIDE_SLACK = 2, 60

local function window(row, now, clock, slack)
  return {
    id = row.id, input = row.input,
    from = row.sent_at / 1000 + clock - slack,
    to = (row.answered_at or now) / 1000 + clock + slack,
  }
end

--- The doubtful rows, and those that living processes are sending now.
local function sort_out(self, rows, writers, endpoint_id)
  local doubtful, living, unsent = {}, {}, {}
  for _, row in ipairs(rows) do
    local writer = writers[row.writer]
    local dead = not writer or process.is_dead(writer, self.me)
    if row.endpoint_id ~= endpoint_id then -- luacheck: ignore
    elseif row.state == "unknown" or (dead and row.state == "sent") then
      doubtful[#doubtful + 1] = row
    elseif not dead then
      living[#living + 1] = row
    else
      unsent[#unsent + 1] = row
    end
  end
  return doubtful, living, unsent
end

local function update(self, row, fields)
  fields.updated_at = ledger.now()
  local changed, err = self.book:read(function(db)
    local n, message, code = store.update(db, row.id, fields, ledger.unchanged(row))
    if code == "clash" then return 0 end
    return n, message, code
  end)
  return changed == 1, err
end

local function take_up(self, row, item)
  local now = ledger.now()
  local ok, err = update(self, row, { state = "accepted", request_id = item.request_id,
    writer = self.me.id, accepted_at = now, error_kind = store.NULL, error = store.NULL,
    looked_at = store.NULL })
  if ok then
    row.state, row.request_id = "accepted", item.request_id
    self.client:log("info", "reconcile.found", { id = row.id, name = row.name,
      endpoint_id = row.endpoint_id, request_id = item.request_id })
  end
  return ok, err
end

local function give_back(self, row, why)
  local now = ledger.now()
  return update(self, row, { state = "refused", cost = 0, settled = 0, ended_at = now,
    error_kind = "network", error = why })
end

local function stamp(seconds)
  return os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(seconds))
end

local function newest(items)
  local most
  for i = 1, #items do
    if not most or items[i].sent_at > most then most = items[i].sent_at end
  end
  return most
end

--- What a person who must decide wants to know.
local function sight(row, got, span)
  local last, unreadable = newest(got.items), match.unreadable(span, got.items)
  return ("looked at %s: %d request(s) to %s in the history since %s, none of them this "
    .. "one; %s%s"):format(stamp(os.time()), #got.items, row.endpoint_id,
    stamp(span.from),
    last and "the newest was sent at " .. stamp(last) or "it shows none at all",
    unreadable > 0 and ("; %d cannot be compared, their payloads are not kept")
      :format(unreadable) or "")
end

--- Whether the user's policy takes the evidence for proof: no process is sending the
--- request any more, the time is over, the history has arrived at later requests, every
--- one of which can be compared, and does not know it.
local function assumed(self, row, got, span, now)
  local after = self.policy and self.policy.assume_not_accepted_after
  if not after then return false end
  local since = (row.answered_at or row.sent_at) / 1000
  return now / 1000 - since >= after and got.exact
    and match.is_current(got.items, since + got.clock + SLACK)
    and match.unreadable(span, got.items) == 0
end

local function look(self, endpoint_id, groups, report, deadline)
  local now, earliest = ledger.now(), math.huge
  for _, row in ipairs(groups.doubtful) do earliest = math.min(earliest, row.sent_at) end
  local got, err = history.read(self.client, endpoint_id, earliest / 1000 - WIDE_SLACK,
    deadline)
  if not got then return nil, err end
  local slack = got.exact and SLACK or WIDE_SLACK
  local spans, others, ids, rows = {}, {}, {}, {}
  for i, row in ipairs(groups.doubtful) do
    spans[i], rows[row.id] = window(row, now, got.clock, slack), row
  end
  for i, row in ipairs(groups.living) do
    others[i] = window(row, now, got.clock, slack)
  end
  for i, item in ipairs(got.items) do ids[i] = item.request_id end
  local taken
  taken, err = self.book:read(function(db) return store.taken(db, ids) end)
  if not taken then return nil, err end
  local found, waiting = match.assign(spans, got.items, taken, others)
  for _, span in ipairs(spans) do
    local row = rows[span.id]
    if found[row.id] then
      if take_up(self, row, found[row.id]) then report.found[#report.found + 1] = row end
    elseif waiting[row.id] then
      report.waiting[#report.waiting + 1] = row
    elseif assumed(self, row, got, span, now) then
      if give_back(self, row, "taken as not accepted by ledger_policy; "
        .. sight(row, got, span)) then
        row.state = "refused"
        report.assumed[#report.assumed + 1] = row
        self.client:log("warn", "reconcile.assumed", { id = row.id, name = row.name,
          endpoint_id = row.endpoint_id })
      end
    else
      row.looked_at = sight(row, got, span)
      update(self, row, { looked_at = row.looked_at })
      report.unknown[#report.unknown + 1] = row
    end
  end
  return true
end

---@class fal.ReconcileReport   rows of the ledger, as ledger:jobs gives them
---@field found table[]     the service knows them: take them up with client:job
---@field unknown table[]   nobody knows: looked_at says what was seen; see ledger:settle
---@field assumed table[]   taken as not accepted by ledger_policy: ask again, pay again
---@field waiting table[]   a living process may be their sender: look again later
---@field unsent table[]    they certainly never left

--- Settles the ledger's doubtful rows.
---@param self fal.Account
---@param like? table        only rows of this one's endpoint and input
---@param deadline? number   of the monotonic clock
---@return fal.ReconcileReport? report   with raw rows
---@return fal.Error? err       the ledger or the history could not be read
function reconcile.run(self, like, deadline)
  local open = "state IN ('intent', 'sent', 'unknown') ORDER BY created_at, id"
  local rows, err = self.book:read(function(db)
    if not like then return store.find(db, "WHERE " .. open) end
    return store.find(db, "WHERE input_hash = ? AND endpoint_id = ? AND " .. open,
      like.input_hash, like.endpoint_id)
  end)
  if not rows then return nil, err end
  local writers
  writers, err = self.book:read(function(db) return store.writers(db) end)
  if not writers then return nil, err end
  local report = { found = {}, unknown = {}, assumed = {}, waiting = {}, unsent = {} }
  local seen = {}
  for _, row in ipairs(rows) do
    local id = row.endpoint_id
    if not seen[id] then
      seen[id] = true
      local groups = {}
      groups.doubtful, groups.living, groups.unsent = sort_out(self, rows, writers,
        id)
      for _, one in ipairs(groups.unsent) do
        if give_back(self, one, "it never left: its process died before") then
          report.unsent[#report.unsent + 1] = one
        end
      end
      if #groups.doubtful > 0 then
        local ok
        ok, err = look(self, id, groups, report, deadline)
        if not ok then return nil, err, report end
      end
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
