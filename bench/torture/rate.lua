-- What a ledger costs: jobs a second of 1,000 concurrent jobs without a ledger, with
-- SQLite, and with PostgreSQL, in turn and in one run.
--
--   lua bench/torture/rate.lua [JOBS [ROUNDS]]
--
-- Jobs that take no time at all are the hardest case: then nothing but the client, the
-- simulator and the ledger are at work. Jobs of two seconds are still faster than any
-- real one. The median of ROUNDS counts.

package.path = "./?.lua;" .. package.path
local lib = require "bench.torture.lib"
local core = require "fal.core"
local fal = require "fal"
local postgres = require "support.postgres"
local start_sim = require("support.sim").start

local M = {}

local function one(sim, where, jobs, round)
  local client = assert(fal.client { credentials = "id:secret", base_url = sim.url,
    quiet = true, ledger = where, poll = { initial = 0.25, factor = 1, max = 0.25 } })
  local list = {}
  for i = 1, jobs do list[i] = i end
  local started = core.now()
  local results, errors = client:map(list, function(i)
    return (client:subscribe("acme/demo/make",
      { input = { prompt = ("round %s job %d"):format(round, i) } }))
  end, { concurrency = jobs })
  local seconds = core.now() - started
  for i = 1, jobs do assert(results[i], tostring(errors[i])) end
  client:close()
  return jobs / seconds
end

local function median(list)
  table.sort(list)
  return list[math.floor((#list + 1) / 2)]
end

---@return table figures   by name, jobs a second
function M.run(jobs, rounds, log)
  local dir = lib.must("mktemp -d")
  local server = postgres.available() and postgres.start("-c fsync=on")
  local kinds = { { "none" },
    { "SQLite", function(n) return dir .. "/" .. n .. ".db" end } }
  if server then
    kinds[3] = { "PostgreSQL", function() return server:address() end }
  else
    log("PostgreSQL is not installed: no figure for it")
  end
  local figures = {}
  for _, seconds in ipairs { 0, 2 } do
    local sim = start_sim { media = "none", queue_time = seconds / 2,
      run_time = seconds / 2, keep = 0 }
    local rates = {}
    for round = 1, rounds do
      for k, kind in ipairs(kinds) do
        local where = kind[2] and kind[2](seconds .. "-" .. round)
        rates[k] = rates[k] or {}
        rates[k][round] = one(sim, where, jobs, round .. kind[1])
      end
    end
    sim:stop()
    local base = median(rates[1])
    for k, kind in ipairs(kinds) do
      local rate = median(rates[k])
      figures[kind[1] .. " " .. seconds] = rate / base
      log(("%d concurrent jobs of %d s, ledger %-11s %7.1f jobs/s, %.2f of the rate "
        .. "without"):format(jobs, seconds, kind[1] .. ":", rate, rate / base))
    end
  end
  if server then server:stop() end
  lib.run("rm -rf " .. dir)
  return figures
end

if arg and arg[0] and arg[0]:find("torture/rate%.lua$") then
  local figures = M.run(tonumber(arg[1]) or 1000, tonumber(arg[2]) or 3, print)
  os.exit(figures["SQLite 2"] >= 0.7 and 0 or 1)
end

return M
