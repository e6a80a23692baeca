local fake = require "support.fake_client"

local json = fake.json
local URL = "https://cdn.test/clip.mp4?sig=topsecret"

local function temporary()
  local path = os.tmpname()
  finally(function()
    os.remove(path)
    os.remove(path .. ".part")
  end)
  return path
end

local function put(path, text)
  local file = assert(io.open(path, "wb"))
  file:write(text)
  file:close()
end

local function client(answers, opts) return fake.new({ request = answers }, opts) end

describe("fal.download", function()
  it("fetches to the path, without the key", function()
    local path = temporary()
    local c, core = client(function()
      put(path, ("x"):rep(10))
      return { json(200, nil, { ["content-type"] = "video/mp4" }) }
    end)
    local got, info = c:download(URL, path, { expect = { size = 10 } })
    assert.equal(path, got)
    assert.same({ 10, "video/mp4", 0 }, { info.size, info.content_type, info.seconds })
    local r = core.requests[1]
    assert.same({ URL, path, true, 10 }, { r.url, r.file, r.follow, r.expect_size })
    assert.is_nil(r.auth)
    assert.is_nil(core.engine.key)
  end)

  for _, bad in ipairs { "http://cdn.test/a", "ftp://cdn.test/a", "file:///etc/passwd",
    "data:video/mp4;base64,AAAA", "http://127.0.0.1:1/a", "cdn.test/a", "" } do
    it("refuses " .. ("%q"):format(bad), function()
      local c, core = client(function() end)
      local path, err = c:download(bad, "/nowhere/x")
      assert.same({ nil, "validation" }, { path, err.kind })
      assert.not_matches("charged", tostring(err))
      assert.same({}, core.requests)
    end)
  end

  it("takes loopback http where the client's own base is loopback", function()
    local path = temporary()
    local c = client({ json(200, nil) }, { base_url = "http://127.0.0.1:5" })
    assert.equal(path, c:download("http://127.0.0.1:5/cdn/a", path))
    assert.equal("validation", select(2, c:download("http://cdn.test/a", path)).kind)
  end)

  it("takes a broken connection up where it broke", function()
    local path = temporary()
    local c, core = client(function(_, n)
      if n < 12 then
        put(path .. ".part", ("x"):rep(n))
        return { { "error", "network", "reset", "yes", 200, { etag = '"v1"' } } }
      end
      return { json(206, nil) }
    end)
    assert.equal(path, c:download(URL, path))
    assert.equal(12, #core.requests)
    assert.is_true(core.requests[2].resume)
  end)

  it("ends where each attempt begins anew and gets no further", function()
    local path = temporary()
    local c, core = client(function(_, n)
      put(path .. ".part", ("x"):rep(n % 2 == 1 and 9 or 5))
      return { { "error", "truncated", "cut", "yes", 200, {} } }
    end, { retry = { max_attempts = 4 } })
    assert.equal("network", select(2, c:download(URL, path)).kind)
    assert.equal(4, #core.requests)
  end)

  it("takes up an earlier part, but not with resume = false", function()
    local path = temporary()
    put(path .. ".part", "xxx")
    local c, core = client { json(206, nil) }
    c:download(URL, path)
    assert.is_true(core.requests[1].resume)
    c:download(URL, path, { resume = false })
    assert.is_nil(core.requests[2].resume)
  end)

  for name, refusal in pairs {
    ["another range"] = { "error", "protocol", "x", "yes", 206 },
    ["no range"] = json(416, "") } do
    it("begins anew where the part is of another version: " .. name, function()
      local path = temporary()
      put(path .. ".part", "xxx")
      local c, core = client(function(_, n)
        return { n == 1 and refusal or json(200, nil) }
      end)
      assert.equal(path, c:download(URL, path))
      assert.is_nil(core.requests[2].resume)
    end)
  end

  it("keeps to public addresses, unless its own base is this machine", function()
    local c, core = client { { "error", "forbidden", "x", "no" } }
    local _, err = c:download(URL, "/nowhere/x")
    assert.same({ "forbidden", 1, true }, { err.kind, #core.requests,
      core.requests[1].public_only })
    assert.matches("private network", tostring(err))
    c, core = client({ json(200, nil) }, { base_url = "http://127.0.0.1:5" })
    c:download("http://127.0.0.1:5/a", "/nowhere/x")
    assert.is_nil(core.requests[1].public_only)
  end)

  it("gives up after max_attempts without a byte", function()
    local c, core = client({ { "error", "connect", "refused", "no" } },
      { retry = { max_attempts = 3 } })
    local path, err = c:download(URL, "/nowhere/x")
    assert.same({ nil, "network", true }, { path, err.kind, err.retryable })
    assert.equal(3, #core.requests)
    assert.is_nil(tostring(err):find("topsecret", 1, true))
  end)

  it("tries again after 5xx and 429", function()
    local path = temporary()
    local c, core = client(function(_, n)
      return { n == 1 and json(503, "") or n == 2 and json(429, "") or json(200, nil) }
    end)
    assert.equal(path, c:download(URL, path))
    assert.equal(3, #core.requests)
  end)

  for status, kind in pairs { [403] = "forbidden", [404] = "not_found",
    [410] = "not_found",
    [400] = "protocol" } do
    it("says " .. kind .. " for " .. status, function()
      local c, core = client { json(status, "x") }
      local path, err = c:download(URL, "/nowhere/x")
      assert.same({ nil, kind, status }, { path, err.kind, err.status })
      assert.equal(1, #core.requests)
      assert.matches("https://cdn.test/clip.mp4.*/nowhere/x was not written",
        tostring(err))
      assert.is_nil(tostring(err):find("topsecret", 1, true))
    end)
  end

  it("says file when the file cannot be written", function()
    local c, core = client { { "error", "file", "the disk is full", "no" } }
    local _, err = c:download(URL, "/nowhere/x")
    assert.equal("file", err.kind)
    assert.matches("be written to /nowhere/x: the disk is full. Free some space",
      tostring(err))
    assert.equal(1, #core.requests)
  end)

  it("shows progress while it waits", function()
    local path = temporary()
    local c = client(function(request)
      request.received, request.total = 5, 10
      local done = json(200, nil)
      done.after = 0.35
      put(path, ("x"):rep(10))
      return { done }
    end)
    local seen = {}
    c:download(URL, path, { on_progress = function(done, total)
      seen[#seen + 1] = done .. "/" .. total
    end })
    assert.same({ "5/10", "10/10" }, seen)
  end)

  it("keeps its deadline, with and without progress", function()
    for _, on_progress in ipairs { false, function() end } do
      local c, core = client(function() end)
      local path, err = c:download(URL, "/nowhere/x",
        { timeout = 2, on_progress = on_progress or nil })
      assert.same({ nil, "timeout" }, { path, err.kind })
      assert.near(102, core.time, 0.01)
      assert.matches("goes on from there", tostring(err))
    end
  end)

  it("stops when its task is canceled", function()
    local c, core = client(function() end)
    local t = c:spawn(function() return c:download(URL, "/nowhere/x", {
      on_progress = function() end }) end)
    c:sleep(1)
    t:cancel()
    local _, err = t:await()
    assert.equal("canceled", err.kind)
    while c:step() > 0 do core.time = core.time + 1 end
  end)

  it("raises on misuse by name", function()
    assert.is_false(pcall(function() client(function() end):download(URL, "") end))
    local c = client {}
    assert.error_matches(function() c:download(nil, "x") end,
      "download: url must be a string")
    assert.error_matches(function() c:download(URL, {}) end,
      "download: path must be a string")
    assert.error_matches(function() c:download(URL, "x", { expect = { sise = 1 } }) end,
      "download: expect: unknown option 'sise'; did you mean 'size'")
  end)
end)
