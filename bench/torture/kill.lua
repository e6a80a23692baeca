-- SIGKILL at random moments and at every durable step of a program that is started again
-- until it is finished: how many jobs were paid, and were any results lost?
--
--   lua bench/torture/kill.lua [KILLS [SEED [postgresql]]]
--
-- Four settings in turn: with history and policy; the same on machines whose clocks are
-- wrong and are set in the middle; with history alone; with neither. Who waits for a
-- person is settled here by what the simulator knows.

package.path = "./?.lua;" .. package.path
local lib = require "bench.torture.lib"
local ledger = require "fal.ledger"
local start_sim = require("support.sim").start

local M = {}

local JOBS = 20
local MOMENTS = 0.35   -- seconds in which a run is killed
local STEPS = { "before-commit", "after-commit", "submit.sent", "submit.accepted",
  "status", "result" }

local SETTINGS = {
  { name = "history and policy", policy = "2", history = true },
  { name = "wrong clocks", policy = "2", history = true, clocks = true },
  { name = "history alone", policy = "none", history = true },
  { name = "no history", policy = "none", history = false },
}

local function clock(random)
  return ("env SKEW=%d STEP=%d STEP_AT=%.2f "):format(random(7200) - 3600,
    random(2) * (random(240) - 120), random(100) / 100)
end

local function command(ctx, setting, extra)
  return ("%s%s bench/torture/program.lua %s %s %s %d %d %s %s"):format(
    setting.clocks and clock(ctx.random) or "", lib.LUA,
    ctx.sim.url, lib.quote(ctx.where), ctx.round, JOBS, ctx.concurrency,
    setting.policy, extra or "")
end

