-- The ledger's disk gets full at a random moment of a 20-job program, which is started
-- again until there is space: how many jobs were paid, and were any results lost?
--
--   lua bench/torture/disk.lua [DISKS [SEED]]
--
-- A limit on the size of files stands for the disk: beyond it each write fails.

package.path = "./?.lua;" .. package.path
local lib = require "bench.torture.lib"
local kill = require "bench.torture.kill"
local start_sim = require("support.sim").start

local M = {}

local JOBS = 20
local SETTING = { policy = "none", history = true }

---@param disks integer
---@param seed integer
---@param new_ledger fun(): string
---@param log fun(text: string)
---@return table totals
function M.run(disks, seed, new_ledger, log)
  local random = lib.random(seed)
  local sim = start_sim { media = "none", queue_time = 0.02, run_time = 0.03, price = 1,
    jitter = 0.5, seed = seed }
  local t = { disks = 0, full = 0, refused = 0, paid = 0, twice = 0, unpaid = 0, lost = 0,
    results = 0, by_hand = 0, needless = 0 }
  while t.disks < disks do
    t.disks = t.disks + 1
    local ctx = { sim = sim, where = new_ledger(), round = "d" .. t.disks,
      setting = SETTING, concurrency = ({ 1, 4, 20 })[1 + random(3)] }
    for _ = 1, 2 do
      -- In blocks of 512 bytes. SQLite's log has some 200 of them when the tables are
      -- made, and grows with each commit.
      local blocks = 100 + random(700)
      local text, code = lib.run(("trap '' XFSZ; ulimit -f %d; "):format(blocks)
        .. kill.command(ctx, SETTING))
      if code ~= 0 and code ~= 3 and code ~= 4 then
        error("the program failed: " .. text)
      end
      if code == 4 then t.full = t.full + 1 end
      t.refused = t.refused + select(2, text:gsub("unwritten %d+", ""))
    end
    kill.finish(ctx, SETTING, t)
    kill.judge(ctx, t)
  end
  sim:stop()
  log(("%d ledgers, %d runs with a full disk in which %d submits were refused: paid %d "
    .. "of %d, twice %d, results lost %d; settled by hand %d"):format(t.disks, t.full,
    t.refused, t.paid, t.disks * JOBS, t.twice, t.lost, t.by_hand))
  t.wanted = t.disks * JOBS
  return t
end

if arg and arg[0] and arg[0]:find("torture/disk%.lua$") then
  local dir, n = lib.must("mktemp -d"), 0
  local function new()
    n = n + 1
    return dir .. "/" .. n .. ".db"
  end
  local t = M.run(tonumber(arg[1]) or 100, tonumber(arg[2]) or os.time(), new, print)
  lib.run("rm -rf " .. dir)
  os.exit(t.twice == 0 and t.lost == 0 and t.paid == t.wanted and t.full > 0 and 0 or 1)
end

return M
