-- A frame loop under load: four downloads of 200 MB, 100 polling jobs, and 500 jobs that
-- are completed at once.
--   frame.lua DIR QUEUE_URL MEDIA_URL BUDGET FRAME_SECONDS  →  one JSON line
local dir, queue_url, media_url = arg[1], arg[2], arg[3]
local budget, frame = tonumber(arg[4]), tonumber(arg[5])

local fal = require "fal"
local probe = require "probe"
local steps = require "lib.steps"

local POLLING, BURST, DOWNLOADS = 100, 500, 4

-- As where Lua is embedded: the program lua5.4 collects by generations, some of them in
-- several milliseconds.
if _VERSION == "Lua 5.4" then collectgarbage "incremental" end

local client = fal.assert(fal.client {
  base_url = queue_url, credentials = "bench:key", ca_file = dir .. "/cert.pem",
  poll = { initial = 1, factor = 1, max = 1, jitter = 0 }, quiet = true,
})
local taken, phase = steps.new(), "start"
-- What the machine does meanwhile to a loop that only counts, as long as most steps are.
local beside = steps.new()
local downloads, completed, failed = 0, 0, nil

local function note(ok, err)
  if ok == nil and not failed then failed = err end
  return ok
end

local function download(i)
  if note(client:download(media_url .. "/film", dir .. "/out-" .. i)) then
    downloads = downloads + 1
  end
end

local function wait(app, i) return client:job(app, ("%032x"):format(i)):wait() end

local function poll(i)
  client:sleep(i / POLLING)
  wait("acme/run/make", i)
end

local function burst(i)
  if note(wait("acme/burst/make", 1000 + i)) then completed = completed + 1 end
end

local function complete()
  local file = assert(io.open(dir .. "/status/new.json", "w"))
  assert(file:write('{"status":"COMPLETED","request_id":"1"}'))
  file:close()
  assert(os.rename(dir .. "/status/new.json", dir .. "/status/burst.json"))
end

local function count()
  local from = probe.cpu()
  repeat until probe.cpu() - from >= budget * 0.55
end

local begun, flipped = probe.wall(), false
for i = 1, POLLING do client:spawn(poll, i) end
for i = 1, BURST do client:spawn(burst, i) end
for i = 1, DOWNLOADS do client:spawn(download, i) end
while not failed and (completed < BURST or downloads < DOWNLOADS) do
  local from = probe.wall()
  taken:run(phase, client.step, client, budget)
  beside:run("count", count)
  phase = completed == 0 and "polling" or completed < BURST and "completions"
    or "downloads"
  if not flipped and from - begun > 2.5 then
    flipped = true
    complete()
  end
  if from - begun > 120 then
    failed = ("it does not end: %d downloads, %d jobs"):format(downloads, completed)
  end
  steps.end_frame(from, frame)
end
if failed then error(tostring(failed)) end
local seconds = probe.wall() - begun
client:close()
taken:tell { seconds = seconds, beside = beside:figures() }
