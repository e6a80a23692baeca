local support = require("support.sim")

local T2V = "fal-ai/sora-2/text-to-video"
local REMIX = "fal-ai/sora-2/video-to-video/remix"

-- The clock all but stands still: specs move it with advance.
local function frozen(options)
  local all = {
    speed = 0.001, queue_time = 10, run_time = 20, ahead = 4, media = "bundled",
  }
  for name, value in pairs(options or {}) do
    all[name] = value
  end
  return support.start(all)
end

describe("the simulator's queue", function()
  local sim

  setup(function()
    sim = frozen()
  end)

  teardown(function()
    sim:stop()
  end)

  before_each(function()
    sim:reset()
  end)

  local function status(job, query)
    return sim:request("GET", job.status_url .. (query or ""))
  end

  it("answers a submit with the request id and URLs that lead back to itself", function()
    local answer = sim:request("POST", "/queue/" .. T2V .. "/pro",
      { body = { prompt = "x" } })
    assert.equal(200, answer.status)
    local job = answer.json
    assert.equal("IN_QUEUE", job.status)
    assert.matches("^%x+%-%x+%-7%x%x%x%-[89ab]%x%x%x%-%x+$", job.request_id)
    assert.equal(36, #job.request_id)
    assert.equal(sim.url .. "/queue/fal-ai/sora-2/requests/" .. job.request_id,
      job.response_url)
    assert.equal(job.response_url .. "/status", job.status_url)
    assert.equal(job.response_url .. "/cancel", job.cancel_url)
    assert.equal(job.request_id, answer.headers["x-fal-request-id"])
    assert.equal(4, job.queue_position)
  end)

  it("takes host and scheme of its URLs from the request", function()
    local answer = sim:request("POST", "/queue/" .. T2V, { body = { prompt = "x" },
      headers = { "Host: queue.test:1234", "X-Forwarded-Proto: https" } })
    assert.matches("^https://queue.test:1234/queue/", answer.json.status_url)
  end)

  it("moves a job through the queue to its end", function()
    local job = sim:submit(T2V, { prompt = "x" })
    local seen = {}
    for _ = 1, 5 do
      local answer = status(job)
      assert.equal(202, answer.status)
      assert.equal("IN_QUEUE", answer.json.status)
      seen[#seen + 1] = answer.json.queue_position
      sim:advance(2)
    end
    assert.same({ 4, 3, 2, 1, 0 }, seen)
    sim:advance(1)
    local running = status(job)
    assert.equal(202, running.status)
    assert.equal("IN_PROGRESS", running.json.status)
    assert.is_nil(running.json.queue_position)
    sim:advance(20)
    local done = status(job)
    assert.equal(200, done.status)
    assert.equal("COMPLETED", done.json.status)
    assert.near(20, done.json.metrics.inference_time, 0.01)
    assert.is_nil(done.json.error)
  end)

  it("gives the whole list of logs to a poll, null unless asked", function()
    local job = sim:submit(T2V, { prompt = "x" })
    assert.matches('"logs":null', status(job).body, 1, true)
    assert.matches('"logs":%[%]', status(job, "?logs=1").body)
    sim:advance(11)
    assert.equal(1, #status(job, "?logs=1").json.logs)
    sim:advance(10)
    local lines = status(job, "?logs=true").json.logs
    assert.equal(4, #lines)
    assert.equal("Loading the model", lines[1].message)
    assert.equal("USER", lines[1].source)
    assert.matches("^%d%d%d%d%-%d%d%-%d%dT[%d:]+%.%d+Z$", lines[1].timestamp)
    assert.matches('"logs":null', status(job, "?logs=0").body, 1, true)
  end)

  it("knows each spelling of the URLs", function()
    local job = sim:submit(T2V, { prompt = "x" })
    assert.equal(202, sim:request("GET", job.status_url .. "/?logs=1").status)
    assert.equal(400, sim:request("GET", job.response_url .. "/").status)
    assert.equal(400, sim:request("GET", job.response_url .. "/response").status)
  end)

  it("answers 400 to a result fetched too early", function()
    local job = sim:submit(T2V, { prompt = "x" })
    local answer = sim:request("GET", job.response_url)
    assert.equal(400, answer.status)
    assert.equal("Request is still in progress", answer.json.detail)
  end)

  it("answers 405 to a GET with the sub-path left in, and enqueues a POST", function()
    local job = sim:submit(T2V, { prompt = "x" })
    local path = "/queue/" .. T2V .. "/requests/" .. job.request_id
    assert.equal(405, sim:request("GET", path .. "/status").status)
    assert.equal(405, sim:request("GET", path).status)
    assert.equal(1, sim:ledger().totals.accepted)
    assert.equal(200, sim:request("POST", path, { body = { prompt = "x" } }).status)
    assert.equal(2, sim:ledger().totals.accepted)
  end)

  it("replays the result, with the billable units", function()
    local job = sim:submit(T2V, { prompt = "x", duration = 8 })
    sim:advance(31)
    local first = sim:request("GET", job.response_url)
    local second = sim:request("GET", job.response_url)
    assert.equal(200, first.status)
    assert.equal("8", first.headers["x-fal-billable-units"])
    assert.equal(job.request_id, first.headers["x-fal-request-id"])
    assert.matches("^video_%x+$", first.json.video_id)
    assert.same(first.json, second.json)
    assert.equal(2, sim:ledger().jobs[1].fetched)
  end)

  it("forgets a result an hour after its job has ended", function()
    local job = sim:submit(T2V, { prompt = "x" })
    sim:advance(30 + 3590)
    assert.equal(200, sim:request("GET", job.response_url).status)
    sim:advance(20)
    local gone = sim:request("GET", job.response_url)
    assert.equal(404, gone.status)
    assert.equal("NOT_FOUND", gone.json.status)
    assert.equal(404, status(job).status)
  end)

  it("forgets a result of 10 KB within six minutes", function()
    local job = sim:submit("acme/echo", { prompt = ("x"):rep(11000) })
    sim:advance(30 + 350)
    assert.equal(200, sim:request("GET", job.response_url).status)
    sim:advance(20)
    assert.equal(404, sim:request("GET", job.response_url).status)
  end)

  it("keeps a job from every other key and from every other app", function()
    local job = sim:submit(T2V, { prompt = "x" })
    local other = sim:request("GET", job.status_url, { key = "other:key" })
    assert.equal(404, other.status)
    assert.equal("NOT_FOUND", other.json.status)
    local elsewhere = "/queue/acme/demo/requests/" .. job.request_id
    assert.equal(404, sim:request("GET", elsewhere).status)
  end)

  it("takes any other endpoint id as an app that echoes its input", function()
    local body = '{"prompt":"x","list":[],"n":1.50}'
    local job = sim:submit("acme/echo/fast", body)
    assert.matches("/queue/acme/echo/requests/", job.status_url)
    sim:advance(31)
    local result = sim:request("GET", job.response_url)
    assert.matches(body, result.body, 1, true)
    assert.matches("^http", result.json.video.url)
  end)

  it("keeps the namespace of workflows in the URLs", function()
    local job = sim:submit("workflows/jane/poster/run", { prompt = "x" })
    assert.matches("/queue/workflows/jane/poster/requests/", job.status_url)
    assert.equal(202, sim:request("GET", job.status_url).status)
  end)

  it("ends a wrong sub-path of a known app with 404 at the result", function()
    local job = sim:submit("fal-ai/sora-2/text-to-vidio", { prompt = "x" })
    sim:advance(31)
    assert.equal("COMPLETED", status(job).json.status)
    local result = sim:request("GET", job.response_url)
    assert.equal(404, result.status)
    assert.equal("Path /text-to-vidio not found", result.json.detail)
    assert.equal("0", result.headers["x-fal-billable-units"])
  end)

  describe("cancel", function()
    local function cancel(job)
      return sim:request("PUT", job.cancel_url)
    end

    it("takes a waiting job out: 200, never run, not billed", function()
      local job = sim:submit(T2V, { prompt = "x" })
      local answer = cancel(job)
      assert.equal(200, answer.status)
      assert.equal("OK", answer.json.status)
      assert.equal("COMPLETED", status(job).json.status)
      assert.equal("client_cancelled", status(job).json.error_type)
      assert.equal(499, sim:request("GET", job.response_url).status)
      assert.equal(0, sim:ledger().totals.cost)
    end)

    it("stops a running job: 202", function()
      local job = sim:submit(T2V, { prompt = "x" })
      sim:advance(15)
      local answer = cancel(job)
      assert.equal(202, answer.status)
      assert.equal("CANCELLATION_REQUESTED", answer.json.status)
      local result = sim:request("GET", job.response_url)
      assert.equal(499, result.status)
      assert.equal("client_cancelled", result.headers["x-fal-error-type"])
    end)

    it("is ignored by an app that cannot be interrupted: the job goes on", function()
      sim:script({ cancel = "ignore" })
      local job = sim:submit(T2V, { prompt = "x" })
      sim:advance(15)
      assert.equal(202, cancel(job).status)
      assert.equal("IN_PROGRESS", status(job).json.status)
      sim:advance(20)
      assert.equal(200, sim:request("GET", job.response_url).status)
      assert.is_true(sim:ledger().jobs[1].billed)
    end)

    it("comes too late for a job that has ended: 400", function()
      local job = sim:submit(T2V, { prompt = "x" })
      sim:advance(31)
      local answer = cancel(job)
      assert.equal(400, answer.status)
      assert.equal("ALREADY_COMPLETED", answer.json.status)
    end)

    it("knows no such job: 404; and only PUT", function()
      local job = sim:submit(T2V, { prompt = "x" })
      local unknown = job.cancel_url:gsub("%x%x%x%x/cancel$", "0000/cancel")
      assert.equal(404, sim:request("PUT", unknown).status)
      assert.equal(405, sim:request("POST", job.cancel_url, { body = "{}" }).status)
    end)
  end)

  it("sends a job back to the queue when told, and on again", function()
    sim:script({ fall_back = true, queue_time = 10, run_time = 20 })
    local job = sim:submit(T2V, { prompt = "x" })
    local seen = {}
    for _, seconds in ipairs({ 11, 8, 5, 12 }) do
      sim:advance(seconds)
      seen[#seen + 1] = status(job).json.status
    end
    assert.same({ "IN_PROGRESS", "IN_QUEUE", "IN_PROGRESS", "COMPLETED" }, seen)
  end)

  it("remixes what this key made and kept, in its parent's size and length", function()
    local job = sim:submit(T2V, { prompt = "x", duration = 12, delete_video = false })
    sim:advance(31)
    local clip = sim:request("GET", job.response_url).json
    local remix = sim:submit(REMIX, { video_id = clip.video_id, prompt = "y" })
    sim:advance(31)
    assert.equal(200, sim:request("GET", remix.response_url).status)
    assert.near(1.2, sim:ledger().jobs[2].cost, 1e-9)
    local result = sim:request("GET", remix.response_url)
    assert.equal("12", result.headers["x-fal-billable-units"])
  end)

  local function remix_of(video_id, key)
    local job = sim:submit(REMIX, { video_id = video_id, prompt = "y" }, { key = key })
    sim:advance(31)
    local status_answer = sim:request("GET", job.status_url, { key = key })
    assert.equal("COMPLETED", status_answer.json.status)
    return (sim:request("GET", job.response_url, { key = key }))
  end

  it("fails the remix of a deleted, a foreign, an unknown video", function()
    local deleted = sim:submit(T2V, { prompt = "x" })
    local kept = sim:submit(T2V, { prompt = "x", delete_video = false })
    sim:advance(31)
    local deleted_id = sim:request("GET", deleted.response_url).json.video_id
    local kept_id = sim:request("GET", kept.response_url).json.video_id
    for _, refused in ipairs({
      remix_of(deleted_id), remix_of(kept_id, "other:key"), remix_of("video_123"),
    }) do
      assert.equal(422, refused.status)
      assert.same({ "body", "video_id" }, refused.json.detail[1].loc)
      assert.equal("0", refused.headers["x-fal-billable-units"])
    end
  end)

  it("says nothing of a model's error in the status, all of it in the result", function()
    local job = sim:submit(T2V, { prompt = "sim:content_policy" })
    sim:advance(31)
    assert.is_nil(status(job).json.error)
    local result = sim:request("GET", job.response_url)
    assert.equal(422, result.status)
    assert.equal("content_policy_violation", result.json.detail[1].type)
  end)

  it("tells an error of the runners in status, result and header", function()
    local job = sim:submit(T2V, { prompt = "sim:runner_lost" })
    sim:advance(31)
    assert.equal("runner_disconnected", status(job).json.error_type)
    local result = sim:request("GET", job.response_url)
    assert.equal(503, result.status)
    assert.equal("runner_disconnected", result.json.error_type)
    assert.equal("runner_disconnected", result.headers["x-fal-error-type"])
  end)

  it("ends a job by script in whatever way it is told", function()
    sim:script({ match = { prompt = "odd", nth = 2 }, run_time = 1,
      status_error = true,
      outcome = { status = 504,
        body = { detail = "late", error_type = "request_timeout" },
        headers = { ["X-Fal-Request-Timeout-Type"] = "user" } } })
    local first = sim:submit(T2V, { prompt = "odd one" })
    local second = sim:submit(T2V, { prompt = "odd two" })
    sim:advance(12)
    assert.equal("IN_PROGRESS", status(first).json.status)
    assert.is_string(status(second).json.error)
    local result = sim:request("GET", second.response_url)
    assert.equal(504, result.status)
    assert.equal("user", result.headers["x-fal-request-timeout-type"])
    assert.equal("late", result.json.detail)
  end)

  it("gives up a job that did not start in the time its caller allowed", function()
    local job = sim:submit(T2V, { prompt = "x" },
      { headers = { "X-Fal-Request-Start-Timeout: 5" } })
    sim:advance(6)
    assert.equal("COMPLETED", status(job).json.status)
    local result = sim:request("GET", job.response_url)
    assert.equal(504, result.status)
    assert.equal("user", result.headers["x-fal-request-timeout-type"])
  end)

  it("notes what was accepted, and what it would have cost", function()
    sim:submit(T2V .. "/pro", { prompt = "x", duration = 8 })
    sim:submit(T2V, { prompt = "y", duration = 7 })
    sim:request("POST", "/queue/" .. T2V, { body = "{nonsense" })
    sim:advance(31)
    local ledger = sim:ledger()
    assert.equal(2, ledger.totals.accepted)
    assert.equal(1, ledger.totals.refused)
    assert.near(4.00, ledger.totals.cost, 1e-9)
    assert.same({ prompt = "x", duration = 8 }, ledger.jobs[1].input)
    assert.equal("spec", ledger.jobs[1].key)
    assert.equal(422, ledger.jobs[2].status)
    assert.equal(400, ledger.submits[3].status)
    assert.equal(3, ledger.routes.submit)
  end)
end)

describe("the simulator's front desk", function()
  it("refuses with the service's own words", function()
    local sim = support.start({ media = "none", key = "good:key",
      unknown = { "acme/gone" } })
    local function submit(id, opts)
      opts.body = opts.body or { prompt = "x" }
      local answer = sim:request("POST", "/queue/" .. id, opts)
      return answer.status, answer.json.detail
    end
    local code, detail = submit(T2V, { key = false })
    assert.equal(401, code)
    assert.matches('^Cannot access application "fal%-ai/sora%-2"', detail)
    code, detail = submit(T2V, { key = "bad:key" })
    assert.equal(401, code)
    assert.equal("invalid key credentials", detail)
    code, detail = submit(T2V, { key = "nocolon" })
    assert.equal(401, code)
    assert.matches("^Invalid Key Authorization header format", detail)
    code, detail = submit("acme/gone", { key = "good:key" })
    assert.equal(404, code)
    assert.equal('Application "gone" not found', detail)
    assert.equal(400, (submit(T2V, { key = "good:key", body = "{" })))
    assert.equal(400, (submit(T2V, { key = "good:key",
      headers = { "X-Fal-Request-Start-Timeout: soon" } })))
    assert.equal(0, sim:ledger().totals.accepted)
    assert.equal(6, sim:ledger().totals.refused)
    sim:stop()
  end)

  it("locks an account whose balance is spent, and still tells the status", function()
    local sim = support.start({ media = "none", balance = 0.5, run_time = 0,
      queue_time = 0 })
    local job = sim:submit(T2V, { prompt = "x" })
    sim:submit(T2V, { prompt = "x" })
    local answer = sim:request("POST", "/queue/" .. T2V, { body = { prompt = "x" } })
    assert.equal(403, answer.status)
    assert.matches("Exhausted balance", answer.json.detail)
    assert.equal(200, sim:request("GET", job.status_url).status)
    sim:stop()
  end)

  it("answers 429 when the queue is longer than the caller wants", function()
    local sim = frozen({ media = "none" })
    local path = "/queue/" .. T2V .. "?fal_max_queue_length=1"
    assert.equal(200, sim:request("POST", path, { body = { prompt = "x" } }).status)
    assert.equal(200, sim:request("POST", path, { body = { prompt = "x" } }).status)
    assert.equal(429, sim:request("POST", path, { body = { prompt = "x" } }).status)
    assert.equal(2, sim:ledger().totals.accepted)
    sim:stop()
  end)

  it("runs as many jobs at once as it may, the rest in order", function()
    local sim = frozen({ media = "none", concurrency = 2, queue_time = 0, run_time = 10 })
    local jobs = {}
    for i = 1, 5 do
      jobs[i] = sim:submit(T2V, { prompt = "x" })
    end
    local function states()
      local out = {}
      for i, job in ipairs(jobs) do
        local status = sim:request("GET", job.status_url).json
        out[i] = status.status == "IN_QUEUE" and ("Q%d"):format(status.queue_position)
          or status.status == "IN_PROGRESS" and "P" or "C"
      end
      return table.concat(out, " ")
    end
    assert.equal("P P Q0 Q1 Q2", states())
    sim:request("PUT", jobs[4].cancel_url)
    sim:advance(11)
    assert.equal("C C P C P", states())
    sim:advance(11)
    assert.equal("C C C C C", states())
    sim:stop()
  end)

  it("answers the same to the same seed", function()
    local function answers(seed)
      local sim = support.start({ media = "bundled", seed = seed, queue_time = 0,
        run_time = 0 })
      local job = sim:submit(T2V, { prompt = "x" })
      local result = sim:request("GET", job.response_url).json
      sim:stop()
      return job.request_id .. result.video_id .. result.video.url:match("/cdn.*")
    end
    assert.equal(answers(7), answers(7))
    assert.not_equal(answers(7), answers(8))
  end)
end)
