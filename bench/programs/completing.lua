-- Jobs that are all under way at once, from their submit to their result.
--   completing.lua URL JOBS SECONDS GATE  →  one JSON line
-- Once the last one was accepted they wait for SECONDS; then the file GATE lets them end.

local fal = require "fal"
local json = require "cjson"
local probe = require "probe"

local url, jobs = arg[1], tonumber(arg[2])
local seconds, gate = tonumber(arg[3]), arg[4]
local AT_ONCE = 64   -- submits

local client = assert(fal.client { base_url = url, credentials = "bench:key" })
local begun, done, failures, first_error = 0, 0, 0, nil

local function failed(err)
  failures, first_error = failures + 1, first_error or err
end

local function finish(job)
  local output, err = job:wait()
  if output then done = done + 1 else failed(err) end
end

--- Sockets of this process; the engine's own pair is among them.
local function sockets()
  local process = io.popen("ls -l /proc/" .. io.open("/proc/self/stat"):read("*n")
    .. "/fd | grep -c socket:")
  local count = tonumber(process:read("*l"))
  process:close()
  return count
end

local list = {}
for i = 1, AT_ONCE do list[i] = i end
local cpu, from = probe.cpu(), client.now()
client:map(list, function()
  while begun < jobs do
    begun = begun + 1
    local job, err = client.queue:submit("acme/gated/make", {
      input = { prompt = "a cat walks on a wall", duration = 4 },
    })
    if job then client:spawn(finish, job) else failed(err) end
  end
  return true
end)
local told = { jobs = jobs, submit_wall = client.now() - from,
  submit_cpu = probe.cpu() - cpu }
client:sleep(seconds)
told.in_flight, told.connections = begun - done - failures, sockets()
assert(io.open(gate, "w")):close()
local opened = client.now()
client:loop()
local ended = client.now()
told.done, told.failures = done, failures
told.wall, told.end_wall, told.cpu = ended - from, ended - opened, probe.cpu() - cpu
local status = io.open("/proc/self/status"):read("*a")
told.peak = tonumber(status:match("VmHWM:%s+(%d+)")) * 1024
if first_error then io.stderr:write(tostring(first_error), "\n") end
os.remove(gate)
print(json.encode(told))
os.exit(0)
