--- Where a ledger lives: a SQLite file or a PostgreSQL database. Pure.

local address = {}

---@class fal.LedgerAddress
---@field driver "SQLite3"|"PostgreSQL"
---@field name string      for LuaDBI: the file, or the whole URI (libpq reads it)
---@field shown string     for messages: without a password
---@field secret? string   the password, to be kept out of messages

local function unescape(s)
  return (s:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- A server that does not answer must not hold the program for minutes (libpq 12 and newer
-- know the second one, which is in milliseconds). One that vanished after it took a
-- question shows only by probes, of which the system sends the first after two hours.
local PATIENCE = { { "connect_timeout", 3 }, { "tcp_user_timeout", 5000 },
  { "keepalives_idle", 5 }, { "keepalives_interval", 2 }, { "keepalives_count", 3 } }

local function postgresql(s)
  local rest = s:match("^postgres%w*://(.*)$")
  local before, query = rest:match("^([^?]*)%??(.*)$")
  local user, host = before:match("^(.*)@([^@]*)$")
  host = host or before
  local name, password = (user or ""):match("^([^:]*):?(.*)$")
  if not host:match("/[^/]+") and not query:find("dbname=", 1, true) then
    return nil, "a PostgreSQL address reads \"postgresql://user:password@host/database\""
  end
  local hidden = query:gsub("password=[^&]*", "password=…")
  local in_query = query:match("password=([^&]*)")
  local secret = password ~= "" and password or in_query
  for _, one in ipairs(PATIENCE) do
    if not query:find(one[1] .. "=", 1, true) then
      query = (query ~= "" and query .. "&" or "") .. one[1] .. "=" .. one[2]
    end
  end
  return {
    driver = "PostgreSQL", secret = secret and unescape(secret),
    name = "postgresql://" .. before .. "?" .. query,
    shown = "postgresql://" .. (user and name .. "@" or "") .. host
      .. (hidden ~= "" and "?" .. hidden or ""),
  }
end

--- Reads an address: a path, `sqlite:path`, or `postgresql://user:password@host/database`
--- with any parameter that libpq knows.
---@param s string
---@return fal.LedgerAddress?
---@return string? why
function address.parse(s)
  if type(s) ~= "string" or s == "" then return nil, "the address is empty" end
  if s:find("^postgres%w*://") then return postgresql(s) end
  local path = s:match("^sqlite:(.*)$") or s
  if path:find("^%a%w+://") then
    return nil, "an address is a path, \"sqlite:path\" or \"postgresql://…\""
  elseif path == "" or path:find(":memory:", 1, true) then
    return nil, "a ledger needs a file: one in memory would be lost with the process"
  end
  return { driver = "SQLite3", name = path, shown = path }
end

return address
