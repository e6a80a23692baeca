local support = require("support.sim")

local T2V = "/queue/fal-ai/sora-2/text-to-video"

-- curl's exit codes.
local GOT_NOTHING, PARTIAL, RECEIVE = 52, 18, 56

describe("the simulator's faults", function()
  local sim

  setup(function()
    sim = support.start({ media = "bundled", queue_time = 0, run_time = 0 })
  end)

  teardown(function()
    sim:stop()
  end)

  before_each(function()
    sim:reset()
  end)

  local function submit(opts)
    opts = opts or {}
    opts.body = opts.body or { prompt = "x" }
    return sim:request("POST", T2V, opts)
  end

  local function code_of(_, code)
    return code
  end

  local function accepted()
    return sim:ledger().totals.accepted
  end

  it("loses an answer after the job was accepted", function()
    sim:fault({ route = "submit", action = "drop", at = "acted" })
    assert.equal(GOT_NOTHING, code_of(submit()))
    assert.equal(1, accepted())
  end)

  it("resets instead of closing", function()
    sim:fault({ route = "submit", action = "drop", at = "acted", reset = true })
    assert.equal(RECEIVE, code_of(submit()))
    assert.equal(1, accepted())
  end)

  it("drops a request unread, half read and read, without acting", function()
    sim:fault({ { route = "submit", action = "drop", at = "headers", nth = 1 },
      { route = "submit", action = "drop", at = 10, nth = 2, reset = true },
      { route = "submit", action = "drop", at = "read", nth = 1 } })
    local big = { body = '{"prompt":"' .. ("x"):rep(4000) .. '"}' }
    assert.not_equal(0, code_of(submit(big)))
    assert.not_equal(0, code_of(submit(big)))
    assert.equal(GOT_NOTHING, code_of(submit(big)))
    assert.equal(0, accepted())
    assert.equal(200, submit(big).status)
    assert.equal(1, accepted())
  end)

  it("cuts an answer at any byte", function()
    local whole = submit()
    sim:fault({ { route = "submit", action = "cut", at = 0, nth = 1 },
      { route = "submit", action = "cut", at = 7, nth = 2 },
      { route = "submit", action = "cut", at = "headers", nth = 3 },
      { route = "submit", action = "cut", at = 0.9, nth = 4, reset = true } })
    assert.equal(GOT_NOTHING, code_of(submit()))
    local answer, code = submit()
    assert.not_equal(0, code)
    assert.is_nil(answer.status)
    answer, code = submit()
    assert.equal(PARTIAL, code)
    assert.equal(200, answer.status)
    assert.is_string(answer.headers["x-fal-request-id"])
    assert.equal("", answer.body)
    answer, code = submit()
    assert.equal(RECEIVE, code)
    assert.equal(whole.body:sub(1, 20), answer.body:sub(1, 20))
    assert.is_true(#answer.body < #whole.body)
    assert.equal(5, accepted())
  end)

  it("hits the requests it is meant for", function()
    sim:fault({ { route = "submit", action = "answer", status = 503, from = 2, to = 3 },
      { route = "submit", action = "answer", status = 500, every = 3 } })
    local seen = {}
    for i = 1, 7 do
      seen[i] = submit().status
    end
    -- Each rule counts every request; the first that wants it has it.
    assert.same({ 200, 503, 503, 200, 200, 500, 200 }, seen)
    assert.equal(4, accepted())
    sim:clear_faults()
    assert.equal(200, submit().status)
  end)

  it("is meant for an endpoint, or a number of times", function()
    sim:fault({ endpoint = "acme/one", action = "answer", status = 502, times = 1 })
    local function post(id)
      return sim:request("POST", "/queue/" .. id, { body = {} }).status
    end
    assert.same({ 200, 502, 200 },
      { post("acme/two"), post("acme/one"), post("acme/one") })
  end)

  it("answers anything, acting first or not", function()
    sim:fault({ { route = "submit", nth = 1, action = "answer", status = 502,
      headers = { ["Content-Type"] = "text/html" }, body = "<h1>nginx</h1>" },
      { route = "submit", nth = 2, action = "answer", status = 503, accept = true,
        body = { detail = "busy" } } })
    local page = submit()
    assert.equal(502, page.status)
    assert.equal("<h1>nginx</h1>", page.body)
    assert.equal("text/html", page.headers["content-type"])
    assert.is_nil(page.headers["x-fal-request-id"])
    assert.equal(0, accepted())
    assert.equal("busy", submit().json.detail)
    assert.equal(1, accepted())
  end)

  it("stalls for its seconds before or after acting, and answers late", function()
    sim:fault({ { route = "submit", nth = 1, action = "stall", seconds = 0.2 },
      { route = "submit", nth = 2, action = "stall", seconds = 0.2, accept = true },
      { route = "submit", nth = 3, action = "delay", seconds = 0.2 } })
    for i, expected in ipairs({ GOT_NOTHING, GOT_NOTHING, 0 }) do
      local answer, code = submit({ flags = "-w ' %{time_total}'" })
      assert.equal(expected, code)
      assert.is_true(tonumber(answer.body:match("[%d.]+$")) >= 0.2)
      assert.equal(i - 1, accepted())
    end
  end)

  it("lets go of what it stalls when it is reset", function()
    sim:fault({ route = "submit", action = "stall", seconds = 20 })
    local waiting = io.popen("curl -s --max-time 10 -X POST -d '{}' "
      .. "-H 'Authorization: Key a:b' " .. sim.url .. T2V .. "; echo $?")
    repeat
      local seen = sim:ledger().totals.refused
    until seen == 1
    sim:reset()
    assert.equal("52", (waiting:read("*a"):gsub("%s", "")))
    waiting:close()
  end)

  it("drips an answer", function()
    sim:fault({ route = "submit", action = "drip", bytes = 200, seconds = 0.05 })
    local answer, code = submit({ flags = "-w '%{time_total}'" })
    assert.equal(0, code)
    assert.is_true(tonumber(answer.body:match("}([%d.]+)$")) >= 0.1)
  end)

  it("spoils bodies: truncated, oversized, malformed, of the wrong type", function()
    sim:fault({ { route = "submit", nth = 1, action = "truncate", missing = 5 },
      { route = "submit", nth = 2, action = "oversize", bytes = 100000 },
      { route = "submit", nth = 3, action = "malformed" },
      { route = "submit", nth = 4, action = "mistype" },
      { route = "submit", nth = 5, action = "mistype", kind = "array" },
      { route = "submit", nth = 6, action = "mistype", kind = "number" } })
    local answer, code = submit()
    assert.equal(PARTIAL, code)
    assert.equal(tonumber(answer.headers["content-length"]) - 5, #answer.body)
    assert.equal(100000, #submit().body)
    answer = submit()
    assert.equal(200, answer.status)
    assert.is_nil(answer.json)
    answer = submit()
    assert.equal(7, answer.json.request_id)
    assert.same({ 1, 2, 3 }, submit().json)
    assert.equal(42, submit().json)
    assert.equal(6, accepted())
  end)

  it("redirects", function()
    sim:fault({ route = "submit", action = "redirect",
      location = "http://elsewhere.test/" })
    local answer = submit()
    assert.equal(307, answer.status)
    assert.equal("http://elsewhere.test/", answer.headers.location)
    assert.equal(0, accepted())
  end)

  it("reaches every route", function()
    local job = submit().json
    local video = sim:request("GET", job.response_url).json.video.url
    local seen = {}
    for _, route in ipairs({ "status", "stream", "result", "cancel", "media", "initiate",
      "history", "upload", "run" }) do
      sim:fault({ route = route, action = "answer", status = 418, body = route })
    end
    for _, try in ipairs({ { "GET", job.status_url },
      { "GET", job.status_url .. "/stream" },
      { "GET", job.response_url }, { "PUT", job.cancel_url }, { "GET", video, false },
      { "POST", "/rest/storage/upload/initiate" },
      { "GET", "/api/v1/models/requests/by-endpoint" },
      { "PUT", "/cdn/upload/abc" }, { "POST", "/run/acme/x" } }) do
      local answer = sim:request(try[1], try[2], { key = try[3] })
      seen[#seen + 1] = answer.status == 418 and answer.body
    end
    assert.same({ "status", "stream", "result", "cancel", "media", "initiate", "history",
      "upload", "run" }, seen)
  end)

  it("cuts a file that is downloaded", function()
    sim:fault({ route = "media", action = "cut", at = 0.5 })
    local answer, code = sim:request("GET", "/cdn/__blob/100000", { key = false,
      flags = "-o /dev/null -w 'HTTP/1.1 200 OK\r\n\r\n%{size_download}'" })
    assert.equal(PARTIAL, code)
    assert.near(50000, tonumber(answer.body), 500)
  end)

  it("comes by the command line too", function()
    local other = support.start({ media = "none",
      fault = { { route = "submit", nth = 2, action = "answer", status = 500 } } })
    local function post()
      return other:request("POST", "/queue/acme/x", { body = {} }).status
    end
    assert.same({ 200, 500, 200 }, { post(), post(), post() })
    other:stop()
  end)

  it("refuses rules it does not understand", function()
    assert.has_error(function()
      sim:fault({ route = "submitt", action = "drop" })
    end)
    assert.has_error(function()
      sim:fault({ route = "submit", action = "explode" })
    end)
    assert.has_error(function()
      sim:fault({ route = "submit", action = "drop", nht = 1 })
    end)
  end)
end)
