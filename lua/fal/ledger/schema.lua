--- The ledger's tables, and how an older ledger becomes a newer one.
-- Text and whole numbers only, so that SQLite and PostgreSQL read the same statements.
-- Times are milliseconds since 1970, money is micro-dollars.

local schema = {}

-- Never edit a version that was released: add the next.
schema.VERSIONS = {
  {
    [[CREATE TABLE fal_writers (
        id TEXT PRIMARY KEY, place TEXT NOT NULL, pid TEXT NOT NULL,
        started TEXT NOT NULL, seen_at BIGINT NOT NULL)]],
    [[CREATE TABLE fal_jobs (
        id TEXT PRIMARY KEY, name TEXT, endpoint_id TEXT NOT NULL,
        input TEXT NOT NULL, input_hash TEXT NOT NULL, state TEXT NOT NULL,
        writer TEXT NOT NULL, created_at BIGINT NOT NULL, updated_at BIGINT NOT NULL,
        sent_at BIGINT, answered_at BIGINT, accepted_at BIGINT, ended_at BIGINT,
        unit_price BIGINT, reserved BIGINT NOT NULL, settled BIGINT,
        cost BIGINT NOT NULL, billed_units TEXT,
        request_id TEXT UNIQUE, status_url TEXT, response_url TEXT, cancel_url TEXT,
        result TEXT, error_kind TEXT, error TEXT, looked_at TEXT)]],
    "CREATE INDEX fal_jobs_work ON fal_jobs (input_hash, endpoint_id)",
    -- For reconciliation: few rows at a time, whatever the ledger holds.
    "CREATE INDEX fal_jobs_open ON fal_jobs (created_at) "
      .. "WHERE state IN ('intent', 'sent', 'unknown')",
    -- The budget is a sum over this index alone.
    "CREATE INDEX fal_jobs_cost ON fal_jobs (cost) WHERE cost > 0",
    [[CREATE TABLE fal_files (
        job TEXT NOT NULL REFERENCES fal_jobs (id), url TEXT NOT NULL,
        path TEXT NOT NULL, size BIGINT, saved_at BIGINT NOT NULL,
        PRIMARY KEY (job, url, path))]],
  },
  {
    -- The same moments by the service's clock: at the earliest, and at the latest.
    "ALTER TABLE fal_jobs ADD COLUMN service_sent_at BIGINT",
    "ALTER TABLE fal_jobs ADD COLUMN service_answered_at BIGINT",
  },
  {
    -- What fal.forecast learns from: milliseconds from the last sight in the queue on.
    "ALTER TABLE fal_jobs ADD COLUMN run_ms BIGINT",
    "CREATE INDEX fal_jobs_times ON fal_jobs (endpoint_id, ended_at) "
      .. "WHERE run_ms IS NOT NULL",
  },
}

local function version(db)
  local rows, message, code = db:query(
    "SELECT value FROM fal_meta WHERE name = 'version'")
  if not rows then return nil, message, code end
  return rows[1] and tonumber(rows[1].value) or 0
end

local function upgrade(db)
  local ok, message, code = db:run("CREATE TABLE IF NOT EXISTS fal_meta ("
    .. "name TEXT PRIMARY KEY, value TEXT NOT NULL)")
  if not ok then return nil, message, code end
  local have
  have, message, code = version(db)
  if not have then return nil, message, code end
  for number = have + 1, #schema.VERSIONS do
    for _, statement in ipairs(schema.VERSIONS[number]) do
      ok, message, code = db:run(statement)
      if not ok then return nil, message, code end
    end
  end
  ok, message, code = db:run("INSERT INTO fal_meta (name, value) VALUES ('version', ?) "
    .. "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    math.max(have, #schema.VERSIONS))
  if not ok then return nil, message, code end
  return have
end

local function known(have)
  if have <= #schema.VERSIONS then return true end
  return nil, ("it was written by a newer version of fal (its schema is %d, this one "
    .. "knows %d)"):format(have, #schema.VERSIONS), "error"
end

--- Brings the tables to the present version, in one transaction.
---@param db fal.LedgerDb
---@return boolean? ok
---@return string? message
---@return string? code
function schema.migrate(db)
  local have = version(db)
  if have and have >= #schema.VERSIONS then return known(have) end
  local ok, message, code = db:begin(true)
  if not ok then return nil, message, code end
  have, message, code = upgrade(db)
  if not have then
    db:rollback()
    return nil, message, code
  end
  ok, message, code = db:commit()
  if not ok then return nil, message, code end
  return known(have)
end

return schema
