-- Tasks of one client that wait for something of another one.

local client = require "fal.client"
local sim = require "support.sim"

local APP = "acme/demo/x"

describe("a task that calls another client", function()
  local host, other, service

  local function make(more)
    local opts = { credentials = "id:secret", quiet = true,
      base_url = service and service.url or "http://127.0.0.1:1",
      poll = { initial = 0.01, factor = 1.3, max = 0.05 } }
    for k, v in pairs(more or {}) do opts[k] = v end
    return assert(client.new(opts))
  end

  before_each(function() host, other = make(), make() end)
  after_each(function()
    host:close()
    other:close()
  end)

  it("lets its own client's tasks go on, and those that wait there too", function()
    local order = {}
    local function sleeper(c, seconds, name)
      host:spawn(function()
        c:sleep(seconds)
        order[#order + 1] = name
      end)
    end
    sleeper(other, 0.09, "third")
    sleeper(other, 0.05, "second")
    sleeper(host, 0.01, "first")
    host:loop()
    assert.same({ "first", "second", "third" }, order)
  end)

  it("does not hold up step", function()
    local task = host:spawn(function() return other:sleep(0.05) end)
    assert.is_false(task:is_done())
    local steps = 0
    repeat steps = steps + 1 until host:step(0.001) == 0
    assert.is_true(steps > 10)
    assert.is_true(task:await())
  end)

  it("is woken by a loop that polls only its own client's descriptor", function()
    local fd = host:fd()
    if not fd then return end
    local task = host:spawn(function() return other:sleep(0.02) end)
    assert.is_true(host:timeout() <= 0.02)
    while host:step(0) > 0 do host.engine:step(host:timeout() or 0) end
    assert.is_true(task:is_done())
  end)

  it("is woken though a step of the other client raised", function()
    local task = host:spawn(function() return other:sleep(0.01) end)
    local step, raised = other.sched.step, 0
    function other.sched.step(...)
      if raised > 0 then return step(...) end
      raised = 1
      error("no memory", 0)
    end
    local ok, err = pcall(host.loop, host)
    assert.same({ false, "no memory" }, { ok, err })
    host:loop()
    assert.is_true(task:await())
  end)

  it("awaits a task there, and that one a task here", function()
    local got = host:spawn(function()
      local there = other:spawn(function()
        local here = host:spawn(function()
          host:sleep(0.01)
          return "here"
        end)
        return here:await() .. ", there"
      end)
      return there:await()
    end):await()
    assert.equal("here, there", got)
  end)

  it("begins something while each waits for the other one", function()
    local here
    local there = other:spawn(function()
      other:sleep(0)
      here:await()
    end)
    here = host:spawn(function()
      host:sleep(0)
      there:await()
    end)
    for _ = 1, 3 do host:step() other:step() end
    local task = host:spawn(function() return host:sleep(0) end)
    assert.is_true(task:await())
  end)

  it("is resumed once, with the outcome, where a cancel comes after it", function()
    local slept, why
    local task = host:spawn(function()
      slept = other:sleep(0)
      local _, err = host:sleep(1)
      why = err.kind
    end)
    while not task.queued do other:step() end
    task:cancel()
    host:loop()
    assert.same({ true, "canceled" }, { slept, why })
  end)

  it("is told when either client is closed", function()
    local function waits()
      local ok, err
      host:spawn(function() ok, err = other:sleep(10) end)
      return function() return ok == nil and err and err.kind end
    end
    local told = waits()
    other:close()
    host:loop()
    assert.equal("closed", told())

    other = make()
    told = waits()
    host:close()
    assert.equal("closed", told())
    assert.equal(0, other:step())
    assert.is_true(other:sleep(0))
  end)

  it("begins nothing there once it is canceled or its own client closed", function()
    local kinds = {}
    local function try()
      local _, err = other:subscribe(APP, { input = {} })
      kinds[#kinds + 1] = err.kind .. " " .. tostring(err.sent)
    end
    local task
    task = host:spawn(function()
      host:sleep(0)
      task:cancel()
      try()
    end)
    host:loop()
    host:spawn(function()
      host:sleep(10)
      try()
    end)
    host:close()
    assert.same({ "canceled no", "closed no" }, kinds)
  end)

  it("says of a wait that nothing can end that it is a deadlock", function()
    local hosted
    local there = other:spawn(function()
      other:sleep(0)
      hosted:await()
    end)
    hosted = host:spawn(function()
      host:sleep(0)
      there:await()
    end)
    assert.has_error(function() host:loop() end, "deadlock: 1 task(s) wait for something "
      .. "that nothing will bring")
  end)

  describe("for a job", function()
    setup(function()
      service = sim.start { queue_time = 0.05, run_time = 0.05, media = "bundled" }
    end)
    teardown(function()
      service:stop()
      service = nil
    end)

    it("gets as many at once as run there, and their files", function()
      service:script { match = { times = 2 }, run_time = 3600 }
      local path = os.tmpname()
      local function get(i)
        local output = assert(other:subscribe(APP, { input = { prompt = "p" .. i } }))
        return i == 1 and other:download(output.video.url, path) or "made"
      end
      host:spawn(function()
        while service:ledger().totals.accepted < 2 do host:sleep(0.01) end
        service:advance(3601)
      end)
      local files = host:map({ 1, 2 }, get)
      os.remove(path)
      assert.same({ path, "made", n = 2 }, files)
    end)

    it("has the job canceled with it", function()
      service:script { match = { times = 1 }, queue_time = 3600 }
      local task, kind
      task = host:spawn(function()
        local _, err = other:subscribe(APP, { input = {},
          on_queue_update = function() task:cancel() end })
        kind = err.kind
      end)
      host:loop()
      other:loop()
      assert.equal("canceled", kind)
      local jobs = service:ledger().jobs
      assert.is_true(jobs[#jobs].canceled)
    end)
  end)
end)
