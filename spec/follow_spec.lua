local fake = require "support.fake_client"
local ledgers = require "support.ledgers"

local json = fake.json

--- A service in virtual time: `plan(n)` says how long the n-th job waits and runs.
local function service(plan)
  local begun = {}
  return {
    submit = function(request, n)
      local queued, runs = plan(n)
      begun["r" .. n] = { at = request.at, queued = queued, runs = runs }
      return { json(200, ('{"request_id":"r%d","status":"IN_QUEUE"}'):format(n)) }
    end,
    status = function(request)
      local job = begun[request.request_id]
      local age = request.at - job.at
      if age < job.queued then
        return { json(202, ('{"status":"IN_QUEUE","queue_position":%d}')
          :format(math.ceil(job.queued - age))) }
      elseif age < job.queued + job.runs and not job.canceled then
        return { json(202, '{"status":"IN_PROGRESS"}') }
      end
      return { json(200, ('{"status":"COMPLETED","metrics":{"inference_time":%g}}')
        :format(job.runs)) }
    end,
    cancel = function(request)
      begun[request.request_id].canceled = true
      return { json(202, '{"status":"CANCELLATION_REQUESTED"}') }
    end,
    result = { json(200, '{"n":1}') },
  }
end

--- The moments at which the last job was looked at, from its submit.
local function looks(core)
  local first, at = nil, {}
  for _, request in ipairs(core.requests) do
    if request.verb == "submit" then first, at = request.at, {} end
    if request.verb == "status" then at[#at + 1] = request.at - first end
  end
  return at
end

local function times(count, c, opts)
  for _ = 1, count do assert(c:subscribe("acme/demo/x", opts)) end
end

local function ninety() return 0, 90 end

local function longest(at)
  local gap = at[1]
  for i = 2, #at do gap = math.max(gap, at[i] - at[i - 1]) end
  return gap
end

describe("fal.follow", function()
  it("learns from the jobs of an endpoint when to look at the next", function()
    local c, core = fake.new(service(ninety))
    times(1, c)
    local before = looks(core)
    times(30, c)
    local after = looks(core)
    assert.is_true(#before > 20)
    assert.is_true(#after < 10)
    assert.is_true(after[#after] <= 90 * 1.05)
  end)

  it("knows each endpoint by itself", function()
    local c, core = fake.new(service(ninety))
    times(20, c)
    assert(c:subscribe("acme/demo/y", {}))
    assert.is_true(#looks(core) > 20)
  end)

  it("keeps to a schedule that was given, and to the plain one when told", function()
    for _, poll in ipairs { { max = 5 }, { initial = 0.5 }, { factor = 1.5 },
      { learn = false } } do
      local c, core = fake.new(service(ninety), { poll = poll })
      times(20, c)
      assert.is_true(longest(looks(core)) <= 6)
    end
    local c, core = fake.new(service(ninety), { poll = { max = 2, learn = true } })
    times(20, c)
    assert.near(8, longest(looks(core)), 0.01)
  end)

  it("never shows the statuses more rarely than the plain back-off", function()
    local c, core = fake.new(service(ninety))
    times(20, c)
    times(1, c, { on_queue_update = function() end })
    local at = looks(core)
    assert.is_true(at[1] <= 0.6 and longest(at) <= 6)
    local job = c.queue:submit("acme/demo/x")
    for _ in job:updates() do assert(true) end
    assert.is_true(longest(looks(core)) <= 6)
  end)

  it("follows a job that was taken up by its id by the plain back-off", function()
    local c, core = fake.new(service(ninety))
    times(20, c)
    local job = c.queue:submit("acme/demo/x")
    local first = #core.requests
    assert(c:job("acme/demo/x", job.request_id):wait())
    assert.is_true(#core.requests - first > 20)
  end)

  it("does not take the queue for the job", function()
    local queued = 0
    local c, core = fake.new(service(function() return queued, 90 end))
    times(30, c)
    queued = 300
    times(1, c)
    local at = looks(core)
    assert.is_true(at[#at] >= 390 and at[#at] <= 390 * 1.05)
    assert.is_true(#at < 35)
    times(30, c)
    queued = 0
    times(1, c)
    at = looks(core)
    assert.is_true(at[#at] >= 90 and at[#at] <= 90 * 1.05)
  end)

  it("looks less often while the queue is seen to move", function()
    local queued = 0
    local c, core = fake.new(service(function() return queued, 4 end))
    times(30, c)
    queued = 120
    times(1, c)
    local at, in_queue = looks(core), 0
    for i = 1, #at do in_queue = in_queue + (at[i] < 120 and 1 or 0) end
    assert.is_true(in_queue < 20)
    assert.is_true(at[#at] >= 124 and at[#at] <= 124 * 1.05)
  end)

  it("starts at the submit, however late somebody waits", function()
    local c, core = fake.new(service(ninety))
    times(30, c)
    local job = c.queue:submit("acme/demo/x")
    c:sleep(80)
    assert(job:wait())
    local at = looks(core)
    assert.is_true(at[1] > 80 and at[#at] <= 90 * 1.05)
  end)

  it("learns nothing from a job that was canceled or looked at too late", function()
    local c, core = fake.new(service(ninety))
    times(30, c)
    local known = #looks(core)
    for _ = 1, 10 do
      local job = c.queue:submit("acme/demo/x")
      job:cancel()
      job:wait()
    end
    times(1, c)
    assert.is_true(#looks(core) <= known + 1)
  end)

  it("cancels at the deadline, not at the next look", function()
    local c, core = fake.new(service(ninety))
    times(30, c)
    local from = core.time
    c:subscribe("acme/demo/x", { timeout = 12 })
    local canceled
    for _, request in ipairs(core.requests) do
      if request.verb == "cancel" then canceled = request.at - from end
    end
    assert.near(12, canceled, 1e-6)
    assert.is_true(core.time - from < 16)
  end)

  it("begins with what the ledger knows of the endpoint", function()
    local path, dir = ledgers.path()
    local first = fake.new(service(ninety), { ledger = path, quiet = true })
    times(30, first)
    first:close()
    local c, core = fake.new(service(ninety), { ledger = path, quiet = true })
    times(1, c)
    assert.is_true(#looks(core) < 10)
    assert(c:subscribe("acme/demo/y", {}))
    assert.is_true(#looks(core) > 20)
    c:close()
    os.execute("rm -rf " .. dir)
  end)

  it("finds jobs in time that have become quick", function()
    local runs = 90
    local c, core = fake.new(service(function() return 0, runs end))
    times(64, c)
    runs = 10
    times(1, c)
    assert.is_true(looks(core)[2] <= 30)
    times(12, c)
    local at = looks(core)
    assert.is_true(at[#at] - 10 <= 0.6)
  end)
end)

describe("a task that waits", function()
  local PACE = { initial = 1, factor = 1, max = 1, jitter = 0 }

  local function status(word, code)
    return { json(code or (word == "COMPLETED" and 200 or 202),
      ('{"status":"%s"}'):format(word)) }
  end

  --- A client whose status requests are answered by `answer(n)`.
  local function client(answer, opts)
    opts = opts or {}
    opts.poll = PACE
    return fake.new({
      submit = { json(200, '{"request_id":"r1","status":"IN_QUEUE"}') },
      status = function(_, n) return answer(n) end,
      cancel = { json(202, '{"status":"CANCELLATION_REQUESTED"}') },
      result = { json(200, '{"n":1}') },
    }, opts)
  end

  local function running(n) return status(n < 20 and "IN_PROGRESS" or "COMPLETED") end

  --- Runs for some seconds.
  local function drive(c, seconds)
    local clock = c:spawn(function() c:sleep(seconds) end)
    clock:await()
  end

  it("is not resumed for a status that is no news", function()
    local c, core = client(running)
    local job = c.queue:submit("acme/demo/x")
    local resumes, resume = 0, c.sched.resume
    c.sched.resume = function(...)
      resumes = resumes + 1
      return resume(...)
    end
    local task = c:spawn(job.wait, job)
    assert.equal(1, task:await().n)
    assert.equal(20, fake.count(core, "status"))
    assert.is_true(resumes <= 4)   -- its start, the completed status, the result
  end)

  it("leaves nothing behind when it is canceled between looks or during one", function()
    for _, moment in ipairs { 3.5, 4.2 } do
      local c, core = client(function(n)
        local answer = running(n)
        answer[1].after = 0.5
        return answer
      end)
      local job = c.queue:submit("acme/demo/x")
      local task = c:spawn(job.wait, job)
      drive(c, moment)
      local before = fake.count(core, "status")
      assert.is_true(before > 1)
      assert.is_true(task:cancel())
      local output, err = task:await()
      assert.is_nil(output)
      assert.equal("canceled", err.kind)
      drive(c, 10)
      assert.equal(before, fake.count(core, "status"))
      assert.equal(0, c.sched.pending)
      assert.is_nil(next(c.sched.waiters))
    end
  end)

  it("hears that the client is closed", function()
    local c = client(running)
    local job = c.queue:submit("acme/demo/x")
    local task = c:spawn(job.wait, job)
    drive(c, 3.5)
    c:close()
    local _, err = task:await()
    assert.equal("closed", err.kind)
  end)

  it("bears a logger that closes the client on a status that it brings", function()
    local c
    c = fake.new(service(function() return 20, 20 end), {
      logger = function(_, event, fields)
        if event == "status" and fields.status == "IN_PROGRESS" then c:close() end
      end })
    local function wait()
      local _, err = c:subscribe("acme/demo/x")
      return err.kind, select(2, c:sleep(1)).kind
    end
    local task = c:spawn(wait)
    c:loop()
    assert.same({ "closed", "closed" }, { task:await() })
  end)

  it("goes on where somebody in between answered once", function()
    for _, odd in ipairs { 204, 206, 302 } do
      local answers = service(function() return 0, 20 end)
      local usual = answers.status
      function answers.status(request, n)
        return n == 2 and { json(odd, "") } or usual(request)
      end
      local c = fake.new(answers)
      assert.equal(1, c:subscribe("acme/demo/x").n)
    end
  end)

  it("goes on by polling where a stream tells of anything but the job", function()
    local answers = service(function() return 0, 100 end)
    function answers.stream_status()
      local events = {}
      for i = 1, 100 do events[i] = { "event", '{"ping":1}', after = 30 * i } end
      return events
    end
    local c, core = fake.new(answers)
    assert.equal(1, c:subscribe("acme/demo/x", { mode = "streaming" }).n)
    assert.is_true(core.time < 300)
  end)

  it("does not rest for ever where there was no memory for a look", function()
    local c, core = fake.new(service(ninety))
    local task = c:spawn(c.subscribe, c, "acme/demo/x")
    local looked = c.forecasts.of
    local function drive_to(seconds)
      while core.time < 100 + seconds and not task:is_done() do
        core.time = core.time + 0.1
        c:step()
      end
    end
    drive_to(1)
    function c.forecasts.of() error("not enough memory", 0) end
    local ok, err = pcall(drive_to, 60)
    assert.same({ false, "not enough memory" }, { ok, err })
    c.forecasts.of = looked
    drive_to(200)
    assert.equal(1, task:await().n)
  end)

  it("asks again after a look that failed, as anybody does", function()
    local c, core = client(function(n)
      if n == 3 then return status("down", 503) end
      if n == 5 then return { { "error", "network", "reset", "yes" } } end
      if n == 7 then
        return { json(429, "{}", { ["retry-after"] = "12" }) }
      end
      return running(n)
    end)
    local job = c.queue:submit("acme/demo/x")
    assert.equal(1, c:spawn(job.wait, job):await().n)
    local at, longest_gap = nil, 0
    for _, request in ipairs(core.requests) do
      if request.verb == "status" then
        longest_gap = math.max(longest_gap, request.at - (at or request.at))
        at = request.at
      end
    end
    assert.near(12, longest_gap, 1e-6)
    assert.equal(20, fake.count(core, "status"))
  end)

  it("gives up after the allowed attempts, and says what failed", function()
    local c, core = client(function(n)
      return n < 3 and running(n) or status("down", 503)
    end, { retry = { max_attempts = 3 } })
    local job = c.queue:submit("acme/demo/x")
    local output, err = c:spawn(job.wait, job):await()
    assert.is_nil(output)
    assert.equal("server", err.kind)
    assert.equal(5, fake.count(core, "status"))
  end)

  it("says what does not start", function()
    local c, core = client(running)
    local job = c.queue:submit("acme/demo/x")
    local task = c:spawn(job.wait, job)
    drive(c, 3.5)
    core.answer = function() return "busy" end
    local output, err = task:await()
    assert.is_nil(output)
    assert.equal("network", err.kind)
    assert.equal(0, c.sched.pending)
  end)

  it("shares a job with another one", function()
    local c = client(running)
    local job = c.queue:submit("acme/demo/x")
    local one, other = c:spawn(job.wait, job), c:spawn(job.wait, job)
    assert.equal(1, one:await().n)
    assert.equal(1, other:await().n)
    assert.equal(0, c.sched.pending)
  end)

  it("is woken at its deadline", function()
    local c = client(function() return status "IN_PROGRESS" end)
    local job = c.queue:submit("acme/demo/x")
    local from = c.now()
    c:spawn(job.wait, job, { timeout = 5.5 }):await()
    assert.is_true(c.now() - from >= 5.5 and c.now() - from < 10)
  end)
end)
