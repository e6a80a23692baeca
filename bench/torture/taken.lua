-- Two programs at once with the same 20 jobs, one ledger and one budget, each of which
-- takes the other for dead again and again while it lives: how many jobs were paid, was
-- the budget kept, and were any results lost?
--
--   lua bench/torture/taken.lua [ROUNDS [SEED [postgresql]]]
--
-- The service refuses some submits for a moment (so rows wait for another attempt, which
-- the other program gives back) and answers some late (so rows are looked for while their
-- sender waits for the answer). Who waits for a person at the end is settled by what the
-- simulator knows.

package.path = "./?.lua;" .. package.path
local lib = require "bench.torture.lib"
local ledger = require "fal.ledger"
local start_sim = require("support.sim").start

local M = {}

local JOBS, RUNS = 20, 12

local function run_both(ctx)
  local command = ("env BUDGET=%d LEASE=%.1f %s bench/torture/program.lua %s %s %s %d %d "
    .. "none"):format(ctx.budget, ctx.lease, lib.LUA, ctx.sim.url, lib.quote(ctx.where),
    ctx.round, JOBS, ctx.concurrency)
  local text = lib.run(("( %s; echo \"exit $?\" ) & ( %s; echo \"exit $?\" ) & wait")
    :format(command, command))
  local codes = {}
  for code in text:gmatch("exit (%d+)") do codes[#codes + 1] = tonumber(code) end
  if #codes ~= 2 or codes[1] == 1 or codes[2] == 1 then
    error("a program failed: " .. text)
  end
  -- 0: all results are here; 5: the budget is used up, and the rest is here.
  return (codes[1] == 0 or codes[1] == 5) and (codes[2] == 0 or codes[2] == 5)
end

local function settle_by_hand(ctx, book)
  local accepted, n = lib.accepted(ctx.sim), 0
  for _, job in ipairs(assert(book:jobs())) do
    if job.state == "unknown" or job.state == "sent" then
      n = n + 1
      assert(book:settle(job, (accepted[job.input.prompt] or {})[1] or "not_accepted"))
    end
  end
  return n
end

local function judge(ctx, book, t)
  local fetched, paid = {}, 0
  for _, job in ipairs(assert(book:jobs { state = "fetched" })) do
    fetched[job.input.prompt] = true
  end
  for prompt, ids in pairs(lib.accepted(ctx.sim)) do
    paid = paid + #ids
    if #ids > 1 then t.twice = t.twice + 1 end
    if not fetched[prompt] then t.lost = t.lost + 1 end
  end
  t.paid = t.paid + paid
  if paid > ctx.budget then t.exceeded = t.exceeded + 1 end
  if ctx.budget < JOBS then t.limited = t.limited + 1 end
end

---@param rounds integer
---@param seed integer
---@param new_ledger fun(): string
---@param log fun(text: string)
---@return table totals
function M.run(rounds, seed, new_ledger, log)
  local random = lib.random(seed)
  local t = { rounds = rounds, paid = 0, twice = 0, lost = 0, exceeded = 0, limited = 0,
    by_hand = 0, unfinished = 0 }
  for round = 1, rounds do
    local sim = start_sim { media = "none", queue_time = 0.05, run_time = 0.1, price = 1,
      jitter = 0.5, seed = seed + round }
    sim:fault {
      { route = "submit", action = "answer", status = 429, every = 2 + random(3),
        body = { detail = "slow down" } },
      { route = "submit", action = "delay", seconds = 0.2 + random(6) / 10,
        every = 2 + random(3) },
    }
    local ctx = { sim = sim, where = new_ledger(), round = round,
      budget = JOBS - random(2) * random(12), lease = random(6) / 10,
      concurrency = ({ 1, 3, 20 })[1 + random(3)] }
    local book, done = assert(ledger.open(ctx.where)), false
    for attempt = 1, RUNS do
      done = run_both(ctx)
      if done then break end
      if attempt > 2 then t.by_hand = t.by_hand + settle_by_hand(ctx, book) end
    end
    if not done then t.unfinished = t.unfinished + 1 end
    judge(ctx, book, t)
    book:close()
    sim:stop()
  end
  log(("%d times two programs of %d jobs that take each other for dead: %d paid, twice "
    .. "%d, results lost %d; budget exceeded %d times (it was short %d times); settled "
    .. "by hand %d, not finished %d"):format(rounds, JOBS, t.paid, t.twice, t.lost,
    t.exceeded, t.limited, t.by_hand, t.unfinished))
  return t
end

---@return boolean   whether the promise was kept
function M.good(t)
  return t.twice == 0 and t.lost == 0 and t.exceeded == 0 and t.unfinished == 0
end

if arg and arg[0] and arg[0]:find("torture/taken%.lua$") then
  local dir = lib.must("mktemp -d")
  local server = arg[3] == "postgresql" and require("support.postgres").start()
  local n = 0
  local t = M.run(tonumber(arg[1]) or 20, tonumber(arg[2]) or os.time(), function()
    if server then return server:address() end
    n = n + 1
    return dir .. "/" .. n .. ".db"
  end, print)
  lib.run("rm -rf " .. dir)
  if server then server:stop() end
  os.exit(M.good(t) and 0 or 1)
end

return M
