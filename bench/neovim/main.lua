-- Types fifty keys a second and notes when each has reached the buffer: some without the
-- client, some while it downloads and polls, some while another process does the same as
-- fast, in turn. Prints one line of JSON; bench/neovim_typing.lua starts it.
--   BENCH_URL BENCH_CA   the service     BENCH_JOBS BENCH_FILES BENCH_BYTES   the load
--   BENCH_KEYS BENCH_ROUNDS              keys of one turn, and how many turns of each
--   BENCH_BESIDE                         a command, the other process

local ffi = require "ffi"
local fal = require "fal"

ffi.cdef [[
  typedef struct { long seconds, nanoseconds; } fal_bench_time;
  int clock_gettime(int clock, fal_bench_time *time);
]]

local uv = vim.loop
local THREAD_CPU = 3   -- CLOCK_THREAD_CPUTIME_ID of Linux
local INTERVAL = 0.02  -- seconds between two keys
local LINE = 60        -- keys

local time = ffi.new "fal_bench_time"
local function cpu()
  ffi.C.clock_gettime(THREAD_CPU, time)
  return tonumber(time.seconds) + tonumber(time.nanoseconds) * 1e-9
end

local function wall() return uv.hrtime() * 1e-9 end
local function number(name) return tonumber(os.getenv(name)) end

-- A key's time runs from when it was to be pressed, also where the loop came late to it.
local pressed, first, landed, latencies = 0, 1, 0, nil

-- When the client's turns began and ended, and what part of a key's time was theirs.
local turns = { n = 0, began = {}, ended = {} }

local function share_of_turns(from, to)
  local sum, i = 0, turns.n
  while i > 0 and turns.ended[i] > from do
    sum = sum + math.min(to, turns.ended[i]) - math.max(from, turns.began[i])
    i = i - 1
  end
  return sum
end

local shares = {}

