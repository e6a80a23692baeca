-- The client over real sockets, against the simulator.

local client = require "fal.client"

local KEY = "live-id:live-secret-0123456789"
local APP = "acme/demo/x"
local POLL = { initial = 0.01, factor = 1.3, max = 0.05, jitter = 0.2 }
local RETRY = { max_attempts = 3, base_delay = 0.01, max_delay = 0.05 }

local SLOW = tonumber(os.getenv "FAL_TEST_SLOWDOWN") or 1  -- under valgrind

local sim, c, texts

local function make(more)
  local opts = { credentials = KEY, base_url = sim.url, poll = POLL, retry = RETRY,
    quiet = true, request_timeout = 5, logger = function(level, event, fields)
      texts[#texts + 1] = level .. event
      for k, v in pairs(fields) do texts[#texts + 1] = tostring(k) .. tostring(v) end
    end }
  for k, v in pairs(more or {}) do opts[k] = v end
  return assert(client.new(opts))
end

local function accepted() return sim:ledger().totals.accepted end

local function submit_of(input) return { input = input or { prompt = "x" } } end

local function fails(kind, sent, value, err)
  assert.is_nil(value)
  assert.equal(kind, err.kind, tostring(err))
  assert.equal(sent, err.sent, tostring(err))
  texts[#texts + 1] = tostring(err)
  return err
end

describe("a client", function()
  setup(function()
    sim = require("support.sim").start { queue_time = 0.02, run_time = 0.02, ahead = 1,
      media = "bundled" }
  end)
  teardown(function() sim:stop() end)
  before_each(function()
    sim:reset()
    texts = {}
    c = make()
  end)
  after_each(function()
    c:close()
    local text = table.concat(texts, "\n")
    assert.is_nil(text:find("live-secret", 1, true), "the key was shown")
  end)

  it("refuses to remix what it made to be deleted, whichever way it made it", function()
    local T2V = "fal-ai/sora-2/text-to-video"
    local remix = c:endpoint "fal-ai/sora-2/video-to-video/remix"
    local outputs = {
      assert(c:subscribe(T2V, submit_of())),
      assert(assert(c.queue:submit(T2V, submit_of())):wait()),
      assert(c:run(T2V, submit_of())),
    }
    for _, output in ipairs(outputs) do
      fails("not_remixable", "no", remix { video_id = output.video_id, prompt = "y" })
      fails("not_remixable", "no", c:subscribe(remix.id,
        submit_of { video_id = output.video_id, prompt = "y" }))
    end
    assert.equal(3, accepted())
  end)

  it("knows the price of remixing what was made by an id", function()
    local output = assert(c:subscribe("fal-ai/sora-2/text-to-video/pro",
      submit_of { prompt = "x", duration = 8, delete_video = false }))
    local remix = c:endpoint "fal-ai/sora-2/video-to-video/remix"
    assert.equal(4.0, remix:estimate { video_id = output.video_id, prompt = "y" })
  end)

  it("submits, waits and fetches", function()
    local seen = {}
    local output, job = c:subscribe(APP, { input = { prompt = "a cat" }, logs = true,
      on_enqueue = function(id) seen.id = id end,
      on_queue_update = function(s) seen[#seen + 1] = s.status end })
    assert.equal("a cat", output.input and output.input.prompt or output.prompt)
    assert.equal(job.request_id, seen.id)
    assert.equal("IN_QUEUE", seen[1])
    assert.equal("COMPLETED", seen[#seen])
    assert.equal(output, job:result())
  end)

  it("shows the same log lines, each once, polled and streamed", function()
    local function lines(mode)
      local list = {}
      assert(c:subscribe(APP, { input = { prompt = "x" }, logs = true, mode = mode,
        on_queue_update = function(s)
          for _, line in ipairs(s.logs) do
            list[#list + 1] = line.message:gsub("%d+%.%d+", "n")
          end
        end }))
      return list
    end
    sim:script { logs = { "one", "two", "three" } }
    local polled = lines "polling"
    assert.is_true(#polled > 0)
    assert.same(polled, lines "streaming")
  end)

  it("goes on by polling when the stream breaks", function()
    sim:fault { route = "stream", action = "cut", at = 300 }
    assert(c:subscribe(APP, { input = {}, mode = "streaming" }))
    sim:clear_faults()
    sim:fault { route = "stream", action = "answer", status = 500 }
    assert(c:subscribe(APP, { input = {}, mode = "streaming" }))
    assert.equal(2, accepted())
  end)

  it("streams statuses and iterates over updates", function()
    local job = assert(c.queue:submit(APP, submit_of()))
    local last
    for status in assert(c.queue:stream_status(APP, { request_id = job.request_id })) do
      last = status.status
    end
    assert.equal("COMPLETED", last)
    for status in job:updates { logs = true } do last = status end
    assert.equal("COMPLETED", last.status)
    assert.is_table(last.logs)
  end)

  it("calls the synchronous host", function()
    assert.is_table(assert(c:run(APP, submit_of())))
  end)

  it("takes a job up again by its ids, in another client", function()
    local job = assert(c.queue:submit(APP, submit_of { prompt = "again" }))
    local other = make()
    assert.is_table(assert(other:job(APP, job.request_id):wait()))
    other:close()
  end)

  describe("whose submit is answered wrongly", function()
    local lost = {
      { action = "cut", at = 0 }, { action = "cut", at = 0, reset = true },
      { action = "answer", accept = true, status = 502, body = "<html>" },
      { action = "answer", accept = true, status = 504, body = "<html>" },
      { action = "answer", accept = true, status = 409, body = "{}" },
      { action = "redirect", accept = true, status = 307, location = "https://x.test/" },
    }
    for i, fault in ipairs(lost) do
      it(("never sends twice (%d: %s %s)"):format(i, fault.action,
        tostring(fault.status or fault.at)), function()
          assert(c:subscribe(APP, submit_of()))  -- so that the connection is a reused one
          fault.route = "submit"
          sim:fault(fault)
          local value, err = c:subscribe(APP, submit_of())
          fails(fault.action == "redirect" and "protocol" or "unknown_submit", "unknown",
            value, err)
          assert.equal(2, accepted())
        end)
    end

    it("never sends twice when the answer does not come in time", function()
      local hasty = make { request_timeout = 1 }
      sim:fault { route = "submit", action = "stall", accept = true }
      local err = fails("unknown_submit", "unknown", hasty:subscribe(APP, submit_of()))
      assert.matches("the answer was lost", err.message)
      assert.equal("timeout", err.cause.kind)
      hasty:close()
    end)

    it("goes on with the job when only the body was cut or spoilt", function()
      for _, fault in ipairs { { action = "cut", at = "headers" },
        { action = "truncate" }, { action = "malformed" } } do
        sim:clear_faults()
        fault.route = "submit"
        sim:fault(fault)
        assert(c:subscribe(APP, submit_of()))
      end
      assert.equal(3, accepted())
    end)

    it("sends again what was refused by 429, and waits as it was told", function()
      sim:fault { route = "submit", action = "answer", status = 429, nth = 1,
        headers = { ["Retry-After"] = "0" }, body = '{"detail":"slow"}' }
      assert(c:subscribe(APP, submit_of()))
      assert.equal(1, accepted())
    end)
  end)

  describe("returns the error kind", function()
    local refusals = {
      { "auth", 401 }, { "forbidden", 403 }, { "not_found", 404 }, { "validation", 413 },
      { "rate_limit", 429 },
    }
    for _, case in ipairs(refusals) do
      it(case[1] .. " for a submit that is refused by " .. case[2], function()
        sim:fault { route = "submit", action = "answer", status = case[2],
          body = '{"detail":"because of ' .. case[1] .. '"}' }
        local err = fails(case[1], "no", c:subscribe(APP, submit_of()))
        assert.matches("the request was not accepted: because of " .. case[1],
          tostring(err))
        assert.matches("endpoint acme/demo/x, HTTP " .. case[2], tostring(err))
        assert.equal(0, accepted())
      end)
    end

    it("network when nobody listens", function()
      local lonely = make { base_url = "http://127.0.0.1:9" }
      local err = fails("network", "no", lonely:subscribe(APP, submit_of()))
      assert.matches("no connection could be made", tostring(err))
      lonely:close()
    end)

    local outcomes = {
      { "content_policy", 422, '{"detail":[{"loc":["body","prompt"],"msg":"flagged",'
        .. '"type":"content_policy_violation"}]}',
          "moderation refused.*prompt: flagged" },
      { "validation", 422, '{"detail":[{"loc":["body","image_url"],"msg":"too small",'
        .. '"type":"image_too_small","ctx":{"min_width":300}}]}',
          "image_url: too small" },
      { "generation", 500, '{"detail":[{"loc":["body"],"msg":"broke","type":'
        .. '"internal_server_error"}]}', "the generation failed.*broke" },
      { "canceled", 499, '{"detail":"gone","error_type":"client_cancelled"}',
        "the job was canceled" },
      { "server", 503, '{"detail":"gone","error_type":"runner_disconnected"}',
        "could not run the job: gone" },
      { "protocol", 200, "<html>", "its result is no JSON" },
    }
    for _, case in ipairs(outcomes) do
      it(case[1] .. " for a job that ended so", function()
        sim:fault { route = "result", action = "answer", status = case[2], body = case[3],
          headers = { ["x-fal-request-id"] = "r" } }
        local err = fails(case[1], "yes", c:subscribe(APP, submit_of()))
        assert.matches(case[4], tostring(err))
        assert.is_string(err.request_id)
        assert.equal(1, sim:ledger().totals.accepted)
      end)
    end

    it("timeout for a job that takes too long, and cancels it", function()
      sim:script { run_time = 60 }
      local err = fails("timeout", "yes", c:subscribe(APP, { input = {}, timeout = 1 }))
      assert.matches("the job did not end in time", tostring(err))
    end)

    it("canceled for a task that is, and cancels its job", function()
      sim:script { run_time = 60 }
      local queued
      local t = c:spawn(function()
        return c:subscribe(APP, { input = { prompt = "x" },
          on_enqueue = function() queued = true end })
      end)
      while not queued do c:sleep(0.005) end
      t:cancel()
      local err = fails("canceled", "yes", t:await())
      assert.matches("The job is canceled too", tostring(err), 1, true)
      assert.is_nil(tostring(err):find("goes on", 1, true))
      c:loop()
      local output, why = c:job(APP, err.request_id):wait()
      fails("canceled", "yes", output, why)
    end)

    it("canceled for a task whose job is done, and keeps no slot for it", function()
      local narrow = make { max_in_flight = 1 }
      sim:script { run_time = 0.2 }
      sim:fault { route = "result", action = "stall", nth = 1 }
      local job = assert(narrow.queue:submit(APP, submit_of()))
      local t = narrow:spawn(function() return job:wait() end)
      local function is_asked_for()
        local requests = sim:requests()
        return requests[#requests].path:match("/requests/[^/]+$")
      end
      while not is_asked_for() do narrow:sleep(0.005) end
      t:cancel()
      local err = fails("canceled", nil, t:await())
      assert.matches("The job itself is done", tostring(err))
      assert.is_table(assert(narrow:subscribe(APP, submit_of())))
      narrow:close()
    end)

    it("server, with the way back, when polling fails for good", function()
      sim:fault { route = "status", action = "answer", status = 502, body = "<html>" }
      local err = fails("server", "yes", c:subscribe(APP, submit_of()))
      assert.matches("The job itself goes on; take it up again", tostring(err))
      sim:clear_faults()
      assert.is_table(assert(c:job(APP, err.request_id):wait()))
    end)

    it("network for a result that is lost each of the times it is asked for", function()
      sim:fault { route = "result", action = "truncate" }
      local err = fails("network", "yes", c:subscribe(APP, submit_of()))
      local asked = 0
      for _, request in ipairs(sim:requests()) do
        if request.path:match("/requests/[^/]+$") then asked = asked + 1 end
      end
      assert.equal(RETRY.max_attempts, asked)
      sim:clear_faults()
      assert.is_table(assert(c:job(APP, err.request_id):result()))
    end)

    it("file when a download has nowhere to go", function()
      local output = assert(c:subscribe(APP, submit_of()))
      local err = fails("file", nil, c:download(output.video.url, "/no/such/dir/a.mp4"))
      assert.matches("/no/such/dir/a.mp4", tostring(err))
    end)

    it("not_found and forbidden for files that are gone", function()
      local output = assert(c:subscribe(APP, submit_of()))
      local path = os.tmpname()
      for status, kind in pairs { [404] = "not_found", [403] = "forbidden" } do
        sim:clear_faults()
        sim:fault { route = "media", action = "answer", status = status }
        local err = fails(kind, nil, c:download(output.video.url, path))
        assert.matches("it has expired", tostring(err))
      end
      os.remove(path)
    end)
  end)

  describe("that follows a job through faults", function()
    local passing = {
      { action = "answer", status = 401, body = "{}" },
      { action = "answer", status = 403, body = "{}" },
      { action = "answer", status = 429, body = "{}" },
      { action = "answer", status = 500, body = "oops" },
      { action = "drop" }, { action = "cut", at = "headers" }, { action = "truncate" },
      { action = "malformed" }, { action = "mistype" },
    }
    for _, route in ipairs { "status", "result" } do
      for _, fault in ipairs(passing) do
        -- A success that is no JSON is the model's own word: see "protocol" above.
        if route == "status" or not (fault.action == "malformed"
          or fault.action == "mistype") then
          it(("gets over %s %s of the %s"):format(fault.action,
            tostring(fault.status or ""),
            route), function()
              local rule = { route = route, to = 2 }
              for k, v in pairs(fault) do rule[k] = v end
              sim:fault(rule)
              assert.is_table(assert(c:subscribe(APP, submit_of())))
              assert.equal(1, accepted())
            end)
        end
      end
    end

    for _, route in ipairs { "status", "result", "cancel", "stream" } do
      it("keeps its deadline when the " .. route .. " stalls", function()
        sim:script { run_time = route == "result" and 0 or 60 }
        sim:fault { route = route, action = "stall" }
        local short = make { request_timeout = 0.5 }
        local started = short.now()
        fails("timeout", "yes", short:subscribe(APP, { input = {}, timeout = 1,
          mode = route == "stream" and "streaming" or nil }))
        assert.is_true(short.now() - started < 10 * SLOW)
        short:close()
      end)
    end
  end)

  describe("that downloads", function()
    local output, path
    before_each(function()
      output = assert(c:subscribe(APP, submit_of()))
      path = os.tmpname()
    end)
    after_each(function()
      os.remove(path)
      os.remove(path .. ".part")
    end)

    local function bytes()
      local file = assert(io.open(path, "rb"))
      local data = file:read "*a"
      file:close()
      return data
    end

    it("writes the file and shows progress", function()
      local last
      local got, info = c:download(output.video.url, path, { on_progress = function(done,
        total)
        last = { done, total }
      end })
      assert.equal(path, got)
      assert.equal(#bytes(), info.size)
      assert.same({ info.size, info.size }, last)
      assert.equal("video/mp4", info.content_type)
    end)

    it("takes a cut connection up where it broke", function()
      local _, whole = c:download(output.video.url, path)
      local first = bytes()
      sim:fault { route = "media", action = "truncate", to = 2 }
      local _, info = assert(c:download(output.video.url, path))
      assert.equal(whole.size, info.size)
      assert.equal(first, bytes())
      local ranged = 0
      for _, request in ipairs(sim:requests()) do
        for _, header in ipairs(request.headers) do
          if header[1]:lower() == "range" then ranged = ranged + 1 end
          assert.not_equal("authorization",
            request.path:find("^/cdn") and header[1]:lower() or "")
        end
      end
      assert.is_true(ranged >= 1)
    end)

    it("finds out that a file has another size than expected", function()
      fails("protocol", nil,
        c:download(output.video.url, path, { expect = { size = 3 } }))
    end)
  end)

  it("runs 1,000 jobs at once, each with its own result", function()
    -- How long one of a thousand waits for its turn is no matter here.
    local many = make { poll = { initial = 0.2, factor = 1.5, max = 1, jitter = 0.2 },
      request_timeout = 60 }
    local list = {}
    for i = 1, 1000 do list[i] = "job number " .. i end
    local results, errors = many:map(list, function(prompt)
      local output, err = many:subscribe(APP, { input = { prompt = prompt } })
      if not output then return nil, err end
      return output.input and output.input.prompt or output.prompt
    end)
    assert.is_nil(next(errors), tostring(errors[next(errors)]))
    results.n = nil
    assert.same(list, results)
    assert.equal(1000, accepted())
    many:close()
  end)

  it("runs 200 tasks that subscribe, cancel, sleep and fail", function()
    c:close()
    c = make { request_timeout = 60 }
    sim:script { match = { prompt = "long" }, run_time = 60 }
    local ends = { ok = 0, canceled = 0, raised = 0, slept = 0 }
    local function act(i)
      if i % 4 == 0 then
        assert(c:subscribe(APP, { input = { prompt = "p" .. i } }))
        ends.ok = ends.ok + 1
      elseif i % 4 == 1 then
        local job = assert(c.queue:submit(APP, { input = { prompt = "long" } }))
        assert(job:cancel())
        local _, err = job:wait()
        assert(err.kind == "canceled", tostring(err))
        ends.canceled = ends.canceled + 1
      elseif i % 4 == 2 then
        assert(c:sleep(0.01 * (i % 7)))
        ends.slept = ends.slept + 1
      else
        c:sleep(0.01)
        error("mine " .. i)
      end
    end
    local list = {}
    for i = 1, 200 do list[i] = i end
    local _, errors = c:map(list, act)
    for i, err in pairs(errors) do
      assert.matches("mine " .. i, tostring(err))
      ends.raised = ends.raised + 1
    end
    assert.same({ ok = 50, canceled = 50, raised = 50, slept = 50 }, ends)
  end)
end)
