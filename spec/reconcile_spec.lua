-- client:reconcile against the simulator: what is left alone, what is found, what waits.

local fal = require "fal"
local ledger = require "fal.ledger"
local process = require "fal.ledger.process"
local store = require "fal.ledger.store"
local start_sim = require("support.sim").start

local ENDPOINT = "acme/demo/make"

local sim

local busted = { describe = describe, it = it, setup = setup, teardown = teardown,
  pending = pending }

setup(function() sim = start_sim { media = "bundled", queue_time = 0, run_time = 0 } end)
teardown(function() sim:stop() end)

local function client_of(where, more)
  local opts = {
    credentials = os.getenv("FAL_KEY"), base_url = sim.url, quiet = true, ledger = where,
    poll = { initial = 0.01, factor = 1.2, max = 0.05, jitter = 0 },
    retry = { max_attempts = 3, base_delay = 0.02, max_delay = 0.05 },
  }
  for name, value in pairs(more or {}) do opts[name] = value end
  return assert(fal.client(opts))
end

require("support.ledgers").each(busted, function(new)
  local where, client, book

  before_each(function()
    sim:clear_faults()
    sim:reset()
    sim:settings { history_lag = 0 }
    where = new()
    client = client_of(where)
    book = assert(ledger.open(where))
  end)
  after_each(function()
    client:close()
    book:close()
  end)

  -- A row that a process left which is no more.
  local function left(fields)
    local row = {
      id = process.token(), endpoint_id = ENDPOINT, input = '{"prompt":"left"}',
      input_hash = require("fal.ledger.input").hash('{"prompt":"left"}'),
      state = "sent", writer = "gone", created_at = ledger.now(),
      updated_at = ledger.now(), sent_at = ledger.now(), reserved = 1000000,
      cost = 1000000,
    }
    for name, value in pairs(fields or {}) do row[name] = value end
    assert(store.insert(book:db(), row))
    return row.id
  end

  local function lose(at)
    sim:fault { route = "submit", action = "drop", at = at, times = 1 }
    local other = client_of(nil)
    other.queue:submit(ENDPOINT, { input = { prompt = "left" } })
    other:close()
  end

  it("finds what a dead process left, and its job is taken up", function()
    local id = left { name = "work" }
    lose("acted")
    local report = assert(client:reconcile())
    assert.are.same({ id, 1 }, { report.found[1].id, #report.found })
    local output, job = client:subscribe(ENDPOINT, { name = "work",
      input = { prompt = "left" } })
    assert.is_table(output)
    assert.are.equal(sim:ledger().jobs[1].request_id, job.request_id)
    assert.are.equal(1, sim:ledger().totals.accepted)
  end)

  it("gives one request to one row only", function()
    left()
    left()
    lose("acted")
    local report = assert(client:reconcile())
    assert.are.same({ 1, 1 }, { #report.found, #report.unknown })
    report = assert(client:reconcile())
    assert.are.same({ 0, 1 }, { #report.found, #report.unknown })
  end)

  it("frees what certainly never left", function()
    local id = left { state = "intent" }
    local report = assert(client:reconcile())
    assert.are.equal(id, report.unsent[1].id)
    assert.are.equal("refused", book:jobs()[1].state)
    assert.are.same({ 0, 0 }, { book:spent() })
  end)

  it("leaves alone what is too old to be a request of now", function()
    left { sent_at = ledger.now() - 3600000, answered_at = ledger.now() - 3500000,
      state = "unknown" }
    lose("acted")
    assert.are.equal(1, #assert(client:reconcile()).unknown)
  end)

  it("leaves alone what a living process is sending", function()
    sim:fault { route = "submit", action = "delay", seconds = 1, times = 1 }
    local a = client_of(where)
    local submitting = a:spawn(function()
      return a:subscribe(ENDPOINT, { name = "work", input = { prompt = "left" } })
    end)
    while not book:jobs()[1] do a:sleep(0.01) end
    local report = assert(client:reconcile())
    for _, rows in pairs(report) do assert.are.equal(0, #rows) end
    -- A dead process's row with the same input must not get the living one's request.
    left()
    report = assert(client:reconcile())
    assert.are.same({ 1, 0 }, { #report.waiting, #report.found })
    assert.is_table(submitting:await())
    a:close()
  end)

  it("waits for another process that is submitting the same work", function()
    sim:fault { route = "submit", action = "delay", seconds = 0.5, times = 1 }
    local a = client_of(where)
    local submitting = a:spawn(function()
      return a:subscribe(ENDPOINT, { name = "work", input = { prompt = "x" } })
    end)
    while not book:jobs()[1] do a:sleep(0.01) end
    local asking = client:spawn(function()
      return client:subscribe(ENDPOINT, { name = "work", input = { prompt = "x" } })
    end)
    repeat
      a:step(0.01)
      client:step(0.01)
    until submitting:is_done() and asking:is_done()
    assert.are.same((submitting:await()), (asking:await()))
    assert.are.equal(1, sim:ledger().totals.accepted)
    a:close()
  end)

  -- Takes the sign of life away, as a long sleep of its machine would.
  local function take_for_dead()
    assert(book:db():run("UPDATE fal_writers SET place = 'elsewhere', seen_at = 1"))
  end

  it("sends nothing more under a row that was given back meanwhile", function()
    sim:fault { route = "submit", action = "answer", status = 429, times = 1,
      body = { detail = "slow down" } }
    local a = client_of(where, { retry = { max_attempts = 3, base_delay = 0.5,
      max_delay = 0.5 } })
    local submitting = a:spawn(function()
      return a:subscribe(ENDPOINT, { input = { prompt = "left" }, max_price = 1 })
    end)
    while (book:jobs()[1] or {}).state ~= "intent" do a:sleep(0.01) end
    take_for_dead()
    assert.are.equal(1, #assert(client:reconcile()).unsent)
    local output, err = submitting:await()
    a:close()
    assert.is_nil(output)
    assert.are.same({ "file", "no" }, { err.kind, err.sent })
    assert.are.equal(0, sim:ledger().totals.accepted)
    assert.are.equal("refused", book:jobs()[1].state)
  end)

  it("lets an acceptance restore a row, and its money, that was given up", function()
    sim:fault { route = "submit", action = "delay", seconds = 0.5, times = 1 }
    local a = client_of(where)
    local submitting = a:spawn(function()
      local job = assert(a.queue:submit(ENDPOINT, { input = { prompt = "left" },
        max_price = 1 }))
      return job.request_id
    end)
    while not book:jobs()[1] do a:sleep(0.01) end
    take_for_dead()
    assert(book:settle(book:jobs()[1], "not_accepted"))
    assert.are.same({ 0, 0 }, { book:spent() })
    local request_id = assert(submitting:await())
    assert.are.same({ "accepted", request_id }, { book:jobs()[1].state,
      book:jobs()[1].request_id })
    assert.are.same({ 0, 1 }, { book:spent() })
    a:close()
  end)

  it("looks at every endpoint, and reports each whose history cannot be read", function()
    local now = ledger.now()   -- once: whole seconds, of which the next may begin
    left { endpoint_id = "acme/broken/make", created_at = now - 1000 }
    left { endpoint_id = "acme/broken/draw", created_at = now - 2000 }
    local id = left()
    lose("acted")
    sim:fault { route = "history", action = "answer", status = 403, times = 3,
      body = { error = { type = "authorization_error", message = "no such scope" } } }
    local report, err, partial = client:reconcile()
    assert.is_nil(report)
    assert.are.equal("forbidden", err.kind)
    assert.truthy(err.message:find("of 2 endpoints", 1, true))
    assert.are.same({ id }, { partial.found[1].id })
    assert.are.same({ "acme/broken/draw", "acme/broken/make" },
      { partial.failed[1].endpoint_id, partial.failed[2].endpoint_id })
  end)

  it("says why when the history cannot be read", function()
    left()
    sim:fault { route = "history", action = "answer", status = 403,
      body = { error = { type = "authorization_error", message = "no such scope" } } }
    local report, err = client:reconcile()
    assert.is_nil(report)
    assert.are.equal("forbidden", err.kind)
    assert.truthy(tostring(err):find("no such scope", 1, true))
    local output, why = client:subscribe(ENDPOINT, { input = { prompt = "left" } })
    assert.is_nil(output)
    assert.are.equal("unknown_submit", why.kind)
    assert.are.equal("forbidden", why.cause.kind)
  end)

  -- A row whose sender knew the service's time, and a client with a policy.
  local function left_long_ago(fields)
    client:close()
    client = client_of(where, { ledger_policy = { assume_not_accepted_after = 1 } })
    local row = { sent_at = ledger.now() - 60000, answered_at = ledger.now() - 50000,
      state = "unknown" }
    row.service_sent_at, row.service_answered_at = row.sent_at, row.answered_at
    for name, value in pairs(fields or {}) do row[name] = value end
    return left(row)
  end

  local POLICY = { assume_not_accepted_after = 1 }
  local function ask_now()
    return client:subscribe(ENDPOINT, { input = { prompt = "x" } })
  end

  it("asks for the service's time anew when a key function raised meanwhile", function()
    client:close()
    local calls = 0
    client = client_of(where, { ledger_policy = POLICY, credentials = function()
      calls = calls + 1
      if calls == 1 then error("the vault is shut", 0) end
      return os.getenv("FAL_KEY")
    end })
    assert.has_error(ask_now, "the vault is shut")
    assert.is_table(client:spawn(ask_now):await())
  end)

  it("lets another one ask for the service's time when the first is canceled", function()
    client:close()
    client = client_of(where, { ledger_policy = POLICY })
    sim:fault { route = "history", action = "stall", times = 1 }
    local first, second = client:spawn(ask_now), client:spawn(ask_now)
    client:sleep(0.05)
    first:cancel()
    assert.is_table(second:await())
    local rows = book:read(function(db) return store.find(db, "ORDER BY id") end)
    assert.are.equal(1, #rows)
    assert.is_number(rows[1].service_sent_at)
  end)

  local shut = rawget(coroutine, "close")  -- Lua 5.4
  if shut then
    it("waits for no one whose coroutine was closed while it asked", function()
      client:close()
      client = client_of(where, { ledger_policy = POLICY })
      sim:fault { route = "history", action = "stall", times = 1 }
      local co
      client:spawn(function()
        co = coroutine.running()
        return ask_now()
      end)
      client:sleep(0.05)
      shut(co)
      assert.is_table(client:spawn(ask_now):await())
    end)
  end

  it("assumes nothing from a history that may not be current", function()
    left_long_ago()
    assert.are.equal(1, #assert(client:reconcile()).unknown)
    local other = client_of(nil)
    assert(other:subscribe(ENDPOINT, { input = { prompt = "later" } }))
    other:close()
    local report = assert(client:reconcile())
    assert.are.same({ 0, 1 }, { #report.unknown, #report.assumed })
    assert.truthy(book:jobs { state = "refused" }[1].error:find("ledger_policy", 1, true))
  end)

  local function later()
    local other = client_of(nil)
    assert(other:subscribe(ENDPOINT, { input = { prompt = "later" } }))
    other:close()
  end

  local function stays_unknown(why)
    local report = assert(client:reconcile())
    assert.are.same({ 1, 0 }, { #report.unknown, #report.assumed })
    assert.truthy(report.unknown[1].looked_at:find(why, 1, true),
      report.unknown[1].looked_at)
    assert.are.equal("unknown", book:jobs()[1].state)
  end

  it("assumes nothing of a row whose sender did not know the service's time", function()
    left_long_ago { service_sent_at = store.NULL }
    later()
    stays_unknown("time was not known")
  end)

  it("assumes nothing while the same request stands in the history without a row",
    function()
      left_long_ago { service_sent_at = ledger.now() - 400000,
        service_answered_at = ledger.now() - 390000 }
      local other = client_of(nil)
      assert(other:subscribe(ENDPOINT, { input = { prompt = "left" } }))
      other:close()
      stays_unknown("might be this one")
    end)

  local function page(items, more)
    return { route = "history", action = "answer", status = 200,
      body = { items = items, has_more = more ~= nil, next_cursor = more } }
  end

  local LATER = { request_id = "later", sent_at = "2099-01-01T00:00:00Z",
    started_at = "2099-01-01T00:00:00Z", json_input = { prompt = "later" } }

  it("assumes nothing from a history that does not come to an end", function()
    left_long_ago()
    sim:fault(page({ LATER }, "more"))
    stays_unknown("not read to its end")
  end)

  it("assumes nothing from a history with requests that cannot be read", function()
    left_long_ago()
    sim:fault(page { LATER, { request_id = "r", started_at = "2099-01-01T00:00:00Z",
      json_input = { prompt = "left" } } })
    stays_unknown("might be this one")
    sim:clear_faults()
    sim:fault(page { LATER, { json_input = { prompt = "left" } } })
    stays_unknown("might be this one")
  end)

  it("gives a row of a dead process the policy's time from when that was noticed",
    function()
      left_long_ago { state = "sent", answered_at = store.NULL,
        service_answered_at = store.NULL }
      later()
      local began = client.now()
      stays_unknown("not known before now")
      assert.is_number(store.get(book:db(), book:jobs()[1].id).service_answered_at)
      local assumed
      repeat
        client:sleep(0.5)
        later()
        assumed = #assert(client:reconcile()).assumed
      until assumed > 0 or client.now() > began + 60
      assert.are.equal(1, assumed)
      -- One by the policy, two since clocks are read in whole seconds.
      assert.is_true(client.now() - began >= 3)
    end)

  describe("when this machine's clock is wrong", function()
    local time = os.time
    local function skew(seconds)
      rawset(os, "time", function(...) return time(...) + (... and 0 or seconds) end)
    end
    after_each(function() rawset(os, "time", time) end)

    local function ask()
      return client:subscribe(ENDPOINT, { name = "work", input = { prompt = "left" } })
    end

    local function policy()
      client:close()
      client = client_of(where, { ledger_policy = { assume_not_accepted_after = 1 } })
    end

    for _, seconds in ipairs { 7200, -7200 } do
      it(("by %d s it finds the request all the same"):format(seconds), function()
        skew(seconds)
        policy()
        sim:fault { route = "submit", action = "drop", at = "acted", times = 1 }
        assert.is_table(ask())
        assert.are.equal(1, sim:ledger().totals.accepted)
      end)
    end

    it("and set between sending and looking, it pays once", function()
      policy()
      sim:settings { history_lag = 3600 }
      sim:fault { route = "submit", action = "drop", at = "acted", times = 1 }
      local _, err = ask()
      assert.are.equal("unknown_submit", err.kind)
      skew(30)
      sim:settings { history_lag = 0 }
      later()
      assert.is_table(ask())
      assert.are.equal(2, sim:ledger().totals.accepted)
    end)

    it("without a policy it finds a row that says by its own clock when it was sent",
      function()
        skew(7200)
        left { sent_at = (time() + 7200) * 1000 }
        lose("acted")
        assert.are.equal(1, #assert(client:reconcile()).found)
      end)
  end)

  it("assumes nothing where payloads are not kept", function()
    left_long_ago { answered_at = ledger.now(), service_answered_at = ledger.now() }
    local other = client_of(nil)
    assert(other:subscribe(ENDPOINT, { input = { prompt = "hidden" },
      headers = { ["X-Fal-Store-IO"] = "0" } }))
    other:sleep(4)
    assert(other:subscribe(ENDPOINT, { input = { prompt = "later" } }))
    other:close()
    local report = assert(client:reconcile())
    assert.are.same({ 1, 0 }, { #report.unknown, #report.assumed })
    assert.truthy(report.unknown[1].looked_at:find("cannot be compared", 1, true))
  end)

  it("puts a token into a webhook's URL, which settles for certain", function()
    sim:settings { history_lag = 3600 }
    sim:fault { route = "submit", action = "drop", at = "acted", times = 1 }
    local hook = "https://hooks.example/fal?a=1#part"
    local _, err = client.queue:submit(ENDPOINT, { input = { prompt = "w" },
      webhook_url = hook, name = "hooked" })
    assert.are.equal("unknown_submit", err.kind)
    local job = sim:ledger().jobs[1]
    local token = job.webhook:match(
      "^https://hooks.example/fal%?a=1&fal_token=([%x-]+)#part$")
    assert.are.equal(book:jobs()[1].id, token)
    assert(book:settle(token, job.request_id))
    assert.is_table(client:subscribe(ENDPOINT, { input = { prompt = "w" },
      name = "hooked" }))
    assert.are.equal(1, sim:ledger().totals.accepted)
  end)

  it("notes which files were saved", function()
    local clip = assert(require("fal.sora2").with(client).text_to_video {
      prompt = "a cat" })
    local path = os.tmpname()
    assert(clip:download(path))
    client:close()
    client = client_of(where)
    local files = assert(book:files(book:jobs()[1].id))
    os.remove(path)
    assert.are.same({ path, clip.video.url }, { files[1].path, files[1].url })
    assert.is_true(files[1].size > 0)
  end)

  it("gives a job that is taken up by its id its result in the ledger", function()
    local job = assert(client.queue:submit(ENDPOINT, { input = { prompt = "x" } }))
    client:close()
    client = client_of(where)
    assert(assert(client:job(ENDPOINT, job.request_id)):wait())
    assert.are.equal("fetched", book:jobs()[1].state)
  end)
end)
