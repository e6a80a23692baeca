--- One database connection over LuaDBI: statements with bound parameters, and failures
--- told apart by what can be done about them.
-- LuaDBI's SQLite driver cuts integers to 32 bits on their way out, and on LuaJIT numbers
-- lose digits on their way in. So numbers travel as text: bound as strings (the columns'
-- types convert them), selected with CAST(… AS TEXT).

local core = require "fal.core"
local E = require "fal.error"
local interpreted = require "fal.interpreted"

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

local db = {}

---@class fal.LedgerDb
---@field dialect "sqlite"|"postgresql"
---@field now string   SQL of the database's own clock, in ms: one clock for all machines
local Db = {}
Db.__index = Db

local NOW = {
  sqlite = "(CAST(strftime('%s', 'now') AS INTEGER) * 1000)",
  postgresql = "CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
}

-- SQLite itself waits this long for another process; whoever must wait longer does so in
-- the scheduler (ledger/writer.lua), where nothing is frozen.
local BUSY_MS = 25

-- The packages that bring each driver.
local DRIVERS = {
  SQLite3 = "Debian: lua-dbi-sqlite3; LuaRocks: luadbi-sqlite3",
  PostgreSQL = "Debian: lua-dbi-postgresql; LuaRocks: luadbi-postgresql",
}

local BUSY = { "database is locked", "database table is locked", "lock timeout",
  "deadlock detected", "could not obtain lock", "could not serialize" }
local LOST = { "server closed the connection", "no connection to the server",
  "terminating connection", "connection to server", "connection has been closed",
  "could not connect", "could not send", "could not receive", "Failed to connect" }
local CLASH = { "UNIQUE constraint", "duplicate key" }

local function has(text, list)
  for i = 1, #list do
    if text:find(list[i], 1, true) then return true end
  end
end

---@param text string
---@return "busy"|"lost"|"clash"|"error" code   clash: a value that must be unique is not
local function classify(text)
  if has(text, BUSY) then return "busy" end
  if has(text, LOST) then return "lost" end
  if has(text, CLASH) then return "clash" end
  return "error"
end

local function failure(self, err)
  local text = tostring(err or "unknown failure"):gsub("^Execute failed ", "")
    :gsub("%s+$", "")
  if self.secret then text = text:gsub(self.secret:gsub("%p", "%%%0"), "…") end
  return nil, text, classify(text)
end

-- A client that is finalised as Lua ends still writes to its ledger. What LuaDBI makes
-- for that, LuaJIT finalises after it has unloaded LuaDBI's driver.
local function keep_loaded(name)
  local search = rawget(package, "searchpath")
  local path = search and search(name, package.cpath)
  if path then core.pin(path) end
end

local function load_driver(driver)
  local found, dbi = pcall(require, "DBI")
  if not found then
    return nil, "LuaDBI is not installed (" .. DRIVERS[driver] .. ")"
  end
  if not pcall(require, "dbd." .. driver:lower()) then
    return nil, "LuaDBI's driver is not installed (" .. DRIVERS[driver] .. ")"
  end
  keep_loaded("dbd." .. driver:lower())
  return dbi
end

--- What a connection is told before anything else. In SQLite's WAL mode only FULL makes
--- a commit last through a loss of power.
local SETUP = {
  sqlite = {
    "PRAGMA busy_timeout = " .. BUSY_MS, "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON",
  },
  postgresql = {
    "SET lock_timeout = '200ms'", "SET statement_timeout = '5s'",
    "SET client_min_messages = 'error'", "SET synchronous_commit = 'on'",
    "SET client_encoding = 'UTF8'",
  },
}

