-- The figures of bench/media/run: what downloads and uploads cost and promise.

local fal = require "fal"
local core = require "fal.core"
local sim = require "support.sim"

local dir, small_kind, gib = arg[1], arg[2], tonumber(arg[3])
local MIB, GIB = 1024 * 1024, 1024 * 1024 * 1024
local CUTS, PAIRS, KEY = 100, 5, "bench:key"
local failures = 0

local function say(name, figure, limit, ok)
  if not ok then failures = failures + 1 end
  print(("%-52s %-22s %-12s %s"):format(name, figure, limit, ok and "ok" or "BROKEN"))
  io.flush()
end

local function shell(command)
  local pipe = assert(io.popen(command, "r"))
  local text = pipe:read("*a")
  pipe:close()
  return (text:gsub("%s+$", ""))
end

local function size_of(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local size = file:seek("end")
  file:close()
  return size
end

-- --- memory ----------------------------------------------------------------------------

local function memory(name)
  for line in io.lines("/proc/self/status") do
    local kb = line:match("^" .. name .. ":%s*(%d+)")
    if kb then return tonumber(kb) * 1024 end
  end
end

--- The most that `fn` adds to what is resident. The peak is the kernel's own count.
local function growth(fn)
  collectgarbage()
  collectgarbage()
  local file = assert(io.open("/proc/self/clear_refs", "w"))
  file:write("5")
  file:close()
  local before = memory("VmRSS")
  fn()
  return memory("VmHWM") - before
end

-- --- a download that is disturbed ------------------------------------------------------

--- Cuts at random places of the whole file, every second one with a reset.
local function plan(size, cuts)
  local places, faults = {}, {}
  for i = 1, cuts do places[i] = math.random() * size end
  table.sort(places)
  for i = 1, cuts do
    faults[i] = { route = "media", action = "cut", times = 1, reset = i % 2 == 0,
      at = math.floor(places[i] - (places[i - 1] or 0)) + 1 }
  end
  return faults
end

local function header(request, wanted)
  for _, pair in ipairs(request.headers) do
    if pair[1]:lower() == wanted then return pair[2] end
  end
end

--- Where each request for the file began.
local function starts(server)
  local list = {}
  for _, request in ipairs(server:requests()) do
    if request.path:find("__blob", 1, true) and request.method == "GET" then
      local range = header(request, "range") or "bytes=0-"
      list[#list + 1] = tonumber(range:match("(%d+)"))
    end
  end
  return list
end

--- Bytes that may stand in the sockets of a connection that is broken off by the reader.
local function socket_buffers()
  local sum = 0
  for _, name in ipairs { "tcp_rmem", "tcp_wmem" } do
    sum = sum + tonumber(shell("cat /proc/sys/net/ipv4/" .. name):match("(%d+)$"))
  end
  return sum
end

--- The most that the server put on the wire, from its own record: each request's place
--- and where it was cut. Of a reset connection all that was given to the socket counts;
--- of the request that met the full disk, what was kept and what the sockets can hold.
local function bytes_sent(list, faults, size, full)
  local sum = 0
  for n = 1, #list do
    local most = faults[n] and math.min(faults[n].at, size - list[n]) or size - list[n]
    if n == full then
      most = math.min(most, list[n + 1] - list[n] + socket_buffers())
    end
    sum = sum + most
  end
  return sum, #list
end

local function watch(path, size)
  local log = dir .. "/watch"
  os.execute(("bench/media/watch %s %.0f %s &"):format(path, size, log))
  return function()
    os.execute("touch " .. log .. ".stop; sleep 0.1")
    local looks = shell("cat " .. log .. ".looks")
    local seen = shell("sort -u " .. log)
    os.execute("rm -f " .. log .. "*")
    return seen, looks
  end
end

local function sha256(path) return shell("sha256sum < " .. path):match("%x+") end

--- Fills the file system so that the download stops after about three quarters.
local function fill(folder, size)
  local free = tonumber(shell("df -B1 --output=avail " .. folder .. " | tail -1"))
  local take = math.max(0, free - size * 3 / 4)
  os.execute(("fallocate -l %.0f %s/filler"):format(take, folder))
  return function() os.remove(folder .. "/filler") end
end

local function disturbed(size)
  local folder = small_kind ~= "none" and dir .. "/small" or dir
  local server = sim.start { media = "none", keep = 1000 }
  local path, url = folder .. "/big", server.url .. ("/cdn/__blob/%.0f"):format(size)
  local client = fal.assert(fal.client { base_url = server.url, credentials = KEY,
    retry = { base_delay = 0.005, max_attempts = 6 }, quiet = true })
  fal.assert(client:download(server.url .. "/cdn/__blob/1000000", path))
  os.remove(path)
  server:reset()
  -- The request that meets the full disk uses up a cut without coming to it.
  local faults = plan(size, small_kind == "none" and CUTS or CUTS + 1)
  server:fault(faults)
  local stop = watch(path, size)
  local make_room = small_kind ~= "none" and fill(folder, size)
  local refusal, full
  local began = core.now()
  local grown = growth(function()
    if make_room then
      local got, err = client:download(url, path)
      refusal = not got and err
      if not refusal then error("the disk was not full") end
      say("full disk (" .. small_kind .. "): kind, part kept",
        ("%s, %.0f MiB"):format(err.kind, (size_of(path .. ".part") or 0) / MIB),
        "file", err.kind == "file" and size_of(path) == nil)
      print("  " .. tostring(err))
      full = #starts(server)
      make_room()
    end
    fal.assert(client:download(url, path, { expect = { size = size } }))
  end)
  local seconds = core.now() - began
  local seen, looks = stop()
  local sent, requests = bytes_sent(starts(server), faults, size, full)
  local broken = requests - 1 - (make_room and 1 or 0)
  say(("%.0f GiB, disconnects (%.0f s)"):format(size / GIB, seconds), broken, CUTS,
    broken == CUTS)
  say("memory grew by", ("%.1f MiB"):format(grown / MIB), "<= 8 MiB", grown <= 8 * MIB)
  say("sent again", ("%.3f %%"):format((sent / size - 1) * 100), "<= 2 %",
    sent <= size * 1.02)
  local have = sha256(path)
  local want = shell("curl -s " .. url .. " | sha256sum"):match("%x+")
  say("sha256 " .. have:sub(1, 16), have == want and "equal" or want:sub(1, 16), "equal",
    have == want)
  say("unfinished under its final name (" .. looks .. " looks)",
    seen == "" and "never" or seen, "never", seen == "")
  local rest = shell("ls " .. folder .. " | grep -c part || true")
  say("parts left behind", rest, "0", rest == "0")
  client:close()
  server:stop()
  os.remove(path)
end

-- --- a download against curl's ---------------------------------------------------------

local function timed(command)
  os.execute("rm -f " .. dir .. "/f; sync -f " .. dir)
  local began = core.now()
  assert(os.execute(command))
  return core.now() - began
end

local function paired(size)
  local server = sim.start { media = "none" }
  local url = server.url .. ("/cdn/__blob/%.0f"):format(size)
  local lua = os.getenv("LUA") or "lua5.4"
  local curl = ("curl -s -o %s/f %s"):format(dir, url)
  local ours = ("%s bench/media/one.lua %s %s/f %s"):format(lua, url, dir, server.url)
  local sums = { 0, 0, 0 }
  for _ = 1, PAIRS do
    sums[1] = sums[1] + timed(curl)
    sums[2] = sums[2] + timed(ours)
    sums[3] = sums[3] + timed(curl .. " && sync " .. dir .. "/f")
  end
  local ratio = sums[2] / sums[1]
  say(("%.0f GiB, curl / ours / curl and sync, mean of %d"):format(size / GIB, PAIRS),
    ("%.2f / %.2f / %.2f s"):format(sums[1] / PAIRS, sums[2] / PAIRS, sums[3] / PAIRS),
    "", true)
  say("our time by curl's", ("%.3f"):format(ratio), "<= 1.1", ratio <= 1.1)
  server:stop()
end

-- --- the longest step ------------------------------------------------------------------

--- How often this thread was put aside for another.
local function put_aside()
  for line in io.lines("/proc/thread-self/status") do
    local times = line:match("^nonvoluntary_ctxt_switches:%s*(%d+)")
    if times then return times end
  end
end

--- A host that draws frames. What a busy machine takes from a step is told apart from
--- what the step takes itself: its processor time, and its whole time where no other
--- program came between.
local function longest_step(what, client, fn)
  local task = client:spawn(function() fal.assert(fn()) end)
  local wall, processor, alone, steps = 0, 0, 0, 0
  while not task:is_done() do
    local aside = put_aside()
    local used, began = os.clock(), core.now()
    client:step(0.001)
    local took = core.now() - began
    used = os.clock() - used
    steps = steps + 1
    wall, processor = math.max(wall, took), math.max(processor, used)
    if put_aside() == aside then alone = math.max(alone, took) end
  end
  local _, raised = task:await()
  if raised then error(tostring(raised)) end
  say(("%s in %d steps of 1 ms, the longest's own time"):format(what, steps),
    ("%.1f ms"):format(processor * 1e3), "<= 4 ms", processor <= 0.004)
  say("  whole time where no other program came between",
    ("%.1f ms"):format(alone * 1e3), "<= 8 ms", alone <= 0.008)
  say("  whole time, with what other programs took", ("%.1f ms"):format(wall * 1e3), "",
    true)
end

local function frames(size)
  local server = sim.start { media = "none", keep_body = 65536 }
  local client = fal.assert(fal.client { base_url = server.url, credentials = KEY,
    quiet = true })
  os.execute("rm -f " .. dir .. "/f; sync -f " .. dir)
  longest_step("download", client, function()
    return client:download(server.url .. ("/cdn/__blob/%.0f"):format(size), dir .. "/f")
  end)
  longest_step("upload", client, function() return client:upload(dir .. "/f") end)
  client:close()
  server:stop()
end

-- --- an upload -------------------------------------------------------------------------

local function upload(size)
  local server = sim.start { media = "none", keep_body = 65536, keep = 1000 }
  local client = fal.assert(fal.client { base_url = server.url, credentials = KEY,
    quiet = true })
  assert(size_of(dir .. "/f") == size)
  fal.assert(client:upload { data = ("x"):rep(1000) })
  local url
  local began = core.now()
  local grown = growth(function()
    url = fal.assert(client:upload(dir .. "/f"))
  end)
  local seconds = core.now() - began
  local answer = server:request("HEAD", url, { key = false })
  local arrived = tonumber(answer.headers["content-length"])
  local parts = 0
  for _, request in ipairs(server:requests()) do
    if request.method == "PUT" and request.path:find("/%d+$") then parts = parts + 1 end
  end
  say(("%.0f GiB uploaded in %d parts, %.2f s"):format(size / GIB, parts, seconds),
    ("%.0f bytes"):format(arrived or -1), "all", arrived == size)
  say("memory grew by", ("%.1f MiB"):format(grown / MIB), "<= 8 MiB", grown <= 8 * MIB)
  client:close()
  server:stop()
end

math.randomseed(20260)
disturbed(gib * GIB)
paired(GIB)
frames(GIB)
upload(GIB)
os.exit(failures == 0)
