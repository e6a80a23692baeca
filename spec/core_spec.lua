-- The C core over real sockets: verbs, outcomes, and what is known of whether a request
-- was sent. The simulator counts.

local core = require "fal.core"
local start_sim = require("support.sim").start

local APP, ENDPOINT = "acme/demo", "acme/demo/make"

local function open(base, options)
  local all = {
    queue_url = base .. "/queue", run_url = base .. "/run", rest_url = base .. "/rest",
    api_url = base .. "/api",
  }
  for name, value in pairs(options or {}) do all[name] = value end
  local engine = assert(core.new(all))
  assert(engine:set_key(os.getenv("FAL_KEY") or "id:secret"))
  return engine
end

-- What comes out of the engine next, as a table; fails rather than wait for ever.
local function fetch(engine)
  local deadline = core.now() + 20
  while true do
    local got = { engine:next() }
    if got[1] then return got end
    assert(engine:step(1) > 0, "the engine has nothing left to do")
    assert(core.now() < deadline, "nothing came out in time")
  end
end

-- Like fetch, and it must be the thing with this id.
local function finish(engine, id, message)
  assert(id, message)
  local got = fetch(engine)
  assert.are.equal(id, got[1])
  return got
end

local function header(request, name)
  for _, pair in ipairs(request.headers) do
    if pair[1]:lower() == name then return pair[2] end
  end
end