-- Keys that wait together land together.
vim.api.nvim_buf_attach(0, false, { on_bytes = function(...)
  local bytes = select(12, ...)
  for _ = 1, bytes do
    landed = landed + 1
    if latencies then
      local due, now = first + (landed - 1) * INTERVAL, wall()
      latencies[#latencies + 1] = now - due
      if turns.n > 0 then shares[#shares + 1] = share_of_turns(due, now) end
    end
  end
end })

--- Types so many keys, then calls done.
local function type_keys(count, list, done)
  pressed, landed, latencies = 0, 0, list
  first = wall() + INTERVAL
  local timer = uv.new_timer()
  timer:start(0, 1, function()
    while pressed < count and wall() >= first + pressed * INTERVAL do
      pressed = pressed + 1
      vim.api.nvim_input(pressed % LINE == 0 and "<CR>" or "x")
    end
    if landed < count then return end
    timer:close()
    latencies = nil
    vim.schedule(done)
  end)
end

local load = { polls = 0, jobs = 0, bytes = 0, files = 0, steps = {},
  steps_cpu = {}, connecting_cpu = {} }

local function client_with_jobs()
  local client = assert(fal.client {
    base_url = os.getenv "BENCH_URL", ca_file = os.getenv "BENCH_CA",
    credentials = "bench:key", quiet = true,
    poll = { initial = 0.5, factor = 1, max = 0.5, jitter = 0, learn = false },
  })
  require "fal.drivers.neovim" (client)
  local step = client.step
  function client.step(...)
    local at, used = wall(), cpu()
    local live = step(...)
    local ended = wall()
    turns.n = turns.n + 1
    turns.began[turns.n], turns.ended[turns.n] = at, ended
    used, at = cpu() - used, ended - at
    if load.connected then
      load.steps_cpu[#load.steps_cpu + 1] = used
      load.steps[#load.steps + 1] = at
    else
      load.connecting_cpu[#load.connecting_cpu + 1] = used
    end
    return live
  end
  for i = 1, number "BENCH_JOBS" do
    client:spawn(function()
      client:subscribe("acme/demo/make", {
        input = { prompt = "waits " .. i },
        on_enqueue = function() load.jobs = load.jobs + 1 end,
        on_queue_update = function() load.polls = load.polls + 1 end,
      })
    end)
  end
  return client
end

--- Downloads until it is told to stop.
local function downloads(client)
  local url = os.getenv "BENCH_URL" .. "/cdn/__blob/" .. os.getenv "BENCH_BYTES"
  for i = 1, number "BENCH_FILES" do
    client:spawn(function()
      while not load.over do
        load.files = load.files + 1
        -- A name of its own: to take a file of this size away costs tens of milliseconds.
        local path, info = client:download(url, load.dir .. "/" .. load.files, {
          on_progress = function(done)
            load.bytes = load.bytes + done - (load[i] or 0)
            load[i] = done
          end,
        })
        load[i] = nil
        if not path then
          if info.kind ~= "closed" then error(info) end
          return
        end
      end
    end)
  end
end

local FRAME = 1 / 60  -- seconds; what comes later is seen

local function percentiles(list)
  table.sort(list)
  local late = 0
  for _, value in ipairs(list) do if value > FRAME then late = late + 1 end end
  local function at(share) return list[math.max(1, math.ceil(share * #list))] end
  return { p50 = at(0.5), p99 = at(0.99), p999 = at(0.999), longest = list[#list],
    count = #list, late = late }
end

local quiet, busy, beside = {}, {}, {}
local seconds, seconds_beside, bytes_beside = 0, 0, 0

local function tell()
  io.stdout:write(vim.json.encode {
    without = percentiles(quiet), with = percentiles(busy),
    beside = percentiles(beside), share = percentiles(shares),
    step = percentiles(load.steps), step_cpu = percentiles(load.steps_cpu),
    connecting_cpu = percentiles(load.connecting_cpu),
    seconds_beside = seconds_beside, bytes_beside = bytes_beside,
    polls = load.polls, bytes = load.bytes, seconds = seconds,
  }, "\n")
  vim.cmd "qall!"
end

-- What the other process has downloaded.
local function files_beside()
  local found, bytes = vim.fn.glob(load.dir .. "/beside-*", true, true), 0
  for _, path in ipairs(found) do bytes = bytes + vim.fn.getfsize(path) end
  return bytes, found
end

--- Types while another process has the load.
local function type_beside(done)
  local out = uv.new_pipe(false)
  local child = assert(uv.spawn("sh", {
    args = { "-c", "exec " .. os.getenv "BENCH_BESIDE" }, stdio = { nil, out, 2 },
  }, function() end))
  local begun = false
  out:read_start(function(_, text)  -- it says so when all its jobs wait
    if begun or not text then return end
    begun = true
    vim.schedule(function()
      local began = wall()
      type_keys(number "BENCH_KEYS", beside, function()
        local bytes, found = files_beside()
        seconds_beside = seconds_beside + wall() - began
        bytes_beside = bytes_beside + bytes
        child:kill "sigterm"
        child:close()
        out:close()
        for _, path in ipairs(found) do os.remove(path) end
        vim.defer_fn(done, 200)
      end)
    end)
  end)
end

local function type_with_client(done)
  load.jobs, load.over, load.connected = 0, false, false
  local client = client_with_jobs()
  local waiting = uv.new_timer()
  waiting:start(0, 10, vim.schedule_wrap(function()
    if waiting:is_closing() or load.jobs < number "BENCH_JOBS" then return end
    waiting:close()
    -- All jobs wait at the service; what submits cost is another bench's question.
    load.connected = true
    downloads(client)
    local began = wall()
    type_keys(number "BENCH_KEYS", busy, function()
      seconds = seconds + wall() - began
      load.over = true
      client:close()
      turns.n = 0
      done()
    end)
  end))
end

--- One turn of each: the client is made and closed in between.
local function turn(left)
  if left == 0 then return tell() end
  type_keys(number "BENCH_KEYS", quiet, function()
    type_beside(function()
      type_with_client(function() turn(left - 1) end)
    end)
  end)
end

load.dir = assert(os.getenv "BENCH_DIR")
vim.o.undolevels = -1
vim.api.nvim_input "i"
-- The first keys warm the editor up.
vim.defer_fn(function()
  type_keys(100, nil, function() turn(number "BENCH_ROUNDS") end)
end, 100)
