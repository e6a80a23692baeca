--- The ledger: what was asked, sent, accepted, paid, fetched. One row for each paid
--- submit, in a SQLite file or a PostgreSQL database that several machines share.
-- docs/money.md tells the states, and what each promises.

local E = require "fal.error"
local address = require "fal.ledger.address"
local core = require "fal.core"
local db = require "fal.ledger.db"
local json = require "fal.json"
local options = require "fal.options"
local process = require "fal.ledger.process"
local schema = require "fal.ledger.schema"
local store = require "fal.ledger.store"
local url = require "fal.url"

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")
local monotonic = core.now

local ledger = {}

--- In the order of a job's life; the last four end it.
ledger.STATES = { "intent", "sent", "unknown", "accepted", "completed", "fetched",
  "refused", "failed", "canceled" }

--- States in which nobody knows whether the service accepted the request.
local DOUBTFUL = { intent = true, sent = true, unknown = true }

--- States in which a living process may be at work on a row.
local BUSY = { intent = true, sent = true, accepted = true, completed = true }

---@class fal.Ledger
---@field shown string   the address without a password
local Ledger = {}
Ledger.__index = Ledger
Ledger.__tostring = function(self) return "fal.ledger " .. self.shown end

--- Wall time in milliseconds, for records; deadlines have their own clock.
---@return integer
function ledger.now() return os.time() * 1000 end

local REMEDIES = {
  missing = "Install it, or leave out the ledger.",
  busy = "Another process holds the ledger; try again when it is done.",
  lost = "Check that the database server is running and reachable.",
  no_file = "Check that its folder exists, and that it is a file that can be written.",
}

--- An error of the ledger itself.
---@param self { shown: string }
---@param doing string
---@param message string
---@param code? string
---@param sent? "no"
---@return fal.Error
function ledger.failure(self, doing, message, code, sent)
  local cured_by = code
  if code == "lost" and not self.shown:find("^postgres") then cured_by = "no_file" end
  return E.new {
    kind = "file", sent = sent, retryable = code == "busy" or code == "lost",
    message = ("%s (ledger %s)"):format(doing, self.shown), cause = message,
    remedy = REMEDIES[cured_by] or "Check that the ledger is writable, whole, and on a "
      .. "disk with free space.",
  }
end

--- The same for a paid request that is refused because of it.
---@param err fal.Error
function ledger.nothing_sent(err)
  err.sent = "no"
  err.message = err.message .. ", so nothing was sent"
  return nil, err
end

local function connect(self)
  local made, message, code = db.open(self.address)
  if not made then return nil, message, code end
  local ok
  ok, message, code = schema.migrate(made)
  if ok then
    self.connection = made
    return made
  end
  made:close()
  return nil, message, code
end

--- Forgets the connection; the next use makes another.
function Ledger:drop()
  if self.connection then self.connection:close() end
  self.connection = nil
end

-- The drivers know no waiting but their own, so a server that does not answer holds the
-- whole program until a deadline of the connection. After one such wait nothing is tried
-- for a while, ever longer.
local SLOW = 1
local FIRST_REST, LAST_REST = 10, 60

--- A connection broke, or could not be made.
---@param message string
---@param seconds number   that were spent in waiting for it
function Ledger:lost(message, seconds)
  self:drop()
  if seconds <= SLOW then return end
  self.rest = math.min(LAST_REST, self.rest and self.rest * 2 or FIRST_REST)
  self.rest_until, self.rest_why = monotonic() + self.rest, message
end

--- Why the server is left alone; nil: it may be asked.
local function resting(self)
  local left = self.rest_until and self.rest_until - monotonic()
  if not left or left <= 0 then return nil end
  return ("%s; it did not answer in time, so it is not asked again for %d s"):format(
    self.rest_why, math.ceil(left))
end

