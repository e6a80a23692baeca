--- The ledger's rows: what is asked of the database, in SQL that both know.

local interpreted = require "fal.interpreted"
local text = require "fal.text"

local store = {}

-- LuaDBI would cut the numbers (ledger/db.lua), so they are selected as text.
local TEXTS = { "id", "name", "endpoint_id", "input", "input_hash", "state", "writer",
  "billed_units", "request_id", "status_url", "response_url", "cancel_url", "result",
  "error_kind", "error", "looked_at" }
local NUMBERS = { "created_at", "updated_at", "sent_at", "answered_at", "accepted_at",
  "ended_at", "unit_price", "reserved", "settled", "cost", "service_sent_at",
  "service_answered_at", "run_ms" }

local COLUMNS, select_list = {}, {}
for _, name in ipairs(TEXTS) do
  COLUMNS[#COLUMNS + 1] = name
  select_list[#select_list + 1] = name
end
for _, name in ipairs(NUMBERS) do
  COLUMNS[#COLUMNS + 1] = name
  select_list[#select_list + 1] = ("CAST(%s AS TEXT) AS %s"):format(name, name)
end
local SELECT = "SELECT " .. table.concat(select_list, ", ") .. " FROM fal_jobs "

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

--- What both databases take as text: PostgreSQL nothing but well-formed UTF-8 without
--- zeros.
---@param s? string
---@return string?
function store.text(s)
  if not s then return nil end
  s = s:gsub("%z", "")
  if text.length(s) then return s end
  return (s:gsub("[\128-\255]", "?"))
end

--- Stands for NULL in a table of fields.
store.NULL = {}

--- Names and values in the order of the columns, so that each set of names is one
--- prepared statement.
local function in_order(fields)
  local names, values, n = {}, {}, 0
  for i = 1, #COLUMNS do
    local name = COLUMNS[i]
    local value = fields[name]
    if value ~= nil then
      n = n + 1
      names[n] = name
      if value ~= store.NULL then values[n] = value end
    end
  end
  local given = 0
  for _ in next, fields do given = given + 1 end
  if given ~= n then error("a field that is no column of the ledger", 3) end
  return names, values, n
end
interpreted(in_order)

---@param db fal.LedgerDb
---@param row table
function store.insert(db, row)
  local names, values, n = in_order(row)
  return db:run("INSERT INTO fal_jobs (" .. table.concat(names, ", ") .. ") VALUES ("
    .. ("?, "):rep(n - 1) .. "?)", unpack(values, 1, n))
end

--- The condition that each column has its value, or one of a list, which may hold NULL.
local function condition(only, values, n)
  local parts = { "id = ?" }
  for i = 1, #COLUMNS do
    local name = COLUMNS[i]
    local wanted = only[name]
    if wanted == store.NULL then
      parts[#parts + 1] = name .. " IS NULL"
    elseif type(wanted) == "table" then
      local marks, or_null = {}, ""
      for k = 1, #wanted do
        if wanted[k] == store.NULL then
          or_null = " OR " .. name .. " IS NULL"
        else
          n = n + 1
          marks[#marks + 1], values[n] = "?", wanted[k]
        end
      end
      parts[#parts + 1] = ("(%s IN (%s)%s)"):format(name, table.concat(marks, ", "),
        or_null)
    elseif wanted ~= nil then
      n = n + 1
      parts[#parts + 1], values[n] = name .. " = ?", wanted
    end
  end
  return table.concat(parts, " AND "), n
end

--- Changes a row.
---@param db fal.LedgerDb
---@param id string
---@param fields table    store.NULL empties a column
---@param only? table<string, any>   the row as it must be, by column: a value, a list of
---        values, or store.NULL
---@return integer? changed
function store.update(db, id, fields, only)
  local names, values, n = in_order(fields)
  n = n + 1
  values[n] = id
  local where
  where, n = condition(only or {}, values, n)
  return db:run("UPDATE fal_jobs SET " .. table.concat(names, " = ?, ") .. " = ? WHERE "
    .. where, unpack(values, 1, n))
end

local function typed(row)
  for i = 1, #NUMBERS do row[NUMBERS[i]] = tonumber(row[NUMBERS[i]]) end
  return row
end

--- Rows that fulfil a condition, oldest first.
---@param db fal.LedgerDb
---@param where string   SQL after SELECT … FROM fal_jobs
---@return table[]? rows
---@return string? message
---@return string? code
function store.find(db, where, ...)
  local rows, message, code = db:query(SELECT .. where, ...)
  if not rows then return nil, message, code end
  for i = 1, #rows do typed(rows[i]) end
  return rows
end

--- How long the last jobs of an endpoint took, the latest first.
---@return { run_ms: string }[]? rows
---@return string? message
---@return string? code
function store.times(db, endpoint_id, limit)
  return db:query(("SELECT CAST(run_ms AS TEXT) AS run_ms FROM fal_jobs "
    .. "WHERE endpoint_id = ? AND run_ms IS NOT NULL ORDER BY ended_at DESC LIMIT %d")
    :format(limit), endpoint_id)
end

---@return table? row
---@return string? message   nil: there is none
---@return string? code
function store.get(db, id)
  local rows, message, code = store.find(db, "WHERE id = ?", id)
  if not rows then return nil, message, code end
  return rows[1]
end

-- Rows that stand for work that is not simply to be done anew; the most advanced first.
local SAME = "SELECT id, name, state, writer FROM fal_jobs WHERE input_hash = ? "
  .. "AND endpoint_id = ? AND input = ? AND "
local NAMED = SAME .. "name = ? AND state NOT IN ('refused', 'failed', 'canceled') "
  .. "ORDER BY CASE state WHEN 'fetched' THEN 1 WHEN 'completed' THEN 2 "
  .. "WHEN 'accepted' THEN 2 ELSE 3 END, created_at, id LIMIT 100"
local UNNAMED = SAME .. "name IS NULL AND (state = 'unknown' OR (writer <> ? "
  .. "AND state IN ('intent', 'sent', 'accepted', 'completed'))) ORDER BY created_at, id"

--- The rows of the same work, for ledger/again.lua: id, name, state, writer. There may be
--- very many with one input, so results stay where they are, and of work without a name
--- what is done, or this client's own, is left out.
---@param work fal.PaidWork
---@param me string   this client's writer
---@return table[]? rows
function store.same_work(db, work, me)
  return db:query(work.name and NAMED or UNNAMED, work.hash, work.endpoint_id, work.text,
    work.name or me)
end

--- Whether the same named work has a row other than `id` that was not given up.
---@return boolean? exists
function store.has_work(db, row)
  local rows, message, code = db:query("SELECT id FROM fal_jobs WHERE input_hash = ? "
    .. "AND endpoint_id = ? AND input = ? AND name = ? AND id <> ? "
    .. "AND state NOT IN ('refused', 'failed', 'canceled') LIMIT 1", row.input_hash,
    row.endpoint_id, row.input, row.name, row.id)
  if not rows then return nil, message, code end
  return rows[1] ~= nil
end

--- Micro-dollars that count against a budget: reserved ones and those spent.
---@return integer? micros
function store.committed(db)
  local rows, message, code = db:query(
    "SELECT CAST(COALESCE(SUM(cost), 0) AS TEXT) AS total FROM fal_jobs WHERE cost > 0")
  if not rows then return nil, message, code end
  return tonumber(rows[1].total)
end

--- What was spent, and what is reserved for jobs whose cost is not known yet.
---@param since? integer   ms
---@return integer? spent
---@return integer|string|nil reserved
function store.totals(db, since)
  local rows, message, code = db:query("SELECT CAST(COALESCE(SUM(settled), 0) AS TEXT) "
    .. "AS spent, CAST(COALESCE(SUM(cost), 0) AS TEXT) AS cost FROM fal_jobs "
    .. "WHERE created_at >= ?", since or 0)
  if not rows then return nil, message, code end
  local spent = tonumber(rows[1].spent)
  return spent, tonumber(rows[1].cost) - spent
end

--- A sign of life, by the clock of the database: those of the machines may differ.
---@param writer fal.LedgerWriter
function store.sign(db, writer)
  return db:run("INSERT INTO fal_writers (id, place, pid, started, seen_at) VALUES "
    .. "(?, ?, ?, ?, " .. db.now .. ") ON CONFLICT (id) DO UPDATE SET "
    .. "seen_at = excluded.seen_at", writer.id, writer.place, writer.pid, writer.started)
end

--- Signs off: what this writer was sending is in doubt from now on; what waited for
--- another attempt gets none. A writer that is not there counts as dead, though its
--- process may live and have another client.
---@param db fal.LedgerDb
---@param id string
---@param now integer   ms
---@param service_now? integer   ms of the service's clock, at the latest
function store.sign_off(db, id, now, service_now)
  local ok, message, code = db:run("UPDATE fal_jobs SET state = 'unknown', "
    .. "answered_at = ?, updated_at = ?, service_answered_at = ? WHERE writer = ? "
    .. "AND state = 'sent'", now, now, service_now, id)
  if not ok then return nil, message, code end
  ok, message, code = db:run("UPDATE fal_jobs SET state = 'refused', cost = 0, "
    .. "settled = 0, ended_at = ?, updated_at = ?, error_kind = 'closed', "
    .. "error = 'the client was closed before another attempt' WHERE writer = ? "
    .. "AND state = 'intent'", now, now, id)
  if not ok then return nil, message, code end
  return db:run("DELETE FROM fal_writers WHERE id = ?", id)
end

---@return table<string, table>? writers   by id; silent: ms since the last sign of life
function store.writers(db)
  local rows, message, code = db:query("SELECT id, place, pid, started, CAST("
    .. db.now .. " - seen_at AS TEXT) AS silent FROM fal_writers")
  if not rows then return nil, message, code end
  local by_id = {}
  for _, row in ipairs(rows) do by_id[row.id] = row end
  return by_id
end

local MANY = 200   -- parameters of one statement
local TAKEN = "SELECT id, request_id FROM fal_jobs WHERE request_id IN ("
  .. ("?, "):rep(MANY - 1) .. "?)"

--- Of the request ids given, those that a row has already.
---@param db fal.LedgerDb
---@param ids string[]
---@return table<string, string>? taken   the rows' ids
function store.taken(db, ids)
  local taken = {}
  for from = 1, #ids, MANY do
    local part = {}
    -- Always of one length, so that it is one prepared statement.
    for i = 1, MANY do part[i] = ids[math.min(from + i - 1, #ids)] end
    local rows, message, code = db:query(TAKEN, unpack(part, 1, MANY))
    if not rows then return nil, message, code end
    for i = 1, #rows do taken[rows[i].request_id] = rows[i].id end
  end
  return taken
end

function store.add_file(db, file)
  return db:run("INSERT INTO fal_files (job, url, path, size, saved_at) VALUES "
    .. "(?, ?, ?, ?, ?) ON CONFLICT (job, url, path) DO UPDATE SET "
    .. "size = excluded.size, saved_at = excluded.saved_at",
    file.job, file.url, file.path, file.size, file.saved_at)
end

function store.files(db, id)
  return db:query("SELECT url, path, CAST(size AS TEXT) AS size FROM fal_files "
    .. "WHERE job = ? ORDER BY saved_at", id)
end

return store
