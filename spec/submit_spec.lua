-- What a paid submit leaves behind when its caller goes away, or something odd answers.

local fal = require "fal"
local now = require("fal.core").now
local start_sim = require("support.sim").start

local ENDPOINT = "acme/demo/make"

describe("fal.submit", function()
  local sim, client

  setup(function() sim = start_sim { media = "none", queue_time = 0, run_time = 30 } end)
  teardown(function() sim:stop() end)
  before_each(function()
    sim:clear_faults()
    sim:reset()
  end)
  after_each(function() if client then client:close() end end)

  local function open(options)
    local all = {
      credentials = os.getenv("FAL_KEY") or "id:secret", base_url = sim.url, quiet = true,
      retry = { max_attempts = 4, base_delay = 0.01, max_delay = 0.05 },
    }
    for name, value in pairs(options or {}) do all[name] = value end
    client = assert(fal.client(all))
    return client
  end

  -- A task that submits, once the simulator has its request.
  local function once_sent(options, fn)
    open(options)
    local task = client:spawn(fn)
    while #sim:requests() == 0 do client:sleep(0.01) end
    return task
  end

  -- Runs the loop until the simulator has canceled its only job.
  local function canceled_there()
    local deadline = now() + 20
    while now() < deadline do
      client:sleep(0.05)
      local jobs = sim:ledger().jobs
      if jobs[1] and jobs[1].canceled then return true, #jobs end
    end
    return false
  end

  it("sends nothing again after a 429 that is not fal.ai's own word", function()
    for _, body in ipairs { "<html>slow down</html>", '{"request_id":"abc-1"}' } do
      sim:reset()
      sim:clear_faults()
      sim:fault { route = "submit", action = "answer", status = 429, accept = true,
        body = body }
      local job, err = open().queue:submit(ENDPOINT, { input = { prompt = "x" } })
      assert.is_nil(job)
      assert.are.equal("unknown_submit", err.kind)
      assert.are.equal(1, sim:ledger().totals.accepted)
      client:close()
    end
  end)

  it("returns soon after its deadline, and cancels what is accepted later", function()
    sim:fault { route = "submit", action = "delay", seconds = 4, accept = true }
    local began = now()
    local output, err = open():subscribe(ENDPOINT,
      { input = { prompt = "x" }, timeout = 0.6 })
    assert.is_nil(output)
    assert.are.same({ "timeout", "unknown" }, { err.kind, err.sent })
    assert.matches("the job is canceled there", err.message)
    assert.is_true(now() - began < 3.5)
    assert.is_true(canceled_there())
  end)

  it("cancels at the service when the answer comes right behind the deadline", function()
    sim:fault { route = "submit", action = "delay", seconds = 1, accept = true }
    local _, err = open():subscribe(ENDPOINT, { input = { prompt = "x" }, timeout = 0.6 })
    assert.are.equal("timeout", err.kind)
    assert.is_string(err.request_id)
    assert.is_true(canceled_there())
  end)

  it("keeps its slot until what was left behind is known", function()
    sim:fault { route = "submit", action = "delay", seconds = 2, accept = true }
    local task = once_sent({ max_in_flight = 1 }, function()
      return client:subscribe(ENDPOINT, { input = { prompt = "left" } })
    end)
    task:cancel()
    local _, err = task:await()
    assert.are.equal("canceled", err.kind)
    sim:clear_faults()
    local began = now()
    local job = assert(client.queue:submit(ENDPOINT, { input = { prompt = "next" } }))
    assert.is_true(now() - began > 0.4)
    assert.is_true(canceled_there())
    job:cancel()
  end)

  it("closes the connection of a synchronous call whose task is canceled", function()
    sim:fault { route = "run", action = "stall", seconds = 30 }
    local task = once_sent({}, function()
      return client:run(ENDPOINT, { input = { prompt = "x" } })
    end)
    task:cancel()
    local _, err = task:await()
    assert.are.same({ "canceled", "unknown" }, { err.kind, err.sent })
    assert.matches("its connection was closed", err.message)
    assert.are.equal(0, client:step(0.1))
  end)

  it("asks for deletion at once as the service takes it, keeps every digit", function()
    open()
    assert(client.queue:submit(ENDPOINT, { input = { prompt = "x" },
      start_timeout = 123.456789, storage = { expires_in = 0 } }))
    local sent, requests = {}, sim:requests()
    for _, line in ipairs(requests[#requests].headers) do
      sent[line[1]:lower()] = line[2]
    end
    assert.are.equal('{"expiration_duration_seconds":60}',
      sent["x-fal-object-lifecycle-preference"])
    assert.are.equal("123.456789", sent["x-fal-request-start-timeout"])
  end)

  it("tells no caller to repeat a call whose job is accepted and was lost sight of",
    function()
      sim:fault { route = "status", action = "answer", status = 503, body = "{}" }
      open { poll = { initial = 0.01, max = 0.05 } }
      local output, err = client:subscribe(ENDPOINT, { input = { prompt = "x" } })
      assert.is_nil(output)
      assert.are.same({ "server", "yes", false }, { err.kind, err.sent, err.retryable })
      assert.is_string(err.request_id)
      assert.matches("take it up again", tostring(err))
    end)

  it("refuses a start timeout that the service would refuse", function()
    open()
    assert.error_matches(function()
      client.queue:submit(ENDPOINT, { input = { prompt = "x" }, start_timeout = 0.1 })
    end, "greater than 0.1")
  end)

  it("refuses a webhook that is no address, before anything is paid", function()
    open()
    assert.error_matches(function()
      client.queue:submit(ENDPOINT, { input = { prompt = "x" }, webhook_url = "notaurl" })
    end, "webhook_url")
    assert.are.equal(0, sim:ledger().totals.accepted)
  end)

  it("refuses more headers than a request can have, and keeps no slot for it", function()
    local headers = {}
    for i = 1, 60 do headers["X-H" .. i] = "1" end
    open { max_in_flight = 1 }
    assert.error_matches(function()
      client.queue:submit(ENDPOINT, { input = { prompt = "x" }, headers = headers })
    end, "more than 40")
    local job = assert(client.queue:submit(ENDPOINT, { input = { prompt = "x" } }))
    job:cancel()
  end)

  it("sends nothing once the logger has canceled the task", function()
    local task
    open { logger = function(_, event)
      if event == "submit.sent" then task:cancel() end
    end }
    task = client:spawn(function()
      client:sleep(0)
      return client.queue:submit(ENDPOINT, { input = { prompt = "x" } })
    end)
    local job, err = task:await()
    assert.is_nil(job)
    assert.are.same({ "canceled", "no" }, { err.kind, err.sent })
    client:loop()
    assert.are.equal(0, #sim:requests())
  end)

  it("loses nothing to a logger that waits", function()
    local own
    own = open { logger = function(_, event)
      if event == "submit.sent" then own:sleep(0.1) end
    end }
    local task = own:spawn(function()
      return own.queue:submit(ENDPOINT, { input = { prompt = "x" } })
    end)
    local job = assert(task:await())
    assert.is_string(job.request_id)
    assert.are.equal(1, sim:ledger().totals.accepted)
  end)
end)
