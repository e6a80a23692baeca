local fake = require "support.fake_client"

describe("fal.sched", function()
  it("says when there is something to do", function()
    local c, core = fake.new({})
    assert.is_nil(c:timeout())
    c:spawn(function() c:sleep(2) end)
    assert.near(2, c:timeout(), 1e-9)
    assert.equal(42, c:fd())
    core.time = core.time + 2
    assert.equal(0, c:step(0.01))
    assert.is_nil(c:timeout())
  end)

  it("keeps the budget of a step, one waiter at a time", function()
    local c, core = fake.new({})
    local ran = 0
    for _ = 1, 10 do
      c:spawn(function()
        c:sleep(1)
        ran = ran + 1
        core.time = core.time + 0.3  -- what this task's own work takes
      end)
    end
    core.time = core.time + 1
    c:step(0.5)
    assert.equal(2, ran)
    c:step(0.5)
    assert.equal(4, ran)
    c:step()
    assert.equal(10, ran)
  end)

  it("wakes somebody in every step, however small its budget", function()
    local c, core = fake.new({})
    local t = c:spawn(function() c:sleep(1); coroutine.yield(); return 1 end)
    core.time = core.time + 1
    for _ = 1, 2 do c:step(0) end
    assert.is_true(t:is_done())
  end)

  it("leaves a quarter to the tasks where the sockets take more than theirs", function()
    local c, core = fake.new({})
    local ran, step = 0, core.engine.step
    function core.engine.step(...)
      core.time = core.time + 1
      return step(...)
    end
    for _ = 1, 10 do
      c:spawn(function() c:sleep(1); ran = ran + 1; core.time = core.time + 0.01 end)
    end
    c:step(0.1)
    assert.is_true(ran >= 2 and ran <= 4, ran)
  end)

  -- A download's bytes: work that is there in any step, for as long as it may take.
  local function sockets(core)
    local had, step = {}, core.engine.step
    function core.engine.step(engine, timeout, budget)
      local live, more = step(engine, timeout, budget)
      -- The engine gives half of its time up once somebody waits for his turn.
      had[#had + 1] = more and budget / 2 or budget
      core.time = core.time + had[#had]
      return live, more
    end
    return had
  end

  it("lets the sockets go on with what those leave over that they stopped for", function()
    local c, core = fake.new({})
    c:spawn(function() c:sleep(1) end)
    core.time = core.time + 1
    local had, began = sockets(core), core.time
    c:step(0.8)
    assert.near(0.2, had[1], 1e-9)
    assert.near(0.4, had[2], 1e-9)
    assert.near(0.6, core.time - began, 1e-9)
  end)

  it("gives the sockets their half once where nobody waited for a turn", function()
    local c, core = fake.new({})
    c:spawn(function() c:sleep(1) end)
    local had = sockets(core)
    c:step(0.8)
    assert.same({ 0.4 }, had)
  end)

  it("resumes a task that only yields once a step", function()
    local c, core = fake.new({})
    local turns = 0
    c:spawn(function() while true do turns = turns + 1; coroutine.yield() end end)
    sockets(core)
    c:step(0.8)
    c:step(0.8)
    assert.equal(3, turns)
  end)

  it("resumes a task that sleeps for no time once a step", function()
    local c = fake.new({})
    local turns = 0
    c:spawn(function() while turns < 10 do turns = turns + 1; c:sleep(0) end end)
    c:step(0.8)
    assert.equal(2, turns)
  end)

  -- Less than no time means to the engine that there is no end to it.
  it("gives the sockets no less than no time when the machine falls asleep", function()
    for look = 1, 8 do
      local c, core = fake.new({})
      c:spawn(function() c:sleep(1) end)
      core.time = core.time + 1
      local had, time, looks = {}, core.time, 0
      function core.engine.step(_, _, budget)
        had[#had + 1] = budget
        time = time + budget / 2
        return 1, #had < 4
      end
      function core.engine.next() end
      core.time = nil
      setmetatable(core, { __index = function(_, name)
        if name ~= "time" then return nil end
        looks = looks + 1
        if looks == look then time = time + 10 end
        return time
      end })
      c:step(0.8)
      for i = 1, #had do assert.is_true(had[i] >= 0, had[i]) end
    end
  end)

  it("gives the sockets no more once the tasks have used the first half", function()
    local c, core = fake.new({})
    c:spawn(function() c:sleep(1); core.time = core.time + 0.3 end)
    core.time = core.time + 1
    local had = sockets(core)
    c:step(0.8)
    assert.same({ 0.2 }, had)
  end)

  it("lets the engine's descriptor tell of tasks that are ready", function()
    local c, core = fake.new({})
    c:fd()
    for _ = 1, 3 do
      c:spawn(function() coroutine.yield(); core.time = core.time + 1 end)
    end
    assert.equal(0, core.engine:timeout())
    c:step(0.5)
    assert.equal(0, core.engine:timeout())
    while c:step(0.5) > 0 do assert.equal(0, core.engine:timeout()) end
    assert.is_nil(core.engine:timeout())
  end)

  it("does nothing in an idle step: no table, no closure, one look at the engine",
    function()
    local c, core = fake.new({})
    for _ = 1, 1000 do c:spawn(function() c:sleep(60) end) end
    -- A bare engine, so that only the scheduler's own garbage is measured.
    local engine = { step = function() return 1000, false end, next = function() end,
      timeout = function() return 60 end, abort = function() end, close = function() end }
    c.sched.engine = engine
    local jit = rawget(_G, "jit")
    if jit then jit.off(); jit.flush() end  -- its traces would count as garbage
    for _ = 1, 10 do c:step(0.001) end
    collectgarbage()
    collectgarbage("stop")
    local before = collectgarbage("count")
    for _ = 1, 1000 do c:step(0.001) end
    local grown = collectgarbage("count") - before
    collectgarbage("restart")
    if jit then jit.on() end
    assert.is_true(grown < 1, grown .. " KiB")
    assert.equal(100, core.time)
  end)

  it("keeps what a finalizer's step fetches before its waiter waits", function()
    local c, core = fake.new(fake.lifecycle())
    local engine = core.engine
    for _, verb in ipairs { "submit", "status", "result", "timer" } do
      local start = engine[verb]
      engine[verb] = function(...)
        local id, why = start(...)
        engine[verb] = start
        c:step()   -- as a finalizer may that runs here
        return id, why
      end
    end
    assert.equal(1, c:subscribe("acme/demo/x", {}).n)
    assert.equal(0, c:step())
  end)

  it("keeps little of what was started where nothing can wait", function()
    local c = fake.new(fake.lifecycle(), { quiet = true })
    c.settings.logger = function()
      c.queue:status("acme/demo/x", { request_id = "r1" })
    end
    for _ = 1, 100 do
      c:log("info", "x", {})
      c:step()
    end
    local kept = 0
    for _ in next, c.sched.early do kept = kept + 1 end
    assert.is_true(kept <= 8, kept)
  end)

  it("tells the driver of what was begun outside of a step", function()
    local c, core = fake.new({})
    local changes = 0
    c.driver = { running = function() return false end,
      changed = function() changes = changes + 1 end }
    local t = c:spawn(function() c:sleep(60); c:sleep(1); c:sleep(60) end)
    assert.equal(1, changes)
    core.time = core.time + 61
    c:step(0.01)
    assert.equal(1, changes)
    t:cancel()
    assert.equal(2, changes)
    assert.equal(0, c:timeout())
    c:step(0.01)
    core.time = core.time + 61
    c:step(0.01)
    assert.is_true(t:is_done())
  end)

  it("closes whole, and tells, where a driver cannot let go", function()
    local told
    local c, core = fake.new({}, { logger = function(_, event, fields)
      told = event .. ": " .. tostring(fields.message)
    end })
    c.driver = { running = function() return false end,
      detach = function() error("its loop is gone", 0) end }
    local t = c:spawn(function() return c:sleep(60) end)
    c:close()
    assert.is_true(core.engine.closed)
    assert.is_true(t:is_done())
    assert.truthy(told:find("its loop is gone", 1, true))
  end)

  it("waits in a host's way where a driver says so", function()
    local c, core = fake.new({})
    local host = {}
    c.driver = {
      running = function() return host[coroutine.running()] ~= nil end,
      wait = function(register)
        local co = coroutine.running()
        register(function() assert(coroutine.resume(co)) end)
        coroutine.yield()
      end,
    }
    local log = {}
    local co = coroutine.create(function()
      log[1] = c:sleep(1)
      log[2] = c:spawn(function() c:sleep(2); return "x" end):await()
    end)
    host[co] = true
    assert(coroutine.resume(co))
    assert.same({}, log)
    for _ = 1, 6 do
      core.time = core.time + 1
      c:step(0.01)
    end
    assert.same({ true, "x" }, log)
  end)

  describe("under a driver", function()
    local c, core, host

    before_each(function()
      c, core = fake.new({}, { logger = function(_, event, fields)
        host.log[#host.log + 1] = event .. " " .. tostring(fields.message)
      end })
      host = { log = {}, changes = 0 }
      function host.running() return host.co ~= nil and coroutine.running() == host.co end
      function host.wait(register)
        register(function() host.woken = true end)
        coroutine.yield()
      end
      function host.changed() host.changes = host.changes + 1 end
      c.driver = host
      c:fd()
    end)

    local function run(fn)
      host.co = coroutine.create(fn)
      return assert(coroutine.resume(host.co))
    end

    local function go_on()
      host.woken = nil
      assert(coroutine.resume(host.co))
    end

    it("refuses to begin a wait that would stop the host", function()
      host.refuse = function() return "not here" end
      assert.error_matches(function() c:sleep(1) end, "^not here$")
      assert.error_matches(function()
        c.queue:submit("acme/demo/x", { input = { prompt = "x" } })
      end, "^not here$")
      assert.equal(0, #core.requests)
      local t = c:spawn(function() return c:sleep(1) end)
      core.time = core.time + 1
      c:step(0.1)
      assert.is_true(t:await())
    end)

    it("refuses to begin one where its coroutine cannot yield", function()
      local ok, err
      run(function()
        ok, err = pcall(table.sort, { 2, 1 }, function(a, b)
          c:subscribe("acme/demo/x", { input = { prompt = "x" } })
          return a < b
        end)
      end)
      assert.is_false(ok)
      assert.matches("within a C function", err)
      assert.equal(0, #core.requests)
    end)

    it("begins none in a pcall that cannot be waited across", function()
      local ok, sent
      run(function()
        ok = pcall(c.subscribe, c, "acme/demo/x", { input = { prompt = "x" } })
        sent = #core.requests
      end)
      if ok == nil then
        assert.equal(1, #core.requests)
      else
        assert.same({ false, 0 }, { ok, sent })
      end
    end)

    it("tells the driver of what was begun after a step that raised", function()
      local next_ = core.engine.next
      function core.engine.next()
        core.engine.next = next_
        error("not enough memory", 0)
      end
      c:spawn(function() c:sleep(1) end)
      core.time = core.time + 1
      assert.error_matches(function() c:step(0.01) end, "memory")
      local before = host.changes
      c:step(0.01)
      c:spawn(function() c:sleep(1) end)
      assert.is_true(host.changes > before)
    end)

    it("calls it a deadlock when the host has nothing left", function()
      host.wait = function() return false end
      local t = c:spawn(function() c.sched:park({}) end)
      local co = coroutine.create(function() t:await() end)
      host.co = co
      local ok, err = coroutine.resume(co)
      assert.is_false(ok)
      assert.matches("^.*deadlock", err)
    end)

    it("forgets a wait that is over though nobody comes back to it", function()
      run(function() c:sleep(1) end)
      assert.truthy(next(c.sched.hosted))
      core.time = core.time + 1
      c:step(0.1)
      assert.is_true(host.woken)
      assert.is_nil(next(c.sched.hosted))
    end)

    it("lets the descriptor tell that nothing is left any more", function()
      local t
      run(function()
        t = c:spawn(function() c:sleep(2) end)
        c:sleep(1)
        t:cancel()
      end)
      core.time = core.time + 1
      assert.is_true(c:step(0.1) > 0)
      go_on()
      assert.equal(0, core.engine:timeout())
      assert.equal(0, c:step(0.1))
      assert.is_nil(c:timeout())
    end)

    it("reports a task that failed when nothing is left", function()
      c:spawn(function() error("boom") end)
      assert.equal(0, core.engine:timeout())
      assert.is_true(host.changes > 0)
      assert.equal(0, c:step(0.1))
      assert.equal(1, #host.log)
      assert.matches("^task .*boom", host.log[1])
    end)

    it("tells it of a close before the descriptor goes", function()
      local open
      host.detach = function() open = not core.engine.closed end
      c:close()
      assert.is_true(open)
    end)

    it("gives it what nobody is there to be told", function()
      local said, error_
      host.say = function(lines, bad) said, error_ = lines, bad end
      local quiet = fake.new({})
      quiet.driver = host
      quiet:notice("driver-spec", "mind\27[2J this")
      assert.equal(1, #said)
      assert.matches("^mind", said[1])
      assert.is_nil(said[1]:find("\27", 1, true))
      assert.is_false(error_)
      quiet:report(require("fal.error").new { kind = "file", message = "no space" })
      assert.matches("no space", said[1])
      assert.is_true(error_)
    end)
  end)

  it("wakes everybody with kind closed, once, and for good", function()
    local c, core = fake.new({})
    local kinds = {}
    for i = 1, 3 do
      c:spawn(function()
        local _, err = c:sleep(60)
        kinds[i] = err.kind
        _, err = c:sleep(1)
        kinds[i] = kinds[i] .. " " .. err.kind
      end)
    end
    c:close()
    c:close()
    assert.same({ "closed closed", "closed closed", "closed closed" }, kinds)
    assert.is_true(core.engine.closed)
    assert.equal(0, c:step(0.1))
    assert.is_nil(c:timeout())
    assert.is_nil(c:fd())
    local _, err = c:sleep(1)
    assert.equal("closed", err.kind)
    _, err = c:spawn(print)
    assert.equal("closed", err.kind)
    c:loop()
  end)

  it("ends a task that will not take closed for an answer", function()
    local c = fake.new({}, { logger = function() end })
    local t = c:spawn(function() while true do c:sleep(1) end end)
    c:close()
    local _, err = t:await()
    assert.matches("goes on waiting although its client is closed", tostring(err))
  end)

  it("drops a task that only ever yields", function()
    local c = fake.new({})
    c:spawn(function() while true do coroutine.yield() end end)
    c:close()
    assert.equal(0, c:step(0.1))
  end)

  it("can be closed from within a task that plain code waits for", function()
    local c = fake.new({})
    local t = c:spawn(function() c:sleep(1); c:close(); return "closer" end)
    local ok, err = c:sleep(60)
    assert.same({ nil, "closed" }, { ok, err.kind })
    assert.is_true(t:is_done())
  end)

  describe("over an engine that stopped working", function()
    local c, core

    before_each(function() c, core = fake.new { request = {} } end)

    local function says_so(value, err)
      assert.is_nil(value)
      assert.equal("closed", err.kind)
      assert.matches("stopped working: it is broken", err.message)
    end

    local function break_it() core.engine.trouble = "it is broken" end

    it("ends the waits that are under way, of tasks and of plain code", function()
      local t = c:spawn(function() return c:sleep(60) end)
      c:spawn(function() c:sleep(1); break_it() end)
      says_so(c:sleep(60))
      assert.is_true(t:is_done())
      says_so(t:await())
      assert.equal(0, c:step(0.1))
      assert.is_nil(c:timeout())
      c:loop()
      c:close()
      assert.is_true(core.engine.closed)
    end)

    it("ends them in a host's step", function()
      local t = c:spawn(function() return c:sleep(60) end)
      break_it()
      assert.equal(0, c:step(0.1))
      says_so(t:await())
    end)

    it("delivers what is known first", function()
      local t = c:spawn(function()
        return c.sched:await(c.engine:request { url = "x" })
      end)
      local id = core.requests[1].id
      table.insert(core.engine.done, { id = id, outcome = { "error", "engine", "x" } })
      break_it()
      c:step(0.1)
      assert.same({ "error", "engine", "x" }, { t:await() })
    end)

    it("begins no wait", function()
      break_it()
      says_so(c:sleep(1))
      says_so(c:spawn(function() return c:sleep(1) end):await())
    end)

    it("begins no wait for a channel or a slot", function()
      local ch = require("fal.channel").open(c.sched, c.engine:request { url = "x" })
      local slots = require("fal.slots").new(c.sched, 1)
      assert(slots:acquire("acme/demo/x"))
      break_it()
      says_so(ch:receive(c.now() + 5))
      says_so(slots:acquire("acme/demo/x", c.now() + 5))
    end)
  end)
end)
