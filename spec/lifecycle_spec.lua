-- What befalls a client in its host: forked, left lying, closed in the middle, taken down
-- with its Lua state. Over real sockets, against the simulator.

local fal = require "fal"
local start_sim = require("support.sim").start
local system = require "support.system"

local APP = "acme/demo/x"
local POLL = { initial = 0.01, factor = 1.2, max = 0.05, jitter = 0 }

local sim, c

local function make(more)
  local opts = { base_url = sim.url, credentials = "id:life-secret-0123456789",
    poll = POLL, retry = { max_attempts = 3, base_delay = 0.01, max_delay = 0.05 },
    quiet = true, logger = function() end }
  for k, v in pairs(more or {}) do opts[k] = v end
  return assert(fal.client(opts))
end

local function collect()
  for _ = 1, 3 do collectgarbage() end
end

-- Runs `fn` in a child; 0: all went well. The parent's engine is left behind there.
local function in_child(fn)
  io.stdout:flush()
  local pid = system.fork()
  if pid == 0 then
    local ok, err = pcall(fn)
    if not ok then io.stderr:write(tostring(err), "\n") end
    if ok then system.vanish() end
    system.exit(1)
  end
  local code = system.wait(pid)
  return code == -9 and 0 or code
end

local function input(prompt) return { input = { prompt = prompt } } end

