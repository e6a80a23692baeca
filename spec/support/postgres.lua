-- A private PostgreSQL server on a Unix socket, for specs.
--
--   local server = require("support.postgres").start()
--   … server:address("name") …    an empty database each
--   server:stop()

local shell = require "support.shell"

local must = shell.must

local M = {}
local Server = {}
Server.__index = Server

-- Debian keeps the server's programs off the PATH; the server refuses to run as root.
local FIND = "ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1"

---@return string? folder   of initdb and pg_ctl
---@return string? why
function M.available()
  local folder = must(FIND)
  if folder == "" then folder = shell.run("dirname $(command -v initdb)") end
  if select(2, shell.run("test -x " .. folder .. "/initdb")) ~= 0 then
    return nil, "PostgreSQL's server is not installed"
  end
  if not pcall(require, "DBI") or not pcall(require, "dbd.postgresql") then
    return nil, "LuaDBI's PostgreSQL driver is not installed"
  end
  return folder
end

local function as_server(command)
  if must("id -u") ~= "0" then return command end
  return "runuser -u postgres -- sh -c '" .. command .. "'"
end

---@param settings? string   for the server, e.g. "-c fsync=on" [fsync=off]
function M.start(settings)
  local folder = assert(M.available())
  local dir = must("mktemp -d")
  must("chmod 755 " .. dir)
  local self = setmetatable({ dir = dir, folder = folder, count = 0,
    settings = settings or "-c fsync=off" }, Server)
  must("mkdir " .. dir .. "/own && { [ $(id -u) != 0 ] || chown postgres " .. dir
    .. "/own; }")
  must("cd " .. dir .. " && " .. as_server(folder .. "/initdb -D " .. dir
    .. "/own/data -U fal -A trust -E UTF8 --no-locale --no-sync"))
  self:up()
  return self
end

--- Starts the server again after `down`.
function Server:up()
  must("cd " .. self.dir .. " && " .. as_server(self.folder .. "/pg_ctl -D " .. self.dir
    .. "/own/data -l " .. self.dir .. "/own/log -w start -o \"-c listen_addresses= "
    .. "-c max_connections=50 -k " .. self.dir .. "/own " .. self.settings .. "\""))
  self.running = true
end

--- Ends the server as a crash would: every connection breaks.
function Server:down()
  must("cd " .. self.dir .. " && " .. as_server(self.folder .. "/pg_ctl -D " .. self.dir
    .. "/own/data -m immediate -w stop"))
  self.running = false
end

--- The address of an empty database.
function Server:address()
  self.count = self.count + 1
  local name = "t" .. self.count
  must(self.folder .. "/createdb -h " .. self.dir .. "/own -U fal " .. name)
  return "postgresql://fal:secretpw@/" .. name .. "?host=" .. self.dir .. "/own"
end

--- Idempotent.
function Server:stop()
  if self.running then self:down() end
  shell.run("rm -rf " .. self.dir)
end

return M
