-- Random schedules of reserve, send, fail, settle and crash: four processes with sixteen
-- jobs each spend one budget. Does what the service billed ever exceed it?
--
--   lua bench/torture/spend.lua [SCHEDULES [SEED [LEDGER]]]

package.path = "./?.lua;" .. package.path
local lib = require "bench.torture.lib"
local ledger = require "fal.ledger"
local store = require "fal.ledger.store"

local M = {}

local PROCESSES, JOBS = 4, 16

local Worker = {}
Worker.__index = Worker

--- A process that is started anew when it was killed. Its answers come through a FIFO.
local function worker_of(number, dir, where)
  local fifo = dir .. "/answers" .. number
  lib.must("mkfifo " .. fifo)
  local program = ("%s bench/torture/spender.lua %d %s %s/service %d"):format(
    lib.LUA, number, lib.quote(where), dir, JOBS)
  local input = assert(io.popen("exec 3>" .. fifo .. "; while :; do " .. program
    .. " >&3 2>>" .. dir .. "/errors; code=$?; [ $code = 0 ] && break; "
    .. "if [ $code = 137 ]; then echo crashed >&3; else echo failed >&3; fi; done", "w"))
  return setmetatable({ input = input, answers = assert(io.open(fifo, "r")) }, Worker)
end

function Worker:give(text)
  self.input:write(text, "\n")
  self.input:flush()
end

function Worker:take() return self.answers:read("*l") end

function Worker:stop()
  self.input:close()
  self.answers:close()
end

local function billed(path, schedule)
  local sum, count = 0, 0
  local file = io.open(path, "r")
  for line in file and file:lines() or function() end do
    local of, micros = line:match("^(%d+) (%d+)$")
    if tonumber(of) == schedule then sum, count = sum + tonumber(micros), count + 1 end
  end
  if file then file:close() end
  return sum, count
end

---@param schedules integer
---@param seed integer
---@param where string   a ledger of its own
---@param log fun(text: string)
---@return table totals
function M.run(schedules, seed, where, log)
  local dir = lib.must("mktemp -d $([ -w /dev/shm ] && echo -p /dev/shm)")
  where = where or dir .. "/ledger.db"
  local random = lib.random(seed)
  local book = assert(ledger.open(where))
  local workers = {}
  for i = 1, PROCESSES do workers[i] = worker_of(i, dir, where) end
  local t = { schedules = 0, accepted = 0, refused = 0, crashes = 0, exceeded = 0,
    uncounted = 0, full = 0 }
  for k = 1, schedules do
    local schedule = seed % 100000 * 100000 + k
    local limit = (1 + random(900)) * 10000
    for i = 1, PROCESSES do workers[i]:give(schedule .. " " .. limit) end
    for i = 1, PROCESSES do
      local answer = workers[i]:take()
      if answer == "crashed" then
        t.crashes = t.crashes + 1
      elseif not answer or not answer:find("^done") then
        error("a process failed: " .. lib.run("tail -n 5 " .. dir .. "/errors"))
      else
        t.refused = t.refused + tonumber(answer:match("%d+"))
      end
    end
    local sum, count = billed(dir .. "/service", schedule)
    local counted = assert(store.committed(book:db()))
    t.schedules, t.accepted = k, t.accepted + count
    if sum > limit or counted > limit then t.exceeded = t.exceeded + 1 end
    if sum > counted then t.uncounted = t.uncounted + 1 end
    if counted > limit * 0.9 then t.full = t.full + 1 end
    lib.must(": >" .. dir .. "/service")
    assert(book:db():run("DELETE FROM fal_jobs"))
    assert(book:db():run("DELETE FROM fal_writers"))
  end
  for i = 1, PROCESSES do workers[i]:stop() end
  book:close()
  lib.run("rm -rf " .. dir)
  log(("%d schedules of %d processes and %d jobs: %d accepted, %d refused by the "
    .. "budget, %d crashes; budget exceeded %d times, billed but not counted %d times "
    .. "(budget more than 90 %% used in %d)"):format(t.schedules, PROCESSES,
    PROCESSES * JOBS, t.accepted, t.refused, t.crashes, t.exceeded, t.uncounted, t.full))
  return t
end

if arg and arg[0] and arg[0]:find("torture/spend%.lua$") then
  local t = M.run(tonumber(arg[1]) or 10000, tonumber(arg[2]) or os.time(), arg[3], print)
  os.exit(t.exceeded == 0 and t.uncounted == 0 and 0 or 1)
end

return M