describe("fal.core", function()
  local sim, engine

  setup(function()
    sim = start_sim { media = "bundled", queue_time = 0, run_time = 0 }
  end)
  teardown(function() sim:stop() end)
  before_each(function()
    sim:clear_faults()
    sim:reset()
    engine = open(sim.url)
  end)
  after_each(function() engine:close() end)

  local function submit(body)
    local got = finish(engine, engine:submit(ENDPOINT, body or '{"prompt":"x"}'))
    return got, got[4] and tostring(got[4]):match('"request_id":%s*"([^"]+)"')
  end

  it("says what it is made of", function()
    assert.matches("^libcurl/", core.curl)
    assert.is_boolean(core.features.http2)
    assert.is_true(core.features.prereq)
  end)

  it("submits, asks, fetches and cancels by the app's id", function()
    local got, id = submit()
    assert.are.same({ "response", 200, "yes" }, { got[2], got[3], got[6] })
    assert.are.equal(200, finish(engine, engine:status(APP, id, true))[3])
    assert.are.equal(200, finish(engine, engine:result(APP, id))[3])
    local canceled = finish(engine, engine:cancel(APP, id))
    assert.are.equal(400, canceled[3])
    assert.matches("ALREADY_COMPLETED", canceled[4])
  end)

  it("gives headers in lower case, and none for a status of 200 or 202", function()
    local got, id = submit()
    assert.is_string(got[5]["x-fal-request-id"])
    assert.is_nil(finish(engine, engine:status(APP, id, false))[5])
  end)

  it("tells usual answers in brief to whom that will do", function()
    local got = finish(engine, engine:submit(ENDPOINT, '{"prompt":"x"}',
      { brief = true }))
    assert.are.equal("brief", got[2])
    local id = got[4]
    assert.are.equal("/requests/" .. id, got[7]:match("/requests/[^/]*$"))
    assert.are.equal("response", finish(engine, engine:status(APP, id, false))[2])
    got = finish(engine, engine:status(APP, id, false, nil, true))
    assert.are.same({ "brief", "COMPLETED" }, { got[2], got[3] })
    assert.are.same({}, { got[4], nil, nil, got[7] })
    got = finish(engine, engine:status(APP, "none", false, nil, true))
    assert.are.same({ "response", 404 }, { got[2], got[3] })
  end)

  it("holds nothing up by an answer for which there is no memory", function()
    local limit = require("support.system").limit
    local large = assert(engine:request { url = sim.url .. "/cdn/__blob/300000" })
    repeat local _, more = engine:step(1) until more
    local small = assert(engine:request { url = sim.url .. "/cdn/__blob/5" })
    local deadline = core.now() + 10
    local got
    limit(200000)
    repeat
      local ok, id = pcall(engine.next, engine)
      got = ok and id
      if not got then engine:step(0.01) end
    until got or core.now() > deadline
    limit(0)
    assert.equal(small, got)
    got = finish(engine, large)
    assert.equal(300000, #got[4])
  end)

  it("delivers a status stream event by event", function()
    local _, id = submit()
    local stream = assert(engine:stream_status(APP, id, true))
    local got, events = fetch(engine), 0
    while got[2] == "event" do
      assert.are.equal(stream, got[1])
      events = events + 1
      got = fetch(engine)
    end
    assert.is_true(events >= 1)
    assert.are.same({ stream, "response", 200 }, { got[1], got[2], got[3] })
  end)

  it("keeps to itself what a held stream brings, until it is let go", function()
    local _, id = submit()
    local stream = assert(engine:stream_status(APP, id, true))
    assert.is_true(engine:hold(stream, true))
    engine:timer(0.3)
    assert.are.equal("timer", fetch(engine)[2])
    assert.is_nil(engine:next())
    assert.is_true(engine:hold(stream, false))
    assert.are.equal("event", finish(engine, stream)[2])
    assert.is_false(engine:hold(stream + 1000, true))
  end)

  it("reports an abort of a held stream", function()
    local _, id = submit()
    local stream = assert(engine:stream_status(APP, id, true))
    engine:hold(stream, true)
    engine:abort(stream)
    local got = fetch(engine)
    while got[2] == "event" do got = fetch(engine) end
    assert.are.same({ stream, "error", "aborted" }, { got[1], got[2], got[3] })
  end)

  it("goes past any proxy to this machine: no key leaves in clear text", function()
    engine:close()
    engine = open(sim.url, { proxy = "http://127.0.0.1:1" })
    assert.are.equal(404, finish(engine, engine:status(APP, "none", false))[3])
  end)

  it("goes through the proxy to every other place", function()
    engine:close()
    engine = open(sim.url, { proxy = "http://127.0.0.1:1" })
    local got = finish(engine, engine:request { url = "https://example.com/" })
    assert.are.same({ "error", "connect", "no" }, { got[2], got[3], got[5] })
  end)

  it("does not take what a proxy says for an answer: nothing was sent yet", function()
    engine:close()
    engine = open("https://queue.fal.test", { proxy = sim.url }) -- which answers with 404
    local got = finish(engine, engine:submit(ENDPOINT, "{}"))
    assert.are.same({ "error", "network", "no" }, { got[2], got[3], got[5] })
    assert.is_nil(got[6])
  end)

  it("does not tell the proxy's password where the address is not understood", function()
    engine:close()
    for _, proxy in ipairs { "http://me:pass#word@127.0.0.1:1",
      "htp://me:password@127.0.0.1:1" } do
      engine = open("https://queue.fal.test", { proxy = proxy })
      local got = finish(engine, engine:submit(ENDPOINT, "{}"))
      assert.are.same({ "error", "the proxy's address is not understood: what is special "
        .. "in a name or password has to be escaped", "no" }, { got[2], got[4], got[5] })
      engine:close()
    end
  end)

  it("survives a finaliser that closes it while it hands something out", function()
    local function trap(e)
      local make = rawget(_G, "newproxy") -- 5.1 has finalisers on userdata only
      local box = make and make(true) or setmetatable({}, {
        __gc = function() e:close() end })
      if make then getmetatable(box).__gc = function() e:close() end end
    end
    local delivered = 0
    for _ = 1, 200 do
      local e = open(sim.url)
      for _ = 1, 3 do e:abort(e:submit(ENDPOINT, "{}")) end
      trap(e)
      for i = 1, 30 do
        local ok, id = pcall(e.next, e)
        if ok and id then delivered = delivered + 1 end
        pcall(e.status, e, APP, i, true)
        pcall(e.submit, e, ENDPOINT, "{}", { headers = { "A: " .. i } })
      end
      e:close()
    end
    collectgarbage()
    assert.is_true(delivered > 0)
  end)

  it("lets a result past calls that wait for their model", function()
    engine:close()
    engine = open(sim.url, { max_connections = 4 })
    sim:fault { route = "run", action = "delay", seconds = 3 }
    local slow = {}
    for i = 1, 4 do
      slow[i] = engine:request {
        method = "POST", url = sim.url .. "/run/" .. ENDPOINT, auth = true, once = true,
        body = "{}", headers = { "Content-Type: application/json" },
      }
    end
    engine:step(0.05)
    local began = core.now()
    finish(engine, engine:result(APP, "none"))
    assert.is_true(core.now() - began < 2)
    for i = 1, 4 do engine:abort(slow[i]) end
  end)

  it("follows the URLs of its own queue and no others", function()
    local _, id = submit()
    local known = #sim:requests()
    local told = sim.url .. "/queue/" .. APP .. "/requests/" .. id .. "/response"
    assert.are.equal(200, finish(engine, engine:result(APP, id, told))[3])
    local evil = "http://127.0.0.1:1/queue/requests/" .. id
    assert.are.equal(200, finish(engine, engine:result(APP, id, evil))[3])
    local requests = sim:requests()
    assert.are.equal("/queue/" .. APP .. "/requests/" .. id .. "/response",
      requests[known + 1].path)
    assert.are.equal("/queue/" .. APP .. "/requests/" .. id, requests[known + 2].path)
  end)

  it("escapes a request id that would climb", function()
    local got = finish(engine, engine:result(APP, "../../x?y"))
    assert.are.equal("response", got[2])
    local requests = sim:requests()
    assert.matches("/requests/%.%.%%2F%.%.%%2Fx%%3Fy$", requests[#requests].path)
    assert.are.same({ nil, "not a request id" }, { engine:result(APP, "..") })
  end)

  it("asks each place for what is there, on handles that were used before", function()
    local other = sim.url:gsub("127%.0%.0%.1", "localhost")
    local expected = {}
    for i = 1, 6 do
      local base = i % 2 == 0 and sim.url or other
      local path = ("/cdn/%d?part=%%20%d"):format(i, i)
      finish(engine, engine:request { url = base .. path })
      expected[i] = base:match("//(.*)") .. path
    end
    local told = {}
    for i, request in ipairs(sim:requests()) do
      local query = request.query and "?" .. request.query or ""
      told[i] = header(request, "host") .. request.path .. query
    end
    assert.are.same(expected, told)
  end)

  it("leaves it to libcurl what an unusual address means", function()
    for _, pair in ipairs {
      { "/cdn/a/../b", "/cdn/b" }, { "/cdn/./c", "/cdn/c" }, { "/cdn/d#part", "/cdn/d" },
      { "?e", "/" },
    } do
      finish(engine, engine:request { url = sim.url .. pair[1] })
      local requests = sim:requests()
      assert.are.equal(pair[2], requests[#requests].path)
    end
    assert.are.equal("protocol",
      finish(engine, engine:request { url = sim.url .. "/cdn/f g" })[3])
  end)

  it("keeps the key off URLs that are not its own", function()
    local id, why = engine:request { url = "http://127.0.0.1:1/x", auth = true }
    assert.is_nil(id)
    assert.matches("key does not go", why)
    assert.is_nil((engine:request { url = sim.url .. "/queuex", auth = true }))
    finish(engine, engine:request { url = sim.url .. "/cdn/none" })
    local requests = sim:requests(true)
    for _, line in ipairs(requests[#requests].headers) do
      assert.are_not.equal("authorization", line[1]:lower())
    end
  end)

  it("does not follow a redirect with the key", function()
    sim:fault { route = "result", action = "redirect", location = sim.url .. "/cdn/none" }
    local _, id = submit()
    local got = finish(engine, engine:result(APP, id))
    assert.is_true(got[3] >= 300 and got[3] < 400)
    local requests = sim:requests()
    assert.matches("/queue/", requests[#requests].path)
  end)

  it("refuses to start with a base that would bare the key", function()
    local none, why = core.new {
      queue_url = "http://example.com", run_url = "https://fal.run",
      rest_url = "https://rest.fal.ai", api_url = "https://api.fal.ai",
    }
    assert.is_nil(none)
    assert.matches("queue_url must be https", why)
  end)

  it("refuses to start without the certificates that it is to trust", function()
    local none, why = core.new {
      queue_url = sim.url, run_url = sim.url, rest_url = sim.url, api_url = sim.url,
      ca_file = "/none/ca.pem",
    }
    assert.is_nil(none)
    assert.equal("the ca_file cannot be read: No such file or directory", why)
  end)

  it("refuses a key and header lines that would break out of their line", function()
    assert.is_nil((engine:set_key("id:se\ncret")))
    assert.is_nil((engine:set_key("")))
    assert.error_matches(function()
      engine:request { url = sim.url .. "/cdn/x", headers = { "A: b\r\nC: d" } }
    end, "line 1 of 'headers'")
  end)

  it("raises for unknown and mistyped options", function()
    assert.error_matches(function() engine:request { ur = "x" } end, "option 'ur'")
    assert.error_matches(function() engine:request {} end, "'url' is missing")
    assert.error_matches(function()
      engine:request { url = "http://x", timeout = "1" }
    end, "'timeout' must be a number")
    assert.error_matches(function() core.new { max_connection = 1 } end,
      "max_connection'")
    assert.error_matches(function()
      engine:request { url = sim.url, auth = true, follow = true }
    end, "hand the key on")
  end)

  it("knows that nothing was sent where nobody listens", function()
    local got = finish(engine,
      engine:request { url = "http://127.0.0.1:1/x", once = true })
    assert.are.same({ "error", "connect", "no" }, { got[2], got[3], got[5] })
  end)

  it("knows that nothing was sent where no name is found", function()
    local got = finish(engine, engine:request { url = "http://nowhere.invalid/x" })
    assert.are.same({ "error", "dns", "no" }, { got[2], got[3], got[5] })
  end)

  it("does not know whether a request was acted on when its answer is lost", function()
    sim:fault { route = "submit", action = "drop", at = "acted" }
    local got = submit()
    assert.are.same({ "error", "unknown" }, { got[2], got[5] })
    assert.are.equal(1, sim:ledger().totals.accepted)
  end)

  it("names the request where a body was cut behind its headers", function()
    sim:fault { route = "submit", action = "truncate", missing = 5 }
    local got = submit()
    assert.are.same({ "error", "truncated", "yes", 200 },
      { got[2], got[3], got[5], got[6] })
    assert.is_string(got[7]["x-fal-request-id"])
  end)

  it("gives up an exchange after its timeout", function()
    sim:fault { route = "result", action = "stall", seconds = 20 }
    local got = finish(engine, engine:request {
      url = sim.url .. "/queue/" .. APP .. "/requests/none", auth = true, timeout = 0.2,
    })
    assert.are.same({ "error", "timeout", "unknown" }, { got[2], got[3], got[5] })
  end)

  it("refuses a body past the limit", function()
    local got = finish(engine, engine:request {
      url = sim.url .. "/cdn/__blob/100000", max_body = 1000,
    })
    assert.are.same({ "error", "too_large" }, { got[2], got[3] })
  end)

  it("reports an abort once, and never sends it", function()
    local id = assert(engine:submit(ENDPOINT, "{}"))
    assert.is_true(engine:abort(id))
    local got = finish(engine, id)
    assert.are.same({ "error", "aborted", "no" }, { got[2], got[3], got[5] })
    assert.are.equal(0, engine:step(0))
    assert.is_false(engine:abort(id))
    assert.are.equal(0, sim:ledger().totals.accepted)
  end)

  it("fires timers in their order, and an aborted one never", function()
    local late, early = engine:timer(0.05), engine:timer(0.01)
    local never = engine:timer(0.02)
    assert.is_true(engine:abort(never))
    assert.are.same({ early, "timer" }, fetch(engine))
    assert.are.same({ late, "timer" }, fetch(engine))
    assert.is_nil(engine:timeout())
  end)

  it("leaves nothing behind where it has nothing to do", function()
    assert(engine:timer(60))
    local jit = rawget(_G, "jit")
    if jit then jit.off(); jit.flush() end  -- its traces would count
    local function idle(steps)
      for _ = 1, steps do
        local live, ready = engine:step(0, 0.001)
        assert(live == 1 and not ready and engine:next() == nil)
      end
    end
    idle(10)
    collectgarbage("stop")
    local before = collectgarbage("count")
    idle(1000)
    local grown = collectgarbage("count") - before
    collectgarbage("restart")
    if jit then jit.on() end
    assert.is_true(grown < 1, grown .. " KiB")
  end)

  it("syncs files elsewhere and says of each what came of it", function()
    local name = os.tmpname()
    local good = assert(io.open(name, "wb"))
    good:write("bytes")
    local id = assert(engine:sync(good))
    good:close()
    assert.are.same({ id, "synced", true }, fetch(engine))
    -- A pipe cannot be synced.
    local pipe = assert(io.popen("cat >/dev/null", "w"))
    id = assert(engine:sync(pipe))
    local got = fetch(engine)
    assert.are.same({ id, "synced", false }, { got[1], got[2], got[3] })
    assert.is_string(got[4])
    pipe:close()
    assert.is_false(engine:abort(id))
    assert.are.equal(0, engine:step(0))
    assert.is_error(function() engine:sync(good) end)
    local full = assert(io.open("/dev/full", "wb"))
    full:write("bytes")
    local refused, why = engine:sync(full)
    assert.is_false(refused)
    assert.matches("No space left", why)
    full:close()
    os.remove(name)
    assert.is_nil(engine:timeout())
  end)

  it("finishes its syncs when it is closed", function()
    local name = os.tmpname()
    local file = assert(io.open(name, "wb"))
    for _ = 1, 20 do assert(engine:sync(file)) end
    file:close()
    engine:close()
    os.remove(name)
  end)

  it("turns its descriptor readable when a sync has ended", function()
    local name = os.tmpname()
    local file = assert(io.open(name, "wb"))
    assert(engine:fd())
    assert(engine:sync(file))
    assert.are.equal(1, engine:step(0))
    file:close()
    os.remove(name)
    assert.are.equal("synced", fetch(engine)[2])
  end)

  it("lends one descriptor and says how long it may be left alone", function()
    assert.is_number(engine:fd())
    assert.is_nil(engine:timeout())
    engine:timer(5)
    local left = engine:timeout()
    assert.is_true(left > 4 and left <= 5)
  end)

  it("resumes a download behind what is there", function()
    local path = os.tmpname()
    local url = sim.url .. "/cdn/__blob/200000"
    sim:fault { route = "media", action = "cut", at = 90000, times = 1 }
    local cut = finish(engine, engine:request { url = url, file = path })
    assert.are.same({ "error", "truncated" }, { cut[2], cut[3] })
    local part = assert(io.open(path .. ".part", "rb"))
    local size = part:seek("end")
    part:close()
    local got = finish(engine, engine:request {
      url = url, file = path, resume = true, expect_size = 200000,
    })
    assert.are.same({ "response", 206, nil }, { got[2], got[3], got[4] })
    local file = assert(io.open(path, "rb"))
    assert.are.equal(200000, #file:read("*a"))
    file:close()
    os.remove(path)
    local asked = sim:requests()
    assert.are.same({ "bytes=" .. size - 1 .. "-", cut[7].etag },
      { header(asked[#asked], "range"), header(asked[#asked], "if-range") })
    assert.is_nil(io.open(path .. ".part.etag"))
  end)

  it("leaves private addresses alone where it is told to", function()
    for _, public_only in ipairs { true, false } do
      local got = finish(engine, engine:request {
        url = sim.url .. "/cdn/__blob/5", public_only = public_only,
      })
      assert.are.same(public_only and { "error", "forbidden", "no" }
        or { "response", 200, "yes" }, { got[2], got[3], got[public_only and 5 or 6] })
    end
  end)

  it("knows the size of a plain file and nothing else", function()
    local file = assert(io.open("LICENSE", "rb"))
    local size, modified = core.stat("LICENSE")
    assert.are.equal(file:seek("end"), size)
    assert.is_true(modified > 1e9)
    file:close()
    assert.are.same({ nil, "no plain file" }, { core.stat("spec") })
    assert.are.same({ nil, "no plain file" }, { core.stat("/dev/null") })
    assert.matches("No such file", (select(2, core.stat("/nowhere/at/all"))))
  end)

  it("puts a range of a file, and says how much was sent", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "wb"))
    file:write(("0123456789"):rep(30000))
    file:close()
    local initiated = finish(engine, engine:request {
      method = "POST", auth = true, headers = { "Content-Type: application/json" },
      url = sim.url .. "/rest/storage/upload/initiate?storage_type=fal-cdn-v3",
      body = '{"content_type":"text/plain","file_name":"a.txt"}',
    })
    local upload = initiated[4]:match('"upload_url":%s*"([^"]+)"'):gsub("\\/", "/")
    local url = initiated[4]:match('"file_url":%s*"([^"]+)"'):gsub("\\/", "/")
    local put = finish(engine, engine:request {
      method = "PUT", url = upload, body_file = path, body_from = 5, body_size = 200000,
      headers = { "Content-Type: text/plain" },
    })
    assert.are.equal(200, put[3])
    local got = finish(engine, engine:request { url = url })
    assert.are.equal(("0123456789"):rep(30000):sub(6, 200005), got[4])
    os.remove(path)
  end)

  it("refuses to send a file that is not there or too short", function()
    local url = sim.url .. "/cdn/none"
    local put = finish(engine, engine:request {
      method = "PUT", url = url, body_file = "/nowhere/at/all",
    })
    assert.are.same({ "error", "file", "no" }, { put[2], put[3], put[5] })
    assert.matches("No such file", put[4])
    put = finish(engine, engine:request {
      method = "PUT", url = url, body_file = "LICENSE", body_from = 1e12,
    })
    assert.are.same({ "error", "file" }, { put[2], put[3] })
    assert.error_matches(function()
      engine:request { url = url, body_file = "LICENSE" }
    end, "sent by PUT")
  end)

  it("leaves no file behind when the answer is no file", function()
    local path = os.tmpname()
    os.remove(path)
    local got = finish(engine,
      engine:request { url = sim.url .. "/cdn/none", file = path })
    assert.are.equal(404, got[3])
    assert.is_nil(io.open(path))
    assert.is_nil(io.open(path .. ".part"))
  end)

  it("keeps to the pace it was given", function()
    engine:close()
    engine = open(sim.url, { requests_per_second = 50 })
    local began = core.now()
    for _ = 1, 6 do engine:status(APP, "none", false) end
    for _ = 1, 6 do fetch(engine) end
    assert.is_true(core.now() - began >= 5 / 50)
  end)

  it("carries a thousand requests over few connections", function()
    engine:close()
    engine = open(sim.url, { max_connections = 8 })
    local before = sim:ledger().totals.connections
    local open_ids = {}
    for _ = 1, 1000 do open_ids[engine:status(APP, "none", false)] = true end
    for _ = 1, 1000 do
      local got = fetch(engine)
      assert.are.equal(404, got[3])
      assert.is_true(open_ids[got[1]])
      open_ids[got[1]] = nil
    end
    assert.is_nil(next(open_ids))
    -- One more than ours: the ledger itself was asked over one.
    assert.is_true(sim:ledger().totals.connections - before <= 8 + 1)
  end)

  it("fetches results before it looks at the jobs that still wait", function()
    engine:close()
    engine = open(sim.url, { max_connections = 1 })
    for _ = 1, 20 do engine:status(APP, "none", false) end
    local result = engine:result(APP, "none")
    assert.are.equal(result, fetch(engine)[1])
  end)

  it("closes with work in flight, twice, and then refuses", function()
    engine:submit(ENDPOINT, "{}")
    engine:timer(10)
    engine:step(0)
    engine:close()
    engine:close()
    assert.matches("closed", tostring(engine))
    assert.error_matches(function() engine:step(0) end, "engine is closed")
  end)

  it("shows no key", function()
    assert.is_nil(tostring(engine):find("secret", 1, true))
  end)
end)
