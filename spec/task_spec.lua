local E = require "fal.error"
local fake = require "support.fake_client"
local fake_core = require "support.fake_core"

local function client(opts) return fake.new({}, opts) end

local function quiet()
  local reports = {}
  local c, core = fake.new({}, { logger = function(_, event, fields)
    if event == "task" then reports[#reports + 1] = fields end
  end })
  return c, reports, core
end

describe("fal.task", function()
  it("starts at once, up to the first wait", function()
    local c = client()
    local steps = {}
    local t = c:spawn(function(a, b)
      steps[1] = a + b
      c:sleep(1)
      steps[2] = true
    end, 1, 2)
    assert.same({ 3 }, steps)
    assert.is_false(t:is_done())
    c:loop()
    assert.same({ 3, true }, steps)
    assert.is_true(t:is_done())
  end)

  it("returns what the function returned, nils and all", function()
    local c = client()
    local t = c:spawn(function() c:sleep(1); return nil, 2, nil end)
    assert.equal(3, select("#", t:await()))
    assert.same({ nil, 2 }, { t:await() })
  end)

  it("runs other tasks while plain code waits", function()
    local c, core = client()
    local order = {}
    for i = 3, 1, -1 do
      c:spawn(function() c:sleep(i); order[#order + 1] = i end)
    end
    c:sleep(2.5)
    assert.same({ 1, 2 }, order)
    assert.near(102.5, core.time, 1e-9)
    c:loop()
    assert.same({ 1, 2, 3 }, order)
  end)

  it("lets tasks await tasks", function()
    local c = client()
    local a = c:spawn(function() c:sleep(2); return "a" end)
    local b = c:spawn(function() return a:await() .. "b" end)
    local d = c:spawn(function() return a:await() .. "d" end)
    assert.equal("ab", b:await())
    assert.equal("ad", d:await())
  end)

  it("gives an error that was raised to whoever awaits, with a traceback", function()
    local c, reports = quiet()
    local t = c:spawn(function() c:sleep(1); error("boom") end)
    local value, err = t:await()
    assert.is_nil(value)
    assert.equal("task", err.kind)
    assert.matches("a task raised an error: .*task_spec.lua:%d+: boom", tostring(err))
    assert.matches("stack traceback", err.cause)
    c:loop()
    assert.same({}, reports)
  end)

  it("keeps an error object that was raised", function()
    local c = quiet()
    local mine = E.new { kind = "file", message = "no space" }
    local _, err = c:spawn(function() error(mine) end):await()
    assert.equal(mine, err)
  end)

  it("takes any value for an error", function()
    local c = quiet()
    for _, value in ipairs { {}, true, 7, print } do
      local _, err = c:spawn(function() error(value) end):await()
      assert.equal("task", err.kind)
    end
    local _, err = c:spawn(function() error(nil) end):await()
    assert.equal("task", err.kind)
  end)

  it("reports an error that nobody awaits once, and goes on", function()
    local c, reports = quiet()
    local done
    c:spawn(function() error("boom") end)
    c:spawn(function() c:sleep(3); done = true end)
    c:loop()
    assert.is_true(done)
    assert.equal(1, #reports)
    assert.matches("boom", reports[1].message)
    c:loop()
    assert.equal(1, #reports)
  end)

  it("reports it from a host's steps as well", function()
    local c, reports, core = quiet()
    c:spawn(function() error("boom") end)
    c:step(0.01)
    assert.same({}, reports)
    core.time = core.time + 10
    c:step(0.01)
    assert.equal(1, #reports)
  end)

  it("reports what is raised by the task that closed the client", function()
    local c, reports = quiet()
    c:spawn(function()
      c:sleep(1)
      c:close()
      error("after the end")
    end)
    c:sleep(2)
    assert.equal(1, #reports)
    assert.matches("after the end", reports[1].message)
  end)

  it("starts an object that can be called", function()
    local object = setmetatable({}, { __call = function(_, x) return x end })
    assert.equal(3, client():spawn(object, 3):await())
  end)

  it("ends a wait with kind canceled", function()
    local c = client()
    local ok, err
    local t = c:spawn(function() ok, err = c:sleep(60); return "after" end)
    assert.is_true(t:cancel())
    assert.equal("after", t:await())
    assert.is_nil(ok)
    assert.equal("canceled", err.kind)
    assert.is_false(t:cancel())
    assert.equal(0, c:step())
  end)

  it("cancels the next wait of a task that is not waiting", function()
    local c = client()
    local t
    local seen = {}
    t = c:spawn(function()
      coroutine.yield()
      t:cancel()
      seen[1] = c:sleep(5) == nil
      seen[2] = c:sleep(5)
    end)
    t:await()
    assert.same({ true, true }, seen)
  end)

  it("cancels a task that waits for another", function()
    local c = client()
    local slow = c:spawn(function() c:sleep(60) end)
    local t = c:spawn(function() return slow:await() end)
    t:cancel()
    local value, err = t:await()
    assert.same({ nil, "canceled" }, { value, err.kind })
    assert.is_false(slow:is_done())
    slow:cancel()
    c:loop()
  end)

  it("lets a bare yield give others a turn", function()
    local c = client()
    local order = {}
    for i = 1, 2 do
      c:spawn(function()
        for _ = 1, 2 do
          order[#order + 1] = i
          coroutine.yield()
        end
      end)
    end
    c:loop()
    assert.same({ 1, 2, 1, 2 }, order)
  end)

  it("lets the only one that is ready give the others a turn", function()
    local c, core = fake.new({})
    local woken
    c:spawn(function() c:sleep(1); woken = true end)
    local turns = 0
    c:spawn(function()
      while not woken and turns < 1000 do
        turns, core.time = turns + 1, core.time + 0.1
        coroutine.yield()
      end
    end)
    c:loop()
    assert.is_true(turns < 100, turns)
  end)

  it("raises before anything is sent where Lua lets nobody yield", function()
    local c, core = fake.new(fake.lifecycle("r", 1))
    local input = { input = { prompt = "x" } }
    local output
    c:spawn(function()
      local ok, err = pcall(table.sort, { 2, 1 }, function(a, b)
        c:subscribe("acme/demo/x", input)
        return a < b
      end)
      assert(not ok and tostring(err):find("within a C function", 1, true)
        or tostring(err):find("attempt to yield", 1, true), err)
      assert.equal(0, #core.requests)
      output = assert(c:subscribe("acme/demo/x", input))
    end)
    c:loop()
    assert.is_table(output)
    assert.equal(1, fake.count(core, "submit"))
  end)

  it("hears nobody but its client in the middle of a wait", function()
    local c, core = fake.new(fake.lifecycle("r", 2))
    local co, output, slept
    c:spawn(function()
      co = coroutine.running()
      output = c:subscribe("acme/demo/x", { input = { prompt = "x" } })
      slept = c:sleep(5)
    end)
    while not slept do
      assert(coroutine.resume(co, "response", 500, "", {}))
      c:step(1)
      core.time = core.time + 0.5
    end
    assert.is_table(output)
    assert.is_true(slept)
  end)

  it("says deadlock instead of hanging", function()
    local c = client()
    local a, b
    a = c:spawn(function() coroutine.yield(); return b:await() end)
    b = c:spawn(function() return a:await() end)
    assert.error_matches(function() a:await() end, "deadlock: the awaited task")
    assert.error_matches(function() c:loop() end, "deadlock: 2 task%(s%)")
    b:cancel()
    c:loop()
  end)

  it("refuses to wait for itself and for all from within", function()
    local c = client()
    local t
    t = c:spawn(function() coroutine.yield(); t:await() end)
    local _, err = t:await()
    assert.matches("a task cannot wait for itself", tostring(err))
    _, err = c:spawn(function() c:loop() end):await()
    assert.matches("loop: a task cannot wait for all tasks", tostring(err))
  end)

  it("drives from a foreign coroutine, also inside a task", function()
    local c = client()
    local seen
    c:spawn(function()
      local co = coroutine.wrap(function() c:sleep(2); return "driven" end)
      seen = co()
    end)
    assert.equal("driven", seen)
  end)

  it("says so when coroutines within tasks wait for tasks too deep, and does not hang",
    function()
    local c, _, core = quiet()
    c:spawn(function() c:sleep(1000) end)
    local list, ended, kinds = {}, 0, {}
    for i = 1, 60 do
      list[i] = c:spawn(function()
        c:sleep(1)
        local inner = coroutine.wrap(function()
          local value, err = c:spawn(function() c:sleep(1); return "sub" end):await()
          kinds[#kinds + 1] = err and err.kind
          return value
        end)
        if inner() == "sub" then ended = ended + 1 end
      end)
    end
    for i = 1, 60 do list[i]:await() end
    assert.is_true(ended >= 20, ended)
    assert.equal(60, ended + #kinds)
    for _, kind in ipairs(kinds) do assert.equal("task", kind) end
    assert.is_true(core.time < 1000, core.time)
  end)

  it("starts tasks from tasks, however deep", function()
    local c = client()
    local count = 0
    local function nest(n)
      count = count + 1
      if n > 0 then c:spawn(nest, n - 1) end
    end
    c:spawn(nest, 1000)
    c:loop()
    assert.equal(1001, count)
  end)

  describe("map", function()
    it("gives results and errors by index", function()
      local c = client()
      local results, errors = c:map({ 1, 2, 3, 4 }, function(x, i)
        c:sleep(5 - i)
        if x == 2 then return nil, "no" end
        if x == 3 then error("boom") end
        return x * 10
      end)
      assert.same({ 10, nil, nil, 40, n = 4 }, results)
      assert.equal("no", errors[2])
      assert.equal("task", errors[3].kind)
      assert.is_nil(errors[1])
    end)

    it("keeps its concurrency", function()
      local c = client()
      local now, most = 0, 0
      local list = {}
      for i = 1, 20 do list[i] = i end
      local results = c:map(list, function(x)
        now = now + 1
        most = math.max(most, now)
        c:sleep(x % 3 + 1)
        now = now - 1
        return x
      end, { concurrency = 3 })
      assert.equal(3, most)
      assert.equal(20, results[20])
    end)

    it("takes an empty list, calls that never wait, and false", function()
      local c = client()
      assert.same({ n = 0 }, (c:map({}, print)))
      local list = {}
      for i = 1, 5000 do list[i] = i end
      local results, errors = c:map(list, function() return false end,
        { concurrency = 2 })
      assert.is_false(results[5000])
      assert.is_nil(next(errors))
    end)

    it("goes on with the next item where one raises", function()
      local c = client()
      local results, errors = c:map({ 1, 2, 3, 4, 5 }, function(x)
        c:sleep(1)
        if x % 2 == 0 then error("boom " .. x, 0) end
        return x
      end, { concurrency = 1 })
      assert.same({ 1, nil, 3, nil, 5, n = 5 }, results)
      assert.matches("boom 2$", errors[2].message)
      assert.matches("boom 4$", errors[4].message)
    end)

    it("begins no item once it is canceled, or the client closed", function()
      for _, how in ipairs { "cancel", "close" } do
        local c = client()
        local seen = {}
        local t = c:spawn(function()
          return c:map({ 1, 2, 3, 4 }, function(x)
            seen[#seen + 1] = x
            c:sleep(1)
          end, { concurrency = 2 })
        end)
        if how == "cancel" then t:cancel() c:loop() else c:close() end
        assert.same({ 1, 2 }, seen)
        assert.is_true(t:is_done())
      end
    end)

    it("cancels its calls when it is canceled", function()
      local c = client()
      local kinds = {}
      local t = c:spawn(function()
        return c:map({ 1, 2 }, function(i)
          local _, err = c:sleep(60)
          kinds[i] = err.kind
        end)
      end)
      t:cancel()
      local value, err = t:await()
      c:loop()
      assert.same({ nil, "canceled" }, { value, err.kind })
      assert.same({ "canceled", "canceled" }, kinds)
    end)

    it("refuses misuse by name", function()
      local c = client()
      assert.error_matches(function() c:map(1, print) end, "map: list must be a table")
      assert.error_matches(function() c:map({}, 1) end, "map: fn must be a function")
      assert.error_matches(function() c:map({}, print, { concurency = 1 }) end,
        "did you mean 'concurrency'")
      assert.error_matches(function() c:map({ n = 2.5 }, print) end,
        "map: list.n must be a whole number, 0 or more, not 2.5")
    end)
  end)

  describe("canceled while its submit is on the way", function()
    local function canceled(opts)
      local log = {}
      opts = opts or {}
      function opts.logger(_, event) log[#log + 1] = event end
      local slow = fake_core.submitted "r1"
      slow[1].after = 10
      local c, core = fake.new({ submit = slow, cancel = { fake.json(202,
        '{"status":"CANCELLATION_REQUESTED"}') } }, opts)
      local t = c:spawn(function() return c:subscribe("acme/demo/x", {}) end)
      t:cancel()
      return c, core, log
    end

    it("is waited for by loop, until the job is canceled", function()
      local c, core = canceled()
      c:loop()
      assert.near(110, core.time, 0.1)
      assert.equal(1, fake.count(core, "cancel"))
      assert.equal(0, c:step())
    end)

    it("is told of by close", function()
      local c, _, log = canceled()
      c:step()
      c:close()
      assert.equal("submit.unknown", log[#log])
    end)
  end)

  it("leaves a submit to its orphan when the wait for it is refused", function()
    local c, core = fake.new({ submit = fake_core.submitted "r1" })
    local heard
    local t
    t = c:spawn(function()
      c:sleep(1)
      local id = c.engine:submit("acme/demo/x", "{}")
      t:cancel()
      return c.sched:await(id, { orphan = function(_, kind) heard = kind end })
    end)
    c:loop()
    assert.equal("response", heard)
    assert.equal(1, #core.requests)
    assert.equal("canceled", select(2, t:await()).kind)
  end)

  local close = rawget(coroutine, "close")
  if close then
    it("cancels the job of a submit whose coroutine was closed meanwhile", function()
      local host = {}
      function host.running() return coroutine.running() == host.co end
      function host.wait(register)
        register(function() end)
        coroutine.yield()
      end
      for _, hosted in ipairs { false, true } do
        local answers = fake.lifecycle("r", 1)
        answers.submit = fake_core.submitted "r1"
        answers.submit[1].after = 1
        local c, core = fake.new(answers, { quiet = true })
        local function submit() c:subscribe("acme/demo/x", {}) end
        if hosted then
          c.driver, host.co = host, coroutine.create(submit)
          assert(coroutine.resume(host.co))
          assert(close(host.co))
        else
          local co
          c:spawn(function() co = coroutine.running(); submit() end)
          assert(close(co))
        end
        for _ = 1, 4 do
          core.time = core.time + 1
          c:step()
        end
        assert.equal(1, fake.count(core, "cancel"))
        assert.equal(0, c:step())
      end
    end)
  end

  it("reports what nobody awaits while plain code only ever waits", function()
    local c, reports = quiet()
    for _ = 1, 3 do c:spawn(function() error("x") end) end
    for _ = 1, 8 do c:sleep(1) end
    assert.equal(3, #reports)
    assert.equal(0, c.sched.last_failed)
  end)

  it("lets any number of tasks wait within coroutines of their own", function()
    local c, core = client()
    local done, deepest = 0, 0
    for _ = 1, 300 do
      c:spawn(function()
        c:sleep(1)
        coroutine.wrap(function()
          c:sleep(1)
          deepest = math.max(deepest, c.sched.depth)
          c:sleep(1)
        end)()
        done = done + 1
      end)
    end
    c:loop()
    assert.equal(300, done)
    assert.is_true(deepest <= 24, deepest)
    assert.is_true(core.time > 101)
  end)

  it("delivers an answer before the cancel that came after it", function()
    local c = client()
    local slept, t, why
    t = c:spawn(function()
      slept = c:sleep(1)
      local _, err = c:sleep(1)
      why = err.kind
    end)
    c.sched.max_depth = 0  -- as in the deepest of many drives
    c.sched.engine.core.time = 101
    c:step()
    assert.is_nil(slept)
    t:cancel()
    c.sched.max_depth = 24
    c:step()
    assert.same({ true, "canceled" }, { slept, why })
  end)
end)
