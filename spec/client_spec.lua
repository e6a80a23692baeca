local E = require "fal.error"
local client = require "fal.client"
local fake = require "support.fake_client"
local fake_core = require "support.fake_core"

local json = fake.json

local function raised(opts, env)
  local ok, err = pcall(client.new, opts, { core = fake_core.new(),
    getenv = function(name) return (env or {})[name] end })
  assert.is_false(ok)
  return err
end

local function settings_of(opts, env)
  local core = fake_core.new()
  client.new(opts, { core = core, getenv = function(name) return (env or {})[name] end })
  return core.engine.options
end

local function stderr_of(f)
  local said, stderr = {}, io.stderr
  rawset(io, "stderr", { write = function(_, ...)
    for _, part in ipairs { ... } do said[#said + 1] = part end
  end })
  local ok, err = pcall(f)
  rawset(io, "stderr", stderr)
  assert.is_true(ok, err)
  return said
end

describe("fal.client", function()
  it("speaks to fal.ai's own hosts unless told otherwise", function()
    local o = settings_of {}
    assert.same({ "https://queue.fal.run", "https://fal.run", "https://rest.fal.ai",
      "https://api.fal.ai" }, { o.queue_url, o.run_url, o.rest_url, o.api_url })
    assert.matches("^fal%-lua/", o.user_agent)
  end)

  it("derives all hosts from base_url, option before environment", function()
    local o = settings_of({ base_url = "http://127.0.0.1:81/",
      run_url = "https://r.test" },
      { FAL_BASE_URL = "http://127.0.0.1:99" })
    assert.same({ "http://127.0.0.1:81/queue", "https://r.test",
      "http://127.0.0.1:81/rest",
      "http://127.0.0.1:81/api" }, { o.queue_url, o.run_url, o.rest_url, o.api_url })
    assert.equal("http://127.0.0.1:99/queue",
      settings_of({}, { FAL_BASE_URL = "http://127.0.0.1:99" }).queue_url)
  end)

  it("hands transport options to the engine and keeps the key out of them", function()
    local o = settings_of { credentials = fake.KEY, max_connections = 3,
      proxy = "http://p",
      http_version = "2", connect_timeout = 1, request_timeout = 2,
      requests_per_second = 5, ca_file = "x.pem" }
    assert.same({ 3, "http://p", "2", 1, 2, 5, "x.pem" }, { o.max_connections, o.proxy,
      o.http_version, o.connect_timeout, o.request_timeout, o.requests_per_second,
      o.ca_file })
    for _, value in pairs(o) do
      assert.is_nil(tostring(value):find("canary", 1, true))
    end
  end)

  it("raises on unknown options and wrong types, naming them", function()
    assert.matches("unknown option 'time_out'; did you mean 'timeout'%?",
      raised { time_out = 1 })
    assert.matches("option 'max_in_flight' must be a whole number, 1 or more",
      raised { max_in_flight = 0 })
    assert.matches("option 'credentials' must be a string or a function", raised {
      credentials = 5 })
    assert.matches("poll: unknown option 'intial'; did you mean 'initial'%?",
      raised { poll = { intial = 1 } })
    assert.matches("poll: option 'factor' must be a number, 1 or more",
      raised { poll = { factor = 0.5 } })
    assert.matches("option 'http_version' must be", raised { http_version = "3" })
  end)

  it("raises on addresses that the key must not go to", function()
    assert.matches("base_url must be https", raised { base_url = "http://fal.test" })
    assert.matches("queue_url must be https",
      raised { queue_url = "http://queue.fal.run" })
    assert.matches("FAL_BASE_URL is no URL",
      raised({}, { FAL_BASE_URL = "localhost:8080" }))
  end)

  it("says network when the engine cannot be set up", function()
    local c, err = client.new({}, { core = { new = function() return nil,
      "no such CA file" end,
      now = function() return 0 end }, getenv = function() end })
    assert.same({ nil, "network" }, { c, err.kind })
    assert.matches("could not be set up.*no such CA file", tostring(err))
  end)

  it("reads credentials only when something is sent", function()
    local asked = false
    local c, core = fake.new(fake.lifecycle(), { credentials = function()
      asked = true
      return fake.KEY
    end })
    c:job("acme/demo", "r1")
    c:step(0.01)
    assert.is_false(asked)
    assert.is_nil(core.engine.key)
    c:subscribe("acme/demo/x", {})
    assert.equal(fake.KEY, core.engine.key)
  end)

  it("shows the key nowhere", function()
    local seen = {}
    local c = fake.new({ submit = { json(500, '{"detail":"' .. fake.KEY .. '"}') } },
      { logger = function(level, event, fields)
        seen[#seen + 1] = level .. event
        for k, v in pairs(fields) do seen[#seen + 1] = tostring(k) .. tostring(v) end
      end })
    local _, err = c:subscribe("acme/demo/x", { input = { prompt = "secret plan" } })
    seen[#seen + 1] = tostring(c) .. tostring(c.queue) .. tostring(err)
    for k, v in pairs(c) do seen[#seen + 1] = tostring(k) .. tostring(v) end
    for k, v in pairs(c.settings) do seen[#seen + 1] = tostring(k) .. tostring(v) end
    local text = table.concat(seen, "\n")
    assert.is_nil(text:find("canary-secret", 1, true))
    assert.is_nil(text:find("secret plan", 1, true))
    assert.matches("fal.client https://queue.fal.run %(0 tasks%)", tostring(c))
  end)

  it("runs on the synchronous host, once", function()
    local c, core = fake.new { request = { json(200, '{"n":1}') } }
    assert.equal(1, c:run("acme/demo/x", { input = { a = 1 }, timeout = 9 }).n)
    local r = core.requests[1]
    assert.same({ "POST", "https://fal.run/acme/demo/x", true, true, '{"a":1}', 9 },
      { r.method, r.url, r.auth, r.once, r.body, r.timeout })
  end)

  it("never runs twice when the answer was lost", function()
    local c, core = fake.new { request = { { "error", "network", "reset", "unknown" } } }
    local _, err = c:run("acme/demo/x", {})
    assert.same({ "unknown_submit", "unknown" }, { err.kind, err.sent })
    assert.equal(1, #core.requests)
  end)

  it("says protocol when the synchronous host answers 202", function()
    local c = fake.new { request = { json(202, "{}") } }
    assert.equal("protocol", select(2, c:run("acme/demo/x", {})).kind)
  end)

  it("streams the events of a model", function()
    local c, core = fake.new { request = { { "event", '{"n":1}' }, { "event", "text" },
      { "event", '{"n":2}' }, json(200, nil) } }
    local seen = {}
    for event in c:stream("acme/demo/x", { input = {} }) do
      seen[#seen + 1] = type(event) == "table" and event.n or event
    end
    assert.same({ 1, "text", 2 }, seen)
    local r = core.requests[1]
    assert.same({ "https://fal.run/acme/demo/x/stream", true, true, true,
      "Accept: text/event-stream" }, { r.url, r.stream, r.once, r.auth, r.headers[1] })
  end)

  it("takes a whole answer for a stream of one", function()
    local c = fake.new { request = { json(200, '{"n":1}') } }
    local iterator = c:stream("acme/demo/x", {})
    assert.equal(1, iterator().n)
    assert.is_nil(iterator())
  end)

  it("ends for all tasks that read one stream", function()
    local c = fake.new { request = { { "event", '{"n":1}' }, { "event", '{"n":2}' },
      { after = 1, "response", 200, nil, {}, "yes" } } }
    local iterator = assert(c:stream("acme/demo/x", {}))
    local sum = 0
    for _ = 1, 3 do
      c:spawn(function()
        local event = iterator()
        while event do
          sum = sum + event.n
          event = iterator()
        end
      end)
    end
    c:loop()
    assert.equal(3, sum)
  end)

  it("tells all who read a stream that it was given up", function()
    local c = fake.new { request = { { "event", '{"n":1}' },
      { after = 1, "response", 200, nil, {}, "yes" } } }
    local iterator = assert(c:stream("acme/demo/x", {}))
    assert.equal(1, iterator().n)
    local tasks, kinds = {}, {}
    for i = 1, 2 do
      tasks[i] = c:spawn(function() kinds[i] = select(2, iterator()).kind end)
    end
    tasks[1]:cancel()
    c:loop()
    assert.same({ "canceled", "canceled" }, kinds)
    assert.equal("canceled", select(2, iterator()).kind)
  end)

  it("loses no answer that is not a stream, whatever it is", function()
    for body, output in pairs { ['"a line"'] = "a line", ["RIFF\0\1"] = "RIFF\0\1",
      ["[1]"] = { 1 } } do
      local c = fake.new { request = { json(201, body) } }
      local iterator = assert(c:stream("acme/demo/x", {}))
      assert.same(output, (iterator()))
      assert.is_nil(iterator())
    end
  end)

  it("takes no stream without an output for one that went well", function()
    for _, answer in ipairs { json(200, ""), json(200, "null"), json(204, nil),
      json(202, '{"request_id":"r1"}') } do
      local c = fake.new { request = { answer } }
      local iterator, err = c:stream("acme/demo/x", {})
      assert.same({ nil, "protocol", "yes", answer[2] },
        { iterator, err.kind, err.sent, err.status })
    end
  end)

  it("says of a stream that is left alone whether it may be billed", function()
    local events = {}
    local c = fake.new({ request = function() return events end })
    local function read()
      local iterator, err = c:stream("acme/demo/x", {})
      if iterator then
        assert(iterator())
        err = select(2, iterator())
      end
      return err
    end
    local task = c:spawn(read)
    task:cancel()
    local err = task:await()
    assert.same({ "canceled", "unknown", "acme/demo/x" },
      { err.kind, err.sent, err.endpoint_id })
    assert.matches("may be billed", err.message)
    events = { { "event", "1" } }
    task = c:spawn(read)
    c:step()
    c:step()
    c:close()
    err = task:await()
    assert.same({ "closed", "yes" }, { err.kind, err.sent })
  end)

  it("returns the errors of a stream", function()
    local c = fake.new { request = { json(404, '{"detail":"Application not found"}') } }
    local iterator, err = c:stream("acme/demo/x", {})
    assert.same({ nil, "not_found", "no" }, { iterator, err.kind, err.sent })
    c = fake.new { request = { { "error", "network", "reset", "unknown" } } }
    assert.equal("unknown_submit", select(2, c:stream("acme/demo/x", {})).kind)
    c = fake.new { request = { { "event", "1" }, { "error", "network", "x", "yes",
      200 } } }
    iterator = c:stream("acme/demo/x", {})
    assert.equal(1, iterator())
    local event
    event, err = iterator()
    assert.same({ nil, "network", "yes" }, { event, err.kind, err.sent })
  end)

  it("says once per process what is worth a notice, unless quiet", function()
    assert.same({ "fal: ", "look here", "\n" }, stderr_of(function()
      local quiet = fake.new({}, { quiet = true })
      quiet:notice("spec:key", "nothing")
      local c = fake.new {}
      c:notice("spec:key", "look here")
      c:notice("spec:key", "look here")
    end))
  end)

  it("says nothing that a terminal would obey", function()
    local said = table.concat(stderr_of(function()
      local c = fake.new {}
      c:notice("spec:escape", "a name \27]0;pwned\7")
      c:spawn(function() error("server said: \27[2Jx", 0) end)
      c:loop()
    end))
    assert.matches("a name \\x1b]0;pwned\\x07\n", said, 1, true)
    assert.matches("server said: \\x1b[2Jx\nserver said", said, 1, true)
    assert.matches("\nstack traceback:\n", said, 1, true)
    assert.is_nil(said:find("[%z\1-\9\11-\31]"))
  end)

  it("reports the job in whose callback a task died", function()
    local said = table.concat(stderr_of(function()
      local c = fake.new(fake.lifecycle())
      c:spawn(function()
        c:subscribe("acme/demo", { on_enqueue = function() error("oops", 0) end })
      end)
      c:loop()
    end))
    assert.matches("fal: a task raised an error: oops. It was raised in a callback of "
      .. "this job, which goes on; take it up again with "
      .. 'fal.job("acme/demo", "r1"):wait()', said, 1, true)
  end)

  it("names it, too, where an error of another one was raised there", function()
    local c = fake.new(fake.lifecycle(), { max_in_flight = 1 })
    local other = E.new { kind = "validation", sent = "no", message = "no such input" }
    for i = 1, 2 do
      local _, err = c:spawn(c.subscribe, c, "acme/demo", {
        on_queue_update = function() error(other, 0) end }):await()
      assert.same({ "validation", "yes", "r" .. i, other },
        { err.kind, err.sent, err.request_id, err.cause })
      assert.matches(("fal.job(%q, %q):wait()"):format("acme/demo", "r" .. i), err.remedy,
        1, true)
    end
  end)

  it("remembers so many notices and no more", function()
    local c = fake.new({}, { quiet = true })
    for i = 1, 2000 do c:notice(("x"):rep(1000) .. i, "t") end
    for i = 1, 2000 do c:notice("k" .. i, "t") end
    local n = 0
    for key in pairs(c.noticed.keys) do
      n = n + 1
      assert.is_true(#key < 300)
    end
    assert.is_true(n <= 256)
  end)

  it("names the job for which a function that gives the key raised", function()
    local answers, asked = fake.lifecycle(), 0
    answers.status = { json(401, '{"detail":"invalid key"}') }
    local c = fake.new(answers, { credentials = function()
      asked = asked + 1
      return asked == 1 and fake.KEY or error("the vault is closed")
    end })
    local _, err = c:spawn(c.subscribe, c, "acme/demo/x", {}):await()
    assert.same({ "task", "r1" }, { err.kind, err.request_id })
    assert.matches("the vault is closed", err.message)
    assert.matches('fal.job("acme/demo/x", "r1")', err.remedy, 1, true)
  end)

  it("takes an object that can be called for a logger", function()
    local seen = {}
    local c = fake.new(fake.lifecycle(), { logger = setmetatable({}, {
      __call = function(_, _, event) seen[event] = true end }) })
    assert(c:subscribe("acme/demo/x", {}))
    assert.is_true(seen["submit.sent"] and seen.result)
  end)

  it("loses no job to a logger that raises, and says so once", function()
    local c
    local said = stderr_of(function()
      c = fake.new(fake.lifecycle(), { max_in_flight = 1,
        logger = function() error("log full") end })
      for _ = 1, 3 do assert.is_table(assert(c:subscribe("acme/demo/x", {}))) end
    end)
    assert.matches("^fal: the logger failed.*log full", table.concat(said))
    assert.equal(3, #said)
  end)

  it("says on stderr what became of a submit that nobody waits for, without a logger",
    function()
    for _, logger in ipairs { false, function() error("log full") end } do
      local said = stderr_of(function()
        local c = fake.new({ submit = {} }, { logger = logger or nil })
        local t = c:spawn(function() return c:subscribe("acme/demo/x", {}) end)
        t:cancel()
        c:step()
        c:close()
      end)
      assert.matches("whether the service accepted the request is not known.*"
        .. "look for a request to acme/demo/x sent at", table.concat(said))
    end
  end)

  it("loses no answer to a logger that waits, yields, steps or spawns", function()
    local c, core
    local spawned = 0
    local tries = {
      function() c:sleep(1) end, function() coroutine.yield() end,
      function() c:step() end, function() c:subscribe("acme/other", {}) end,
      function() c:stream("acme/other", {}) end, function() c:run("acme/other", {}) end,
      function() c:spawn(function() c:sleep(1); spawned = spawned + 1 end) end,
    }
    for _, try in ipairs(tries) do
      c, core = fake.new(fake.lifecycle(), { quiet = true, logger = try })
      local t = c:spawn(function() return c:subscribe("acme/demo/x", {}) end)
      assert.is_table(assert(t:await()))
      assert.equal(1, fake.count(core, "submit"))
      assert.equal(0, fake.count(core, "request"))
      c:loop()
    end
    assert.is_true(spawned > 0)
  end)

  it("reserves neither slot nor money for what a logger submits", function()
    for _, verb in ipairs { "subscribe", "run" } do
      local c, tried
      c = fake.new(fake.lifecycle(), { quiet = true, max_in_flight = 1, budget = 5,
        logger = function()
          if tried then return end
          tried = true
          c[verb](c, "acme/other", { input = {}, max_price = 1 })
        end })
      for _ = 1, 2 do
        assert.is_table(assert(c:subscribe("acme/demo/x", { input = {},
          max_price = 0.5 })))
      end
      assert.is_true(tried)
      assert.same({ 0, 0, 1 }, { c.slots.used, c:reserved(), c:spent() })
    end
  end)

  it("has endpoint objects for built-in tables only", function()
    local c = fake.new {}
    local id = require("fal.sora2").text_to_video.id
    assert.equal(id, c:endpoint(id).id)
    local _, err = c:endpoint("acme/demo/x")
    assert.equal("not_found", err.kind)
    assert.matches("no validation table is built in", tostring(err))
  end)

  it("refuses a known endpoint's bad input before sending", function()
    local c, core = fake.new(fake.lifecycle(), { quiet = true })
    local id = require("fal.sora2").text_to_video.id
    local _, err = c:subscribe(id, { input = { prompt = "x", duration = 7 } })
    assert.same({ "validation", "no", "duration" }, { err.kind, err.sent,
      err.fields[1].path })
    assert.same({}, core.requests)
    assert(c:subscribe(id, { input = { prompt = "x", duration = "8s" } }))
    assert.matches('"duration":8[,}]', core.requests[1].body)
  end)

  it("returns kind closed from everything after close", function()
    local c = fake.new(fake.lifecycle())
    local job = c:job("acme/demo/x", "r1")
    c:close()
    assert.equal("fal.client (closed)", tostring(c))
    for _, call in ipairs {
      function() return c:subscribe("acme/demo/x", {}) end,
      function() return c.queue:submit("acme/demo/x", {}) end,
      function() return c.queue:status("acme/demo/x", { request_id = "r1" }) end,
      function() return c:run("acme/demo/x", {}) end,
      function() return c:stream("acme/demo/x", {}) end,
      function() return c:job("acme/demo/x", "r1") end,
      function() return c:download("https://x.test/a", "/nowhere/a") end,
      function() return c:spawn(print) end,
      function() return c:sleep(1) end,
      function() return c:map({ 1 }, print) end,
      function() return job:wait() end,
      function() return job:status() end,
      function() return job:cancel() end,
    } do
      local value, err = call()
      assert.is_nil(value)
      assert.is_true(E.is(err))
      assert.equal("closed", err.kind)
    end
  end)

  it("says that its methods take a colon", function()
    local made = client.new({}, { core = fake_core.new() })
    assert.error_matches(function() made.subscribe("acme/demo", { input = {} }) end,
      "subscribe: a method is called with a colon: client:subscribe(…)", 1, true)
    for _, name in ipairs { "run", "stream", "download", "upload", "job", "endpoint",
      "spawn", "sleep", "map", "loop", "step", "timeout", "fd", "close", "reconcile",
      "estimate", "spent", "reserved", "refresh_prices" } do
      assert.error_matches(function() made[name]("x") end,
        "called with a colon: client:" .. name .. "(…)", 1, true)
    end
    for _, name in ipairs { "submit", "status", "result", "cancel", "stream_status" } do
      assert.error_matches(function() made.queue[name]("acme/demo", {}) end,
        "called with a colon: client.queue:" .. name .. "(…)", 1, true)
    end
  end)
end)
