-- What jobs cost that wait: bytes of a handle, bytes with a coroutine of its own, CPU.
--   waiting.lua URL JOBS GAP SECONDS  →  one JSON line
-- Each job is looked at every GAP seconds; CPU and looks are counted for SECONDS.

local fal = require "fal"
local json = require "cjson"
local probe = require "probe"

local url, jobs = arg[1], tonumber(arg[2])
local gap, seconds = tonumber(arg[3]), tonumber(arg[4])
local ENDPOINT, AT_ONCE = "acme/pending/make", 64

-- The spread keeps the looks from coming all at once.
local client = assert(fal.client { base_url = url, credentials = "bench:key",
  poll = { initial = gap, max = gap, factor = 1, jitter = 0.9, learn = true } })

local function submit()
  return assert(client.queue:submit(ENDPOINT, {
    input = { prompt = "a cat walks on a wall", duration = 4 },
  }))
end

--- Submits `count` jobs into `into`.
local function submit_all(count, into)
  local list = {}
  for i = 1, AT_ONCE do list[i] = i end
  local _, errors = client:map(list, function()
    while #into < count do
      -- A place is taken before the wait, so that nobody else takes it.
      local place = #into + 1
      into[place] = false
      into[place] = submit()
    end
    return true
  end)
  local _, err = next(errors)
  if err then error(tostring(err), 0) end
  return into
end

--- Bytes in use and bytes that the process holds. A coroutine gives back what it needs no
--- more by halves, one a collection. LuaJIT has an allocator of its own, which malloc
--- knows nothing of.
local function memory()
  for _ = 1, 4 do collectgarbage() end
  local lua = rawget(_G, "jit") and collectgarbage "count" * 1024 or 0
  return { used = lua + probe.heap(), resident = probe.resident() }
end

local function grown(before)
  local now = memory()
  return { used = (now.used - before.used) / jobs,
    resident = (now.resident - before.resident) / jobs }
end

--- Requests that the server has answered so far.
local function answered()
  local id = assert(client.engine:request { method = "GET", url = url .. "/counts",
    timeout = 10 })
  local _, _, body = client.sched:await(id)
  return tonumber(body:match("requests%s+%d+%s+%d+%s+(%d+)"))
end

local function drive(for_)
  local stop = client.now() + for_
  client:spawn(function() client:sleep(for_) end)
  while client.now() < stop do
    client.sched:advance(0.05)
    client:step()
  end
end

--- Drives, and then on until no more looks are under way than there are connections: on
--- a busy machine they fall behind, and those that do are no cost of waiting.
local function drive_calmly(for_)
  local methods = getmetatable(client.engine).__index
  local status, begun, before = methods.status, 0, answered()
  function methods.status(...)
    begun = begun + 1
    return status(...)
  end
  drive(for_)
  local asked, patience = 1, client.now() + 60
  while begun + asked - (answered() - before) > 32 and client.now() < patience do
    asked = asked + 1
    drive(0.1)
  end
  methods.status = status
end

-- What the first jobs alone bring: modules, connections, buffers.
submit_all(2 * AT_ONCE, {})
local told, before = { jobs = jobs }, memory()
local handles = submit_all(jobs, {})
told.handle = grown(before)
for i = 1, jobs do
  local handle = handles[i]
  handles[i] = nil
  client:spawn(handle.wait, handle)
end
handles = nil   -- luacheck: ignore 311
drive_calmly(2 * gap)
told.task = grown(before)
local looks, cpu = answered(), probe.cpu()
drive(seconds)
told.cpu = probe.cpu() - cpu
told.looks = answered() - looks - 1
local status = io.open("/proc/self/status"):read("*a")
told.peak = tonumber(status:match("VmHWM:%s+(%d+)")) * 1024
print(json.encode(told))
os.exit(0)
