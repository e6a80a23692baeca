-- Budgets of clients with and without a ledger, against the simulator.

local fal = require "fal"
local start_sim = require("support.sim").start

local SORA = "fal-ai/sora-2/text-to-video"
local OTHER = "acme/demo/make"

local sim

setup(function() sim = start_sim { media = "none", queue_time = 0, run_time = 0 } end)
teardown(function() sim:stop() end)

local function client_of(more)
  local opts = {
    credentials = os.getenv("FAL_KEY"), base_url = sim.url, quiet = true,
    poll = { initial = 0.01, factor = 1.2, max = 0.05, jitter = 0 },
    retry = { max_attempts = 2, base_delay = 0.02, max_delay = 0.05 },
  }
  for name, value in pairs(more or {}) do opts[name] = value end
  return assert(fal.client(opts))
end

local function specs(new_ledger)
  local client

  local function open(budget)
    client = client_of { budget = budget, ledger = new_ledger and new_ledger() }
    return client
  end

  before_each(function()
    sim:clear_faults()
    sim:reset()
  end)
  after_each(function() client:close() end)

  local function sora(prompt)
    return client:subscribe(SORA,
      { input = { prompt = prompt or "a cat", duration = 4 } })
  end

  it("reserves before the submit and refuses what would exceed it", function()
    open(1)
    assert(sora("one"))
    assert.are.equal(0.4, client:spent())
    assert(sora("two"))
    local output, err = sora("three")
    assert.is_nil(output)
    assert.are.same({ "budget", "no" }, { err.kind, err.sent })
    assert.truthy(tostring(err):find("may cost $0.40, and of the budget of $1.00 only "
      .. "$0.20 are left", 1, true), tostring(err))
    assert.are.equal(2, sim:ledger().totals.accepted)
    assert.are.same({ 0.8, 0 }, { client:spent(), client:reserved() })
  end)

  it("is kept by jobs that run beside each other", function()
    open(2)
    local _, errors = client:map({ 1, 2, 3, 4, 5, 6, 7, 8 }, function(i)
      return sora("job " .. i)
    end)
    assert.are.equal(5, sim:ledger().totals.accepted)
    local n = 0
    for i = 1, 8 do n = n + (errors[i] and errors[i].kind == "budget" and 1 or 0) end
    assert.are.equal(3, n)
    assert.are.equal(2, client:spent())
  end)

  it("frees what was refused and what the service does not bill", function()
    open(0.5)
    sim:fault { route = "submit", action = "answer", status = 403, times = 1,
      body = { detail = "User is locked" } }
    assert.is_nil((sora()))
    assert.are.equal(0, client:reserved())
    assert.is_nil((sora("sim:internal_error")))
    assert.are.same({ 0, 0 }, { client:spent(), client:reserved() })
    assert(sora("now"))
  end)

  it("holds what is reserved for jobs that run", function()
    open(0.5)
    sim:script { match = { times = 1 }, run_time = 60 }
    local job = assert(client.queue:submit(SORA, { input = { prompt = "long" } }))
    assert.are.same({ 0, 0.4 }, { client:spent(), client:reserved() })
    local _, err = sora()
    assert.are.equal("budget", err.kind)
    job:cancel()
  end)

  it("refuses a model without a known price, unless there is a ceiling", function()
    open(1)
    local _, err = client:subscribe(OTHER, { input = { prompt = "x" } })
    assert.are.same({ "price_unknown", "no" }, { err.kind, err.sent })
    assert(client:subscribe(OTHER, { input = { prompt = "x" }, max_price = 0.75 }))
    assert.are.equal(0.75, client:spent())
    _, err = client:subscribe(OTHER, { input = { prompt = "y" }, max_price = 0.75 })
    assert.are.equal("budget", err.kind)
    assert.are.equal(1, sim:ledger().totals.accepted)
  end)

  it("is settled by the units that were billed, once their price is known", function()
    open(10)
    local prices = assert(client:refresh_prices { SORA, SORA .. "/pro" })
    assert.are.same({ unit_price = 0.1, unit = "seconds" }, prices[SORA])
    assert(client:subscribe(SORA, { input = { prompt = "x", duration = 8 },
      max_price = 5 }))
    assert.are.equal(0.8, client:spent())
    assert.are.equal(0.8, sim:ledger().totals.billed)
    assert(client:subscribe(SORA .. "/pro", { input = { prompt = "x", duration = 4,
      resolution = "720p" } }))
    assert.are.equal(sim:ledger().totals.billed, client:spent())
  end)

  it("is settled by billed units where the model's table has their price", function()
    open(10)
    assert(client:subscribe(SORA, { input = { prompt = "x", duration = 4 } }))
    assert.are.equal(0.4, client:spent())
    sim:script { match = { times = 1 }, outcome = { status = 422, body = { detail = {
      { loc = { "body" }, msg = "no", type = "x" } } },
      headers = { ["x-fal-billable-units"] = "6" } } }
    assert.is_nil((client:subscribe(SORA, { input = { prompt = "y", duration = 8 } })))
    assert.are.equal(1, client:spent())
  end)

  it("counts the synchronous host too", function()
    open(0.5)
    assert(client:run(SORA, { input = { prompt = "x" } }))
    local _, err = client:run(SORA, { input = { prompt = "y" } })
    assert.are.equal("budget", err.kind)
    assert.are.equal(1, sim:ledger().totals.accepted)
  end)

  it("frees nothing that a model billed before it refused a synchronous call", function()
    open(1)
    sim:fault { route = "run", action = "answer", accept = true, status = 429,
      headers = { ["x-fal-billable-units"] = "4" }, body = { detail = "no more today" } }
    local _, err = client:run(SORA, { input = { prompt = "x", duration = 4 } })
    assert.are.equal("yes", err.sent)
    assert.are.same({ 0.4, 0 }, { client:spent(), client:reserved() })
    assert.are.equal(1, sim:ledger().totals.accepted)
  end)

  it("respects a ceiling that is lower than the price", function()
    open(10)
    local _, err = client:subscribe(SORA, { input = { prompt = "x", duration = 8 },
      max_price = 0.5 })
    assert.are.equal("budget", err.kind)
    assert.truthy(tostring(err):find("costs $0.80, more than its max_price of $0.50", 1,
      true))
    assert.are.equal(0, sim:ledger().totals.accepted)
  end)
