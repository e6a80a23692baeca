local fal = require "fal.client"
local fake = require "support.fake_client"
local sim = require "support.sim"

local json = fake.json
local KEY = "canary-id:canary-secret-0123456789"
local MIB = 1024 * 1024
local INITIATED = '{"upload_url":"https://signed.test/u/1?signature=ab&x=1",'
  .. '"file_url":"https://cdn.test/files/1"}'

local function temporary(text)
  local path = os.tmpname()
  local handle = assert(io.open(path, "wb"))
  handle:write(text)
  handle:close()
  finally(function() os.remove(path) end)
  return path
end

local function read(path)
  local handle = assert(io.open(path, "rb"))
  local bytes = handle:read("*a")
  handle:close()
  return bytes
end

--- Answers as the storage does; `put` may answer first.
local function client(put, opts)
  return fake.new({ request = function(request, n)
    if request.url:find("/initiate", 1, true) then return { json(200, INITIATED) } end
    local answer = put and put(request, n)
    if answer then return answer end
    local part = request.url:match("/(%d+)%?")
    return { json(200, request.url:find("/u/1/%d") and ('{"partNumber":%s,"etag":"e%s"}')
      :format(part, part) or "") }
  end }, opts)
end

describe("fal.storage", function()
  it("asks with the key for an address and sends the bytes there without it", function()
    local path = temporary("\137PNG\r\n\26\nx")
    local c, core = client()
    assert.equal("https://cdn.test/files/1", c:upload(path))
    local ask, put = core.requests[1], core.requests[2]
    assert.same({ "POST", true, "https://rest.fal.ai/storage/upload/initiate"
      .. "?storage_type=fal-cdn-v3" }, { ask.method, ask.auth, ask.url })
    assert.matches('"content_type":"image/png"', ask.body, 1, true)
    assert.matches('"file_name":"' .. path:match("[^/]+$") .. '"', ask.body, 1, true)
    assert.same({ "PUT", "https://signed.test/u/1?signature=ab&x=1", path, 0, 9, true },
      { put.method, put.url, put.body_file, put.body_from, put.body_size,
        put.public_only })
    assert.same({ "Content-Type: image/png" }, put.headers)
    assert.is_nil(put.auth)
    assert.is_nil(put.follow)
  end)

  it("asks for the time that it is kept", function()
    local c, core = client()
    c:upload({ data = "x" }, { expires_in = 59.5 })
    assert.equal('X-Fal-Object-Lifecycle: {"expiration_duration_seconds":60}',
      core.requests[1].headers[3])
  end)

  it("sends bytes from memory by the name and type they are given", function()
    local c, core = client()
    assert(c:upload { data = "abc", file_name = "dir/a.mp4", content_type = "x/y" })
    assert.matches('"content_type":"x\\?/y"', core.requests[1].body)
    assert.matches('"file_name":"a.mp4"', core.requests[1].body, 1, true)
    assert.same({ "abc", nil }, { core.requests[2].body, core.requests[2].body_file })
    assert(c:upload { data = "GIF89a" })
    assert.matches('"file_name":"upload.gif"', core.requests[3].body, 1, true)
  end)

  it("does not trip over a name that is no text", function()
    local c, core = client()
    assert(c:upload { data = "abc", file_name = "\255\n\"x.png" })
    assert.matches('"file_name":"___x.png"', core.requests[1].body, 1, true)
  end)

  it("splits what is larger than 90 MiB, the number before the query", function()
    local c, core = client()
    assert(c:upload { data = ("x"):rep(91 * MIB) })
    assert.matches("/initiate-multipart?", core.requests[1].url, 1, true)
    local sizes = {}
    for i = 2, #core.requests - 1 do
      local number = core.requests[i].url:match("^https://signed.test/u/1/(%d+)"
        .. "%?signature=ab&x=1$")
      sizes[tonumber(number)] = #core.requests[i].body
      assert.same({ "Content-Type:" }, core.requests[i].headers)
    end
    assert.same({ 10, 10, 10, 10, 10, 10, 10, 10, 10, 1 }, (function()
      for i = 1, #sizes do sizes[i] = sizes[i] / MIB end
      return sizes
    end)())
    local last = core.requests[#core.requests]
    assert.equal("https://signed.test/u/1/complete?signature=ab&x=1", last.url)
    local numbers = {}
    for number in last.body:gmatch('"partNumber":(%d+)') do
      numbers[#numbers + 1] = tonumber(number)
    end
    assert.same({ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, numbers)
    assert.matches('"etag":"e10"', last.body, 1, true)
  end)

  it("keeps to a few parts at a time, and repeats the one that failed", function()
    local open, most, failed = 0, 0, false
    local c, core = client(function(request)
      local part = request.url:match("/u/1/(%d+)%?")
      if not part then return nil end
      open = open + 1
      most = math.max(most, open)
      local answer = json(200, ('{"partNumber":%s,"etag":"e"}'):format(part))
      if part == "3" and not failed then
        failed = true
        answer = { "error", "network", "reset", "unknown" }
      end
      answer.after, answer.call = 0.1, function() open = open - 1 end
      return { answer }
    end)
    assert(c:upload { data = ("x"):rep(91 * MIB) })
    assert.equal(4, most)
    assert.equal(1 + 11 + 1, #core.requests)
  end)

  it("ends when a part cannot be sent, and begins no other", function()
    local c, core = client(function(request)
      if request.url:find("/u/1/2?", 1, true) then return { json(403, "") } end
    end)
    local address, err = c:upload { data = ("x"):rep(91 * MIB) }
    assert.same({ nil, "forbidden", 403 }, { address, err.kind, err.status })
    assert.matches("part 2 of upload.bin", tostring(err))
    assert.is_true(#core.requests <= 1 + 5)
  end)

  for _, answer in ipairs { "{}", "[]", "no JSON",
    '{"upload_url":"http://signed.test/u","file_url":"https://cdn.test/1"}',
    '{"upload_url":"https://signed.test/u","file_url":"javascript:alert(1)"}',
    '{"upload_url":"file:///etc/passwd","file_url":"https://cdn.test/1"}' } do
    it("sends nothing where the answer is " .. answer, function()
      local c, core = fake.new({ request = { json(200, answer) } },
        { retry = { max_attempts = 2 } })
      local address, err = c:upload { data = "x" }
      assert.same({ nil, "protocol" }, { address, err.kind })
      assert.equal(2, #core.requests)
      assert.equal("POST", core.requests[2].method)
    end)
  end

  it("gives up after max_attempts", function()
    local c, core = client(function()
      return { { "error", "network", "reset", "unknown" } }
    end, { retry = { max_attempts = 3 } })
    local address, err = c:upload { data = "x" }
    assert.same({ nil, "network", true, 4 },
      { address, err.kind, err.retryable, #core.requests })
    assert.is_nil(tostring(err):find("signature", 1, true))
  end)

  it("does not repeat a refused key, says what to check", function()
    local c, core = fake.new { request = { json(401, '{"detail":"bad key"}') } }
    local _, err = c:upload { data = "x" }
    assert.equal("auth", err.kind)
    assert.equal(1, #core.requests)
  end)

  it("refuses a file that changed on its way", function()
    local path = temporary("first")
    local c = client(function()
      local handle = assert(io.open(path, "ab"))
      handle:write("x")
      handle:close()
    end)
    local address, err = c:upload(path)
    assert.same({ nil, "file" }, { address, err.kind })
    assert.matches("was changed while", tostring(err))
  end)

  it("refuses what is missing or empty before it asks for an address", function()
    local c, core = client()
    for _, source in ipairs { "/nowhere/x", temporary(""), "spec", { data = "" } } do
      assert.equal("file", select(2, c:upload(source)).kind)
    end
    assert.same({}, core.requests)
  end)

  it("raises on misuse by name", function()
    local c = client()
    for pattern, call in pairs {
      ["upload: source must be a string"] = function() c:upload(nil) end,
      ["upload: data must be a string"] = function() c:upload { file_name = "x" } end,
      ["unknown option 'filename'; did you mean 'file_name'"] = function()
        c:upload { data = "x", filename = "y" }
      end,
      ["upload: option 'content_type' must not hold control"] = function()
        c:upload { data = "x", content_type = "a/b\r\nX: y" }
      end,
      ["upload: unknown option 'expire_in'"] = function()
        c:upload("x", { expire_in = 3 })
      end,
    } do assert.error_matches(call, pattern) end
  end)

  it("refuses after the client was closed", function()
    local c = client()
    c:close()
    assert.equal("closed", select(2, c:upload { data = "x" }).kind)
  end)
end)

describe("an upload over the wire", function()
  local server, c

  before_each(function()
    server = sim.start { media = "none", queue_time = 0, run_time = 0, keep = 100 }
    c = assert(fal.new { base_url = server.url, credentials = KEY, quiet = true,
      retry = { base_delay = 0.01 } })
  end)

  after_each(function()
    c:close()
    server:stop()
  end)

  local function fetch(address)
    local path = os.tmpname()
    finally(function() os.remove(path) end)
    assert.equal(path, c:download(address, path))
    return read(path)
  end

  it("arrives as it was, with its progress shown and without the key", function()
    local path = temporary(("0123456789"):rep(100000))
    local last
    local address = assert(c:upload(path, { on_progress = function(done, total)
      assert.equal(1000000, total)
      assert.is_true(done > (last or -1))
      last = done
    end }))
    assert.equal(1000000, last)
    assert.equal(read(path), fetch(address))
    for _, request in ipairs(server:requests()) do
      for _, pair in ipairs(request.headers) do
        assert.is_true(pair[1]:lower() ~= "authorization"
          or request.path:find("^/rest/") ~= nil)
      end
    end
  end)

  it("arrives in parts although some break on the way", function()
    local pieces = {}
    for i = 1, 91 do pieces[i] = string.char(i):rep(MIB) end
    local path = temporary(table.concat(pieces) .. "end")
    server:fault { { route = "upload", nth = 2, action = "drop", at = 300000 },
      { route = "upload", nth = 13, action = "drop", at = "acted" },
      { route = "upload", nth = 5, action = "answer", status = 503, body = "" },
      { route = "initiate", nth = 1, action = "drop", at = "headers" } }
    local address = assert(c:upload(path))
    assert.is_true(read(path) == fetch(address), "the bytes are the same")
  end)

  it("goes into a job's input, before the job", function()
    local path = temporary("\137PNG\r\n\26\nx")
    local output, job = c:subscribe("fal-ai/sora-2/image-to-video", {
      input = { prompt = "a cat", image_url = require("fal").file(path) } })
    assert.is_table(output, tostring(job))
    local routes, submitted = {}, nil
    for _, request in ipairs(server:requests()) do
      routes[#routes + 1] = request.route
      if request.route == "submit" then submitted = request.body end
    end
    assert.same({ "initiate", "upload", "submit" }, { routes[1], routes[2], routes[3] })
    assert.matches(server.url .. "/cdn/files/b/", (submitted:gsub("\\/", "/")), 1, true)
  end)

  it("is what an endpoint's clip says it was made from", function()
    local path = temporary("\137PNG\r\n\26\nx")
    local clip = assert(c:endpoint("fal-ai/sora-2/image-to-video")({
      prompt = "a cat", image_url = require("fal").file(path) }))
    assert.matches("^http://127.0.0.1:%d+/cdn/files/b/", clip.input.image_url)
  end)

  it("keeps a job from being submitted when it cannot be read", function()
    local output, err = c:subscribe("fal-ai/sora-2/image-to-video", {
      input = { prompt = "a cat", image_url = require("fal").file("/nowhere/x.png") } })
    assert.same({ nil, "file", "no" }, { output, err.kind, err.sent })
    assert.equal(0, #server:requests())
  end)

  it("is not begun for an input that is refused", function()
    local path = temporary("x")
    local output, err = c:subscribe("fal-ai/sora-2/image-to-video", {
      input = { prompt = "", image_url = require("fal").file(path) } })
    assert.same({ nil, "validation" }, { output, err.kind })
    assert.equal(0, #server:requests())
  end)
end)
