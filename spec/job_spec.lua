local fake = require "support.fake_client"

local json = fake.json

local function status(word, more, code)
  return json(code or (word == "COMPLETED" and 200 or 202),
    ('{"status":"%s"%s}'):format(word, more or ""))
end

--- Answers a verb with the n-th item, and with the last one from there on.
local function sequence(...)
  local list = { ... }
  return function(_, n)
    local item = list[math.min(n, #list)]
    return item and (type(item[1]) == "table" and item or { item }) or item
  end
end

local ACCEPTED = json(200, '{"request_id":"r1","status":"IN_QUEUE","queue_position":2}')
local DONE = status "COMPLETED"

local function client(answers, opts)
  answers.submit = answers.submit or { ACCEPTED }
  answers.result = answers.result or { json(200, '{"n":1}') }
  return fake.new(answers, opts)
end

local function words(updates)
  local t = {}
  for i, s in ipairs(updates) do t[i] = s.status end
  return table.concat(t, " ")
end

describe("fal.job", function()
  it("polls with growing intervals and fetches the result at once", function()
    local c, core = client({ status = sequence(status "IN_QUEUE", status "IN_QUEUE",
      status "IN_QUEUE", DONE) }, { poll = { initial = 1, factor = 2, max = 3,
        jitter = 0 } })
    local output, job = c:subscribe("acme/demo/x", {})
    assert.equal(1, output.n)
    assert.equal("r1", job.request_id)
    local at = {}
    for i, request in ipairs(core.requests) do at[i] = request.at - 100 end
    assert.same({ 0, 1, 3, 6, 9, 9 }, at)
    assert.same({ "result", "acme/demo" }, { core.requests[6].verb,
      core.requests[6].app_id })
  end)

  it("starts the intervals anew when the stage changes", function()
    local c, core = client({ status = sequence(status "IN_QUEUE", status "IN_PROGRESS",
      status "IN_PROGRESS", DONE) },
      { poll = { initial = 1, factor = 2, max = 9, jitter = 0 } })
    c:subscribe("acme/demo/x", {})
    local at = {}
    for i, request in ipairs(core.requests) do at[i] = request.at - 100 end
    assert.same({ 0, 1, 3, 4, 6, 6 }, at)
  end)

  it("spreads its polls by the jitter", function()
    local gaps = {}
    local c, core = client({ status = sequence(status "IN_QUEUE", status "IN_QUEUE",
      DONE) },
      { poll = { initial = 1, factor = 1, max = 1, jitter = 0.5 } })
    for _ = 1, 30 do c:subscribe("acme/demo/x", {}) end
    for i = 2, #core.requests do
      local gap = core.requests[i].at - core.requests[i - 1].at
      if gap > 0 then gaps[#gaps + 1] = gap end
    end
    table.sort(gaps)
    assert.is_true(gaps[1] >= 0.5 and gaps[#gaps] <= 1.5)
    assert.is_true(gaps[#gaps] - gaps[1] > 0.2)
  end)

  it("shows the submit's own answer as the first update", function()
    local c = client { status = sequence(status("IN_PROGRESS", ',"logs":null'),
      status "IN_QUEUE", status("IN_WONDERLAND"), DONE) }
    local updates = {}
    c:subscribe("acme/demo/x",
      { on_queue_update = function(s) updates[#updates + 1] = s end })
    assert.equal("IN_QUEUE IN_PROGRESS IN_QUEUE IN_WONDERLAND COMPLETED", words(updates))
    assert.equal(2, updates[1].queue_position)
  end)

  it("shows each log line once", function()
    local c = client { status = sequence(
      status("IN_PROGRESS", ',"logs":[{"message":"a"}]'),
      status("IN_PROGRESS", ',"logs":[{"message":"a"},{"message":"b"}]'),
      status("COMPLETED", ',"logs":[{"message":"a"},{"message":"b"},{"message":"c"}]')) }
    local lines = {}
    c:subscribe("acme/demo/x", { logs = true, on_queue_update = function(s)
      for _, line in ipairs(s.logs) do lines[#lines + 1] = line.message end
    end })
    assert.same({ "a", "b", "c" }, lines)
  end)

  it("streams, and takes log lines as increments", function()
    local c, core = client { stream_status = {
      { "event", '{"status":"IN_PROGRESS","logs":[{"message":"a"}]}' },
      { "event", '{"status":"IN_PROGRESS","logs":[{"message":"b"}]}', after = 1 },
      { "event", '{"status":"COMPLETED","logs":[{"message":"c"}]}', after = 2 },
      { "response", 200, nil, {}, "yes", after = 2 } } }
    local lines = {}
    local output = c:subscribe("acme/demo/x", { logs = true, mode = "streaming",
      on_queue_update = function(s)
        for _, line in ipairs(s.logs) do lines[#lines + 1] = line.message end
      end })
    assert.equal(1, output.n)
    assert.same({ "a", "b", "c" }, lines)
    assert.equal(0, fake.count(core, "status"))
  end)

  it("goes back to polling when the stream breaks, without repeating lines", function()
    for _, ending in ipairs { json(200, nil), json(500, ""), { "error", "network", "x",
      "yes", 200 } } do
      ending.after = 1
      local c, core = client { stream_status = {
        { "event", '{"status":"IN_PROGRESS","logs":[{"message":"a"}]}' }, ending },
        status = sequence(status("COMPLETED",
          ',"logs":[{"message":"a"},{"message":"b"}]')) }
      local lines = {}
      assert(c:subscribe("acme/demo/x", { logs = true, mode = "streaming",
        on_queue_update = function(s)
          for _, line in ipairs(s.logs) do lines[#lines + 1] = line.message end
        end }))
      assert.same({ "a", "b" }, lines)
      assert.equal(1, fake.count(core, "stream_status"))
    end
  end)

  it("polls when too many stream already, and when a stream is silent", function()
    local c, core = client { stream_status = function() return "busy" end,
      status = sequence(DONE) }
    assert(c:subscribe("acme/demo/x", { mode = "streaming" }))
    assert.equal(1, fake.count(core, "status"))
    c, core = client { stream_status = function() end, status = sequence(DONE) }
    assert(c:subscribe("acme/demo/x", { mode = "streaming" }))
    assert.near(160, core.time, 1)
  end)

  it("takes COMPLETED for an end, not for success", function()
    local c = client { status = sequence(status("COMPLETED",
      ',"error":"Runner disconnected","error_type":"runner_disconnected"')),
      result = { json(503, '{"detail":"gone","error_type":"runner_disconnected"}',
        { ["x-fal-request-id"] = "r1" }) } }
    local output, err = c:subscribe("acme/demo/x", {})
    assert.same({ nil, "server", "r1" }, { output, err.kind, err.request_id })
  end)

  it("keeps a stored failure, and does not ask for it again", function()
    local c, core = client { status = sequence(DONE), result = { json(422,
      '{"detail":[{"loc":["body","prompt"],"msg":"m",'
        .. '"type":"content_policy_violation"}]}') } }
    local job = c.queue:submit("acme/demo/x", {})
    local _, err = job:wait()
    assert.equal("content_policy", err.kind)
    assert.same({ nil, err }, { job:wait() })
    assert.same({ nil, err }, { job:result() })
    assert.equal(1, fake.count(core, "result"))
  end)

  it("keeps the output", function()
    local c, core = client { status = sequence(DONE) }
    local job = c.queue:submit("acme/demo/x", {})
    local output = job:wait()
    assert.equal(output, job:result())
    assert.equal(output, job:wait())
    assert.equal(1, fake.count(core, "result"))
  end)

  for _, trouble in ipairs { json(401, "{}"), json(403, '{"detail":"locked"}'), json(429,
    ""),
    json(500, '{"detail":"x"}'), json(502, "<html>"), json(404, '{"status":"NOT_FOUND"}'),
    json(200, "<html>"), { "error", "network", "reset", "unknown" } } do
    it("survives " .. tostring(trouble[2]) .. " " .. tostring(trouble[3])
      .. " while polling",
      function()
        local c = client { status = sequence(trouble, trouble, status "IN_PROGRESS",
          trouble,
          DONE), result = sequence(json(502, "<html>"), json(403, "{}"),
          json(200, '{"n":1}')) }
        assert.equal(1, c:subscribe("acme/demo/x", {}).n)
      end)
  end

  it("gives up after max_attempts and says that the job goes on", function()
    local c, core = client({ status = sequence(json(502, "<html>")) },
      { retry = { max_attempts = 3 } })
    local _, err = c:subscribe("acme/demo/x", {})
    assert.same({ "server", "r1", "yes", false },
      { err.kind, err.request_id, err.sent, err.retryable })
    assert.matches('The job itself goes on; take it up again with '
      .. 'fal.job%("acme/demo/x", "r1"%):wait%(%)', tostring(err))
    assert.equal(3, fake.count(core, "status"))
    assert.equal(0, fake.count(core, "cancel"))
  end)

  it("polls on when the result is not there yet", function()
    local c = client { status = sequence(DONE), result = sequence(
      json(400, '{"detail":"Request is still in progress"}'), json(200, '{"n":1}')) }
    assert.equal(1, c:subscribe("acme/demo/x", {}).n)
  end)

  it("takes a missing result of a completed job for gone, not for late", function()
    local c, core = client { status = sequence(DONE),
      result = { json(404, '{"status":"NOT_FOUND"}') } }
    local _, err = c:subscribe("acme/demo/x", {})
    assert.equal("not_found", err.kind)
    assert.equal(1, fake.count(core, "result"))
  end)

  it("does not keep an answer that is not the job's last word", function()
    for _, odd in ipairs { json(404, '{"status":"NOT_FOUND"}'), json(200, "{"),
      json(400, '{"detail":"Try later"}'), json(409, '{"detail":"conflict"}'),
      { "error", "too_large", "over", "yes" } } do
      local is_odd = true
      local c = client({ result = function()
        return { is_odd and odd or json(200, '{"n":1}') }
      end }, { retry = { max_attempts = 2, base_delay = 0.01 } })
      local job = c:job("acme/demo/x", "r1")
      local value, err = job:result()
      assert.is_nil(value)
      assert.is_string(err.kind)
      is_odd = false
      assert.equal(1, job:result().n)
    end
  end)

  it("says what the service said of a result that is not there yet", function()
    local c = client { result = { json(400, '{"detail":"Request is warming up"}') } }
    local _, err = c.queue:submit("acme/demo/x", {}):result()
    assert.same({ "not_found", true, "Request is warming up" },
      { err.kind, err.retryable, err.cause })
  end)

  it("is taken up again by its ids, without a request", function()
    local c, core = client { status = sequence(DONE) }
    local job = c:job("acme/demo/x", "r7")
    assert.equal(0, #core.requests)
    assert.equal(1, job:wait().n)
    assert.equal("r7", core.requests[1].request_id)
    assert.equal("validation", select(2, c:job("acme", "r7")).kind)
    assert.equal("validation", select(2, c:job("acme/demo", "a/b")).kind)
  end)

  it("is waited for by several tasks", function()
    local c = client { status = sequence(status "IN_QUEUE", status "IN_QUEUE", DONE) }
    local job = c.queue:submit("acme/demo/x", {})
    local results = c:map({ 1, 2, 3 }, function() return job:wait() end)
    assert.same({ 1, 1, 1 }, { results[1].n, results[2].n, results[3].n })
  end)

  it("lets a callback's error through and stays usable", function()
    local c = client { status = sequence(status "IN_PROGRESS", DONE) }
    local job = c.queue:submit("acme/demo/x", {})
    assert.error_matches(function()
      job:wait { on_queue_update = function() error("mine") end }
    end, "mine")
    assert.equal(1, job:wait().n)
    local seen
    assert.error_matches(function()
      c:subscribe("acme/demo/x",
        { on_enqueue = function(id) seen = id; error("mine") end })
    end, "mine")
    assert.equal(1, c:job("acme/demo/x", seen):wait().n)
  end)

  it("names the job in whose callback a coroutine died", function()
    local c = client { status = sequence(status "IN_PROGRESS", DONE) }
    for _, name in ipairs { "on_enqueue", "on_queue_update" } do
      local _, err = c:spawn(function()
        c:subscribe("acme/demo/x", { [name] = function()
          c:sleep(1)
          error "mine"
        end })
      end):await()
      assert.equal("task acme/demo/x", err.kind .. " " .. err.endpoint_id)
      assert.matches(('fal.job("acme/demo/x", "%s"):wait()'):format(err.request_id),
        tostring(err), 1, true)
    end
    local _, err = c:spawn(function()
      c:subscribe("acme/demo/x", { on_enqueue = function() end })
      error "later"
    end):await()
    assert.is_nil(err.request_id)
  end)

  it("names no job whose callback's error was caught", function()
    local callback = require "fal.callback"
    local co = coroutine.create(function()
      pcall(callback.call, { endpoint_id = "acme/demo", request_id = "r1" }, error)
      error "later"
    end)
    assert.is_false((coroutine.resume(co)))
    assert.is_nil(callback.job(co))
  end)

  it("lets callbacks wait", function()
    local c = client { status = sequence(status "IN_PROGRESS", DONE) }
    assert.equal(1, c:spawn(function()
      return c:subscribe("acme/demo/x", { on_queue_update = function() c:sleep(1) end,
        on_enqueue = function() c:sleep(1) end })
    end):await().n)
  end)

  it("fetches the result before a callback that may wait sees the end", function()
    local c, core = client { status = sequence(status "IN_PROGRESS", DONE) }
    local fetched
    local output = c:subscribe("acme/demo/x", { on_queue_update = function(s)
      fetched = { s.status, fake.count(core, "result") }
      c:sleep(3600)
    end })
    assert.equal(1, output.n)
    assert.same({ "COMPLETED", 1 }, fetched)
  end)

  it("iterates over updates, ending with the completed one", function()
    local c = client { status = sequence(status "IN_PROGRESS", DONE) }
    local updates = {}
    for s in c.queue:submit("acme/demo/x", {}):updates() do updates[#updates + 1] = s end
    assert.equal("IN_QUEUE IN_PROGRESS COMPLETED", words(updates))
  end)

  it("ends the updates with an error where there is one", function()
    local c = client({ status = sequence(json(405, "")) })
    local job = c:job("acme/demo/x", "r1")
    local next_update = job:updates()
    local value, err = next_update()
    assert.same({ nil, "protocol" }, { value, err.kind })
    assert.is_nil(next_update())
  end)

  describe("that is canceled", function()
    it("is canceled for the service's word", function()
      local c = client { status = sequence(DONE), cancel = { json(202,
        '{"status":"CANCELLATION_REQUESTED"}') }, result = { json(499,
        '{"detail":"x","error_type":"client_cancelled"}') } }
      local job = c.queue:submit("acme/demo/x", {})
      assert.equal("CANCELLATION_REQUESTED", job:cancel())
      local output, err = job:wait()
      assert.same({ nil, "canceled" }, { output, err.kind })
    end)

    it("keeps the output when it came to its end all the same", function()
      local c = client { status = sequence(DONE), cancel = { json(202, "{}") } }
      local job = c.queue:submit("acme/demo/x", {})
      job:cancel()
      assert.equal(1, job:wait().n)
    end)

    it("is canceled at the service when the task that subscribed is", function()
      local c, core = client { status = sequence(status "IN_PROGRESS"),
        cancel = { json(202, "{}") } }
      local t = c:spawn(function() return c:subscribe("acme/demo/x", {}) end)
      c:sleep(3)
      t:cancel()
      local output, err = t:await()
      assert.same({ nil, "canceled", "r1", "yes", false },
        { output, err.kind, err.request_id, err.sent, err.retryable })
      c:loop()
      assert.equal(1, fake.count(core, "cancel"))
    end)

    it("is canceled there as soon as the service knows it", function()
      local c, core = client { status = sequence(status "IN_PROGRESS"),
        cancel = sequence(json(404, '{"status":"NOT_FOUND"}'), json(403, "{}"),
          json(202, "{}")) }
      local t = c:spawn(function() return c:subscribe("acme/demo/x", {}) end)
      c:sleep(0)
      t:cancel()
      c:loop()
      assert.equal(3, fake.count(core, "cancel"))
    end)

    it("goes on when only a task that waits for it is canceled", function()
      local c, core = client { status = sequence(status "IN_PROGRESS") }
      local job = c.queue:submit("acme/demo/x", {})
      local t = c:spawn(function() return job:wait() end)
      c:sleep(3)
      t:cancel()
      local _, err = t:await()
      assert.equal("canceled", err.kind)
      assert.matches("The job itself goes on", tostring(err))
      c:loop()
      assert.equal(0, fake.count(core, "cancel"))
    end)
  end)

  describe("past its time", function()
    local function expire(answers, opts)
      answers.status = answers.status or sequence(status "IN_PROGRESS")
      local c, core = client(answers, { poll = { initial = 1, factor = 1, jitter = 0 } })
      local output, err = c:subscribe("acme/demo/x", opts or { timeout = 10 })
      return output, err, core
    end

    it("is canceled, and the error says that it may be billed", function()
      local output, err, core = expire { cancel = { json(202, "{}") },
        result = { json(400, '{"detail":"Request is still in progress"}') } }
      assert.same({ nil, "timeout", "yes", "r1" },
        { output, err.kind, err.sent, err.request_id })
      assert.matches("requested, but it may still finish and be billed", tostring(err))
      assert.matches('fal.job%("acme/demo/x", "r1"%):wait%(%)', tostring(err))
      assert.is_true(core.time <= 113.1)
      assert.equal(1, fake.count(core, "cancel"))
      assert.equal(0, fake.count(core, "result"))
    end)

    it("waits to see what came of the cancel, whatever word it was answered with",
      function()
        for _, answer in ipairs { json(200, '{"success":true}'), json(202, "{}"),
          json(200, '{"status":"OK"}') } do
          local output, job = expire { cancel = { answer }, status = function(request)
            return { request.at < 112 and status "IN_PROGRESS" or DONE }
          end }
          assert.same({ 1, "r1" }, { output and output.n, job.request_id })
        end
      end)

    it("does not say that a job is not billed when the service does not", function()
      local _, err = expire { cancel = { json(200, '{"success":true}') },
        status = sequence(status "IN_QUEUE") }
      assert.is_false(err.retryable)
      assert.is_nil(tostring(err):find("not billed", 1, true))
      assert.matches("it may still finish and be billed", tostring(err), 1, true)
    end)

    it("fetches a ready result when nothing else is answered", function()
      local output, _, core = expire { cancel = { json(500, "") },
        status = { json(503, "") } }
      assert.equal(1, output and output.n)
      assert.is_true(core.time <= 120.1)
    end)

    it("says of a result that does not come what it is", function()
      local output, err, core = expire { status = sequence(DONE),
        result = { json(400, '{"detail":"Request is still in progress"}') } }
      assert.is_nil(output)
      assert.same({ "timeout", "yes", "r1", "Request is still in progress" },
        { err.kind, err.sent, err.request_id, err.cause })
      assert.matches("it is done, but its result could not be fetched", tostring(err))
      assert.equal(0, fake.count(core, "cancel"))
    end)

    it("does not cancel what is done, and gives its result the whole grace", function()
      local slow = json(200, '{"n":1}')
      slow.after = 5
      local output, _, core = expire { status = sequence(DONE),
        result = sequence(json(502, "<html>"), slow), cancel = { json(202, "{}") } }
      assert.equal(1, output and output.n)
      assert.equal(0, fake.count(core, "cancel"))
      assert.is_true(core.time <= 120.1)
    end)

    it("says that a job which was still queued is not billed", function()
      local _, err = expire { cancel = { json(200, '{"status":"OK"}') },
        status = sequence(status "IN_QUEUE") }
      assert.equal("timeout", err.kind)
      assert.is_true(err.retryable)
      assert.matches("still in the queue and is removed; it is not billed", tostring(err))
    end)

    for name, answer in pairs { ["of success"] = '{"success":true}',
      ["of a job that runs all the same"] = '{"status":"OK"}' } do
      it("does not take an answer " .. name .. " for proof that nothing is billed",
        function()
          local _, err = expire { cancel = { json(200, answer) } }
          assert.equal("timeout", err.kind)
          assert.matches("it may still finish and be billed", tostring(err))
        end)
    end

    it("fetches a result that is there although it could not be canceled", function()
      local output = expire { cancel = { json(500, "{}") },
        status = function(request)
          return { request.at < 110 and status "IN_PROGRESS" or DONE }
        end }
      assert.equal(1, output.n)
    end)

    it("returns a result that was ready after all", function()
      local output, job = expire { cancel = { json(400,
        '{"status":"ALREADY_COMPLETED"}') } }
      assert.same({ 1, "r1" }, { output.n, job.request_id })
      output = expire { cancel = { json(202, "{}") },
        status = function(request)
          return { request.at < 110 and status "IN_PROGRESS" or DONE }
        end }
      assert.equal(1, output.n)
    end)

    it("says when it could not be canceled", function()
      local _, err, core = expire { cancel = { { "error", "network", "x", "unknown" } } }
      assert.equal("timeout", err.kind)
      assert.matches("could not be canceled, so it may still finish and be billed",
        tostring(err))
      assert.is_true(core.time <= 120.1)
    end)

    it("does not hang on an exchange that stalls", function()
      local _, err, core = expire { status = function() end, cancel = function() end,
        result = function() end }
      assert.equal("timeout", err.kind)
      assert.near(120, core.time, 0.1)
    end)

    it("lets a submit finish that is on its way, then cancels", function()
      local slow = json(200, '{"request_id":"r1"}')
      slow.after = 11
      local _, err, core = expire { submit = { slow }, cancel = { json(200, "{}") } }
      assert.equal("timeout", err.kind)
      assert.same({ "submit", "cancel" }, { core.requests[1].verb,
        core.requests[2].verb })
      assert.is_true(core.time >= 111 and core.time <= 114.1)
    end)

    it("counts from the submit, for the client's timeout too", function()
      local c, core = client({ status = sequence(status "IN_PROGRESS"),
        cancel = { json(200, "{}") } }, { timeout = 10 })
      local job = c.queue:submit("acme/demo/x", {})
      c:sleep(8)
      local _, err = job:wait()
      assert.equal("timeout", err.kind)
      assert.is_true(core.time >= 110 and core.time <= 113.1)
    end)

    it("is set for one waiting too", function()
      local c, core = client { status = sequence(status "IN_PROGRESS"),
        cancel = { json(200, "{}") } }
      local job = c.queue:submit("acme/demo/x", {})
      local _, err = job:wait { timeout = 2 }
      assert.equal("timeout", err.kind)
      assert.equal(1, fake.count(core, "cancel"))
    end)
  end)

  it("raises on misuse by name", function()
    local c = client {}
    local job = c:job("acme/demo", "r1")
    assert.error_matches(function() job:wait { timout = 1 } end, "did you mean 'timeout'")
    assert.error_matches(function() job:wait { mode = "fast" } end,
      "job:wait: option 'mode'")
    assert.error_matches(function() job:status(7) end,
      "job:status: options must be a table")
    assert.error_matches(function() job:updates { on_queue_update = print } end,
      "job:updates: unknown option")
  end)

  it("frees its slot when another handle sees its end", function()
    local c = client(fake.lifecycle(), { max_in_flight = 1 })
    assert.is_false(pcall(c.subscribe, c, "acme/demo/x", { on_enqueue = function()
      error("boom")
    end }))
    assert.is_table(assert(c:job("acme/demo/x", "r1"):wait()))
    assert.is_table(assert(c:subscribe("acme/demo/x", {})))
  end)

  it("frees its slot when the wait gives up, and when nothing can be canceled", function()
    local down = { json(500, "{}") }
    local broken = { status = down, cancel = down, result = down }
    local c = client(broken, { max_in_flight = 1, retry = { max_attempts = 2 } })
    assert.equal("server", select(2, c:subscribe("acme/demo/x", {})).kind)
    assert.equal(0, c.slots.used)
    local _, err = c:subscribe("acme/demo/x", { timeout = 0.001 })
    assert.equal("timeout", err.kind)
    assert.equal(0, c.slots.used)
    local t = c:spawn(function() return c:subscribe("acme/demo/x", {}) end)
    c:sleep(0.2)
    t:cancel()
    c:loop()
    assert.equal(0, c.slots.used)
  end)

  it("says of a result that is too large what it is, and of no job that it goes on",
    function()
    local c = client { status = { DONE },
      result = { { "error", "too_large", "why", "yes", 200, {} } } }
    local _, err = c:subscribe("acme/demo/x", {})
    assert.same({ "protocol", "yes", "r1" }, { err.kind, err.sent, err.request_id })
    assert.matches("the result could not be fetched: the answer is larger than .*256 MiB",
      tostring(err))
    assert.matches("sync_mode", tostring(err))
    assert.is_nil(tostring(err):find("goes on", 1, true))
    c = client({ status = { DONE }, result = { json(503, "<html>") } },
      { retry = { max_attempts = 2 } })
    _, err = c:subscribe("acme/demo/x", {})
    assert.matches('The job itself is done; fal.job%("acme/demo/x", "r1"%):result%(%)',
      tostring(err))
  end)
end)
