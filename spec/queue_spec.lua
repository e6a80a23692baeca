local fake = require "support.fake_client"

local json = fake.json

local function submitted(opts, answers)
  local c, core = fake.new(answers or fake.lifecycle())
  assert(c.queue:submit("acme/demo/x", opts))
  return core.requests[1], c, core
end

local function lines(request)
  local map = {}
  for _, line in ipairs(request.opts.headers) do
    local name, value = line:match("^([^:]+): (.*)$")
    map[name] = value
  end
  return map
end

local function event_log()
  local events = {}
  return events, function(_, event) events[#events + 1] = event end
end

describe("fal.queue", function()
  describe("submit", function()
    it("sends the input as it is, to the full id", function()
      local r = submitted { input = { prompt = "a cat", duration = 8.0 } }
      assert.equal("submit", r.verb)
      assert.equal("acme/demo/x", r.endpoint_id)
      assert.equal('{"duration":8,"prompt":"a cat"}', r.body)
      assert.is_nil(r.opts.query)
    end)

    it("says the priority always, and leaves the plain headers to the core", function()
      assert.same({ ["X-Fal-Queue-Priority"] = "normal" }, lines(submitted {}))
    end)

    it("sends each option where fal.ai reads it", function()
      local r = submitted { priority = "low", start_timeout = 2.5, hint = "warm",
        storage = { expires_in = 3600 }, headers = { ["X-Fal-No-Retry"] = "1" },
        webhook_url = "https://h.test/x?a=1&b", max_queue_length = 7 }
      local h = lines(r)
      assert.equal("low", h["X-Fal-Queue-Priority"])
      assert.equal("2.5", h["X-Fal-Request-Start-Timeout"])
      assert.equal("warm", h["X-Fal-Runner-Hint"])
      assert.equal('{"expiration_duration_seconds":3600}',
        h["X-Fal-Object-Lifecycle-Preference"])
      assert.equal("1", h["X-Fal-No-Retry"])
      assert.equal("fal_webhook=https%3A%2F%2Fh.test%2Fx%3Fa%3D1%26b"
        .. "&fal_max_queue_length=7",
        r.opts.query)
    end)

    it("hands out a job without any further request", function()
      local c, core = fake.new(fake.lifecycle())
      local job = c.queue:submit("acme/demo/x", { input = { a = 1 } })
      assert.same({ "r1", "acme/demo/x", { a = 1 } },
        { job.request_id, job.endpoint_id, job.input })
      assert.equal("fal.job acme/demo/x r1", tostring(job))
      assert.equal(1, #core.requests)
    end)

    it("passes the URLs that came back on to the engine", function()
      local c, core = fake.new { submit = { json(200, '{"request_id":"r1","status_url":'
        .. '"https://q/s","response_url":"https://q/r","cancel_url":7}') },
        status = { json(200, '{"status":"COMPLETED"}') }, result = { json(200, "{}") } }
      c.queue:submit("acme/demo/x", {}):wait()
      assert.same({ "status", "https://q/s", "acme/demo" },
        { core.requests[2].verb, core.requests[2].url, core.requests[2].app_id })
      assert.equal("https://q/r", core.requests[3].url)
    end)

    for name, address in pairs { ["NUL"] = [[http://x/\u0000y]], ["line break"] =
      [[https://q/\ny]], ["no scheme"] = "s", ["66 kB"] = "https://q/" .. ("x"):rep(66000)
    } do
      it("composes the URLs in place of ones with " .. name, function()
        local answer = '{"request_id":"r1","status_url":"%s","response_url":"%s",'
          .. '"cancel_url":"%s"}'
        local c, core = fake.new {
          submit = { json(200, answer:format(address, address, address)) },
          status = { json(200, '{"status":"COMPLETED"}') }, result = { json(200, "{}") } }
        assert(c.queue:submit("acme/demo/x", {}):wait())
        assert.same({ nil, nil }, { core.requests[2].url, core.requests[3].url })
      end)
    end

    it("raises on headers that are not the user's to set", function()
      local c, core = fake.new(fake.lifecycle())
      for _, headers in ipairs { { Authorization = "Key x" }, { AUTHORIZATION = "x" },
        { ["X-A"] = "a\r\nAuthorization: x" }, { ["X A"] = "1" }, { ["X-A:"] = "1" },
        { ["X-A"] = {} }, { "X-A: 1" }, { host = "x" } } do
        assert.error_matches(function()
          c.queue:submit("acme/demo/x", { headers = headers })
        end, "queue.submit: headers: ")
      end
      assert.error_matches(function()
        c.queue:submit("acme/demo/x", { hint = "a\nb" })
      end, "option 'hint' must not hold control characters")
      assert.same({}, core.requests)
    end)

    it("raises on a header that would be sent twice", function()
      local c, core = fake.new(fake.lifecycle())
      for _, opts in ipairs { { headers = { ["x-fal-queue-priority"] = "low" } },
        { hint = "a", headers = { ["X-FAL-Runner-Hint"] = "b" } },
        { headers = { ["X-A"] = "1", ["x-a"] = "2" } } } do
        assert.error_matches(function() c.queue:submit("acme/demo/x", opts) end,
          "' is set already, by an option or in other letters", 1, true)
      end
      assert.same({}, core.requests)
    end)

    it("raises on options that are not built, and on unknown ones", function()
      local c = fake.new(fake.lifecycle())
      assert.error_matches(function()
        c.queue:submit("acme/demo/x", { webhok_url = "x" })
      end, "queue.submit: unknown option 'webhok_url'; did you mean 'webhook_url'%?")
    end)

    it("refuses before sending: bad id, bad input, bad key", function()
      local c, core = fake.new(fake.lifecycle())
      local _, err = c.queue:submit("demo", {})
      assert.same({ "validation", "no" }, { err.kind, err.sent })
      for _, list in ipairs { { "a cat" }, require("fal").empty_array } do
        _, err = c.queue:submit("acme/demo/x", { input = list })
        assert.same({ "validation", "no" }, { err.kind, err.sent })
        assert.matches("the input is a list", err.message, 1, true)
      end
      _, err = c.queue:submit("acme/demo/x", { input = { f = print } })
      assert.same({ "validation", "no", "f" }, { err.kind, err.sent, err.fields[1].path })
      c = fake.new(fake.lifecycle(), { credentials = "nonsense" })
      _, err = c.queue:submit("acme/demo/x", {})
      assert.same({ "auth", "no" }, { err.kind, err.sent })
      assert.same({}, core.requests)
    end)

    it("sends again with back-off while nothing can have been accepted", function()
      local events, logger = event_log()
      local c, core = fake.new({ submit = function(_, n)
        if n == 1 then return { { "error", "connect", "refused", "no" } } end
        if n == 2 then return { json(429, '{"detail":"slow"}',
          { ["retry-after"] = "7" }) } end
        return { json(200, '{"request_id":"r1"}') }
      end }, { logger = logger })
      assert.equal("r1", c.queue:submit("acme/demo/x", {}).request_id)
      assert.equal(3, #core.requests)
      local first = core.requests[2].at - core.requests[1].at
      assert.is_true(first >= 0.375 and first <= 0.625)
      assert.near(7, core.requests[3].at - core.requests[2].at, 1e-6)
      assert.same({ "submit.sent", "retry", "submit.sent", "retry", "submit.sent",
        "submit.accepted" }, events)
    end)

    it("gives up after max_attempts", function()
      local c, core = fake.new({ submit = { json(429, '{"detail":"slow"}') } },
        { retry = { max_attempts = 3 } })
      local _, err = c.queue:submit("acme/demo/x", {})
      assert.same({ "rate_limit", "no", 429, true },
        { err.kind, err.sent, err.status, err.retryable })
      assert.equal(3, #core.requests)
      c, core = fake.new({ submit = { { "error", "dns", "no such host", "no" } } })
      _, err = c.queue:submit("acme/demo/x", {})
      assert.same({ "network", "no" }, { err.kind, err.sent })
      assert.matches("host name could not be resolved", tostring(err))
      assert.equal(6, #core.requests)
    end)

    it("never sends again when the answer was lost", function()
      for _, outcome in ipairs { { "error", "network", "reset", "unknown" },
        { "error", "resend", "died", "unknown" }, { "error", "timeout", "60s",
          "unknown" },
        json(502, "<html>"), json(200, "<html>"), json(503, '{"detail":"x"}'),
        json(409, "{}"), json(408, "") } do
        local c, core = fake.new { submit = { outcome } }
        local job, err = c.queue:submit("acme/demo/x", {})
        assert.same({ nil, "unknown_submit", "unknown" }, { job, err.kind, err.sent })
        assert.equal(1, #core.requests)
      end
    end)

    it("names the alternatives when a retired endpoint is gone", function()
      local models = require "fal.models"
      local id = require("fal.sora2").text_to_video.id
      local c = fake.new({ submit = { json(404, '{"detail":"Application not found"}') } },
        { quiet = true })
      local _, err = c.queue:submit(id, { input = { prompt = "x" } })
      assert.same({ "not_found", "no" }, { err.kind, err.sent })
      local wanted = "retired.*" .. models.find(id).alternatives[1]:gsub("%p", "%%%0")
      assert.matches(wanted, tostring(err))
      -- It may as well be accepted and come to nothing.
      local answers = fake.lifecycle()
      answers.result = { json(404, '{"detail":"Path /text-to-video not found"}') }
      answers.request = answers.result
      c = fake.new(answers, { quiet = true })
      for _, verb in ipairs { "subscribe", "run" } do
        _, err = c[verb](c, id, { input = { prompt = "x" } })
        assert.equal("not_found", err.kind)
        assert.matches(wanted, tostring(err))
      end
    end)

    it("asks a credentials function before each submit", function()
      local keys = { "id:first-key", "id:second-key" }
      local asked = 0
      local c, core = fake.new(fake.lifecycle(), { credentials = function()
        asked = asked + 1
        return keys[asked]
      end })
      assert(c.queue:submit("acme/demo/x", {}))
      assert.equal("id:first-key", core.engine.key)
      assert(c.queue:submit("acme/demo/x", {}))
      assert.equal("id:second-key", core.engine.key)
    end)

    it("lets a POST that is on its way finish when its task is canceled", function()
      local answers = fake.lifecycle()
      answers.submit = { json(200, '{"request_id":"r1"}') }
      answers.submit[1].after = 5
      local c, core = fake.new(answers)
      local job, err
      local t = c:spawn(function() job, err = c.queue:submit("acme/demo/x", {}) end)
      t:cancel()
      t:await()
      assert.same({ nil, "canceled", "unknown" }, { job, err.kind, err.sent })
      assert.matches("if the service accepts it, the job is canceled there",
        tostring(err))
      while c:step() > 0 do core.time = core.time + 1 end
      assert.equal(1, fake.count(core, "submit"))
      assert.same({ "cancel", "r1" }, { core.requests[2].verb,
        core.requests[2].request_id })
    end)

    it("does not send for a task that is canceled already", function()
      local c, core = fake.new(fake.lifecycle())
      local t, err
      t = c:spawn(function()
        coroutine.yield()
        t:cancel()
        local _
        _, err = c.queue:submit("acme/demo/x", {})
      end)
      t:await()
      assert.same({ "canceled", "no" }, { err.kind, err.sent })
      assert.same({}, core.requests)
    end)

    it("says that the fate of a POST is unknown when the client is closed", function()
      local c = fake.new { submit = function() end }
      local err
      c:spawn(function() err = select(2, c.queue:submit("acme/demo/x", {})) end)
      c:close()
      assert.same({ "closed", "unknown" }, { err.kind, err.sent })
      assert.matches("whether the service accepted it is not known", tostring(err))
    end)

    it("stops trying at the deadline, with nothing accepted", function()
      local c, core = fake.new { submit = { { "error", "connect", "refused", "no" } } }
      local _, err = c.queue:submit("acme/demo/x", { timeout = 1 })
      assert.same({ "timeout", "no" }, { err.kind, err.sent })
      assert.near(101, core.time, 1e-6)
    end)
  end)

  describe("max_in_flight", function()
    it("lets a submit wait until a job ends", function()
      local c, core = fake.new(fake.lifecycle(), { max_in_flight = 2 })
      local live, most = 0, 0
      local answers = core.answer
      core.answer = function(request)
        if request.verb == "submit" then
          live = live + 1
          most = math.max(most, live)
        elseif request.verb == "result" then
          live = live - 1
        end
        return answers(request)
      end
      local list = {}
      for i = 1, 10 do list[i] = i end
      local results, errors = c:map(list,
        function() return c:subscribe("acme/demo/x") end)
      assert.equal(2, most)
      assert.is_nil(next(errors))
      assert.equal(1, results[10].n)
      assert.equal(0, c.slots.used)
    end)

    it("tells plain code that nobody will ever free a slot", function()
      local c, core = fake.new(fake.lifecycle(), { max_in_flight = 1 })
      local job = assert(c.queue:submit("acme/demo/x", {}))
      local second, err = c.queue:submit("acme/demo/x", {})
      assert.same({ nil, "rate_limit", "no" }, { second, err.kind, err.sent })
      assert.matches("max_in_flight = 1 jobs are under way", tostring(err))
      assert.equal(1, #core.requests)
      job:wait()
      assert(c.queue:submit("acme/demo/x", {}))
    end)

    it("frees the slot of a submit that failed, and of a canceled waiter", function()
      local c = fake.new({ submit = { json(401, '{"detail":"no"}') } },
        { max_in_flight = 1 })
      for _ = 1, 3 do
        local _, err = c.queue:submit("acme/demo/x", {})
        assert.equal("auth", err.kind)
      end
      local core
      c, core = fake.new(fake.lifecycle(), { max_in_flight = 1 })
      local job = assert(c.queue:submit("acme/demo/x", {}))
      local t = c:spawn(function() return c.queue:submit("acme/demo/x", {}) end)
      t:cancel()
      local _, err = t:await()
      assert.same({ "canceled", "no" }, { err.kind, err.sent })
      job:cancel()
      assert.equal(0, c.slots.used)
      assert.equal(1, fake.count(core, "submit"))
    end)

    it("counts the time that a submit waits for its slot", function()
      local c = fake.new({ submit = function(_, n)
        return { json(200, '{"request_id":"r' .. n .. '"}') }
      end }, { max_in_flight = 1 })
      assert(c.queue:submit("acme/demo/x", {}))
      local _, err = c.queue:submit("acme/demo/x", { timeout = 3 })
      assert.same({ "timeout", "no" }, { err.kind, err.sent })
    end)
  end)

  describe("by request id", function()
    it("reads status, result and cancel once each", function()
      local c, core = fake.new(fake.lifecycle("r", 1))
      assert.equal("COMPLETED",
        c.queue:status("acme/demo/x", { request_id = "r1", logs = true }).status)
      assert.is_true(core.requests[1].logs)
      assert.equal(1, c.queue:result("acme/demo/x", { request_id = "r1" }).n)
      assert.equal("CANCELLATION_REQUESTED",
        c.queue:cancel("acme/demo/x", { request_id = "r1" }))
      assert.equal("acme/demo", core.requests[3].app_id)
    end)

    it("raises when the id is missing, and refuses one that is none", function()
      local c = fake.new(fake.lifecycle())
      for _, verb in ipairs { "status", "result", "cancel", "stream_status" } do
        assert.error_matches(function() c.queue[verb](c.queue, "acme/demo/x", {}) end,
          "queue." .. verb .. ": option 'request_id' is missing")
        local _, err = c.queue[verb](c.queue, "acme/demo/x", { request_id = "../x" })
        assert.equal("validation", err.kind)
      end
    end)

    it("says not_found, to be tried again, for a job that is not done", function()
      local c = fake.new { result = { json(400,
        '{"detail":"Request is still in progress"}') } }
      local output, err = c.queue:result("acme/demo/x", { request_id = "r1" })
      assert.same({ nil, "not_found", true }, { output, err.kind, err.retryable })
      assert.matches("the job is not done yet", tostring(err))
    end)

    it("says at once that a key is wrong, but tries a new one", function()
      local c, core = fake.new { status = { json(401, '{"detail":"invalid key"}') } }
      local _, err = c.queue:status("acme/demo/x", { request_id = "r1" })
      assert.equal("auth", err.kind)
      assert.equal(1, #core.requests)
      local n = 0
      c, core = fake.new({ status = function(_, i)
        return { i == 1 and json(401, "{}") or json(202, '{"status":"IN_QUEUE"}') }
      end }, { credentials = function() n = n + 1; return "id:key-number" .. n end })
      assert.equal("IN_QUEUE", c.queue:status("acme/demo/x",
        { request_id = "r1" }).status)
      assert.equal("id:key-number2", core.engine.key)
    end)

    it("streams statuses until the completed one", function()
      local c = fake.new { stream_status = { { "event", '{"status":"IN_QUEUE"}' },
        { "event", "nonsense" }, { "event", '{"status":"COMPLETED"}' },
        json(200, nil) } }
      local seen = {}
      for status in c.queue:stream_status("acme/demo/x", { request_id = "r1" }) do
        seen[#seen + 1] = status.status
      end
      assert.same({ "IN_QUEUE", "COMPLETED" }, seen)
    end)

    it("returns the error of a stream that is refused, or ends early", function()
      local c = fake.new { stream_status = { json(404, '{"status":"NOT_FOUND"}') } }
      local iterator, err = c.queue:stream_status("acme/demo/x", { request_id = "r1" })
      assert.same({ nil, "not_found" }, { iterator, err.kind })
      c = fake.new { stream_status = { { "event", '{"status":"IN_QUEUE"}' },
        json(200, nil) } }
      iterator = c.queue:stream_status("acme/demo/x", { request_id = "r1" })
      assert.equal("IN_QUEUE", iterator().status)
      local status
      status, err = iterator()
      assert.same({ nil, "network" }, { status, err.kind })
      assert.matches("ended before the job was completed", tostring(err))
      assert.is_nil(iterator())
    end)
  end)
end)