--- The live connection, or one attempt to make it.
---@return fal.LedgerDb?
---@return string? message
---@return string? code   "busy": somebody else is making the tables, or turns the file to
---        WAL, at this moment
function Ledger:attempt()
  if self.closed then return nil, "the ledger is closed", "error" end
  if self.connection then return self.connection end
  local why = resting(self)
  if why then return nil, why, "lost" end
  local started = monotonic()
  local made, message, code = connect(self)
  if made then
    self.rest, self.rest_until = nil, nil
  elseif code == "lost" then
    self:lost(message, monotonic() - started)
  elseif code == "clash" then
    code = "busy"
  end
  return made, message, code
end

local PAUSE = 0.05

--- Seconds for which a ledger that somebody else is opening is tried.
ledger.OPENING = 5

--- The live connection, made anew when it was lost.
---@return fal.LedgerDb?
---@return string? message
---@return string? code
function Ledger:db()
  local give_up_at
  while true do
    local made, message, code = self:attempt()
    if made or code ~= "busy" then return made, message, code end
    give_up_at = give_up_at or monotonic() + ledger.OPENING
    if monotonic() >= give_up_at then return nil, message, code end
  end
end

--- A ledger that is opened when it is first used.
---@param where string
---@return fal.Ledger?
---@return fal.Error? err   kind validation
function ledger.at(where)
  local parsed, why = address.parse(where)
  if parsed then
    return setmetatable({ address = parsed, shown = parsed.shown }, Ledger)
  end
  return nil, E.new { kind = "validation", message = "no ledger address: " .. why }
end

--- Opens a ledger, makes its tables when it is new, and brings older ones up to date.
---@param where string   a path or "sqlite:path" (SQLite), or "postgresql://…"
---@return fal.Ledger?
---@return fal.Error? err   kind file; validation for an address that is none
function ledger.open(where)
  options.argument("ledger.open", "address", where, "string", 2)
  local self, err = ledger.at(where)
  if not self then return nil, err end
  local made
  made, err = self:open()
  if not made then return nil, err end
  return self
end

--- Connects, if it is not connected.
---@param sleep? fun(seconds: number): boolean?, fal.Error?   waits while somebody else is
---        opening it [the whole program does]
---@return boolean? ok
---@return fal.Error? err   kind file; what `sleep` returned
function Ledger:open(sleep)
  local made, message, code = (sleep and self.attempt or self.db)(self)
  local waited = 0
  while sleep and code == "busy" and waited < ledger.OPENING do
    local ok, err = sleep(PAUSE)
    if not ok then return nil, err end
    waited = waited + PAUSE
    made, message, code = self:attempt()
  end
  if made then return true end
  return nil, ledger.failure(self, "the ledger could not be opened", message, code)
end

--- Runs `fn(db)` for reading; once more on a new connection when the old one was lost.
local function read(self, fn)
  for attempt = 1, 2 do
    local connection, message, code = self:db()
    if not connection then
      return nil, ledger.failure(self, "the ledger could not be opened", message, code)
    end
    local value, more
    local started = monotonic()
    value, more, code = fn(connection)
    if value ~= nil or not code then return value, more end
    if code == "lost" then self:lost(more, monotonic() - started) end
    if code ~= "lost" or attempt == 2 then
      return nil, ledger.failure(self, "the ledger could not be read", more, code)
    end
  end
end

Ledger.read = read

local function seconds(ms) return ms and ms / 1000 end
local function dollars(micros) return micros and micros / 1000000 end

--- A row as users see it.
---@class fal.LedgerJob
---@field id string            for settle; part of a webhook's URL as fal_token
---@field name? string         the caller's name for the work
---@field endpoint_id string
---@field input table          without secrets
---@field state fal.LedgerState
---@field created_at number    seconds since 1970; also sent_at, accepted_at, ended_at
---@field reserved number      dollars; also settled, once it is known
---@field billed_units? number
---@field request_id? string
---@field result? any          decoded, once it was fetched
---@field error_kind? string
---@field error? string
---@field looked_at? string    of a doubtful job: where was looked, and what was seen; of
---        one that was settled by hand: that it was
local function presented(row)
  return {
    id = row.id, name = row.name, endpoint_id = row.endpoint_id, state = row.state,
    input = json.decode(row.input, true), request_id = row.request_id,
    created_at = seconds(row.created_at), updated_at = seconds(row.updated_at),
    sent_at = seconds(row.sent_at), accepted_at = seconds(row.accepted_at),
    ended_at = seconds(row.ended_at), reserved = dollars(row.reserved),
    settled = dollars(row.settled), billed_units = tonumber(row.billed_units),
    result = row.result and json.decode(row.result, true) or nil,
    error_kind = row.error_kind, error = row.error, looked_at = row.looked_at,
  }
