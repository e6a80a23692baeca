-- Random interleavings of start, cancel, abandon, collect and close over real sockets:
-- does every wait end, is every call of a closed client answered, is nothing accepted
-- twice?
--
--   lua bench/torture/interleave.lua [COUNT [SEED]]
--
-- Each schedule has a seed of its own, counted up from SEED, and depends on nothing else
-- but the moment at which the simulator answers: COUNT 1 with its seed plays it again.

package.path = "./?.lua;" .. package.path
local lib = require "bench.torture.lib"
local core = require "fal.core"
local fal = require "fal"
local start_sim = require("support.sim").start

local M = {}

local APP = "acme/demo"
local PATIENCE = 60   -- seconds after which a schedule counts as hung
local RESET = 500     -- schedules after which the simulator forgets
local MINE = "raised on purpose"

-- Answers go wrong now and then, each in its own rhythm.
local FAULTS = {
  { route = "submit", every = 23, action = "drop", at = "acted" },
  { route = "submit", every = 17, action = "drop" },
  { route = "status", every = 19, action = "answer", status = 500, body = "oops" },
  { route = "result", every = 13, action = "truncate" },
  { route = "stream", every = 7, action = "cut", at = 20 },
  { route = "cancel", every = 5, action = "answer", status = 502, body = "" },
  { route = "media", every = 11, action = "truncate" },
  { route = "run", every = 9, action = "delay", seconds = 0.01 },
}

-- What a call may say; anything else is a finding.
local KINDS = {
  canceled = true, closed = true, timeout = true, unknown_submit = true, network = true,
  server = true, not_found = true, protocol = true, task = true, file = true,
}

function M.count(name) M.made[name] = (M.made[name] or 0) + 1 end