local function states()
  local list = {}
  for _, job in ipairs(sim:ledger().jobs) do list[#list + 1] = job.state end
  return list
end

-- A script for a state of its own, which knows the simulator as URL.
local function script(text)
  return ("local URL = %q\nlocal fal = require 'fal'\n"):format(sim.url)
    .. "local function make() return fal.client { base_url = URL, quiet = true, "
    .. "credentials = 'id:key', poll = { initial = 0.01, factor = 1.2, max = 0.05, "
    .. "jitter = 0 } } end\n" .. text
end

describe("a client in its host", function()
  setup(function()
    sim = start_sim { queue_time = 0.02, run_time = 0.05, media = "bundled" }
  end)
  teardown(function() sim:stop() end)
  before_each(function()
    sim:clear_faults()
    sim:reset()
    sim:script { match = { prompt = "long" }, run_time = 60 }
    c = make()
  end)
  after_each(function()
    c:close()
    collect()
  end)

  describe("that is forked", function()
    it("is refused in the child, call by call, with the way out", function()
      c:spawn(function() c:subscribe(APP, input "a") end)
      c:step(0.01)
      assert.equal(0, in_child(function()
        assert(c:step(0.01) == 0)
        local calls = {
          subscribe = function() return c:subscribe(APP, input "b") end,
          sleep = function() return c:sleep(1) end,
          spawn = function() return c:spawn(print) end,
          job = function() return c:job(APP, "id") end,
          upload = function() return c:upload { data = "x" } end,
        }
        for name, call in pairs(calls) do
          local value, err = call()
          assert(value == nil and err.kind == "closed", name)
          assert(tostring(err):find("Make another client in the child", 1, true), name)
        end
        assert(c:fd() == nil and c:timeout() == nil)
        c:close()
      end))
      c:loop()
      assert.equal(1, #states())
    end)

    it("is refused in the child to a handle that it has, too", function()
      local job = assert(c.queue:submit(APP, input "a"))
      for _, verb in ipairs { "status", "result", "cancel", "wait" } do
        assert.equal(0, in_child(function()
          local value, err = job[verb](job)
          assert(value == nil and err.kind == "closed", verb)
          assert(tostring(err):find("was forked from", 1, true), verb)
          c:close()
        end), verb)
      end
    end)

    it("is refused in the child to a download that comes first", function()
      assert.equal(0, in_child(function()
        local value, err = c:download(sim.url .. "/cdn/x.mp4", "x.mp4")
        assert(value == nil and err.kind == "closed", err)
        c:close()
      end))
    end)

    it("leaves its tasks to the parent, which goes on with them", function()
      local seen = {}
      local task = c:spawn(function()
        local output, err = c:subscribe(APP, input "a")
        seen[#seen + 1] = output or err
        return output
      end)
      c:step(0.01)
      assert.equal(0, in_child(function()
        for _ = 1, 20 do c:step(0.01) end
        local value, err = task:await()
        assert(value == nil and err.kind == "closed")
        c:close()
        collect()
        assert(#seen == 0, "a task of the parent ran in the child")
      end))
      assert.is_table(task:await())
      assert.equal(1, #seen)
    end)

    it("leaves them to the parent where the child closes it first of all", function()
      local path, told = os.tmpname(), 0
      c:close()
      c = make { ledger = path }
      local task = c:spawn(function()
        local output, err = c:subscribe(APP, input "a")
        told = told + 1
        return output, err
      end)
      local left = c:spawn(function() c:subscribe(APP, input "b") end)
      left:cancel()
      assert.equal(0, in_child(function()
        c:close()
        assert(told == 0, "a task of the parent ran in the child")
      end))
      assert.is_table(task:await())
      c:loop()
      local states_ = {}
      for _, job in ipairs(assert(require("fal.ledger").open(path):jobs())) do
        states_[job.state] = (states_[job.state] or 0) + 1
      end
      assert.is_nil(states_.unknown)
      for _, more in ipairs { "", "-wal", "-shm" } do os.remove(path .. more) end
    end)

    it("leaves what is ready to the parent where a task forks", function()
      local ran, pid = 0, nil
      c:spawn(function() c:sleep(0.01); pid = system.fork() end)
      c:spawn(function() c:sleep(0.01); ran = ran + 1 end)
      local began = c.now()
      while c.now() - began < 0.03 do c:timeout() end
      io.stdout:flush()
      local ok = pcall(c.loop, c)
      if pid == 0 then
        if ok and ran == 0 then system.vanish() end
        system.exit(1)
      end
      assert.equal(-9, system.wait(pid))
      assert.equal(1, ran)
    end)

    it("leaves a ledger to the parent", function()
      local path = os.tmpname()
      c:close()
      c = make { ledger = path }
      c:spawn(function() c:subscribe(APP, input "a") end)
      c:step(0.01)
      assert.equal(0, in_child(function()
        local value, err = c:subscribe(APP, input "b")
        assert(value == nil and err.kind == "closed" and err.sent == "no")
        assert(c:spent() == nil and c:reserved() == nil)
        c:close()
      end))
      c:loop()
      local jobs = assert(require("fal.ledger").open(path):jobs())
      assert.same({ 1, "fetched" }, { #jobs, jobs[1].state })
      for _, more in ipairs { "", "-wal", "-shm" } do os.remove(path .. more) end
    end)

    it("keeps its connections when the child is taken down", function()
      assert(c:subscribe(APP, input "a"))
      local before = sim:ledger().totals.connections
      for how = 1, 3 do
        assert.equal(0, in_child(function()
          if how == 1 then c:close() end
          if how < 3 then c = nil end
          collect()
        end))
      end
      assert(c:subscribe(APP, input "b"))
      -- Each look at the ledger is a connection of its own.
      assert.equal(before + 1, sim:ledger().totals.connections)
    end)

    it("lets the child make a client of its own", function()
      assert(c:subscribe(APP, input "a"))
      assert.equal(0, in_child(function()
        local own = make()
        assert(own:subscribe(APP, input "b"))
        own:close()
      end))
      assert.equal(2, #states())
    end)
  end)

  describe("whose callback", function()
    local stages = { "on_enqueue", "on_queue_update", "on_progress", "logger",
      "credentials" }

    -- Calls `act` within a callback of `client`, in the middle of what it does.
    local function provoke(stage, act)
      local once
      local function hook()
        if once then return "id:life-secret-0123456789" end
        once = true
        act()
        return "id:life-secret-0123456789"
      end
      local opts = {}
      if stage == "logger" or stage == "credentials" then opts[stage] = hook end
      c:close()
      c = make(opts)
      if stage == "on_progress" then
        local path = os.tmpname()
        sim:fault { route = "media", action = "drip", bytes = 100000, seconds = 0.05 }
        local task = c:spawn(function()
          return c:download(sim.url .. "/cdn/__blob/3000000", path,
            { on_progress = hook })
        end)
        local value, err = task:await()
        os.remove(path)
        os.remove(path .. ".part")
        os.remove(path .. ".part.etag")
        return value, err, once
      end
      local call = input "x"
      if stage:find "^on_" then call[stage] = hook end
      local value, err = c:spawn(function() return c:subscribe(APP, call) end):await()
      return value, err, once
    end

    for _, stage in ipairs(stages) do
      it("closes it in the middle of " .. stage .. " hears of that", function()
        local value, err, called = provoke(stage, function() c:close() end)
        assert.is_true(called)
        assert.is_nil(value)
        assert.equal("closed", err.kind, tostring(err))
        assert.equal(0, c:step(0))
      end)

      it("raises in " .. stage .. " does not stop the others", function()
        local value, err, called = provoke(stage, function() error("mine") end)
        assert.is_true(called)
        if stage == "logger" then
          assert.is_table(value)
        else
          assert.is_nil(value)
          assert.matches("mine", tostring(err))
        end
        assert(c:subscribe(APP, input "after"))
      end)
    end
  end)

  describe("that is left lying", function()
    it("is collected with its jobs under way, and its connections go", function()
      local kept = setmetatable({}, { __mode = "k" })
      -- In a function of its own: no stack slot keeps one.
      local function leave()
        local own = make()
        kept[own] = true
        own:spawn(function() own:subscribe(APP, input "x") end)
        own:spawn(function()
          own:subscribe(APP, { input = { prompt = "y" }, mode = "streaming" })
        end)
        own:spawn(function()
          own:download(sim.url .. "/cdn/__blob/3000000", "/dev/null")
        end)
        own:step(0.01)
      end
      for _ = 1, 4 do leave() end
      collect()
      assert.is_nil(next(kept))
      -- Once the simulator has noticed: the one that asks, and one of `c`, if it has one.
      local deadline = c.now() + 20
      local open
      repeat
        open = sim:ledger().totals.open_connections
      until open <= 2 or c.now() > deadline
      assert.is_true(open <= 2, open)
    end)

    it("lets others go on with a job whose waiter was abandoned in a callback", function()
      local job = assert(c.queue:submit(APP, input "x"))
      local asleep = coroutine.create(function()
        job:wait { on_queue_update = function() coroutine.yield() end }
      end)
      assert(coroutine.resume(asleep))
      assert.equal("suspended", coroutine.status(asleep))
      assert.is_table(job:wait())
      assert.is_table(job:result())
    end)

    it("lets others go on with a job whose waiter was abandoned and collected", function()
      local job = assert(c.queue:submit(APP, input "x"))
      coroutine.wrap(function()
        job:wait { on_queue_update = function() coroutine.yield() end }
      end)()
      collect()
      local task = c:spawn(function() return job:wait() end)
      assert.is_table(task:await())
    end)
  end)

  describe("beside others", function()
    it("is not disturbed by one that is closed", function()
      local others = {}
      for i = 1, 5 do others[i] = make() end
      local tasks = {}
      for i, other in ipairs(others) do
        tasks[i] = other:spawn(function()
          return other:subscribe(APP, input("o" .. i))
        end)
        other:step(0.001)
      end
      others[2]:close()
      others[4]:close()
      for i, task in ipairs(tasks) do
        local value, err = task:await()
        assert.equal(i % 2 == 0 and "closed" or nil, err and err.kind)
        assert.equal(i % 2 == 1, value ~= nil)
      end
      for _, other in ipairs(others) do other:close() end
    end)

    it("can be used from within another one's task and loop", function()
      local other = make()
      local output
      c:spawn(function()
        other:spawn(function() output = other:subscribe(APP, input "inner") end)
        other:loop()
      end)
      c:loop()
      assert.is_table(output)
      other:close()
    end)
  end)

  describe("in a state that is closed", function()
    local middle = {
      submit = "c:spawn(c.subscribe, c, 'acme/demo', { input = {} }) c:step(0)",
      poll = "c:spawn(c.subscribe, c, 'acme/demo', { input = {} }) "
        .. "for _ = 1, 10 do c:step(0.005) end",
      download = "c:spawn(function() c:download(URL .. '/cdn/__blob/50000000', "
        .. "os.tmpname()) end) for _ = 1, 20 do c:step(0.001) end",
      resolver = "c:spawn(function() c:download('http://nowhere.invalid/', os.tmpname()) "
        .. "end) c:step(0) c:step(0)",
      coroutine_ = "coroutine.wrap(function() c:subscribe('acme/demo', { input = {}, "
        .. "on_queue_update = function() coroutine.yield() end }) end)()",
    }
    for name, text in pairs(middle) do
      it("in the middle of a " .. name .. " goes with it", function()
        for _ = 1, 5 do
          assert.equal("done", system.state(script("c = make() " .. text
            .. " return 'done'")))
        end
        assert(c:subscribe(APP, input "after"))
      end)
    end

    it("works in several threads at once, a state in each", function()
      local results = { system.threads(script [[
        local c, n = make(), 0
        for i = 1, 5 do
          local output = c:subscribe("acme/demo", { input = { prompt = "t" .. i } })
          if output then n = n + 1 end
        end
        c:spawn(function() c:subscribe("acme/demo", { input = {} }) end)
        c:step(0.001)
        return tostring(n)
      ]], 6) }
      assert.same({ "5", "5", "5", "5", "5", "5" }, results)
    end)
  end)

  it("hands no descriptor to the programs that the host starts", function()
    local path = os.tmpname()
    c:fd()
    c:spawn(function() c:subscribe(APP, input "x") end)
    c:spawn(function() c:subscribe(APP, { input = {}, mode = "streaming" }) end)
    c:spawn(function() c:download(sim.url .. "/cdn/__blob/50000000", path) end)
    for _ = 1, 10 do c:step(0.002) end
    local function child()
      local process = assert(io.popen("ls -l /proc/self/fd"))
      local text = process:read("*a")
      process:close()
      return text
    end
    local text = child()
    c:close()
    for _, more in ipairs { "", ".part", ".part.etag" } do os.remove(path .. more) end
    for _, what in ipairs { "anon_inode", "socket:", path } do
      assert.is_nil(text:find(what, 1, true), text)
    end
    assert.equal(#child():gsub("[^\n]", ""), #text:gsub("[^\n]", ""))
  end)

  -- Runs a script as a program of its own with spec/support/preload.c before it.
  local function program(environment, text)
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(("package.path, package.cpath = %q, %q\n"):format(package.path,
      package.cpath), script(text))
    file:close()
    local process = assert(io.popen(("env %s LD_PRELOAD=./%s/preload.so %s %s 2>&1")
      :format(environment, os.getenv "BUILD" or "build", os.getenv "LUA" or "lua5.4",
      path)))
    local said = process:read("*a")
    process:close()
    os.remove(path)
    return said
  end

  it("hands on no descriptor of a resolver at work either", function()
    if os.getenv "ASAN_OPTIONS" then return pending "a sanitizer must come first" end
    assert.equal("0 sockets", program("RESOLVER_TAKES=2", [[
      local c = make()
      c:spawn(function() c:download("https://slow.invalid/", os.tmpname()) end)
      for _ = 1, 20 do c:step(0.005) end
      local process = io.popen("ls -l /proc/self/fd")
      local _, n = process:read("*a"):gsub("socket:", "")
      io.write(n, " sockets")
      c:close()
    ]]))
  end)

  it("makes do with a libcurl that was built without HTTP/2", function()
    if os.getenv "ASAN_OPTIONS" then return pending "a sanitizer must come first" end
    assert.equal("false done done", program("NO_HTTP2=1", [[
      io.write(tostring(require("fal.core").features.http2))
      for _, version in ipairs { "auto", "2" } do
        local c = make { http_version = version }
        local output, err = c:subscribe("acme/demo", { input = {} })
        io.write(" ", output and "done" or tostring(err))
        c:close()
      end
    ]]))
  end)

  it("waits as long as it was told to while the clock is set back a day", function()
    if os.getenv "ASAN_OPTIONS" then return pending "a sanitizer must come first" end
    assert.equal("slept, expired, fetched in time", program("CLOCK_BACK=0.3",
      "local before = " .. os.time() .. [[

      local c, core = make(), require "fal.core"
      local began = core.now()
      assert(c:sleep(0.6))
      assert(os.time() < before - 80000, "the clock was not set back")
      io.write("slept, ")
      local _, err = c:subscribe("acme/demo", { input = { prompt = "long" },
        timeout = 0.3 })
      io.write(err.kind == "timeout" and "expired, " or tostring(err))
      io.write(c:subscribe("acme/demo", { input = {} }) and "fetched" or "lost")
      local took = core.now() - began
      io.write(took < 60 and " in time" or " after " .. took)
      c:close()
    ]]))
  end)

  it("is not ended by a connection that breaks while it sends", function()
    assert.equal(0, in_child(function()
      system.sigpipe_kills()
      local own = make { request_timeout = 5 }
      assert(own:upload { data = "x" })
      for _, at in ipairs { "headers", 10, "read" } do
        sim:fault { route = "upload", action = "drop", at = at, reset = true, times = 3 }
        own:upload { data = ("x"):rep(3000000) }
        sim:clear_faults()
      end
      assert(own:upload { data = "y" })
      own:close()
    end))
  end)

  it("can be unloaded and loaded again", function()
    local kept = {}
    for name, module in pairs(package.loaded) do
      if name == "fal" or name:find "^fal%." then kept[name] = module end
    end
    for name in pairs(kept) do package.loaded[name] = nil end
    local again = require "fal"
    assert.not_equal(fal, again)
    local own = assert(again.client { base_url = sim.url, credentials = "id:key",
      quiet = true, poll = POLL })
    local mine = c:spawn(function() return c:subscribe(APP, input "old") end)
    assert.is_table(own:subscribe(APP, input "new"))
    assert.is_table(mine:await())
    own:close()
    for name, module in pairs(kept) do package.loaded[name] = module end
  end)
end)
