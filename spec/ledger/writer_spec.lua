-- Commits, counted, over an engine whose clock the spec keeps.

local fake = require "support.fake_client"
local ledgers = require "support.ledgers"

describe("the ledger's writer", function()
  local path, dir, client, commits

  local function open(answers)
    local core
    client, core = fake.new(answers, { ledger = path, quiet = true, poll = { initial = 1,
      factor = 1, max = 1, jitter = 0 } })
    assert(client.account:open())
    local db = client.account.book:db()
    commits = 0
    function db.commit(self)
      commits = commits + 1
      return getmetatable(self).commit(self)
    end
    return client, core
  end

  before_each(function() path, dir = ledgers.path() end)
  after_each(function()
    if client then client:close() end
    client = nil
    os.execute("rm -rf " .. dir)
  end)

  local function all(n, fn)
    local list = {}
    for i = 1, n do list[i] = i end
    local results, errors = client:map(list, fn)
    for i = 1, n do assert(results[i], tostring(errors[i])) end
  end

  it("writes the submits of one moment in one commit", function()
    open(fake.lifecycle("r", 1))
    all(50, function(i)
      return client.queue:submit("acme/demo", { input = { n = i } })
    end)
    -- One for the intents, one for the request ids.
    assert.are.equal(2, commits)
  end)

  it("writes the results of one moment in one commit", function()
    open(fake.lifecycle("r", 1))
    all(50, function(i) return (client:subscribe("acme/demo", { input = { n = i } })) end)
    assert.are.equal(3, commits)
  end)

  it("writes nothing while jobs are polled", function()
    local polls = 0
    local answers = fake.lifecycle("r", 1)
    answers.status = function()
      polls = polls + 1
      if polls < 15 then
        return { fake.json(202, '{"status":"IN_PROGRESS","logs":null}') }
      end
      return { fake.json(200, '{"status":"COMPLETED","logs":null,"metrics":{}}') }
    end
    open(answers)
    assert(client:subscribe("acme/demo", { input = {} }))
    assert.are.equal(15, polls)
    assert.are.equal(3, commits)
  end)

  it("gives a sign of life now and then while it waits", function()
    local answers = fake.lifecycle("r", 60)
    open(answers)
    assert(client:subscribe("acme/demo", { input = {} }))
    assert.is_true(commits > 3 and commits <= 6, commits .. " commits")
  end)

  it("adds nothing for a task that is canceled before the commit", function()
    open(fake.lifecycle("r", 1))
    local t = client:spawn(function()
      return client.queue:submit("acme/demo", { input = {} })
    end)
    t:cancel()
    local _, err = t:await()
    assert.are.same({ "canceled", "no" }, { err.kind, err.sent })
    client:step()
    assert.are.equal(0, #client.account.book:jobs())
    assert.are.equal(0, commits)
  end)

  local function states()
    local book = assert(require("fal.ledger").open(path))
    local counts = {}
    for _, row in ipairs(book:jobs()) do
      counts[row.state] = (counts[row.state] or 0) + 1
    end
    book:close()
    return counts
  end

  it("leaves nothing in doubt that was recorded and not sent before a close", function()
    local _, core = open(fake.lifecycle("r", 1))
    local errors = {}
    for i = 1, 5 do
      client:spawn(function()
        local _, err = client.queue:submit("acme/demo", { input = { n = i } })
        errors[i] = err
      end)
    end
    -- The commit wakes all five; the first one that goes on closes the client.
    local submit = core.engine.submit
    function core.engine.submit(...)
      local id = submit(...)
      client:close()
      return id
    end
    while not client.closed do client:step(0.1) end
    assert.are.equal(1, fake.count(core, "submit"))
    assert.are.same({ unknown = 1, refused = 4 }, states())
    assert.are.same({ "closed", "no" }, { errors[5].kind, errors[5].sent })
  end)

  it("leaves nothing behind of a task that is canceled between commit and sending",
    function()
      open(fake.lifecycle("r", 1))
      local tasks = {}
      for i = 1, 2 do
        tasks[i] = client:spawn(function()
          return client.queue:submit("acme/demo", { input = { n = i } })
        end)
      end
      function client.account.journal.log() end
      local commit = client.account.book:db().commit
      client.account.book:db().commit = function(...)
        local ok = commit(...)
        tasks[2]:cancel()
        return ok
      end
      assert.is_table(tasks[1]:await())
      local _, err = tasks[2]:await()
      assert.are.same({ "canceled", "no" }, { err.kind, err.sent })
      client:sleep(1)
      assert.are.same({ accepted = 1, refused = 1 }, states())
    end)

  it("does not say of a second attempt that it left when the client closes first",
    function()
      local answers = fake.lifecycle("r", 1)
      answers.submit = { fake.json(429, '{"detail":"slow down"}') }
      local _, core = open(answers)
      local leave = client.account.journal.leave
      function client.account.journal.leave(self, ...)
        client:spawn(function() client:close() end)
        return leave(self, ...)
      end
      local task = client:spawn(function()
        return client.queue:submit("acme/demo", { input = {} })
      end)
      while not client.closed do client:step(0.1) core.time = core.time + 0.1 end
      assert.is_true(task:is_done())
      assert.are.equal(1, fake.count(core, "submit"))
      assert.are.same({ refused = 1 }, states())
    end)

  it("takes up work once although the commit of that was lost on the way back", function()
    open(fake.lifecycle("r", 1))
    assert(client.queue:submit("acme/demo", { input = { n = 1 } }))
    client:close()
    local _, core = open(fake.lifecycle("x", 1))
    local db = client.account.book:db()
    function db.commit(self)
      getmetatable(self).commit(self)
      return nil, "server closed the connection", "lost"
    end
    local job = assert(client.queue:submit("acme/demo", { input = { n = 1 } }))
    assert.are.equal("r1", job.request_id)
    assert.are.equal(0, fake.count(core, "submit"))
  end)

  it("knows a request id again whose commit was lost on the way back", function()
    open(fake.lifecycle("r", 1))
    local db, taken = client.account.book:db(), false
    local log = client.account.log
    function client.account.log(self, level, event, ...)
      taken = taken or event == "ledger.taken"
      return log(self, level, event, ...)
    end
    local n = 0
    function db.commit(self)
      n = n + 1
      getmetatable(self).commit(self)
      if n < 2 then return true end
      return nil, "server closed the connection", "lost"
    end
    assert(client.queue:submit("acme/demo", { input = { n = 1 } }))
    assert.is_false(taken)
    assert.are.same({ accepted = 1 }, states())
  end)

  it("keeps a cancel that comes while a request id is written", function()
    open(fake.lifecycle("r", 1))
    local t
    local log = client.account.journal.update
    function client.account.journal.update(self, id, fields, ...)
      if fields.state == "accepted" then t:cancel() end
      return log(self, id, fields, ...)
    end
    t = client:spawn(function()
      return client:subscribe("acme/demo", { input = {} })
    end)
    local output, err = t:await()
    assert.is_nil(output)
    assert.are.equal("canceled", err.kind)
    client:loop()
    assert.are.equal("r1", client.account.book:jobs()[1].request_id)
  end)
end)
