-- A client with a ledger against the simulator, on SQLite and on PostgreSQL.

local fal = require "fal"
local ledger = require "fal.ledger"
local start_sim = require("support.sim").start

local ENDPOINT = "acme/demo/make"

local sim

local function client_of(where, more)
  local opts = {
    credentials = os.getenv("FAL_KEY"), base_url = sim.url, quiet = true, ledger = where,
    poll = { initial = 0.01, factor = 1.2, max = 0.05, jitter = 0 },
    retry = { max_attempts = 3, base_delay = 0.02, max_delay = 0.05 },
  }
  for name, value in pairs(more or {}) do opts[name] = value end
  return assert(fal.client(opts))
end

local function by_state(book)
  local counts = {}
  for _, job in ipairs(assert(book:jobs())) do
    counts[job.state] = (counts[job.state] or 0) + 1
  end
  return counts
end

local busted = { describe = describe, it = it, setup = setup, teardown = teardown,
  pending = pending }

setup(function()
  sim = start_sim { media = "none", queue_time = 0, run_time = 0, price = 0.25 }
end)
teardown(function() sim:stop() end)

require("support.ledgers").each(busted, function(new)
  local where, client, book

  before_each(function()
    sim:clear_faults()
    sim:reset()
    where = new()
    client = client_of(where)
    book = assert(ledger.open(where))
  end)
  after_each(function()
    client:close()
    book:close()
  end)

  local function ask(opts)
    opts = opts or {}
    opts.input = opts.input or { prompt = "a cat", api_key = "very-secret" }
    return client:subscribe(ENDPOINT, opts)
  end

  it("gives signs of life while a long call is answered", function()
    local process = require "fal.ledger.process"
    local every, count = process.BEAT, 0
    process.BEAT = 0.02
    finally(function() process.BEAT = every end)
    assert(ask())
    local account = client.account
    function account.beat() count = count + 1 end
    sim:script { run_time = 0.5 }
    assert(client:run(ENDPOINT, { input = { prompt = "long" } }))
    assert.is_true(count > 0)
    assert.is_nil(client:timeout())
  end)

  local close = rawget(coroutine, "close")
  if close then
    it("gives none once the coroutine that waited for an answer was closed", function()
      local process = require "fal.ledger.process"
      local every = process.BEAT
      process.BEAT = 0.02
      finally(function() process.BEAT = every end)
      assert(ask())
      sim:fault { route = "run", action = "delay", seconds = 0.3 }
      local co
      local task = client:spawn(function()
        co = coroutine.running()
        client:run(ENDPOINT, { input = { prompt = "left" } })
      end)
      repeat client:step(0.001) until sim:ledger().totals.accepted == 2
      close(co)
      assert.is_nil((task:await()))
      client:sleep(0.1)
      assert.is_nil(client:timeout())
    end)
  end

  it("gives signs of life while a stream is silent", function()
    local process = require "fal.ledger.process"
    local every, count = process.BEAT, 0
    process.BEAT = 0.02
    finally(function() process.BEAT = every end)
    assert(ask())
    local journal = client.account.journal
    local beat = journal.beat
    function journal:beat(...)
      count = count + 1
      return beat(self, ...)
    end
    sim:script { run_time = 0.5 }
    local last
    for event in client:stream(ENDPOINT, { input = { prompt = "long" } }) do
      last = event
    end
    assert.is_table(last)
    assert.is_true(count > 1)
    assert.is_nil(client:timeout())
    assert.are.equal(2, by_state(book).fetched)
  end)

  it("records a job's whole story", function()
    local output, job = ask { name = "base", max_price = 0.5 }
    assert.is_table(output)
    local row = assert(book:jobs())[1]
    assert.are.equal("fetched", row.state)
    assert.are.equal("base", row.name)
    assert.are.same({ prompt = "a cat" }, row.input)
    assert.are.equal(job.request_id, row.request_id)
    assert.are.same(output, row.result)
    assert.are.equal(0.5, row.reserved)
    assert.is_number(row.billed_units)
    assert.is_true(row.sent_at <= row.accepted_at and row.accepted_at <= row.ended_at)
  end)

  it("has the intent before the request leaves, and the id before the first poll",
    function()
      local at = {}
      local watched = client_of(where, { logger = function(_, event)
        if event == "submit.sent" or event == "submit.accepted" then
          at[event] = assert(book:jobs())[1]
        end
      end })
      assert(watched:subscribe(ENDPOINT, { input = { prompt = "order" } }))
      watched:close()
      assert.are.equal("sent", at["submit.sent"].state)
      assert.are.equal("accepted", at["submit.accepted"].state)
      assert.is_string(at["submit.accepted"].request_id)
    end)

  it("pays for named work once, also in another process", function()
    local first = ask { name = "base" }
    local second, job = ask { name = "base" }
    assert.are.same(first, second)
    assert.is_string(job.request_id)
    client:close()
    client = client_of(where)
    assert.are.same(first, (ask { name = "base" }))
    assert.are.equal(1, sim:ledger().totals.accepted)
    assert(ask { name = "base", again = true })
    assert(ask { name = "other" })
    assert(ask { name = "base", input = { prompt = "a dog" } })
    assert.are.equal(4, sim:ledger().totals.accepted)
  end)

  it("does not take a page in the result's place for the end of named work", function()
    sim:fault { route = "result", action = "answer", status = 404, times = 3,
      headers = { ["Content-Type"] = "text/html" }, body = "<html>nginx</html>" }
    local _, err = ask { name = "shot" }
    assert.are.same({ "protocol", "yes" }, { err.kind, err.sent })
    assert.is_table(ask { name = "shot" })
    assert.are.equal(1, sim:ledger().totals.accepted)
    assert.are.same({ fetched = 1 }, by_state(book))
  end)

  it("leaves a row to the request that a person named while another was followed",
    function()
      sim:script { run_time = 0.4 }
      local wrong = assert(client.queue:submit(ENDPOINT, { name = "wrong",
        input = { prompt = "a dog" } }))
      local row = assert(book:jobs())[1]
      assert(book:db():run("UPDATE fal_jobs SET request_id = 'right' WHERE id = ?",
        row.id))
      assert.is_table(wrong:wait())
      row = assert(book:jobs())[1]
      assert.are.same({ "accepted", "right", nil }, { row.state, row.request_id,
        row.result })
    end)

  it("waits for no job whose result is stored", function()
    local first, job = ask { name = "base" }
    for _, route in ipairs { "status", "result" } do
      sim:fault { route = route, action = "answer", status = 404,
        body = '{"detail":"gone"}' }
    end
    assert.are.same(first, (client:job(ENDPOINT, job.request_id):wait()))
  end)

  it("keeps a stored result although somebody asks for it when it has expired", function()
    local first, job = ask { name = "base" }
    for _, status in ipairs { 503, 404 } do
      sim:clear_faults()
      sim:fault { route = "result", action = "answer", status = status,
        body = '{"detail":"gone"}' }
      local other = client_of(where, { retry = { max_attempts = 1 } })
      local again = other:job(ENDPOINT, job.request_id)
      assert.are.same(first, (again:result()))
      assert.are.same(first, (other:job(ENDPOINT, job.request_id):wait()))
      other:close()
    end
    assert.are.equal("fetched", assert(book:jobs())[1].state)
    client:close()
    client = client_of(where)
    assert.are.same(first, (ask { name = "base" }))
    assert.are.equal(1, sim:ledger().totals.accepted)
  end)

  it("pays for named work once when many ask at once", function()
    local outputs = client:map({ 1, 2, 3, 4, 5, 6, 7, 8 }, function()
      return (ask { name = "one" })
    end)
    for i = 2, 8 do assert.are.same(outputs[1], outputs[i]) end
    assert.are.equal(1, sim:ledger().totals.accepted)
  end)

  it("pays for work without a name each time it is asked for", function()
    assert(ask())
    assert(ask())
    assert.are.equal(2, sim:ledger().totals.accepted)
  end)

  it("takes up the running job of work without a name that was left behind", function()
    local job = assert(client.queue:submit(ENDPOINT, { input = { prompt = "left" } }))
    client:close()
    client = client_of(where)
    local _, taken = assert(client:subscribe(ENDPOINT, { input = { prompt = "left" } }))
    assert.are.equal(job.request_id, taken.request_id)
    assert(client:subscribe(ENDPOINT, { input = { prompt = "left" } }))
    assert.are.equal(2, sim:ledger().totals.accepted)
    assert.are.same({ fetched = 2 }, by_state(book))
  end)

  it("frees the money of what was refused", function()
    sim:fault { route = "submit", action = "answer", status = 403, times = 1,
      body = { detail = "User is locked" } }
    local _, err = ask { max_price = 1 }
    assert.are.equal("forbidden", err.kind)
    local row = book:jobs()[1]
    assert.are.same({ "refused", "forbidden" }, { row.state, row.error_kind })
    assert.are.same({ 0, 0 }, { book:spent() })
  end)

  it("sends again what was certainly not accepted, under the same row", function()
    sim:fault { route = "submit", action = "answer", status = 429, times = 2,
      body = { detail = "slow down" } }
    assert(ask())
    assert.are.same({ fetched = 1 }, by_state(book))
    assert.are.equal(1, sim:ledger().totals.accepted)
  end)

  it("frees the money of what a closing client would have sent again", function()
    sim:fault { route = "submit", action = "answer", status = 429,
      body = { detail = "slow down" } }
    local patient = client_of(where, { budget = 1,
      retry = { max_attempts = 5, base_delay = 30 } })
    local task = patient:spawn(function()
      return patient:subscribe(ENDPOINT, { input = { prompt = "a cat" }, max_price = 1 })
    end)
    while not by_state(book).intent do patient:sleep(0.01) end
    patient:close()
    local _, err = task:await()
    assert.are.same({ "closed", "no" }, { err.kind, err.sent })
    assert.are.same({ refused = 1 }, by_state(book))
    assert.are.same({ 0, 0 }, { book:spent() })
  end)

  it("records failures of the model", function()
    local _, err = ask { input = { prompt = "sim:content_policy" } }
    assert.are.equal("content_policy", err.kind)
    local row = book:jobs()[1]
    assert.are.same({ "failed", "content_policy" }, { row.state, row.error_kind })
  end)

  it("records what was canceled in the queue, and frees its money", function()
    sim:script { match = { times = 1 }, queue_time = 60 }
    local job = assert(client.queue:submit(ENDPOINT, { input = { prompt = "x" },
      max_price = 1 }))
    assert.are.equal("CANCELLATION_REQUESTED", job:cancel())
    assert.are.same({ canceled = 1 }, by_state(book))
    assert.are.same({ 0, 0 }, { book:spent() })
  end)

  it("counts a job that runs on although its cancel was answered with OK", function()
    sim:script { match = { times = 1 }, run_time = 3600 }
    sim:fault { route = "cancel", action = "answer", status = 200, times = 1,
      body = { status = "OK" } }
    local job = assert(client.queue:submit(ENDPOINT, { input = { prompt = "x" },
      max_price = 1 }))
    assert.are.equal("CANCELLATION_REQUESTED", job:cancel())
    assert.are.same({ 0, 1 }, { book:spent() })
    sim:advance(3601)
    assert.is_table(job:wait())
    assert.are.same({ fetched = 1 }, by_state(book))
    assert.are.same({ 1, 0 }, { book:spent() })
  end)

  it("frees the money of a canceled job that the service does not know any more",
    function()
      sim:script { match = { times = 1 }, queue_time = 60 }
      sim:fault { route = "result", action = "answer", status = 404,
        body = { detail = "Request not found" } }
      local job = assert(client.queue:submit(ENDPOINT, { input = { prompt = "x" },
        max_price = 1 }))
      assert.are.equal("CANCELLATION_REQUESTED", job:cancel())
      assert.are.same({ canceled = 1 }, by_state(book))
      assert.are.same({ 0, 0 }, { book:spent() })
    end)

  it("records what a canceled task left on its way", function()
    local function abandon(fault, state)
      sim:fault(fault)
      local before = #sim:requests()
      local t = client:spawn(function() return ask() end)
      while #sim:requests() == before do client:sleep(0.01) end
      t:cancel()
      local _, err = t:await()
      assert.are.equal("canceled", err.kind)
      while not by_state(book)[state] do client:sleep(0.01) end
    end
    abandon({ route = "submit", action = "delay", seconds = 1, times = 1 }, "accepted")
    assert.is_string(book:jobs()[1].request_id)
    abandon({ route = "submit", action = "stall", accept = false, seconds = 1,
      times = 1 }, "unknown")
    assert.are.same({ accepted = 1, unknown = 1 }, by_state(book))
  end)

  it("knows of a client that was dropped without being closed", function()
    sim:fault { route = "submit", action = "stall", accept = false, seconds = 5,
      times = 1 }
    local function drop()
      local gone = client_of(where)
      gone:spawn(function()
        return gone:subscribe(ENDPOINT, { input = { prompt = "x" }, name = "dropped" })
      end)
      -- Recorded as sent before it is; what the service has read, did leave.
      while #sim:requests() == 0 do gone:sleep(0.01) end
    end
    drop()
    collectgarbage()
    collectgarbage()
    assert.are.same({ unknown = 1 }, by_state(book))
    assert.are.same({}, require("fal.ledger.store").writers(book:db()))
    local _, err = client:subscribe(ENDPOINT, { input = { prompt = "x" },
      name = "dropped", timeout = 20 })
    assert.are.equal("unknown_submit", err.kind)
  end)

  it("names the row when looking for a lost request is ended", function()
    sim:fault { route = "submit", action = "drop", at = "acted", times = 1 }
    sim:fault { route = "history", action = "delay", seconds = 5 }
    local t = client:spawn(function() return ask() end)
    while not by_state(book).unknown do client:sleep(0.01) end
    client:sleep(0.1)
    t:cancel()
    local _, err = t:await()
    assert.are.same({ "canceled", "unknown", false },
      { err.kind, err.sent, err.retryable == true })
    assert.truthy(tostring(err):find(book:jobs()[1].id, 1, true))
  end)

  it("notes a file whose name is no UTF-8", function()
    local _, job = ask()
    client.account:remember(book:jobs()[1].id, { url = "https://x/y" })
    client.account:saved("https://x/y", "caf\233.mp4", 3)
    client:close()
    assert.is_string(job.request_id)
    assert.are.equal("caf?.mp4", book:files(book:jobs()[1].id)[1].path)
  end)

  it("records calls of the synchronous host", function()
    local output = assert(client:run(ENDPOINT, { input = { prompt = "sync" } }))
    local row = book:jobs()[1]
    assert.are.equal("fetched", row.state)
    assert.are.same(output, row.result)
  end)

  describe("when the answer is lost", function()
    before_each(function()
      sim:fault { route = "submit", action = "drop", at = "acted", times = 1 }
    end)

    it("finds the job in the history, and goes on", function()
      local output, job = ask()
      assert.is_table(output)
      local jobs = sim:ledger().jobs
      assert.are.equal(1, #jobs)
      assert.are.equal(jobs[1].request_id, job.request_id)
      assert.are.same({ fetched = 1 }, by_state(book))
    end)

    it("finds each of several equal ones once", function()
      sim:fault { route = "submit", action = "drop", at = "acted" }
      local results, errors = client:map({ 1, 2, 3, 4, 5 }, function() return (ask()) end)
      local ids = {}
      for i = 1, 5 do assert.is_table(results[i], tostring(errors[i])) end
      for _, row in ipairs(book:jobs()) do
        assert.is_nil(ids[row.request_id])
        ids[row.request_id] = true
      end
      assert.are.equal(5, sim:ledger().totals.accepted)
      assert.are.same({ fetched = 5 }, by_state(book))
    end)

    it("stays unknown while the history does not know it, and is not sent", function()
      sim:settings { history_lag = 3600 }
      local output, err = ask { name = "base" }
      assert.is_nil(output)
      assert.are.equal("unknown_submit", err.kind)
      local row = book:jobs()[1]
      assert.are.equal("unknown", row.state)
      assert.truthy(row.looked_at:find("none of them this one", 1, true))
      assert.truthy(tostring(err):find("settle", 1, true))
      output, err = ask { name = "base" }
      assert.is_nil(output)
      assert.are.equal("unknown_submit", err.kind)
      assert.are.equal(1, sim:ledger().totals.accepted)

      assert(book:settle(row.id, sim:ledger().jobs[1].request_id))
      assert.is_table(ask { name = "base" })
      assert.are.equal(1, sim:ledger().totals.accepted)
      sim:settings { history_lag = 0 }
    end)

    it("is not done again without a name either, unless told so", function()
      sim:settings { history_lag = 3600 }
      assert.is_nil((ask()))
      local _, err = ask()
      assert.are.equal("unknown_submit", err.kind)
      assert.are.equal(1, sim:ledger().totals.accepted)
      assert.is_table(ask { again = true })
      assert.are.equal(2, sim:ledger().totals.accepted)
      sim:settings { history_lag = 0 }
    end)

    it("is settled later by reconcile", function()
      sim:settings { history_lag = 3600 }
      assert.is_nil((ask { name = "base" }))
      sim:settings { history_lag = 0 }
      local report = assert(client:reconcile())
      assert.are.equal(1, #report.found)
      assert.are.equal("accepted", report.found[1].state)
      assert.are.same({ accepted = 1 }, by_state(book))
      assert.is_table(ask { name = "base" })
      assert.are.equal(1, sim:ledger().totals.accepted)
    end)
  end)

  describe("when a request was lost before the service had it", function()
    local function lose()
      sim:fault { route = "submit", action = "drop", at = "body", times = 1 }
    end

    it("waits for a person", function()
      lose()
      local _, err = ask { name = "base" }
      assert.are.equal("unknown_submit", err.kind)
      assert.are.equal(0, sim:ledger().totals.accepted)
      assert(book:settle(book:jobs()[1], "not_accepted"))
      assert.is_table(ask { name = "base" })
      assert.are.equal(1, sim:ledger().totals.accepted)
    end)

    it("is sent again under the policy, once the history is current", function()
      client:close()
      client = client_of(where, { ledger_policy = { assume_not_accepted_after = 1 } })
      lose()
      local one = client:spawn(function() return ask { name = "base" } end)
      client:sleep(6)
      assert.is_false(one:is_done() and one:await() ~= nil)
      local other = client_of(nil)
      assert(other:subscribe(ENDPOINT, { input = { prompt = "later" } }))
      other:close()
      local output = one:await() or ask { name = "base" }
      assert.is_table(output)
      local prompts = {}
      for _, job in ipairs(sim:ledger().jobs) do
        prompts[job.input.prompt] = (prompts[job.input.prompt] or 0) + 1
      end
      assert.are.same({ ["a cat"] = 1, later = 1 }, prompts)
    end)
  end)
end)

describe("a program with a ledger", function()
  local script = require "support.script"

  it("may end without closing its client", function()
    local dir = script.directory()
    local file = assert(io.open(dir .. "/forget.lua", "w"))
    file:write([[
      local fal = require "fal"
      local client = fal.assert(fal.client { ledger = "ledger.db", credentials = "a:b" })
      fal.assert(client:subscribe("acme/demo/make", { input = { prompt = "x" } }))
    ]])
    file:close()
    local output, code = script.run(dir .. "/forget.lua",
      { dir = dir, base_url = sim.url })
    script.remove(dir)
    assert.equal("", output)
    assert.equal(0, code)
  end)
end)
