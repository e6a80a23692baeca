-- Sixty frames a second with a light scene: some without the client, then as many as it
-- takes to download the files. Prints one line of JSON; bench/love_frames.lua starts it.
--   BENCH_URL BENCH_CA   the service     BENCH_JOBS BENCH_FILES BENCH_BYTES   the load

local ffi = require "ffi"
local json = require "cjson"
local fal = require "fal"

ffi.cdef [[
  typedef struct { long seconds, nanoseconds; } fal_bench_time;
  int clock_gettime(int clock, fal_bench_time *time);
  int getrusage(int who, long *usage);
]]

local THREAD_CPU = 3    -- CLOCK_THREAD_CPUTIME_ID of Linux
local FRAME = 1 / 60
local BUDGET = 0.001
local WARM_UP, QUIET = 30, 900

local wall = love.timer.getTime
local time = ffi.new "fal_bench_time"
local function cpu()
  ffi.C.clock_gettime(THREAD_CPU, time)
  return tonumber(time.seconds) + tonumber(time.nanoseconds) * 1e-9
end

-- How often this thread gave the processor away by itself: waits, other than being put
-- aside for another program. Linux: RUSAGE_THREAD, ru_nvcsw.
local usage = ffi.new "long[36]"
local function waits()
  ffi.C.getrusage(1, usage)
  return tonumber(usage[16])
end

local function number(name) return tonumber(os.getenv(name)) end

local function percentiles(list)
  table.sort(list)
  local function at(share) return list[math.max(1, math.ceil(share * #list))] end
  return { p50 = at(0.5), p99 = at(0.99), p999 = at(0.999), longest = list[#list] }
end

local function scene(at)
  love.graphics.clear(0.1, 0.1, 0.12)
  for i = 1, 60 do
    local turn = at + i / 60 * 2 * math.pi
    love.graphics.setColor(i / 60, 0.6, 1 - i / 60)
    love.graphics.rectangle("fill", 160 + 90 * math.cos(turn), 120 + 90 * math.sin(turn),
      8, 8)
  end
  love.graphics.present()
end

--- Frames until `over()`: how long each one worked, and the part of `ours` in it. A frame
--- is late because of us when our part, put on top of a frame of `usual` length, is too
--- long: its CPU time or, where it waited for something, all its time. (On a machine that
--- others use too, frames are late also because another program had the processor.)
local function frames(ours, over, usual)
  local work, step, step_cpu = {}, {}, {}
  local late, by_us, waited = 0, 0, 0
  local due = wall()
  while not over(#work) do
    local began = wall()
    love.event.pump()
    for name in love.event.poll() do if name == "quit" then os.exit(1) end end
    local before, at, used = waits(), wall(), cpu()
    ours()
    used, at = cpu() - used, wall() - at
    local blocked = waits() > before
    if blocked then waited = waited + 1 end
    scene(began)
    local took = wall() - began
    work[#work + 1], step[#step + 1], step_cpu[#step_cpu + 1] = took, at, used
    if took > FRAME then late = late + 1 end
    if (usual or 0) + (blocked and at or used) > FRAME then by_us = by_us + 1 end
    due = math.max(due + FRAME, wall())
    love.timer.sleep(due - wall())
  end
  return {
    frames = #work, late = late, late_by_us = by_us, waited = waited,
    frame = percentiles(work), step = percentiles(step),
    step_cpu = percentiles(step_cpu),
  }
end

local function set_up()
  local load = { files = 0, polls = 0, jobs = 0 }
  local client = assert(fal.client {
    base_url = os.getenv "BENCH_URL", ca_file = os.getenv "BENCH_CA",
    credentials = "bench:key", quiet = true,
    poll = { initial = 0.5, factor = 1, max = 0.5, jitter = 0 },
  })
  for i = 1, number "BENCH_JOBS" do
    client:spawn(function()
      client:subscribe("acme/demo/make", {
        input = { prompt = "waits " .. i },
        on_enqueue = function() load.jobs = load.jobs + 1 end,
        on_queue_update = function() load.polls = load.polls + 1 end,
      })
    end)
  end
  return client, load
end

local function download(client, load, dir)
  local bytes = number "BENCH_BYTES"
  for i = 1, number "BENCH_FILES" do
    client:spawn(function()
      local path, info = client:download(os.getenv "BENCH_URL" .. "/cdn/__blob/" .. bytes,
        dir .. "/" .. i)
      assert(path and info.size == bytes, info)
      load.files = load.files + 1
    end)
  end
end

local function measure()
  local dir = love.filesystem.getSaveDirectory()
  assert(love.filesystem.createDirectory "")
  local function nothing() end
  frames(nothing, function(n) return n >= WARM_UP end)
  local without = frames(nothing, function(n) return n >= QUIET end)
  local client, load = set_up()
  local function step() client:step(BUDGET) end
  -- All jobs wait at the service before the clock starts; what submits cost is another
  -- bench's question.
  frames(step, function() return load.jobs == number "BENCH_JOBS" end)
  load.polls = 0
  local began = wall()
  download(client, load, dir)
  local with = frames(step, function() return load.files == number "BENCH_FILES" end,
    without.frame.p50)
  with.seconds, with.polls = wall() - began, load.polls
  client:close()
  return { without = without, with = with }
end

function love.run()
  return function()
    local ok, told = xpcall(measure, debug.traceback)
    print(ok and json.encode(told) or told)
    return ok and 0 or 1
  end
end