--- Connects. LuaDBI is loaded here and nowhere earlier.
---@param address fal.LedgerAddress
---@return fal.LedgerDb?
---@return string? message
---@return string? code   of classify; "missing": LuaDBI or its driver is not installed
function db.open(address)
  local dbi, why = load_driver(address.driver)
  if not dbi then return nil, why, "missing" end
  local self = setmetatable({ statements = {}, secret = address.secret,
    dialect = address.driver == "SQLite3" and "sqlite" or "postgresql" }, Db)
  self.now = NOW[self.dialect]
  if address.secret then E.secret(address.secret, self) end
  local ok, connection, err = pcall(dbi.Connect, address.driver, address.name)
  if not ok then return failure(self, connection) end
  if not connection then return failure(self, err) end
  self.connection = connection
  connection:autocommit(true)
  for _, statement in ipairs(SETUP[self.dialect]) do
    local rows, message, code = self:query(statement)
    if not rows then
      self:close()
      return nil, message, code
    end
  end
  return self
end

local function prepared(self, sql)
  local statement = self.statements[sql]
  if statement then return statement end
  local ok, made, err = pcall(self.connection.prepare, self.connection, sql)
  if not ok then return nil, made end
  if not made then return nil, err end
  self.statements[sql] = made
  return made
end

--- A statement that failed is not used again: its driver may be in the middle of it.
local function give_up(self, sql, err)
  local statement = self.statements[sql]
  self.statements[sql] = nil
  if statement then pcall(statement.close, statement) end
  return failure(self, err)
end

local function as_text(n, ...)
  local list = { n = n, ... }
  for i = 1, n do
    local value = list[i]
    if type(value) == "number" then list[i] = ("%.0f"):format(value) end
  end
  return list
end

local function execute(self, sql, ...)
  if not self.connection then return failure(self, "the ledger is closed") end
  local statement, err = prepared(self, sql)
  if not statement then return failure(self, err) end
  local list = as_text(select("#", ...), ...)
  local ok, done, why = pcall(statement.execute, statement, unpack(list, 1, list.n))
  if not ok then return give_up(self, sql, done) end
  if not done then return give_up(self, sql, why) end
  return statement
end

--- Runs a statement and returns its rows, each a table by column; numbers are text.
---@param sql string   with ? for each parameter
---@param ... string|number|nil   whole numbers
---@return table[]? rows
---@return string? message
---@return string? code
function Db:query(sql, ...)
  local statement, message, code = execute(self, sql, ...)
  if not statement then return nil, message, code end
  local rows = {}
  while true do
    local ok, row = pcall(statement.fetch, statement, true)
    if not ok then return give_up(self, sql, row) end
    if not row then return rows end
    local copy = {}
    for name, value in next, row do copy[name] = value end
    rows[#rows + 1] = copy
  end
end
interpreted(Db.query)

--- Runs a statement and returns how many rows it changed.
---@return integer? changed
---@return string? message
---@return string? code
function Db:run(sql, ...)
  local statement, message, code = execute(self, sql, ...)
  if not statement then return nil, message, code end
  return tonumber(statement:affected()) or 0
end

--- Begins a transaction that will write. On PostgreSQL, `exclusive` makes it wait for
--- every other exclusive one, as SQLite's writers always do.
---@param exclusive? boolean
function Db:begin(exclusive)
  if self.dialect == "sqlite" then return self:run("BEGIN IMMEDIATE") end
  local ok, message, code = self:run("BEGIN")
  if ok and exclusive then
    -- An arbitrary number that is ours; the lock ends with the transaction.
    ok, message, code = self:query("SELECT 1 FROM pg_advisory_xact_lock(?)", 4660198237)
    if not ok then self:rollback() end
  end
  return ok, message, code
end

function Db:commit()
  local ok, message, code = self:run("COMMIT")
  if not ok then self:rollback() end
  return ok, message, code
end

function Db:rollback() self:run("ROLLBACK") end

--- Idempotent.
function Db:close()
  local connection = self.connection
  if not connection then return end
  self.connection = nil
  for _, statement in next, self.statements do pcall(statement.close, statement) end
  self.statements = {}
  pcall(connection.close, connection)
  E.forget(self)
end
interpreted(Db.close)

db.classify = classify

return db