end

describe("a budget without a ledger", function() specs() end)

local busted = { describe = describe, it = it, setup = setup, teardown = teardown,
  pending = pending }

describe("a budget with a ledger", function()
  require("support.ledgers").each(busted, function(new)
    specs(new)

    it("is one for all clients of the ledger", function()
      local where = new()
      local a = client_of { budget = 1, ledger = where }
      local b = client_of { budget = 1, ledger = where }
      assert(a:subscribe(SORA, { input = { prompt = "one" } }))
      assert(b:subscribe(SORA, { input = { prompt = "two" } }))
      local _, err = a:subscribe(SORA, { input = { prompt = "three" } })
      assert.are.equal("budget", err.kind)
      assert.are.equal(0.8, b:spent())
      a:close()
      b:close()
    end)
  end)
end)

describe("a ceiling of one call", function()
  it("holds without a budget and without a ledger", function()
    sim:reset()
    local client = client_of()
    local opts = { input = { prompt = "x", duration = 8 }, max_price = 0.5 }
    for _, call in ipairs { client.subscribe, client.run } do
      local output, err = call(client, SORA, opts)
      assert.is_nil(output)
      assert.are.same({ "budget", "no" }, { err.kind, err.sent })
    end
    assert.are.equal(0, sim:ledger().totals.accepted)
    opts.max_price = 0.8
    assert(client:subscribe(SORA, opts))
    client:close()
  end)
end)

describe("asking for money", function()
  it("tells the price of an input", function()
    local client = client_of()
    assert.are.equal(0.8, client:estimate(SORA, { prompt = "x", duration = 8 }))
    local _, err = client:estimate(OTHER, {})
    assert.are.equal("price_unknown", err.kind)
    assert.has_error(function() client:spent() end,
      "spent: nothing is counted without the option budget or ledger")
    client:close()
  end)

  it("takes no price that would add to a budget, or make nonsense of it", function()
    local client = client_of { budget = 1 }
    finally(function() client:close() end)
    for _, price in ipairs { "-1", "1e300", "1e999", '"4"', "null" } do
      sim:clear_faults()
      sim:fault { route = "other", action = "answer", status = 200, body =
        ('{"prices":[{"endpoint_id":"%s","unit_price":%s,"unit":"video"}]}')
        :format(OTHER, price) }
      assert.are.same({}, assert(client:refresh_prices { OTHER }))
    end
    sim:clear_faults()
    assert(client:subscribe(OTHER, { input = { prompt = "x" }, max_price = 0.5 }))
    assert.are.equal(0.5, client:spent())
  end)

  it("says when the platform knows no price", function()
    local client = client_of()
    local prices, err = client:refresh_prices { "acme/none" }
    assert.is_nil(prices)
    assert.are.equal("not_found", err.kind)
    client:close()
  end)
end)
