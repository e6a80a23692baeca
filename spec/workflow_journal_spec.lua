local fake = require "support.fake_client"
local journal = require "fal.workflow.journal"
local script = require "support.script"

local contents, put = script.contents, script.put

local function intent(number, key, micros)
  return { t = "intent", a = number, k = key or "k", n = "base", e = "x/y", i = {},
    m = micros or 400000, at = 1 }
end

describe("a workflow's journal", function()
  local dir, path, client

  before_each(function()
    dir = script.directory()
    path = dir .. "/workflow.jsonl"
    client = fake.new({})
  end)

  after_each(function() script.remove(dir) end)

  local function open() return assert(journal.open(client, dir, path)) end

  it("is empty where there is none, and reading makes none", function()
    local known, lines = assert(journal.read(path))
    assert.same({}, known.list)
    assert.same({}, lines)
    assert.is_nil(io.open(path))
  end)

  it("takes an intent without an answer for a doubt", function()
    open():add(intent(1))
    local attempt = assert(journal.read(path)).list[1]
    assert.equal("doubt", attempt.state)
    assert.equal(400000, assert(journal.read(path)):committed())
  end)

  it("tells an attempt's whole life", function()
    local book = open()
    book:add(intent(1))
    book:add { t = "accepted", a = 1, r = "r1" }
    assert.equal("accepted", assert(journal.read(path)).list[1].state)
    book:add { t = "done", a = 1, o = { video = { url = "u" } }, sec = 3, at = 9 }
    local attempt = assert(journal.read(path)).list[1]
    assert.equal("done", attempt.state)
    assert.equal("u", attempt.output.video.url)
    assert.equal("r1", attempt.request_id)
    book:add(intent(2, "other"))
    book:add { t = "failed", a = 2, err = { kind = "validation", message = "no" } }
    assert.equal("failed", assert(journal.read(path)).list[2].state)
    assert.equal(400000, assert(journal.read(path)):committed())
  end)

  it("is on the disk when add returns, and knows then what it was told", function()
    local book = open()
    assert.is_true(book:add(intent(1)))
    assert.matches('"t":"intent"', contents(path))
    assert.equal(1, #book.state.list)
  end)

  it("drops a line that was not finished, and goes on after it", function()
    open():add(intent(1))
    put(path, contents(path) .. '{"t":"accepted","a":1,"r":"r')
    local book = open()
    assert.equal("doubt", book.state.list[1].state)
    book:add { t = "accepted", a = 1, r = "r2" }
    assert.equal("r2", assert(journal.read(path)).list[1].request_id)
  end)

  it("refuses to guess at a damaged line", function()
    open():add(intent(1))
    put(path, contents(path) .. "garbage\n")
    local known, err = journal.read(path)
    assert.is_nil(known)
    assert.equal("file", err.kind)
    assert.equal("no", err.sent)
    assert.matches("line 3", err.message)
    local book
    book, err = journal.open(client, dir, path)
    assert.is_nil(book)
    assert.equal("file", err.kind)
  end)

  it("refuses a record whose values are not what they must be", function()
    local whole = '{"t":"fal.workflow","v":1}\n{"t":"intent","a":1,"k":"k","n":"base",'
      .. '"e":"x/y","i":{},"m":400000,"at":1}\n'
    for _, case in ipairs {
      { '{"t":"accepted","a":1,"r":17}', "r is no string" },
      { '{"t":"accepted","a":1}', "r is no string" },
      { '{"t":"done","a":1,"o":{},"sec":"3"}', "sec is no number" },
      { '{"t":"file","a":1,"f":"video","p":7}', "p is no string" },
      { '{"t":"failed","a":1,"err":"no","m":0}', "err is no table" },
      { '{"t":"intent","a":2,"k":"l","n":"b","e":5,"i":{},"at":1}', "e is no string" },
      { '{"t":"intent","a":2,"k":"l","n":"b","e":"x/y","i":{},"at":1,"m":"4"}',
        "m is no number" },
      { '{"t":"intent","a":3,"k":"l","n":"b","e":"x/y","i":{},"at":1}',
        "attempt 3 follows attempt 1" },
    } do
      put(path, whole .. case[1] .. "\n")
      local known, err = journal.read(path)
      assert.is_nil(known, case[1])
      assert.equal("file", err.kind)
      assert.equal(case[2], err.cause)
    end
    put(path, whole)
    assert.equal(1, #assert(journal.read(path)).list)
  end)

  it("refuses a file that is none, and one of a newer version", function()
    for _, bytes in ipairs { "hello\n", '{"t":"fal.workflow","v":2}\n',
      '{"t":"fal.workflow","v":1}\n{"t":"wonder","a":1}\n' } do
      put(path, bytes)
      assert.is_nil((journal.read(path)))
    end
  end)

  describe("while the disk takes its time", function()
    local engine

    before_each(function()
      local made, core = fake.new({})
      client, engine = made, core
      engine.sync_time = 1
    end)

    it("lets others go on", function()
      local book, ticks = open(), 0
      local adding = client:spawn(function() return book:add(intent(1)) end)
      client:spawn(function()
        while client:sleep(0.1) and not adding:is_done() do ticks = ticks + 1 end
      end)
      assert.is_true(adding:await())
      assert.is_true(ticks >= 8)
    end)

    it("writes what comes meanwhile at once, after what is being written", function()
      local book, began = open(), engine.now()
      local tasks = {}
      for i = 1, 30 do
        tasks[i] = client:spawn(function()
          client:sleep(i < 2 and 0 or 0.02 * i)
          return book:add(intent(i, "k" .. i))
        end)
      end
      for i = 1, 30 do assert.is_true(tasks[i]:await()) end
      assert.is_near(2, engine.now() - began, 0.1)
      assert.equal(30, #assert(journal.read(path)).list)
    end)

    it("writes what a canceled task told it, and what those told it who waited with it",
      function()
        local book = open()
        local first = client:spawn(function() return book:add(intent(1)) end)
        local second = client:spawn(function()
          client:sleep(0.1)
          return book:add(intent(2, "k2"))
        end)
        local third = client:spawn(function()
          client:sleep(0.2)
          return book:add(intent(3, "k3"))
        end)
        client:sleep(0.3)
        second:cancel()
        assert.is_true(third:await())
        assert.equal(3, #assert(journal.read(path)).list)
        assert.is_true(first:await())
      end)

    it("outlives the wait of a task that is canceled, or of a client that closes",
      function()
        local book = open()
        local function add_one(number)
          local task = client:spawn(function()
            return book:add(intent(number, "k" .. number))
          end)
          client:sleep(0.1)
          return task
        end
        local task = add_one(1)
        task:cancel()
        assert.is_true(task:await())
        client:sleep(2)  -- what the disk has done is heard by nobody
        add_one(2):cancel()
        client:close()
        assert.equal(2, #assert(journal.read(path)).list)
      end)

    it("says that it failed, and writes all of it the next time", function()
      local book = open()
      engine.sync_error = "Input/output error"
      local ok, err = book:add(intent(1))
      assert.is_nil(ok)
      assert.equal("file", err.kind)
      assert.matches("Input/output error", tostring(err))
      engine.sync_error = nil
      os.remove(path)
      assert.is_true(book:add(intent(2, "k2")))
      assert.equal(2, #assert(journal.read(path)).list)
    end)
  end)

  it("writes nothing that would keep it from being read", function()
    local book = open()
    book:add(intent(1))
    for _, record in ipairs { { t = "wonder", a = 1 },
      { t = "accepted", a = 2, r = "r" } } do
      local ok, err = book:add(record)
      assert.is_nil(ok)
      assert.equal("validation", err.kind)
    end
    assert.equal(1, #assert(journal.read(path)).list)
  end)

  it("lets others have their turn while a long one is read", function()
    local book = open()
    local list, turns = {}, 0
    for i = 1, 300 do list[i] = i end
    client:map(list, function(i) return book:add(intent(i, "k" .. i)) end)
    assert.equal(300, #assert(journal.read(path, function() turns = turns + 1 end)).list)
    assert.equal(4, turns)
  end)

  it("writes what it could not write with the next record", function()
    local book = open()
    book:add(intent(1))
    book.path = dir .. "/missing/workflow.jsonl"
    local ok, err = book:add { t = "accepted", a = 1, r = "r1" }
    assert.is_nil(ok)
    assert.equal("file", err.kind)
    book.path = path
    assert.is_true(book:add { t = "done", a = 1, o = {}, sec = 1, at = 2 })
    local attempt = assert(journal.read(path)).list[1]
    assert.equal("r1", attempt.request_id)
    assert.equal("done", attempt.state)
  end)

  it("says that the disk is full", function()
    for _, closed in ipairs { false, true } do
      local book = open()
      book.path = "/dev/full"
      if closed then client:close() end
      local ok, err = book:add(intent(1))
      assert.is_nil(ok)
      assert.matches("No space left", tostring(err))
      client = fake.new({})
    end
  end)

  it("writes the records of tasks that run side by side at once, each before its add "
    .. "returns", function()
    local book, writes = open(), 0
    local seen = {}
    local open_file = io.open
    io.open = function(name, mode) -- luacheck: ignore
      if name == path and mode == "ab" then writes = writes + 1 end
      return open_file(name, mode)
    end
    local list = {}
    for i = 1, 40 do list[i] = i end
    client:map(list, function(i)
      local ok = book:add(intent(i, "k" .. i))
      seen[i] = ok and contents(path):find('"k":"k' .. i .. '"', 1, true) ~= nil
      return true
    end)
    io.open = open_file -- luacheck: ignore
    for i = 1, 40 do assert.is_true(seen[i]) end
    assert.equal(1, writes)
    assert.equal(40, #assert(journal.read(path)).list)
  end)
end)
