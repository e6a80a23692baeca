-- Runs the same specs on every kind of ledger.
--
--   require("support.ledgers").each({ describe = describe, … }, function(new) … end)

local postgres = require "support.postgres"

local M = {}

local files = 0

--- A path for a ledger in a folder of its own.
function M.path()
  files = files + 1
  local process = assert(io.popen("mktemp -d", "r"))
  local dir = process:read("*l")
  process:close()
  return dir .. "/ledger.db", dir
end

--- Declares `specs` once for SQLite and once for a real PostgreSQL server.
---@param b table   busted's describe, it, setup, teardown, pending, which are no globals
---@param specs fun(new: fun(): string; kind: string; server: fun(): table)   new() gives
---        the address of a new ledger
function M.each(b, specs)
  local describe, it, setup, teardown, pending = b.describe, b.it, b.setup, b.teardown,
    b.pending
  describe("on SQLite", function()
    local dirs = {}
    teardown(function()
      for _, dir in ipairs(dirs) do os.execute("rm -rf " .. dir) end
    end)
    specs(function()
      local path, dir = M.path()
      dirs[#dirs + 1] = dir
      return path
    end, "sqlite")
  end)

  local available, why = postgres.available()
  describe("on PostgreSQL", function()
    if not available then
      it("is not tested", function() pending(why) end)
      return
    end
    local server
    setup(function() server = postgres.start() end)
    teardown(function() server:stop() end)
    specs(function() return server:address() end, "postgresql",
      function() return server end)
  end)
end

return M
