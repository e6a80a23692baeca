-- What a step costs while 10,000 jobs wait for their next status and nothing is due, and
-- whether it leaves anything behind. See idle.
--   idle.lua NAME [JSON_FILE]
local name = arg[1]
local JOBS, STEPS = 10000, 1000000

local fal = require "fal"
local probe = require "probe"

-- Nobody answers there, and nobody is asked: the first look is an hour away.
local client = fal.assert(fal.client {
  base_url = "http://127.0.0.1:1", credentials = "bench:key", quiet = true,
  poll = { initial = 3600, factor = 1, max = 3600, jitter = 0.2 },
})
for i = 1, JOBS do
  client:spawn(function()
    local job = client:job("acme/run/make", ("%032x"):format(i))
    job.reply = { status = "IN_QUEUE" }
    return job:wait()
  end)
end

local step = client.step
assert(step(client, 0.001) == 2 * JOBS, "not all jobs wait")

-- What `count` steps take, and by how many bytes Lua, malloc and the process grew.
local function measure(count)
  collectgarbage() collectgarbage()
  collectgarbage "stop"
  local lua, heap, resident = collectgarbage "count", probe.heap(), probe.resident()
  local cpu = probe.cpu()
  for _ = 1, count do step(client, 0.001) end
  cpu = probe.cpu() - cpu
  return cpu / count, (collectgarbage "count" - lua) * 1024, probe.heap() - heap,
    probe.resident() - resident
end

measure(STEPS / 10)  -- LuaJIT compiles, whose traces are not the steps' garbage
local seconds, lua, heap, resident = measure(STEPS)

io.write(("%-10s %8.3f %12d %12d %12d\n"):format(name, seconds * 1e6, lua, heap, resident))
if arg[2] then
  local file = assert(io.open(arg[2], "w"))
  file:write(require("cjson").encode { name = name, jobs = JOBS, steps = STEPS,
    seconds = seconds, lua = lua, heap = heap, resident = resident }, "\n")
  file:close()
end
