local ledger = require "fal.ledger"
local process = require "fal.ledger.process"
local schema = require "fal.ledger.schema"
local store = require "fal.ledger.store"

local DEAD = { id = "dead", place = "elsewhere|x|1", pid = "1", started = "1" }

local count = 0

local function row(fields)
  count = count + 1
  local one = {
    id = ("row-%d"):format(count), endpoint_id = "acme/demo",
    input = '{"prompt":"a cat"}', input_hash = "h", state = "sent", writer = "dead",
    created_at = 1700000000000 + count,
    updated_at = 1700000000000, reserved = 400000, cost = 400000,
  }
  for name, value in pairs(fields or {}) do one[name] = value end
  return one
end

local busted = { describe = describe, it = it, setup = setup, teardown = teardown,
  pending = pending }

require("support.ledgers").each(busted, function(new, kind, server)
  local book

  before_each(function() book = assert(ledger.open(new())) end)
  after_each(function() book:close() end)

  local function add(fields)
    local one = row(fields)
    assert.are.equal(1, store.insert(book:db(), one))
    return one.id
  end

  it("keeps what a row was given, to the last digit", function()
    local text = 'quotes \' " ? $1 \\ and ünïcödé \n end'
    local id = add { name = text, sent_at = 1763696999123, cost = 9007199254740991,
      result = ("x"):rep(100000) }
    local got = assert(store.get(book:db(), id))
    assert.are.equal(text, got.name)
    assert.are.equal(1763696999123, got.sent_at)
    assert.are.equal(9007199254740991, got.cost)
    assert.are.equal(100000, #got.result)
    assert.is_nil(got.request_id)
  end)

  it("changes a row only in the state that is expected", function()
    local id = add()
    assert.are.equal(0, store.update(book:db(), id, { state = "accepted" },
      { state = "intent" }))
    assert.are.equal(0, store.update(book:db(), id, { state = "accepted" },
      { state = { "intent", "sent" }, writer = "nobody" }))
    assert.are.equal(1, store.update(book:db(), id, { state = "accepted", name = "n" },
      { state = { "intent", "sent" }, writer = "dead", request_id = store.NULL }))
    assert.are.equal(1, store.update(book:db(), id, { name = store.NULL },
      { request_id = { "r", store.NULL } }))
    assert.are.equal(1, store.update(book:db(), id, { request_id = "r" }))
    assert.are.equal(1, store.update(book:db(), id, { state = "completed" },
      { request_id = { store.NULL, "r" } }))
    assert.are.equal(0, store.update(book:db(), id, { name = "n" },
      { request_id = { store.NULL, "q" } }))
    local got = store.get(book:db(), id)
    assert.are.same({ "completed", nil }, { got.state, got.name })
  end)

  it("sums what counts against a budget", function()
    assert.are.equal(0, store.committed(book:db()))
    add { cost = 3000000000, reserved = 3000000000 }
    add { cost = 3000000000, settled = 3000000000, reserved = 5000000000 }
    assert.are.equal(6000000000, store.committed(book:db()))
    assert.are.same({ 3000, 3000 }, { book:spent() })
    assert.are.same({ 0, 0 }, { book:spent { since = 1800000000 } })
  end)

  it("lists jobs by state, name and time", function()
    local a = add { name = "base", created_at = 1700000000000 }
    local b = add { name = "dusk", created_at = 1700000001000, state = "fetched",
      result = '{"video":{"url":"u"}}', billed_units = "8", settled = 400000 }
    local all = assert(book:jobs())
    assert.are.same({ a, b }, { all[1].id, all[2].id })
    assert.are.equal(2, #all)
    local one = assert(book:jobs { state = "fetched", name = "dusk",
      since = 1700000000.5 })[1]
    assert.are.same({ id = b, name = "dusk", endpoint_id = "acme/demo", state = "fetched",
      input = { prompt = "a cat" }, created_at = 1700000001, updated_at = 1700000000,
      reserved = 0.4, settled = 0.4, billed_units = 8,
      result = { video = { url = "u" } } }, one)
    assert.are.equal(1, #book:jobs { limit = 1 })
    assert.has_error(function() book:jobs { stat = "sent" } end,
      "ledger:jobs: unknown option 'stat'; did you mean 'state'?")
  end)

  describe("settled by hand", function()
    it("takes a request id", function()
      local id = add { state = "unknown", error_kind = "unknown_submit", error = "lost" }
      assert.is_true(book:settle(id, "req-1"))
      local job = book:jobs()[1]
      assert.are.same({ "accepted", "req-1", nil },
        { job.state, job.request_id, job.error_kind })
    end)

    it("takes \"not_accepted\", which frees the budget", function()
      local id = add { state = "unknown" }
      assert.is_true(book:settle(book:jobs()[1], "not_accepted"))
      assert.are.equal("refused", store.get(book:db(), id).state)
      assert.are.equal(0, store.committed(book:db()))
    end)

    it("gives no request to two rows", function()
      add { state = "accepted", request_id = "req-1" }
      local id = add { state = "unknown" }
      local ok, err = book:settle(id, "req-1")
      assert.is_nil(ok)
      assert.are.equal("validation", err.kind)
      assert.truthy(tostring(err):find("req-1 belongs to another job", 1, true))
    end)

    it("takes the same verdict again", function()
      local id = add { state = "unknown" }
      assert.is_true(book:settle(id, "req-1"))
      assert.is_true(book:settle(id, "req-1"))
    end)

    it("takes a better word for what a person said, until the result is fetched",
      function()
        local id = add { state = "unknown" }
        assert.is_true(book:settle(id, "req-1"))
        assert.is_true(book:settle(id, "req-2"))
        assert.are.equal("req-2", book:jobs()[1].request_id)
        assert.is_true(book:settle(id, "not_accepted"))
        local job = book:jobs()[1]
        assert.are.same({ "refused", nil, 0 }, { job.state, job.request_id,
          store.committed(book:db()) })
        assert.is_true(book:settle(id, "not_accepted"))
        assert.is_true(book:settle(id, "req-1"))
        job = book:jobs()[1]
        assert.are.same({ "accepted", "req-1", nil, 400000 }, { job.state,
          job.request_id, job.ended_at, store.committed(book:db()) })
        assert.are.equal(1, store.update(book:db(), id, { state = "fetched" }))
        local ok, err = book:settle(id, "req-2")
        assert.is_nil(ok)
        assert.matches("not in doubt: it is fetched", err.message)
      end)

    it("takes a better word after a job that was not the right one", function()
      local id = add { state = "unknown" }
      assert.is_true(book:settle(id, "req-1"))
      assert.are.equal(1, store.update(book:db(), id, { state = "failed", cost = 400000,
        settled = 400000, ended_at = 1, error_kind = "generation", error = "no" }))
      assert.is_true(book:settle(id, "req-2"))
      local job = book:jobs()[1]
      assert.are.same({ "accepted", "req-2" }, { job.state, job.request_id })
      assert.is_nil(job.settled)
      assert.is_nil(job.error)
      assert.are.equal(400000, store.committed(book:db()))
    end)

    it("takes nobody's word against the service's", function()
      local id = add { state = "accepted", request_id = "req-1" }
      local ok, err = book:settle(id, "req-2")
      assert.is_nil(ok)
      assert.matches("not in doubt: it is accepted", err.message)
    end)

    it("hears that a request was accepted which the policy gave up", function()
      local id = add { state = "refused", cost = 0, settled = 0, writer = "dead",
        error = "taken as not accepted by ledger_policy; looked at" }
      assert.is_true(book:settle(id, "req-1"))
      assert.are.same({ "accepted", "req-1" }, { book:jobs()[1].state,
        book:jobs()[1].request_id })
      assert.are.equal(400000, store.committed(book:db()))
      id = add { state = "refused", cost = 0, settled = 0, error = "wrong input" }
      assert.is_nil((book:settle(id, "req-2")))
    end)

    it("leaves alone what a living process follows", function()
      local living = process.self()
      assert(store.sign(book:db(), living))
      local id = add { state = "unknown" }
      assert.is_true(book:settle(id, "req-1"))
      assert.are.equal(1, store.update(book:db(), id, { writer = living.id }))
      local ok, err = book:settle(id, "req-2")
      assert.is_nil(ok)
      assert.matches("by a process that lives", err.message)
    end)

    it("is taken up by whoever asks, though its first client lives", function()
      local living = process.self()
      assert(store.sign(book:db(), living))
      local id = add { state = "unknown", writer = living.id }
      assert.is_true(book:settle(id, "req-1"))
      assert.is_nil(store.writers(book:db())[store.get(book:db(), id).writer])
    end)

    it("leaves alone what is not in doubt", function()
      local id = add { state = "fetched" }
      local ok, err = book:settle(id, "not_accepted")
      assert.is_nil(ok)
      assert.truthy(tostring(err):find("not in doubt: it is fetched", 1, true))
      ok, err = book:settle("nobody", "not_accepted")
      assert.is_nil(ok)
      assert.are.equal("not_found", err.kind)
      assert.has_error(function() book:settle(id, "no such/id") end)
    end)

    it("leaves alone what a living process is sending", function()
      local living = process.self()
      assert(store.sign(book:db(), living))
      local ok, err = book:settle(add { writer = living.id }, "not_accepted")
      assert.is_nil(ok)
      assert.truthy(tostring(err):find("by a process that lives", 1, true))
      assert(store.sign(book:db(), DEAD))
      assert(book:db():run("UPDATE fal_writers SET seen_at = 1"))
      assert.is_true(book:settle(add(), "not_accepted"))
    end)
  end)

  it("knows its writers", function()
    assert(store.sign(book:db(), DEAD))
    assert(book:db():run("UPDATE fal_writers SET seen_at = 1"))
    assert.is_true(tonumber(store.writers(book:db()).dead.silent) > 1e12)
    assert(store.sign(book:db(), DEAD))
    assert.is_true(tonumber(store.writers(book:db()).dead.silent) < 5000)
  end)

  it("tells how long a writer is silent by one clock, not by each machine's", function()
    local time = os.time
    rawset(os, "time", function(...) return time(...) + (... and 0 or 3600) end)
    local ok = store.sign(book:db(), DEAD)
    rawset(os, "time", time)
    assert.are.equal(1, ok)
    local writer = store.writers(book:db()).dead
    assert.is_false(process.is_dead(writer, process.self()))
  end)

  it("knows the files of a job", function()
    local id = add()
    for _, size in ipairs { 1, 3000000000 } do
      assert(store.add_file(book:db(), { job = id, url = "u", path = "p", size = size,
        saved_at = 1 }))
    end
    assert.are.same({ { url = "u", path = "p", size = 3000000000 } }, book:files(id))
  end)

  it("tells which request ids are taken", function()
    local id = add { request_id = "r1" }
    assert.are.same({ r1 = id }, store.taken(book:db(), { "r1", "r2" }))
  end)

  it("is opened again with what it held, by several at once", function()
    local where = new()
    local a, b = assert(ledger.open(where)), assert(ledger.open(where))
    assert(store.insert(a:db(), row()))
    assert.are.equal(1, #b:jobs())
    a:close()
    a:close()
    local jobs, err = a:jobs()
    assert.is_nil(jobs)
    assert.are.equal("file", err.kind)
    assert.are.equal(1, #assert(ledger.open(where)):jobs())
    b:close()
  end)

  it("has an id of its own, which it keeps", function()
    local where = new()
    local a, b = assert(ledger.open(where)), assert(ledger.open(where))
    local id = assert(a:id())
    assert.are.equal(id, b:id())
    assert.are_not.equal(id, book:id())
    a:close()
    assert.are.equal("file", select(2, a:id()).kind)
    b:close()
  end)

  it("of a newer version is left alone", function()
    local where = new()
    local a = assert(ledger.open(where))
    assert(a:db():run("UPDATE fal_meta SET value = ? WHERE name = 'version'", 99))
    a:close()
    local b, err = ledger.open(where)
    assert.is_nil(b)
    assert.are.equal("file", err.kind)
    assert.truthy(tostring(err):find("newer version of fal", 1, true))
  end)

  it("is brought up to date in one step or not at all", function()
    local where = new()
    assert(ledger.open(where)):close()
    local number = #schema.VERSIONS + 1
    schema.VERSIONS[number] = { "ALTER TABLE fal_jobs ADD COLUMN extra TEXT",
      "CREATE TABLE fal_jobs (broken TEXT)" }
    local b, err = ledger.open(where)
    assert.is_nil(b)
    assert.truthy(tostring(err):find("already exists", 1, true))
    schema.VERSIONS[number][2] = "CREATE TABLE fal_more (id TEXT)"
    b = assert(ledger.open(where))
    assert(b:db():run("INSERT INTO fal_more (id) VALUES (?)", "x"))
    schema.VERSIONS[number] = nil
    b:close()
  end)

  if kind == "postgresql" then
    it("finds its way back after the server was away", function()
      local where = new()
      local a = assert(ledger.open(where))
      assert(store.insert(a:db(), row()))
      server():down()
      local jobs, err = a:jobs()
      assert.is_nil(jobs)
      assert.are.same({ "file", true }, { err.kind, err.retryable })
      assert.is_nil(tostring(err):find("secretpw", 1, true))
      server():up()
      assert.are.equal(1, #assert(a:jobs()))
      a:close()
    end)
  end
end)

describe("a ledger that cannot be opened", function()
  it("says so, and of which file", function()
    local book, err = ledger.open("/nonexistent/folder/ledger.db")
    assert.is_nil(book)
    assert.are.equal("file", err.kind)
    assert.truthy(tostring(err):find("/nonexistent/folder/ledger.db", 1, true))
    assert.truthy(tostring(err):find("Check that its folder exists", 1, true))
  end)

  it("is no database", function()
    local path, dir = require("support.ledgers").path()
    local file = assert(io.open(path, "w"))
    file:write(("not a database "):rep(100))
    file:close()
    local book, err = ledger.open(path)
    assert.is_nil(book)
    assert.truthy(tostring(err):find("not a database", 1, true))
    os.execute("rm -rf " .. dir)
  end)

  it("lacks its library", function()
    local saved, preload = package.loaded.DBI, package.preload.DBI
    package.loaded.DBI = nil
    package.preload.DBI = function() error("no DBI here") end
    local book, err = ledger.open("x.db")
    package.loaded.DBI, package.preload.DBI = saved, preload
    assert.is_nil(book)
    assert.truthy(tostring(err):find(
      "LuaDBI is not installed (Debian: lua-dbi-sqlite3; LuaRocks: luadbi-sqlite3)", 1,
      true))
  end)

  it("has an address that is none", function()
    local book, err = ledger.open("mysql://host/db")
    assert.is_nil(book)
    assert.are.equal("validation", err.kind)
  end)
end)