local function note(w, what)
  w.trouble[#w.trouble + 1] = what
end

-- The outcome of a call: a value, or nil and an error of a known kind.
local function judge(w, what, value, err)
  local came = value ~= nil and "value" or type(err) == "table" and err.kind or "nothing"
  M.came[came] = (M.came[came] or 0) + 1
  if value ~= nil then return value, err end
  if err ~= nil and not (type(err) == "table" and KINDS[err.kind]) then
    note(w, what .. " ended with " .. tostring(err))
  elseif type(err) == "table" and err.kind == "task"
    and not tostring(err):find(MINE, 1, true) then
    note(w, what .. " raised " .. tostring(err.cause))
  end
  return value, err
end

local function prompt(w)
  w.prompts = w.prompts + 1
  return ("%d/%d"):format(w.seed, w.prompts)
end

-- What a callback does in the middle of somebody's wait.
local function mischief(w, c)
  local what = w.random(16)
  if what == 0 then c:close()
  elseif what == 1 then collectgarbage()
  elseif what == 2 then error(MINE)
  elseif what == 3 then w.jobs, w.tasks = {}, {}
  elseif what == 4 and w.tasks[1] then w.tasks[1 + w.random(#w.tasks)]:cancel()
  elseif what == 5 then judge(w, "sleep in a callback", c:sleep(0.001))
  elseif what == 6 then coroutine.yield() end
end

local function keep(list, value)
  if value then list[#list + 1] = value end
  return value
end

local function pick(w, list)
  if #list > 0 then return list[1 + w.random(#list)] end
end

-- Each is run in a task, with its own client.
local DOINGS = {
  { "subscribe", function(w, c)
    judge(w, "subscribe", c:subscribe(APP, { input = { prompt = prompt(w) },
      mode = w.random(2) == 0 and "streaming" or nil, logs = w.random(2) == 0,
      timeout = w.random(4) == 0 and 0.004 or nil,
      on_queue_update = function() mischief(w, c) end }))
  end },
  { "submit", function(w, c)
    local job = judge(w, "submit", c.queue:submit(APP,
      { input = { prompt = prompt(w) } }))
    if not job then return end
    keep(w.jobs, job)
    if w.random(2) == 0 then judge(w, "cancel", job:cancel()) end
    judge(w, "wait", job:wait { on_queue_update = function() mischief(w, c) end })
  end },
  { "wait for another's", function(w)
    local job = pick(w, w.jobs)
    if not job then return end
    judge(w, "another's wait", job:wait())
    judge(w, "result", job:result())
  end },
  { "updates", function(w)
    local job = pick(w, w.jobs)
    local nextup = job and job:updates()
    for _ = 1, w.random(4) do
      -- By hand: PUC 5.1 cannot yield in a `for … in`.
      if not nextup then return end
      if not judge(w, "updates", nextup()) then return end
    end
  end },
  { "run", function(w, c)
    judge(w, "run", c:run(APP, { input = { prompt = prompt(w) } }))
  end },
  { "stream", function(w, c)
    local nextup = judge(w, "stream", c:stream(APP, { input = { prompt = prompt(w) } }))
    if nextup and w.random(2) == 0 then judge(w, "event", nextup()) end
  end },
  { "download", function(w, c)
    judge(w, "download", c:download(w.blob, w.folder .. "/" .. w.random(3)))
  end },
  { "upload", function(w, c)
    judge(w, "upload", c:upload { data = ("x"):rep(1 + w.random(9000)) })
  end },
  { "sleep", function(w, c) judge(w, "sleep", c:sleep(w.random(6) / 1000)) end },
  { "await", function(w)
    local other = pick(w, w.tasks)
    if other then judge(w, "await", other:await()) end
  end },
  { "map", function(w, c)
    local results = judge(w, "map", c:map({ 1, 2, 3 }, function(i)
      if w.random(5) == 0 then error(MINE) end
      return c:sleep(i / 1000)
    end, { concurrency = 1 + w.random(3) }))
    if results and results.n ~= 3 then note(w, "map forgot its size") end
  end },
}

local function draw(w, from, kind)
  local one = pick(w, from)
  M.count(kind .. one[1])
  return one[2]
end

local function start(w)
  local c, doing = pick(w, w.clients), draw(w, DOINGS, "task: ")
  keep(w.tasks, judge(w, "spawn", c:spawn(function() return doing(w, c) end)))
end

-- A driver of the loop that is not ours, which may be left lying in the middle.
local function foreign(w)
  local c, doing = pick(w, w.clients), draw(w, DOINGS, "foreign: ")
  local co = coroutine.create(function() return doing(w, c) end)
  local ok, err = coroutine.resume(co)
  if not ok and not tostring(err):find("deadlock", 1, true)
    and not tostring(err):find(MINE, 1, true) then
    note(w, "a foreign coroutine raised " .. tostring(err))
  end
  if coroutine.status(co) == "suspended" and w.random(2) == 0 then w.asleep = co end
end

local ACTIONS = {
  { "start", start }, { "start", start }, { "start", start }, { "start", start },
  { "start in a foreign coroutine", foreign },
  { "cancel", function(w)
    local one = pick(w, w.tasks)
    if one then one:cancel() end
  end },
  { "abandon", function(w)
    local from = w.random(2) == 0 and w.tasks or w.jobs
    if #from > 0 then table.remove(from, 1 + w.random(#from)) end
  end },
  { "collect", function(w)
    if w.random(4) == 0 then collectgarbage() else collectgarbage("step", 50) end
  end },
  { "step", function(w) pick(w, w.clients):step(w.random(3) / 1000) end },
  { "step 2 ms", function(w) pick(w, w.clients):step(0.002) end },
  { "ask for the descriptor", function(w)
    local c = pick(w, w.clients)
    c:fd()
    c:timeout()
  end },
  { "sleep", function(w) judge(w, "a plain sleep", pick(w, w.clients):sleep(0.001)) end },
  { "close", function(w)  -- close, and use it all the same
    if w.random(3) > 0 then return end
    local c = pick(w, w.clients)
    c:close()
    c:close()
  end },
  { "drop a client", function(w)  -- with whatever it was doing
    if w.random(2) > 0 then return end
    w.clients[1 + w.random(#w.clients)] = M.client(w)
    w.jobs, w.tasks = {}, {}
  end },
}

-- Without one each client reads those of the system, which takes valgrind longer than all
-- else that a client does: a few are enough.
local function certificates(w)
  if w.seed % 16 > 0 then return w.folder .. "/no.pem" end
end

local ON_ENGINE = { "submit", "timer", "status", "stream", "download", "abort", "hold",
  "next", "progress", "fd", "collect", "step" }

--- The core alone: ids in any order, aborted, held, fetched or not, and closed.
local function engine_schedule(w)
  local url = w.sim.url
  local engine = assert(core.new { queue_url = url .. "/queue", run_url = url .. "/run",
    rest_url = url .. "/rest", api_url = url .. "/api", ca_file = certificates(w),
    max_connections = 1 + w.random(4) })
  assert(engine:set_key("id:secret"))
  local ids = {}
  for _ = 1, 4 + w.random(30) do
    local what = w.random(#ON_ENGINE)
    M.count("engine: " .. ON_ENGINE[what + 1])
    local id = pick(w, ids) or 1
    if what == 0 then
      keep(ids, engine:submit(APP, '{"prompt":"' .. prompt(w) .. '"}'))
    elseif what == 1 then keep(ids, engine:timer(w.random(4) / 1000))
    elseif what == 2 then keep(ids, engine:status(APP, "none", true))
    elseif what == 3 then
      keep(ids, (engine:stream_status(APP, "none", false)))
    elseif what == 4 then
      keep(ids, engine:request { url = w.blob, file = w.folder .. "/" .. w.random(3),
        resume = w.random(2) == 0 })
    elseif what == 5 then engine:abort(id)
    elseif what == 6 then engine:hold(id, w.random(2) == 0)
    elseif what == 7 then engine:next()
    elseif what == 8 then engine:progress(id); engine:timeout()
    elseif what == 9 then engine:fd()
    elseif what == 10 then collectgarbage("step", 20)
    else engine:step(w.random(2) / 1000, w.random(3) / 1000) end
  end
  local how = w.random(3)
  if how == 0 then return end  -- left to the collector
  if how == 1 then
    for _, id in ipairs(ids) do engine:hold(id, false) end
    local deadline = core.now() + PATIENCE
    while engine:step(0.05, 0.01) > 0 do
      while engine:next() do end
      if core.now() > deadline then
        note(w, "the engine hangs")
        break
      end
    end
  end
  engine:close()
  if pcall(engine.step, engine, 0) then note(w, "a closed engine steps") end
end

function M.client(w)
  local made = assert(fal.client { base_url = w.sim.url, credentials = "id:secret",
    ca_file = certificates(w), quiet = true, logger = function() end, max_connections = 4,
    request_timeout = PATIENCE,
    poll = { initial = 0.001, factor = 1.5, max = 0.004, jitter = 0.2 },
    retry = { max_attempts = 3, base_delay = 0.001, max_delay = 0.004 } })
  M.clients[made] = true
  return made
end

local function closed_refuses(w, c)
  if c:step(0) ~= 0 then note(w, "a closed client has something to do") end
  for _, call in ipairs { "subscribe", "run", "stream" } do
    local value, err = c[call](c, APP, { input = {} })
    if value ~= nil or err.kind ~= "closed" then note(w, call .. " after close") end
  end
  if (c:sleep(1)) or (c:spawn(print)) or c:fd() or c:timeout() then
    note(w, "a closed client is alive")
  end
end

-- The end of a schedule: until nothing is left, closed, or just dropped.
local function finish(w)
  for _, c in ipairs(w.clients) do
    local how = w.random(3)
    if how == 0 and not c.closed then
      local deadline = core.now() + PATIENCE
      while not c.closed and c:step(0.01) > 0 do
        local left = math.min(c:timeout() or 0.01, 0.01)
        if left > 0 then c.engine:step(left) end
        if core.now() > deadline then
          note(w, "hangs with " .. tostring(c))
          break
        end
      end
    end
    if how < 2 then
      c:close()
      closed_refuses(w, c)
    end
  end
end

local function client_schedule(w)
  for i = 1, 1 + w.random(2) do w.clients[i] = M.client(w) end
  for _ = 1, 4 + w.random(20) do draw(w, ACTIONS, "")(w) end
  finish(w)
end

--- One schedule.
---@return string[] trouble   empty: all is well
function M.schedule(sim, folder, seed)
  local w = { sim = sim, folder = folder, seed = seed, random = lib.random(seed),
    blob = sim.url .. "/cdn/__blob/20000", prompts = 0,
    clients = {}, tasks = {}, jobs = {}, trouble = {} }
  -- The first numbers of neighbouring seeds are much alike.
  for _ = 1, 8 do w.random(2) end
  local run = w.random(4) == 0 and engine_schedule or client_schedule
  local ok, err = xpcall(function() run(w) end, debug.traceback)
  if not ok then note(w, "raised " .. tostring(err)) end
  return w.trouble
end

local function descriptors()
  local file = assert(io.open("/proc/self/stat"))
  local pid = file:read("*n")
  file:close()
  return tonumber((lib.run(("ls /proc/%d/fd | wc -l"):format(pid))))
end

-- Clients that nobody holds, and that were not collected.
local function alive()
  for _ = 1, 3 do collectgarbage() end
  local n = 0
  for _ in pairs(M.clients) do n = n + 1 end
  return n
end

local function twice(sim)
  local found = {}
  for text, ids in pairs(lib.accepted(sim)) do
    if #ids > 1 then found[#found + 1] = text end
  end
  return found
end

--- Descriptors that were not open before. What a thread or an ended program still holds
--- goes within moments; what leaks stays.
local function leaked(before)
  local more
  for _ = 1, 30 do
    alive()
    more = descriptors() - before
    if more <= 0 then return 0 end
    lib.run("sleep 0.1")
  end
  return more
end

local function tally(counts)
  local list = {}
  for name, n in pairs(counts) do list[#list + 1] = name .. " " .. n end
  table.sort(list)
  return table.concat(list, ", ")
end

--- Runs `count` schedules.
---@return { schedules: integer, troubled: string[], twice: string[], alive: integer,
---        leaked: integer }
function M.run(count, seed, print)
  local sim = start_sim { queue_time = 0, run_time = 0.002, media = "bundled",
    fault = FAULTS }
  local folder = lib.must("mktemp -d")
  lib.must("touch " .. folder .. "/no.pem")
  local all = { schedules = 0, troubled = {}, twice = {} }
  M.clients, M.came, M.made = setmetatable({}, { __mode = "k" }), {}, {}
  local before
  for i = 1, count do
    for _, what in ipairs(M.schedule(sim, folder, seed + i - 1)) do
      all.troubled[#all.troubled + 1] = ("seed %d: %s"):format(seed + i - 1, what)
      print(all.troubled[#all.troubled])
    end
    all.schedules = i
    if i % RESET == 0 or i == count then
      for _, text in ipairs(twice(sim)) do all.twice[#all.twice + 1] = text end
      sim:reset()
      for _, rule in ipairs(FAULTS) do sim:fault(rule) end
    end
    if i == math.min(20, count) then
      alive()
      before = descriptors()
    end
  end
  all.alive = alive()
  all.leaked = leaked(before)
  sim:stop()
  lib.run("rm -rf " .. folder)
  print(("%d interleavings from seed %d on %s: %d troubled, %d accepted twice, "
    .. "%d clients kept alive, %d descriptors leaked"):format(all.schedules, seed,
    lib.VERSION, #all.troubled, #all.twice, all.alive, all.leaked))
  print("what was done: " .. tally(M.made))
  print("what calls came to: " .. tally(M.came))
  return all
end

function M.good(all)
  return #all.troubled == 0 and #all.twice == 0 and all.alive == 0 and all.leaked == 0
end

if arg and arg[0] and arg[0]:find("interleave%.lua$") then
  io.stdout:setvbuf("line")
  local count, seed = tonumber(arg[1] or 1000), tonumber(arg[2] or os.time() % 1e6)
  local all = M.run(count, seed, print)
  os.exit(M.good(all) and 0 or 1, true)
end

return M