--- One run that is killed, or happens to finish.
local function killed_run(ctx, setting, random)
  local text, code
  if random(2) == 0 then
    local step = STEPS[1 + random(#STEPS)]
    text, code = lib.run(command(ctx, setting, step .. " " .. 1 + random(12)))
  else
    text, code = lib.run(("timeout -s KILL %.3f "):format(0.02 + random(1000) / 1000
      * MOMENTS) .. command(ctx, setting))
  end
  if code == 137 then return true end
  if code ~= 0 and code ~= 3 then error("the program failed: " .. text) end
  return false, code == 0
end

local function prompt(ctx, i) return ("round %s job %d"):format(ctx.round, i) end

--- What a person would do: look at each waiting job, with the service's own knowledge.
local function settle_by_hand(ctx, accepted, totals)
  local book = assert(ledger.open(ctx.where))
  for _, job in ipairs(assert(book:jobs())) do
    if job.state == "unknown" or job.state == "sent" then
      local ids = accepted[job.input.prompt] or {}
      totals.by_hand = totals.by_hand + 1
      if ids[1] and ctx.setting.history and not ctx.setting.clocks then
        totals.needless = totals.needless + 1
      end
      assert(book:settle(job, ids[1] or "not_accepted"))
    end
  end
  book:close()
end

local function finish(ctx, setting, totals)
  for attempt = 1, 30 do
    local text, code = lib.run(command(ctx, setting))
    if code == 0 then
      local _, results = text:gsub("result %d+", "")
      totals.results = totals.results + results
      return
    elseif code ~= 3 then
      error("the program failed: " .. text)
    end
    -- A clock that is set between two looks at it leaves a row without the service's
    -- time: such a row the policy leaves to a person as well.
    if setting.policy == "none" or (setting.clocks and attempt >= 5) then
      settle_by_hand(ctx, lib.accepted(ctx.sim), totals)
    end
  end
  error("the program does not get finished: " .. lib.run(command(ctx, setting)))
end

local function judge(ctx, totals)
  local accepted = lib.accepted(ctx.sim)
  for i = 1, JOBS do
    local n = #(accepted[prompt(ctx, i)] or {})
    totals.paid = totals.paid + n
    if n > 1 then totals.twice = totals.twice + 1 end
    if n < 1 then totals.unpaid = totals.unpaid + 1 end
  end
  local book, known = assert(ledger.open(ctx.where)), {}
  for _, job in ipairs(book:jobs()) do
    if job.state == "fetched" then known[job.input.prompt] = job.result end
  end
  for i = 1, JOBS do
    if not known[prompt(ctx, i)] then totals.lost = totals.lost + 1 end
  end
  book:close()
end

--- Other work of the same account, which shows that its history is current.
local function traffic(sim)
  return lib.start("curl -s -o /dev/null --max-time 5 -H 'Authorization: Key "
    .. "id:secret' -H 'Content-Type: application/json' --data '{\"prompt\":\"traffic\"}' "
    .. sim.url .. "/queue/acme/demo/make; sleep 0.5")
end

---@param kills integer   at least so many, over all settings
---@param seed integer
---@param new_ledger fun(): string
---@param log fun(text: string)
---@return table totals
function M.run(kills, seed, new_ledger, log)
  local random = lib.random(seed)
  local all = { kills = 0, rounds = 0, paid = 0, twice = 0, unpaid = 0, lost = 0,
    results = 0 }
  for index, setting in ipairs(SETTINGS) do
    local sim = start_sim { media = "none", queue_time = 0.05, run_time = 0.1,
      price = 1, jitter = 0.5, seed = seed,
      history_lag = setting.history and 0 or 100000 }
    -- Many are killed between the acceptance and its answer.
    sim:fault { route = "submit", action = "delay", seconds = 0.1, every = 2 }
    local other = traffic(sim)
    local t = { kills = 0, rounds = 0, paid = 0, twice = 0, unpaid = 0, lost = 0,
      results = 0, by_hand = 0, needless = 0 }
    local wanted = math.ceil(kills / #SETTINGS)
    while t.kills < wanted do
      t.rounds = t.rounds + 1
      local ctx = { sim = sim, where = new_ledger(), round = index .. "." .. t.rounds,
        setting = setting, random = random, concurrency = ({ 1, 3, 20 })[1 + random(3)] }
      local in_round, done = 0, false
      while not done and t.kills < wanted and in_round < 25 do
        local was_killed
        was_killed, done = killed_run(ctx, setting, random)
        if was_killed then t.kills, in_round = t.kills + 1, in_round + 1 end
        if not was_killed and not done then break end
      end
      finish(ctx, setting, t)
      judge(ctx, t)
    end
    lib.stop(other)
    sim:stop()
    log(("%-20s %4d SIGKILLs in %d programs of %d jobs: paid %d of %d, twice %d, "
      .. "results lost %d; settled by hand %d, of these needlessly %d"):format(
      setting.name .. ":", t.kills, t.rounds, JOBS, t.paid, t.rounds * JOBS, t.twice,
      t.lost, t.by_hand, t.needless))
    t.name = setting.name
    all[index] = t
    for name in pairs(all) do
      if type(name) == "string" then all[name] = all[name] + t[name] end
    end
  end
  all.wanted = all.rounds * JOBS
  return all
end

M.command, M.finish, M.judge = command, finish, judge

--- Whether the promise was kept.
function M.good(all)
  return all.twice == 0 and all.lost == 0 and all.paid == all.wanted
    and all.results == all.wanted and all[1].by_hand == 0 and all[3].needless == 0
end

if arg and arg[0] and arg[0]:find("torture/kill%.lua$") then
  local dir = lib.must("mktemp -d")
  local server = arg[3] == "postgresql" and require("support.postgres").start()
  local n = 0
  local function new()
    if server then return server:address() end
    n = n + 1
    return dir .. "/" .. n .. ".db"
  end
  local all = M.run(tonumber(arg[1]) or 1000, tonumber(arg[2]) or os.time(), new, print)
  lib.run("rm -rf " .. dir)
  if server then server:stop() end
  print(("in all %d SIGKILLs: %d jobs wanted, %d paid, %d twice, %d results lost"):format(
    all.kills, all.wanted, all.paid, all.twice, all.lost))
  os.exit(M.good(all) and 0 or 1)
end

return M
