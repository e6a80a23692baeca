-- A paid submit leaves this process at most once. The simulator counts what it accepts,
-- and loses the answer of every submit after accepting it: whatever libcurl would like to
-- repeat shows as a second acceptance.

local fal = require "fal"
local core = require "fal.core"
local nginx = require "support.nginx"
local start_sim = require("support.sim").start

local ENDPOINT = "acme/demo/make"
local JOBS = 40

local function options(base, ca_file, http_version)
  return {
    credentials = os.getenv("FAL_KEY") or "id:secret", base_url = base, quiet = true,
    ca_file = ca_file, http_version = http_version,
    retry = { max_attempts = 3, base_delay = 0.01, max_delay = 0.05 },
  }
end

-- JOBS submits whose answers are all lost; before each a harmless request when the
-- connection is to be a reused one.
local function submit_all(client, reused)
  local kinds = {}
  for i = 1, JOBS do
    if reused then client.queue:status(ENDPOINT, { request_id = "none" }) end
    local job, err = client.queue:submit(ENDPOINT, { input = { prompt = "no " .. i } })
    assert.is_nil(job)
    local kind = err.kind .. " " .. tostring(err.sent)
    kinds[kind] = (kinds[kind] or 0) + 1
  end
  return kinds
end

local function accepted_once_each(sim)
  local ledger, seen = sim:ledger(), {}
  for _, job in ipairs(ledger.jobs) do
    local prompt = job.input.prompt
    assert.is_nil(seen[prompt], "accepted twice: " .. prompt)
    seen[prompt] = true
  end
  return ledger.totals.accepted
end

describe("a submit whose answer is lost", function()
  local sim

  setup(function() sim = start_sim { media = "none", queue_time = 0, run_time = 0 } end)
  teardown(function() sim:stop() end)
  before_each(function()
    sim:clear_faults()
    sim:reset()
    sim:fault { route = "submit", action = "drop", at = "acted" }
  end)

  it("was accepted once, on fresh connections", function()
    local client = fal.client(options(sim.url))
    assert.are.same({ ["unknown_submit unknown"] = JOBS }, submit_all(client, false))
    client:close()
    assert.are.equal(JOBS, accepted_once_each(sim))
  end)

  it("was accepted once, on reused connections", function()
    local client = fal.client(options(sim.url))
    assert.are.same({ ["unknown_submit unknown"] = JOBS }, submit_all(client, true))
    client:close()
    assert.are.equal(JOBS, accepted_once_each(sim))
  end)

  it("was accepted once when forty are on their way together", function()
    local client = fal.client(options(sim.url))
    local items = {}
    for i = 1, JOBS do items[i] = "no " .. i end
    local results, errors = client:map(items, function(prompt)
      return client.queue:submit(ENDPOINT, { input = { prompt = prompt } })
    end, { concurrency = JOBS })
    for i = 1, JOBS do
      assert.is_nil(results[i])
      assert.are.equal("unknown_submit", errors[i].kind)
    end
    client:close()
    assert.are.equal(JOBS, accepted_once_each(sim))
  end)

  -- libcurl counts over a handle's life how often it did so, and gives up at the sixth.
  it("does not keep libcurl from asking again what may be asked twice", function()
    sim:clear_faults()
    sim:fault { route = "status", action = "drop", at = "acted", every = 2 }
    local engine = assert(core.new {
      queue_url = sim.url .. "/queue", run_url = sim.url .. "/run",
      rest_url = sim.url .. "/rest", api_url = sim.url .. "/api",
    })
    assert(engine:set_key(os.getenv("FAL_KEY") or "id:secret"))
    local answers = {}
    for i = 1, 14 do
      assert(engine:status("acme/demo", "none", false))
      local id, kind
      repeat
        engine:step(5)
        id, kind = engine:next()
      until id
      answers[i] = kind
    end
    engine:close()
    assert.are.equal(("response "):rep(14), table.concat(answers, " ") .. " ")
  end)

  -- The door that the above shows closed is really there: without `once`, libcurl sends a
  -- POST again whose reused connection died, and nobody is told.
  it("would have been accepted twice by libcurl alone", function()
    local engine = assert(core.new {
      queue_url = sim.url .. "/queue", run_url = sim.url .. "/run",
      rest_url = sim.url .. "/rest", api_url = sim.url .. "/api",
    })
    assert(engine:set_key(os.getenv("FAL_KEY") or "id:secret"))
    sim:clear_faults()
    local function wait()
      while true do
        local got = { engine:next() }
        if got[1] then return got end
        assert(engine:step(5) > 0)
      end
    end
    engine:status("acme/demo", "none", false)
    assert.are.equal(404, wait()[3])
    sim:fault { route = "submit", action = "drop", at = "acted", times = 1 }
    engine:request {
      method = "POST", url = sim.url .. "/queue/" .. ENDPOINT, auth = true,
      body = '{"prompt":"twice"}', headers = { "Content-Type: application/json" },
    }
    local got = wait()
    engine:close()
    assert.are.same({ "response", 200 }, { got[2], got[3] })
    assert.are.equal(2, sim:ledger().totals.accepted)
  end)

  for _, http2 in ipairs { false, true } do
    local name = http2 and "HTTP/2" or "HTTP/1.1"
    local version = http2 and "auto" or "1.1"

    describe("through a TLS edge that speaks " .. name, function()
      local edge

      setup(function()
        if nginx.available() then edge = nginx.start(sim.port, { http2 = http2 }) end
      end)
      teardown(function() if edge then edge:stop() end end)

      -- nginx answers 502 in place of the lost answer: it knows nothing either.
      it("was accepted once", function()
        if not edge then return pending("nginx or openssl is not installed") end
        local client = fal.client(options(edge.url, edge.ca_file, version))
        local kinds = submit_all(client, true)
        client:close()
        assert.are.same({ ["unknown_submit unknown"] = JOBS }, kinds)
        assert.are.equal(JOBS, accepted_once_each(sim))
      end)

      -- The edge itself goes away under connections that are in use.
      it("was accepted once when the edge drops its connections", function()
        if not edge then return pending("nginx or openssl is not installed") end
        sim:clear_faults()
        sim:fault { route = "submit", action = "stall", seconds = 30, accept = true }
        local other = nginx.start(sim.port, { http2 = http2 })
        local client = fal.client(options(other.url, other.ca_file, version))
        client.queue:status(ENDPOINT, { request_id = "none" })
        local killer = client:spawn(function()
          -- Each is accepted, and waits for an answer that never comes.
          for _ = 1, 200 do
            client:sleep(0.05)
            if sim:ledger().totals.accepted == 4 then break end
          end
          other:stop()
        end)
        local _, errors = client:map({ "a", "b", "c", "d" }, function(prompt)
          return client.queue:submit(ENDPOINT, { input = { prompt = prompt } })
        end)
        killer:await()
        client:close()
        for i = 1, 4 do assert.are.equal("unknown_submit", errors[i].kind) end
        assert.are.equal(4, accepted_once_each(sim))
      end)
    end)
  end
end)
