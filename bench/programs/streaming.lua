-- How late the end of a streamed job is seen, by the clock of the simulator that ends it
--   streaming.lua JOBS  →  one JSON line

package.path = "./spec/?.lua;" .. package.path

local fal = require "fal"
local json = require "cjson"
local sim = require("support.sim").start { media = "none", queue_time = 0.3, run_time = 1,
  jitter = 0.5, ahead = 0 }

local count = tonumber(arg[1])
local client = assert(fal.client { base_url = sim.url, credentials = "bench:key" })

local function ask(path)
  local id = assert(client.engine:request { method = "GET", url = sim.url .. path,
    timeout = 10 })
  local kind, status, body = client.sched:await(id)
  assert(kind == "response" and status == 200)
  return json.decode(body)
end

--- What to add to the simulator's time: from the quickest of some answers.
local function offset()
  local best, shortest = nil, math.huge
  for _ = 1, 50 do
    local from = client.now()
    local there = ask("/__sim/clock").now
    local to = client.now()
    if to - from < shortest then best, shortest = (from + to) / 2 - there, to - from end
  end
  return best
end

local list, seen = {}, {}
for i = 1, count do list[i] = i end
local _, errors = client:map(list, function()
  local at
  local _, job = assert(client:subscribe("acme/demo/make", { mode = "streaming",
    on_queue_update = function(status)
      if status.status == "COMPLETED" then at = client.now() end
    end }))
  seen[job.request_id] = at
  return true
end, { concurrency = 8 })
assert(next(errors) == nil)

local shift, ledger = offset(), ask("/__sim/ledger")
local late, requests = {}, 0
for _, job in ipairs(ledger.jobs) do
  late[#late + 1] = seen[job.request_id] - (job.ended + shift)
end
table.sort(late)
for route, times in pairs(ledger.routes) do
  if route == "status" or route == "stream" then requests = requests + times end
end
client:close()
sim:stop()
print(json.encode { jobs = #late, requests = requests / #late,
  median = late[math.ceil(#late / 2)], longest = late[#late] })
