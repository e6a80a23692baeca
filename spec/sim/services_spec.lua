local support = require("support.sim")

local T2V = "fal-ai/sora-2/text-to-video"

describe("the simulator's storage", function()
  local sim

  setup(function()
    sim = support.start({ media = "none" })
  end)

  teardown(function()
    sim:stop()
  end)

  local function initiate(multipart)
    return sim:request("POST", "/rest/storage/upload/initiate"
      .. (multipart and "-multipart" or "") .. "?storage_type=fal-cdn-v3",
      { body = { content_type = "image/png", file_name = "../cat picture.png" } }).json
  end

  local function put(url, body, opts)
    opts = opts or {}
    opts.key = opts.key or false
    opts.flags = "-H 'Content-Type: " .. (opts.content_type or "image/png")
      .. "' --data-binary " .. support.quote(body)
    return sim:request(opts.method or "PUT", url, opts)
  end

  it("takes a file at a signed URL and gives it back", function()
    local upload = initiate()
    assert.matches("^" .. sim.url:gsub("%p", "%%%0") .. "/cdn/files/b/%x+/[%w._-]+$",
      upload.file_url)
    assert.equal(404, sim:request("GET", upload.file_url, { key = false }).status)
    assert.equal(200, put(upload.upload_url, "picture").status)
    local file = sim:request("GET", upload.file_url, { key = false })
    assert.equal("picture", file.body)
    assert.equal("image/png", file.headers["content-type"])
    assert.equal(200, put(upload.upload_url, "other").status)
    assert.equal("other", sim:request("GET", upload.file_url, { key = false }).body)
  end)

  it("refuses a key, another type and a missing signature at a signed URL", function()
    local upload = initiate()
    assert.equal(403, put(upload.upload_url, "x", { key = "a:b" }).status)
    assert.equal(403, put(upload.upload_url, "x", { content_type = "text/plain" }).status)
    assert.equal(403, put(upload.upload_url:gsub("%?.*", ""), "x").status)
    assert.equal(404, sim:request("GET", upload.file_url, { key = false }).status)
  end)

  it("puts parts together in their order", function()
    local upload = initiate(true)
    local path, query = upload.upload_url:match("^(.*)(%?.*)$")
    local second = put(path .. "/2" .. query, "world").json
    local first = put(path .. "/1" .. query, "hello ").json
    assert.equal(1, first.partNumber)
    local function complete(parts)
      return sim:request("POST", path .. "/complete" .. query,
        { key = false, body = { parts = parts } }).status
    end
    assert.equal(400, complete({ second, first }))
    assert.equal(400, complete({ { partNumber = 1, etag = "wrong" } }))
    assert.equal(200, complete({ first, second }))
    assert.equal("hello world", sim:request("GET", upload.file_url, { key = false }).body)
  end)

  it("takes a file with a CDN token until that expires", function()
    local token = sim:request("POST", "/rest/storage/auth/token?storage_type=fal-cdn-v3",
      { body = "{}" }).json
    assert.equal("Bearer", token.token_type)
    local function upload()
      return sim:request("POST", "/cdn/files/upload", { key = false, body = "text",
        headers = { "Authorization: Bearer " .. token.token, "X-Fal-File-Name: a.txt" } })
    end
    local answer = upload()
    assert.equal("text", sim:request("GET", answer.json.access_url, { key = false }).body)
    sim:advance(3601)
    assert.equal(401, upload().status)
  end)

  it("asks for a key before it starts", function()
    assert.equal(401, sim:request("POST", "/rest/storage/upload/initiate",
      { key = false, body = { content_type = "image/png" } }).status)
  end)

  it("publishes its webhook keys", function()
    local answer = sim:request("GET", "/rest/.well-known/jwks.json", { key = false })
    assert.equal('{"keys":[]}', answer.body)
  end)
end)

