-- A frame loop under load: four downloads of 200 MB, 100 polling jobs, and 500 jobs that
-- are completed at once. See run.
--   load.lua NAME DIR QUEUE_URL MEDIA_URL BUDGET FRAME_SECONDS
local name, dir, queue_url, media_url = arg[1], arg[2], arg[3], arg[4]
local budget, frame = tonumber(arg[5]), tonumber(arg[6])

local fal = require "fal"
local lib = require "lib"
local probe = require "probe"

-- As where Lua is embedded; the program lua5.4 collects in generations, which takes
-- milliseconds at a time. GC=generational leaves it so.
if os.getenv("GC") ~= "generational" then
  collectgarbage(_VERSION == "Lua 5.4" and "incremental" or "collect")
end

local POLLING, BURST, DOWNLOADS = 100, 500, 4

local client = fal.assert(fal.client {
  base_url = queue_url, credentials = "bench:key", ca_file = dir .. "/cert.pem",
  poll = { initial = 1, factor = 1, max = 1, jitter = 0 }, quiet = true,
})
local steps = lib.steps()
local phase = "start"
local downloads, completed, failed = 0, 0, nil

local function note(ok, err)
  if ok == nil and not failed then failed = err end
  return ok
end

local function download(i)
  local path = ("%s/out-%s-%d"):format(dir, name, i)
  if note(client:download(media_url .. "/film", path)) then downloads = downloads + 1 end
end

local function poll(i)
  client:sleep(i / POLLING)
  local job = client:job("acme/run/make", ("%032x"):format(i))
  job:wait()
end

local function burst(i)
  local job = client:job("acme/burst/make", ("%032x"):format(1000 + i))
  if note(job:wait()) then completed = completed + 1 end
end

local function complete()
  local file = assert(io.open(dir .. "/status/new.json", "w"))
  assert(file:write('{"status":"COMPLETED","request_id":"1"}'))
  file:close()
  assert(os.rename(dir .. "/status/new.json", dir .. "/status/burst.json"))
end

local begun = probe.wall()
steps:run("spawn", function()
  for i = 1, POLLING do client:spawn(poll, i) end
  for i = 1, BURST do client:spawn(burst, i) end
  for i = 1, DOWNLOADS do client:spawn(download, i) end
end)
local spawned = steps.cpu[1]
steps = lib.steps()

local flipped = false
while not failed and (completed < BURST or downloads < DOWNLOADS) do
  local from = probe.wall()
  steps:run(phase, client.step, client, budget)
  phase = completed == 0 and "polling" or completed < BURST and "completions" or "after"
  if not flipped and from - begun > 2.5 then
    flipped = true
    complete()
  end
  if from - begun > 120 then
    error(("it does not end: %d downloads and %d jobs did"):format(downloads, completed))
  end
  lib.end_frame(from, frame)
end
local total = probe.wall() - begun
if failed then error(tostring(failed)) end

local closing = lib.steps()
closing:run("close", client.close, client)

local s = steps:summary()
io.write(lib.row(name, s), "\n")
io.write(("  %.1f s; spawning all took %.3f ms, close %.3f ms; most CPU: %s\n"):format(
  total, spawned * 1e3, closing.cpu[1] * 1e3, table.concat(steps:worst(5), ", ")))
if arg[7] then
  local json = require "cjson"
  local file = assert(io.open(arg[7], "w"))
  s.name = name
  file:write(json.encode(s), "\n")
  file:close()
end
