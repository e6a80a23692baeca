-- Jobs that are all under way at once, from their submit to their result.
--   completing.lua URL JOBS  →  one JSON line

local fal = require "fal"
local json = require "cjson"
local probe = require "probe"

local url, jobs = arg[1], tonumber(arg[2])
local AT_ONCE = 64   -- submits

local client = assert(fal.client { base_url = url, credentials = "bench:key" })
local begun, done, first_error = 0, 0, nil
local submitted_at, cpu_submitted

local function finish(job)
  local output, err = job:wait()
  if output then done = done + 1 else first_error = first_error or err end
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
    local job, err = client.queue:submit("acme/demo/make", {
      input = { prompt = "a cat walks on a wall", duration = 4 },
    })
    if job then client:spawn(finish, job) else first_error = first_error or err end
  end
  return true
end)
submitted_at, cpu_submitted = client.now() - from, probe.cpu() - cpu
local connections = sockets()
client:loop()
local told = { jobs = jobs, done = done, submit_wall = submitted_at,
  submit_cpu = cpu_submitted, wall = client.now() - from, cpu = probe.cpu() - cpu,
  connections = connections }
local status = io.open("/proc/self/status"):read("*a")
told.peak = tonumber(status:match("VmHWM:%s+(%d+)")) * 1024
if first_error then io.stderr:write(tostring(first_error), "\n") end
print(json.encode(told))
os.exit(0)
