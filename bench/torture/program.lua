-- The program that is killed: JOBS named jobs, finished across as many runs as it takes.
--
--   program.lua BASE_URL LEDGER ROUND JOBS CONCURRENCY POLICY [STEP COUNT]
--
-- POLICY is assume_not_accepted_after, or "none". With STEP and COUNT it kills itself at
-- a durable step: "before-commit", "after-commit", or an event of the logger.
-- Exit codes: 0 all results are here; 5 but for what the budget did not allow; 3 some
-- jobs wait for a person; 4 the ledger could not be written, or the service had no
-- time, so something was not sent; 1 anything else.
--
-- The environment may hold SKEW, by how many seconds this machine's clock is wrong,
-- and STEP and STEP_AT: by how many it is set, and after how many seconds; BUDGET in
-- dollars; and LEASE, after how many seconds of silence a process is taken for dead:
-- each is then on a machine of its own.

require("bench.torture.lib")

local core = require "fal.core"
local fal = require "fal"
local db = require "fal.ledger.db"

local base, where, round, jobs, concurrency, policy, step, count =
  arg[1], arg[2], arg[3], tonumber(arg[4]), tonumber(arg[5]), arg[6], arg[7],
  tonumber(arg[8])

local function number(name) return tonumber(os.getenv(name) or 0) end

local time, started, skew = os.time, core.now(), number "SKEW"
if skew ~= 0 then
  local jump, jump_at = number "STEP", number "STEP_AT"
  rawset(os, "time", function(...)
    if ... then return time(...) end
    return time() + skew + (core.now() - started >= jump_at and jump or 0)
  end)
end

local process = require "fal.ledger.process"
if os.getenv("LEASE") then
  process.LEASE = number "LEASE"
  local self = process.self
  function process.self()
    local me = self()
    me.place = me.id
    return me
  end
end

local function die() os.execute("kill -9 $PPID") end

local function reached(name)
  if name ~= step then return end
  count = count - 1
  if count == 0 then die() end
end

if step then
  local open = db.open
  function db.open(address)
    local made, message, code = open(address)
    if made then
      local class = getmetatable(made)
      local commit = class.commit
      if not class.torn then
        class.torn = true
        function class.commit(self)
          reached("before-commit")
          local ok, why, what = commit(self)
          reached("after-commit")
          return ok, why, what
        end
      end
    end
    return made, message, code
  end
end

local client = assert(fal.client {
  credentials = "id:secret", base_url = base, ledger = where, quiet = true,
  budget = os.getenv("BUDGET") and number "BUDGET" or nil,
  ledger_policy = policy ~= "none"
    and { assume_not_accepted_after = tonumber(policy) } or nil,
  poll = { initial = 0.02, factor = 1.3, max = 0.1, jitter = 0.3 },
  retry = { max_attempts = 4, base_delay = 0.05, max_delay = 0.5 },
  logger = function(_, event) reached(event) end,
})

local list = {}
for i = 1, jobs do list[i] = i end
local results, errors = client:map(list, function(i)
  return client:subscribe("acme/demo/make", {
    name = "job " .. i, input = { prompt = ("round %s job %d"):format(round, i) },
    max_price = 1,
  })
end, { concurrency = concurrency })
client:close()

local waiting, unwritten, refused = 0, 0, 0
for i = 1, jobs do
  if type(results[i]) == "table" then
    print("result " .. i)
  elseif errors[i].kind == "unknown_submit" then
    waiting = waiting + 1
    print("waiting " .. i .. " " .. tostring(errors[i]))
  elseif errors[i].kind == "budget" then
    refused = refused + 1
  elseif errors[i].sent == "no" and (errors[i].kind == "file"
    or errors[i].kind == "rate_limit") then
    unwritten = unwritten + 1
    print("unwritten " .. i .. " " .. tostring(errors[i]))
  else
    print("error " .. i .. " " .. tostring(errors[i]))
    os.exit(1)
  end
end
os.exit(unwritten > 0 and 4 or waiting > 0 and 3 or refused > 0 and 5 or 0)
