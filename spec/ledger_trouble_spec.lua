-- A ledger that cannot be written: nothing paid is sent; what was accepted is not lost.

local fal = require "fal"
local ledger = require "fal.ledger"
local ledgers = require "support.ledgers"
local postgres = require "support.postgres"
local start_sim = require("support.sim").start

local ENDPOINT = "acme/demo/make"

local sim, events

local function client_of(where, more)
  local opts = {
    credentials = os.getenv("FAL_KEY"), base_url = sim.url, quiet = true, ledger = where,
    poll = { initial = 0.01, factor = 1.2, max = 0.05, jitter = 0 },
    retry = { max_attempts = 2, base_delay = 0.02, max_delay = 0.05 },
    logger = function(_, event, fields) events[#events + 1] = { event, fields } end,
  }
  for name, value in pairs(more or {}) do opts[name] = value end
  return assert(fal.client(opts))
end

local function ask(client, prompt, name)
  return client:subscribe(ENDPOINT, { input = { prompt = prompt or "a cat" },
    name = name })
end

local function refused(output, err, cause)
  assert.is_nil(output)
  assert.are.same({ "file", "no" }, { err.kind, err.sent })
  assert.truthy(tostring(err):find("nothing was sent", 1, true), tostring(err))
  assert.truthy(tostring(err):find(cause, 1, true), tostring(err))
  assert.are.equal(0, sim:ledger().totals.accepted)
end

local function event(name)
  for _, one in ipairs(events) do
    if one[1] == name then return one[2] end
  end
end

local function wait_for(client, name)
  while not event(name) do client:sleep(0.005) end
end

setup(function() sim = start_sim { media = "none", queue_time = 0, run_time = 0 } end)
teardown(function() sim:stop() end)

describe("a SQLite ledger", function()
  local path, dir, client

  before_each(function()
    sim:clear_faults()
    sim:reset()
    events = {}
    path, dir = ledgers.path()
  end)
  after_each(function()
    if client then client:close() end
    client = nil
    os.execute("rm -rf " .. dir)
  end)

  it("in no folder refuses", function()
    client = client_of(dir .. "/none/ledger.db")
    local output, err = ask(client)
    refused(output, err, "unable to open database file")
  end)

  it("on a full disk refuses, and accepts again when there is space", function()
    client = client_of(path)
    assert(ask(client, "first"))
    sim:reset()
    local db = client.account.book:db()
    local pages = tonumber(db:query("PRAGMA page_count")[1].page_count)
    assert(db:query("PRAGMA max_page_count = " .. pages))
    local output, err = ask(client, ("long "):rep(3000))
    refused(output, err, "disk is full")
    assert(db:query("PRAGMA max_page_count = 1000000"))
    assert(ask(client, ("long "):rep(3000)))
  end)

  it("that is damaged refuses", function()
    client = client_of(path)
    assert(ask(client, "first"))
    client:close()
    sim:reset()
    local file = assert(io.open(path, "r+b"))
    file:seek("set", 0)
    file:write(("damage "):rep(4000))
    file:close()
    os.remove(path .. "-wal")
    client = client_of(path)
    local output, err = ask(client)
    refused(output, err, "not a database")
  end)

  it("locked for long refuses, and freezes nobody meanwhile", function()
    client = client_of(path)
    assert(ask(client, "first"))
    sim:reset()
    local other = assert(ledger.open(path))
    assert(other:db():begin())
    local ticks, stopped = 0, false
    client:spawn(function()
      while not stopped do
        client:sleep(0.005)
        ticks = ticks + 1
      end
    end)
    local started = client.now()
    local output, err = client:spawn(function() return ask(client) end):await()
    stopped = true
    refused(output, err, "database is locked")
    assert.is_true(err.retryable)
    assert.is_true(client.now() - started < 20)
    -- In five seconds; as many as there are attempts at least.
    assert.is_true(ticks > 20, ticks .. " ticks")
    other:db():rollback()
    assert(ask(client))
    other:close()
  end)

  it("that somebody else is making freezes nobody", function()
    local other = assert(require("fal.ledger.db").open(
      require("fal.ledger.address").parse(path)))
    assert(other:begin())
    client = client_of(path)
    local one = client:spawn(function() return ask(client) end)
    local longest, last = 0, client.now()
    for _ = 1, 40 do
      client:sleep(0.01)
      longest, last = math.max(longest, client.now() - last), client.now()
    end
    assert.is_false(one:is_done())
    -- Not for as long as a lock is waited for, which is five seconds.
    assert.is_true(longest < 2, "frozen for " .. longest .. " s")
    other:rollback()
    assert.is_table(one:await())
    other:close()
  end)

  it("that somebody else is making is waited for by a clock that nobody sets", function()
    local other = assert(require("fal.ledger.db").open(
      require("fal.ledger.address").parse(path)))
    assert(other:begin())
    local time, opening, asked = os.time, ledger.OPENING, 0
    local function restore()
      rawset(os, "time", time)
      ledger.OPENING = opening
    end
    finally(restore)
    ledger.OPENING = 0.1
    rawset(os, "time", function(...)
      if ... then return time(...) end
      asked = asked + 1
      assert(asked < 100, "it is still waited for")
      return time() - 10 * asked
    end)
    local book, err = ledger.open(path)
    restore()
    assert.is_nil(book)
    assert.are.same({ "file", true }, { err.kind, err.retryable })
    other:rollback()
    other:close()
  end)

  it("locked for a moment is waited for", function()
    client = client_of(path)
    assert(ask(client, "first"))
    local other = assert(ledger.open(path))
    assert(other:db():begin())
    local one = client:spawn(function() return ask(client) end)
    client:sleep(0.3)
    assert.is_false(one:is_done())
    other:db():rollback()
    assert.is_table(one:await())
    other:close()
  end)

  it("locked until a deadline is over lets nothing leave behind it", function()
    client = client_of(path)
    assert(ask(client, "first"))
    sim:reset()
    local other = assert(ledger.open(path))
    assert(other:db():begin())
    local one = client:spawn(function()
      return client:subscribe(ENDPOINT, { input = { prompt = "late" }, timeout = 0.1 })
    end)
    client:sleep(0.3)
    assert.is_false(one:is_done())
    other:db():rollback()
    local output, err = one:await()
    assert.is_nil(output)
    assert.are.same({ "timeout", "no" }, { err.kind, err.sent })
    client:loop()
    assert.are.equal(0, sim:ledger().totals.accepted)
    assert.are.equal(1, #assert(other:jobs { state = "refused" }))
    other:close()
  end)

  it("that fails after the acceptance loses neither result nor request id", function()
    client = client_of(path)
    assert(ask(client, "first"))
    local db = client.account.book:db()
    assert(db:run("CREATE TRIGGER trouble BEFORE UPDATE ON fal_jobs BEGIN "
      .. "SELECT RAISE(ABORT, 'disk trouble'); END"))
    local output, job = ask(client, "second")
    assert.is_table(output)
    local behind = event("ledger.behind")
    assert.are.equal(job.request_id, behind.request_id)
    assert.truthy(behind.message:find("disk trouble", 1, true))
    assert(db:run("DROP TRIGGER trouble"))
    local rows
    for _ = 1, 60 do
      client:sleep(0.1)
      rows = assert(client.account.book:jobs { state = "fetched" })
      if #rows == 2 then break end
    end
    assert.are.equal(2, #rows)
    local row = rows[1].request_id == job.request_id and rows[1] or rows[2]
    assert.are.equal(job.request_id, row.request_id)
    assert.are.same(output, row.result)
  end)

  it("that can write the result and not the acceptance keeps both", function()
    client = client_of(path)
    assert(ask(client, "first"))
    local db = client.account.book:db()
    assert(db:run("CREATE TRIGGER trouble BEFORE UPDATE ON fal_jobs WHEN NEW.state = "
      .. "'accepted' BEGIN SELECT RAISE(ABORT, 'disk trouble'); END"))
    local _, job = assert(ask(client, "second"))
    assert(db:run("DROP TRIGGER trouble"))
    client:close()
    assert.is_nil(event("ledger.taken"))
    local book = assert(ledger.open(path))
    local ids = {}
    for _, row in ipairs(assert(book:jobs { state = "fetched" })) do
      ids[row.request_id or "none"] = true
    end
    book:close()
    assert.is_true(ids[job.request_id])
    assert.is_nil(ids.none)
  end)

  it("that fails until the end says which jobs it does not know", function()
    client = client_of(path)
    assert(ask(client, "first"))
    local db = client.account.book:db()
    assert(db:run("CREATE TRIGGER trouble BEFORE UPDATE ON fal_jobs BEGIN "
      .. "SELECT RAISE(ABORT, 'disk trouble'); END"))
    local job = assert(client.queue:submit(ENDPOINT, { input = { prompt = "second" } }))
    client:close()
    assert.are.equal(job.request_id, event("ledger.lost").request_id)
  end)

  it("whose row another process took says so, with the request id", function()
    client = client_of(path)
    local one = client:spawn(function() return ask(client, "taken") end)
    wait_for(client, "submit.sent")  -- its answer is not read before it is awaited
    local other = assert(ledger.open(path))
    assert(other:db():run("UPDATE fal_jobs SET writer = 'other', state = 'accepted', "
      .. "request_id = 'another'"))
    local output, job = one:await()
    assert.is_table(output)
    assert.are.equal(job.request_id, event("ledger.taken").request_id)
    other:close()
  end)

  it("whose row was settled between two attempts sends nothing more", function()
    local other = assert(ledger.open(path))
    client = client_of(path, { logger = function(_, name)
      if name ~= "retry" then return end
      assert(other:db():run("UPDATE fal_jobs SET writer = 'other'"))
    end })
    sim:fault { route = "submit", action = "answer", status = 429, times = 1,
      body = { detail = "slow down" } }
    refused(nil, select(2, ask(client, "taken")), "settled this request")
    other:close()
  end)

  it("is asked again before an attempt that its recording held up", function()
    client = client_of(path)
    assert(ask(client, "first"))
    local now, ahead = ledger.now, 0
    ledger.now = function() return now() + ahead end
    finally(function() ledger.now = now end)
    local journal = client.account.journal
    function journal:leave(...)
      journal.leave = nil
      local ok, err = journal.leave(self, ...)
      -- The machine slept here, and another one took this process for dead.
      ahead = 3600000
      assert(self.book:db():run("UPDATE fal_jobs SET writer = 'other', "
        .. "state = 'refused' WHERE state = 'sent'"))
      return ok, err
    end
    sim:reset()
    sim:fault { route = "submit", action = "answer", status = 429, times = 1,
      body = { detail = "slow down" } }
    local output, err = ask(client, "held up")
    refused(output, err, "settled this request")
  end)

  it("keeps no row of a request that was held up and then not sent", function()
    client = client_of(path)
    assert(ask(client, "first"))
    local now, ahead = ledger.now, 0
    ledger.now = function() return now() + ahead end
    finally(function() ledger.now = now end)
    local journal = client.account.journal
    function journal:insert(...)
      journal.insert = nil
      local ok, err = journal.insert(self, ...)
      ahead = 3600000
      return ok, err
    end
    function journal.leave()
      journal.leave = nil
      return nil, ledger.failure(client.account.book, "it broke", "no disk")
    end
    sim:reset()
    local output, err = ask(client, "held up", "work")
    refused(output, err, "no disk")
    assert.are.equal("refused", assert(client.account.book:jobs { name = "work" })[1]
      .state)
    assert.are.equal(0, assert(client:reserved()))
    assert.is_table(ask(client, "held up", "work"))
  end)

  it("is not needed by a client that has none", function()
    client = client_of(nil)
    assert(ask(client))
    assert.is_false(client.account)
    assert.has_error(function() client:reconcile() end,
      "reconcile: the client has no ledger")
    for _, where in ipairs { {}, { budget = 5 } } do
      client = client_of(nil, where)
      local ok, message = pcall(ask, client, "x", "work")
      assert.is_false(ok)
      assert.matches("option 'name' needs a ledger", message)
    end
    assert.are.equal(1, sim:ledger().totals.accepted)
  end)

  it("takes no name that it could not tell from another one", function()
    client = client_of(path)
    local ok, message = pcall(ask, client, "x", "shot\0001")
    assert.is_false(ok)
    assert.matches("option 'name' must not hold zero bytes", message)
  end)
end)

describe("a PostgreSQL ledger", function()
  local available, why = postgres.available()
  if not available then
    it("is not tested", function() pending(why) end)
    return
  end
  local server, client

  setup(function() server = postgres.start() end)
  teardown(function() server:stop() end)
  before_each(function()
    sim:clear_faults()
    sim:reset()
    events = {}
  end)
  after_each(function() client:close() end)

  it("whose server is gone refuses, and works again when it is back", function()
    client = client_of(server:address())
    assert(ask(client, "first"))
    sim:reset()
    server:down()
    local output, err = ask(client)
    refused(output, err, "connect")
    assert.is_nil(tostring(err):find("secretpw", 1, true))
    server:up()
    assert(ask(client))
  end)

  it("whose server goes after the acceptance gets the rest later", function()
    client = client_of(server:address())
    assert(ask(client, "first"))
    events = {}
    local one = client:spawn(function() return ask(client, "second") end)
    wait_for(client, "submit.sent")  -- its answer is not read before it is awaited
    server:down()
    local output = one:await()
    assert.is_table(output)
    assert.is_string(event("ledger.behind").request_id)
    server:up()
    local rows
    for _ = 1, 100 do
      client:sleep(0.1)
      rows = client.account.book:jobs { state = "fetched" }
      if rows and #rows == 2 then break end
    end
    assert.are.equal(2, #rows)
  end)

  it("that does not answer holds the program once, and is then left alone", function()
    -- A web server takes the connection, and waits for more.
    client = client_of(("postgresql://fal:secretpw@127.0.0.1:%d/db"):format(sim.port))
    local output, err = ask(client)
    refused(output, err, "Failed to connect")
    local started = client.now()
    output, err = ask(client)
    refused(output, err, "not asked again for")
    assert.is_true(err.retryable)
    assert.is_true(client.now() - started < 1)
    assert.is_nil(tostring(err):find("secretpw", 1, true))
  end)

  it("that cannot be read says so of a job that is taken up by its id", function()
    client = client_of(("postgresql://fal:secretpw@127.0.0.1:1/db"))
    local plain = client_of(nil)
    local job = assert(plain.queue:submit(ENDPOINT, { input = { prompt = "x" } }))
    plain:close()
    assert.is_table(assert(client:job(ENDPOINT, job.request_id)):wait())
    assert.are.equal(job.request_id, event("ledger.unread").request_id)
  end)

  it("locked by somebody refuses after a while", function()
    local where = server:address()
    client = client_of(where)
    assert(ask(client, "first"))
    sim:reset()
    local other = assert(ledger.open(where))
    assert(other:db():run("BEGIN"))
    assert(other:db():run("LOCK TABLE fal_jobs IN EXCLUSIVE MODE"))
    local output, err = ask(client)
    refused(output, err, "lock timeout")
    other:db():rollback()
    other:close()
    assert(ask(client))
  end)
end)