describe("the simulator's platform API", function()
  local sim

  setup(function()
    sim = support.start({ media = "none", speed = 0.001, queue_time = 5, run_time = 5 })
  end)

  teardown(function()
    sim:stop()
  end)

  before_each(function()
    sim:reset()
  end)

  local function history(query)
    return sim:request("GET", "/api/v1/models/requests/by-endpoint?endpoint_id=" .. T2V
      .. (query or "")).json
  end

  it("shows requests once they have started, with payloads when asked", function()
    sim:submit(T2V, { prompt = "one" })
    assert.matches('"items":%[%]', sim:request("GET",
      "/api/v1/models/requests/by-endpoint?endpoint_id=" .. T2V).body)
    sim:advance(6)
    local row = history().items[1]
    assert.is_string(row.request_id)
    assert.is_nil(row.json_input)
    sim:advance(6)
    row = history("&expand=payloads").items[1]
    assert.equal("one", row.json_input.prompt)
    assert.is_string(row.json_output.video_id)
    assert.equal(200, row.status_code)
    assert.near(5, row.duration, 0.01)
  end)

  it("keeps no payloads when told not to", function()
    sim:submit(T2V, { prompt = "one" }, { headers = { "X-Fal-Store-IO: 0" } })
    sim:advance(11)
    assert.is_nil(history("&expand=payloads").items[1].json_input)
  end)

  it("lags behind as far as it is told", function()
    sim:settings({ history_lag = 100 })
    sim:submit(T2V, { prompt = "one" })
    sim:advance(90)
    assert.equal(0, #history().items)
    sim:advance(11)
    assert.equal(1, #history().items)
    sim:settings({ history_lag = 0 })
  end)

  it("pages, newest first, within a span of time", function()
    for i = 1, 5 do
      sim:submit(T2V, { prompt = tostring(i) })
    end
    sim:advance(11)
    local first = history("&limit=2&expand=payloads")
    assert.equal("5", first.items[1].json_input.prompt)
    assert.is_true(first.has_more)
    local last = history("&limit=2&expand=payloads&cursor=4")
    assert.equal("1", last.items[1].json_input.prompt)
    assert.is_false(last.has_more)
    assert.equal(0, #history("&start=2030-01-01").items)
    assert.equal(0, #history("&end=2020-01-01T00:00:00Z").items)
    assert.equal(5, #history("&start=2020-01-01T00:00:00Z").items)
  end)

  it("shows a key its own requests only", function()
    sim:submit(T2V, { prompt = "one" }, { key = "other:key" })
    sim:advance(11)
    assert.equal(0, #history().items)
  end)

  it("lists what was billed", function()
    sim:submit(T2V, { prompt = "one", duration = 8 })
    sim:submit(T2V, { prompt = "two", duration = 7 })
    sim:advance(11)
    local answer = sim:request("GET", "/api/v1/models/billing-events")
    local events = answer.json.billing_events
    assert.equal(1, #events)
    assert.near(0.8, events[1].cost_total, 1e-9)
    assert.near(8, events[1].output_units, 1e-9)
    assert.equal(800000000, events[1].cost_estimate_nano_usd)
  end)

  it("tells prices and models, and errors in its own shape", function()
    local prices = sim:request("GET", "/api/v1/models/pricing?endpoint_id=" .. T2V).json
    assert.near(0.1, prices.prices[1].unit_price, 1e-9)
    local unknown = sim:request("GET", "/api/v1/models/pricing?endpoint_id=acme/x")
    assert.equal(404, unknown.status)
    assert.equal("not_found", unknown.json.error.type)
    local models = sim:request("GET", "/api/v1/models?endpoint_id=" .. T2V,
      { key = false })
    assert.equal("deprecated", models.json.models[1].metadata.status)
  end)
end)

describe("the simulator's streams", function()
  local sim

  setup(function()
    sim = support.start({ media = "none", queue_time = 0.6, run_time = 0.3, ahead = 1,
      keepalive = 0.1, split = 7 })
  end)

  teardown(function()
    sim:stop()
  end)

  local function events(text)
    local out = {}
    for data in text:gmatch("data: ([^\n]*)\n\n") do
      out[#out + 1] = require("cjson").decode(data)
    end
    return out
  end

  it("pushes each state, each log line once, and ends after COMPLETED", function()
    sim:script({ logs = { "eins", "zwölf", "ünf", "🎬" }, queue_time = 3600,
      run_time = 3600, match = { times = 1 } })
    local job = sim:submit(T2V, { prompt = "x" })
    local stream = io.popen("curl -sN --max-time 30 -D - -H 'Authorization: Key "
      .. "spec:key' " .. job.status_url .. "/stream?logs=1; echo $?")
    local said = {}
    local function until_said(pattern)
      repeat
        local line = assert(stream:read("*l"), pattern)
        said[#said + 1] = line
      until line:find(pattern)
    end
    until_said("^[Cc]ontent%-[Tt]ype: text/event%-stream")
    until_said("IN_QUEUE")
    until_said("^: keepalive$")
    sim:advance(3600)
    until_said("IN_PROGRESS")
    sim:advance(3600)
    until_said("COMPLETED")
    said[#said + 1] = stream:read("*a")
    stream:close()
    local text = table.concat(said, "\n")
    assert.equal("0", text:match("(%d+)\n$"))
    local states, lines = {}, {}
    for _, event in ipairs(events(text)) do
      if states[#states] ~= event.status then
        states[#states + 1] = event.status
      end
      for _, line in ipairs(event.logs) do
        lines[#lines + 1] = line.message
      end
    end
    assert.same({ "IN_QUEUE", "IN_PROGRESS", "COMPLETED" }, states)
    assert.same({ "eins", "zwölf", "ünf", "🎬" }, lines)
  end)

  it("breaks off where a fault says", function()
    sim:fault({ route = "stream", nth = 1, action = "cut", at = 100 })
    local job = sim:submit(T2V, { prompt = "x" })
    local answer, code = sim:request("GET", job.status_url .. "/stream")
    assert.not_equal(0, code)
    assert.equal(100, #answer.body)
    sim:clear_faults()
  end)

  it("runs a job on one connection", function()
    local answer = sim:request("POST", "/run/" .. T2V, { body = { prompt = "x" } })
    assert.equal(200, answer.status)
    assert.is_string(answer.json.video_id)
    assert.equal("4", answer.headers["x-fal-billable-units"])
    local refused = sim:request("POST", "/run/" .. T2V, { body = {} })
    assert.equal(422, refused.status)
    assert.equal("missing", refused.json.detail[1].type)
  end)

  it("streams a run and ends with its output", function()
    local answer = sim:request("POST", "/run/acme/demo/stream",
      { body = { prompt = "x" } })
    local list = events(answer.body)
    assert.is_true(#list > 2)
    assert.equal("x", list[#list].input.prompt)
  end)
end)

describe("the simulator's records", function()
  it("keeps the last requests, without the key", function()
    local sim = support.start({ media = "none", keep = 2 })
    sim:request("GET", "/queue/acme/a/requests/1/status?logs=1")
    sim:request("POST", "/queue/acme/b", { body = '{"a":1}' })
    sim:request("GET", "/queue/acme/c/requests/2")
    local list = sim:requests()
    assert.equal(2, #list)
    assert.same({ "POST", "/queue/acme/b", '{"a":1}', "submit" },
      { list[1].method, list[1].path, list[1].body, list[1].route })
    local function authorization(request)
      for _, header in ipairs(request.headers) do
        if header[1] == "Authorization" then
          return header[2]
        end
      end
    end
    assert.equal("Key [secret]", authorization(list[1]))
    assert.equal("Key spec:key", authorization(sim:requests(true)[1]))
    sim:stop()
  end)

  it("ends at once when told, and with its parent", function()
    local sim = support.start({ media = "none" })
    sim:stop()
    local _, code = support.curl(sim.url .. "/__sim/clock")
    assert.equal(7, code)
  end)
end)
