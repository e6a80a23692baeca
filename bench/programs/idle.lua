-- What a step costs while 10,000 jobs wait for their next status and nothing is due, and
-- whether it leaves anything behind.
--   idle.lua JOBS STEPS  →  one JSON line
local jobs, count = tonumber(arg[1]), tonumber(arg[2])

local fal = require "fal"
local probe = require "probe"

-- Nobody answers there, and nobody is asked: the first look is an hour away.
local client = fal.assert(fal.client {
  base_url = "http://127.0.0.1:1", credentials = "bench:key", quiet = true,
  poll = { initial = 3600, factor = 1, max = 3600, jitter = 0.2 },
})
for i = 1, jobs do
  client:spawn(function()
    local job = client:job("acme/run/make", ("%032x"):format(i))
    job.reply = { status = "IN_QUEUE" }  -- as if it had been submitted just now
    return job:wait()
  end)
end

local step = client.step
assert(step(client, 0.001) == 2 * jobs, "not all jobs wait")

-- What a step takes, and by how many bytes Lua, malloc and the process have grown.
local function measure(steps)
  collectgarbage()
  collectgarbage()
  collectgarbage "stop"
  for _ = 1, 10 do step(client, 0.001) end
  local lua, heap, resident = collectgarbage "count", probe.heap(), probe.resident()
  local cpu = probe.cpu()
  for _ = 1, steps do step(client, 0.001) end
  cpu = probe.cpu() - cpu
  return cpu / steps, (collectgarbage "count" - lua) * 1024, probe.heap() - heap,
    probe.resident() - resident
end

measure(count / 10)  -- LuaJIT compiles; its traces are not the steps' garbage
local seconds, lua, heap, resident = measure(count)
io.write(require("cjson").encode { seconds = seconds, lua = lua, heap = heap,
  resident = resident }, "\n")