end

local JOBS = { state = ledger.STATES, since = "seconds", name = "string",
  endpoint_id = "string", limit = "count" }

--- The jobs that were recorded, oldest first.
---@param filter? fal.LedgerFilter
---@return fal.LedgerJob[]? jobs
---@return fal.Error? err   kind file
function Ledger:jobs(filter)
  filter = options.check("ledger:jobs", filter, JOBS, 2)
  local where, values = { "created_at >= ?" }, { math.floor((filter.since or 0) * 1000) }
  for _, name in ipairs { "state", "name", "endpoint_id" } do
    if filter[name] then
      where[#where + 1] = name .. " = ?"
      values[#values + 1] = filter[name]
    end
  end
  local sql = "WHERE " .. table.concat(where, " AND ") .. " ORDER BY created_at, id"
  if filter.limit then sql = ("%s LIMIT %.0f"):format(sql, filter.limit) end
  local rows, err = read(self, function(connection)
    return store.find(connection, sql, unpack(values))
  end)
  if not rows then return nil, err end
  for i = 1, #rows do rows[i] = presented(rows[i]) end
  return rows
end

--- Dollars that were spent, and those reserved for jobs that are not settled yet.
---@param opts? fal.SpentOptions
---@return number? spent
---@return number|fal.Error reserved
function Ledger:spent(opts)
  opts = options.check("ledger:spent", opts, { since = "seconds" }, 2)
  local spent, reserved = read(self, function(connection)
    return store.totals(connection, math.floor((opts.since or 0) * 1000))
  end)
  if not spent then return nil, reserved end
  return dollars(spent), dollars(reserved)
end

--- The files that were downloaded for a job.
---@param id string
---@return { url: string, path: string, size?: number }[]? files
---@return fal.Error? err
function Ledger:files(id)
  local rows, err = read(self, function(connection)
    return store.files(connection, id)
  end)
  if not rows then return nil, err end
  for i = 1, #rows do rows[i].size = tonumber(rows[i].size) end
  return rows
end

local READ_ID = "SELECT value FROM fal_meta WHERE name = 'id'"
local MAKE_ID = "INSERT INTO fal_meta (name, value) VALUES ('id', ?) "
  .. "ON CONFLICT (name) DO NOTHING"

--- What tells this ledger from every other one. Its address does not: a relative path
--- means another file elsewhere.
---@return string? id
---@return fal.Error? err   kind file
function Ledger:id()
  return self:read(function(connection)
    local rows, message, code = connection:query(READ_ID)
    if rows and not rows[1] then
      local made
      made, message, code = connection:run(MAKE_ID, process.token())
      rows = made and connection:query(READ_ID)
    end
    if not rows then return nil, message, code end
    return rows[1].value
  end)
end

local function refuse(message, remedy)
  return nil, E.new { kind = "validation", message = message, remedy = remedy }
end

--- A row, and whether the process that is sending it lives and may yet learn what became
--- of it.
local function look_up(self, id)
  return self:read(function(connection)
    local row, message, code = store.get(connection, id)
    if code then return nil, message, code end
    local writers
    writers, message, code = store.writers(connection)
    if not writers then return nil, message, code end
    local writer = row and BUSY[row.state] and writers[row.writer]
    return { row = row, is_living = writer
      and not process.is_dead(writer, process.self()) }
  end)
end

-- Seconds that a person's word waits for a ledger that others are writing.
local LOCKED = 2

local function write(self, id, fields, only)
  local give_up_at = monotonic() + LOCKED
  while true do
    local connection, message, code = self:db()
    if not connection then return nil, message, code end
    local changed
    changed, message, code = store.update(connection, id, fields, only)
    if code ~= "busy" or monotonic() >= give_up_at then return changed, message, code end
  end
end

-- Whoever settles a row becomes its writer, and is nobody that lives: whoever wrote it
-- before sends it no more, and whoever asks for the work takes it up.
local BY_HAND = "settled by hand"

local function settled_fields(row, request_id)
  local now, accepted = ledger.now(), request_id ~= "not_accepted"
  local fields = { updated_at = now, writer = BY_HAND, billed_units = store.NULL,
    looked_at = BY_HAND .. (accepted and ": it is request " .. request_id
      or ": the service did not accept it") }
  if accepted then
    fields.state, fields.request_id, fields.accepted_at = "accepted", request_id, now
    fields.cost, fields.settled, fields.ended_at = row.reserved, store.NULL, store.NULL
    fields.error_kind, fields.error = store.NULL, store.NULL
  else
    fields.state, fields.request_id, fields.ended_at = "refused", store.NULL, now
    fields.cost, fields.settled = 0, 0
    fields.error_kind, fields.error = "network", fields.looked_at
  end
  return fields
end

local function begins(text, with) return text ~= nil and text:sub(1, #with) == with end

--- How the error of a row begins that a ledger_policy gave up.
ledger.ASSUMED = "taken as not accepted by ledger_policy"

--- Whether a person said what became of a row: that can be said better, until its result
--- is here.
---@param row table
---@return boolean
function ledger.by_hand(row)
  return row.state ~= "fetched" and begins(row.looked_at, BY_HAND)
end

--- What nobody knows, what a person said, and what was given up without proof.
local function is_open(row, verdict)
  return DOUBTFUL[row.state] or ledger.by_hand(row) or row.state == "refused"
    and verdict ~= "not_accepted" and begins(row.error, ledger.ASSUMED)
end

--- The row as it was seen, for an update that must not meet another one.
---@param row table
---@return table only
function ledger.unchanged(row)
  return { state = row.state, writer = row.writer, sent_at = row.sent_at,
    request_id = row.request_id or store.NULL }
end

--- Settles by hand a job of which nobody knows whether the service accepted it. A verdict
--- that was wrong is put right by another one, until the job's result was fetched.
---@param id string|fal.LedgerJob   the row, or its id
---@param verdict string   the request id under which the service knows it, or
---        "not_accepted": it certainly does not; then asking again pays again
---@return boolean? ok
---@return fal.Error? err   kinds not_found, validation, file
function Ledger:settle(id, verdict)
  if type(id) == "table" then id = id.id end
  options.argument("ledger:settle", "id", id, "string", 2)
  if not url.is_request_id(verdict) then
    error("ledger:settle: the verdict must be a request id or \"not_accepted\"", 2)
  end
  local found, err = look_up(self, id)
  if not found then return nil, err end
  local row = found.row
  if not row then
    return nil, E.new { kind = "not_found", message = "the ledger has no job " .. id,
      remedy = "ledger:jobs { state = \"unknown\" } lists those in doubt." }
  elseif row.request_id == verdict and row.state ~= "refused" then
    return true
  elseif not is_open(row, verdict) then
    return refuse(("job %s is not in doubt: it is %s"):format(id, row.state),
      "Nothing was changed; again = true makes new work, and pays for it.")
  elseif found.is_living then
    return refuse(("job %s is being %s by a process that lives"):format(id,
      DOUBTFUL[row.state] and "submitted" or "followed"),
      "Wait for that process, or end it.")
  end
  local changed, message, code = write(self, id, settled_fields(row, verdict),
    ledger.unchanged(row))
  if changed == 1 then return true end
  if code == "clash" then
    return refuse("request " .. verdict .. " belongs to another job of the ledger")
  elseif changed then
    return refuse(("job %s was settled by somebody else meanwhile"):format(id))
  end
  return nil, ledger.failure(self, "the job could not be settled", message, code)
end

--- Idempotent.
function Ledger:close()
  self:drop()
  self.closed = true
end

ledger.presented = presented

return ledger
