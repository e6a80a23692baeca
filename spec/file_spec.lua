local fake = require "support.fake_client"
local file = require "fal.file"

local json = fake.json
local UPLOAD = "https://signed.test/put?signature=1"

local function temporary(text)
  local path = os.tmpname()
  local handle = assert(io.open(path, "wb"))
  handle:write(text or "\137PNG\r\n\26\nx")
  handle:close()
  finally(function() os.remove(path) end)
  return path
end

--- Answers of the storage: every upload gets a number.
local function storage()
  local n = 0
  return function(request)
    if request.method == "POST" then
      n = n + 1
      return { json(200, ('{"upload_url":"%s","file_url":"https://cdn.test/%d"}')
        :format(UPLOAD, n)) }
    end
    return { json(200, "") }
  end
end

local function client(opts) return fake.new({ request = storage() }, opts) end

describe("fal.file", function()
  it("is told apart from other tables, and reads as what it is", function()
    local marker = file.new("a b.png")
    assert.is_true(file.is(marker))
    assert.is_false(file.is { path = "a" })
    assert.is_false(file.is "a")
    assert.equal('file "a b.png"', tostring(marker))
  end)

  it("raises on misuse by name", function()
    assert.error_matches(function() file.new(7) end, "fal.file: path must be a string")
    assert.error_matches(function() file.new("a", { inlined = true }) end,
      "unknown option 'inlined'; did you mean 'inline'")
  end)

  it("encodes base64 as RFC 4648 has it", function()
    local cases = { f = "Zg==", fo = "Zm8=", foo = "Zm9v", foob = "Zm9vYg==",
      fooba = "Zm9vYmE=", foobar = "Zm9vYmFy", ["\255\254\253"] = "//79",
      ["\0\0\0"] = "AAAA" }
    for plain, encoded in pairs(cases) do assert.equal(encoded, file.base64(plain)) end
  end)

  it("is replaced at any depth; the input stays as it was", function()
    local a, b = file.new(temporary()), file.new(temporary("GIF89a"))
    local c = client()
    local input = { prompt = "x", image_url = a, list = { { deep = b }, "plain" } }
    local list = input.list
    local out = assert(file.resolve(c, input))
    assert.same({ prompt = "x", image_url = out.image_url,
      list = { { deep = out.list[1].deep }, "plain" } }, out)
    assert.matches("^https://cdn.test/%d$", out.image_url)
    assert.matches("^https://cdn.test/%d$", out.list[1].deep)
    assert.equal(a, input.image_url)
    assert.equal(list, input.list)
    assert.equal(b, input.list[1].deep)
  end)

  it("leaves an input without files alone", function()
    local c, core = client()
    local input = { a = { b = { "c" } } }
    assert.equal(input, file.resolve(c, input))
    assert.same({}, core.requests)
  end)

  it("looks at each table once, also where tables contain each other", function()
    local c, core = client()
    local clip = { file = file.new(temporary()) }
    clip.source, clip.children = clip, { clip, clip, { parent = clip } }
    local out = file.resolve(c, { clip = clip, again = clip })
    assert.is_string(out.clip.file)
    assert.equal(out.clip, out.again)
    assert.equal(2, #core.requests)
    clip.file = nil
    local _, err = c.queue:submit("acme/demo", { input = clip })
    assert.matches("contains itself", tostring(err), 1, true)
  end)

  it("is uploaded once for a client, in however many places and jobs", function()
    local path = temporary()
    local c, core = client()
    local one = file.new(path)
    local out = assert(file.resolve(c, { a = one, b = one, c = file.new(path) }))
    local later = assert(file.resolve(c, { d = file.new(path) }))
    assert.same({ out.a, out.a, out.a }, { out.b, out.c, later.d })
    assert.equal(2, #core.requests)
  end)

  it("shares an upload that is still under way", function()
    local path = temporary()
    local c, core = client()
    local urls = {}
    for i = 1, 5 do
      c:spawn(function() urls[i] = file.resolve(c, { a = file.new(path) }).a end)
    end
    c:loop()
    assert.equal(2, #core.requests)
    for i = 1, 5 do assert.equal(urls[1], urls[i]) end
    assert.is_string(urls[1])
  end)

  it("is uploaded again once it has changed, and by another client", function()
    local path = temporary()
    local c = client()
    local first = file.resolve(c, { a = file.new(path) }).a
    local handle = assert(io.open(path, "ab"))
    handle:write("more")
    handle:close()
    assert.not_equal(first, file.resolve(c, { a = file.new(path) }).a)
    local other, core = client()
    assert.is_string(file.resolve(other, { a = file.new(path) }).a)
    assert.equal(2, #core.requests)
  end)

  it("is uploaded again when half of its life is over", function()
    local path = temporary()
    local c, core = client()
    local function resolve()
      return assert(file.resolve(c, { a = file.new(path, { expires_in = 100 }) })).a
    end
    local first = resolve()
    core.time = core.time + 49
    assert.equal(first, resolve())
    core.time = core.time + 2
    assert.not_equal(first, resolve())
  end)

  it("goes on for others when the first to ask is canceled", function()
    local path = temporary()
    local c, core = fake.new { request = function(request)
      local answer = storage()(request)
      answer[1].after = 1
      return answer
    end }
    local first = c:spawn(function() return file.resolve(c, { a = file.new(path) }) end)
    local second = c:spawn(function() return file.resolve(c, { a = file.new(path) }) end)
    c:sleep(0.5)
    first:cancel()
    assert.equal("canceled", select(2, first:await()).kind)
    assert.is_string(second:await().a)
    assert.equal(2, #core.requests)
  end)

  it("is given up when nobody waits for it any more", function()
    local path = temporary()
    local c, core = fake.new { request = function() return nil end }
    local only = c:spawn(function() return file.resolve(c, { a = file.new(path) }) end)
    c:sleep(1)
    only:cancel()
    only:await()
    while c:step() > 0 do core.time = core.time + 1 end
    assert.equal(1, #core.requests)
  end)

  it("says of every file what is wrong with it, and sends nothing", function()
    local empty, good = temporary(""), temporary()
    local c, core = client()
    local out, err = file.resolve(c, { a = file.new("/nowhere/x"), b = file.new(good),
      list = { file.new(empty), file.new("spec") } }, "acme/demo")
    assert.same({ nil, "file", "no", "acme/demo" },
      { out, err.kind, err.sent, err.endpoint_id })
    assert.same({ "a", "list[1]", "list[2]" },
      { err.fields[1].path, err.fields[2].path, err.fields[3].path })
    assert.matches("a: the file /nowhere/x cannot be read: No such file", tostring(err))
    assert.matches("is empty", err.fields[2].message)
    assert.matches("spec cannot be read: no plain file", err.fields[3].message, 1, true)
    assert.same({}, core.requests)
    assert.equal("file", select(2, file.check { file.new("/nowhere/x") }).kind)
    assert.is_true(file.check { file.new(good) })
  end)

  it("forgets an upload that failed", function()
    local path, n = temporary(), 0
    local c = fake.new { request = function(request)
      n = n + 1
      return n == 1 and { json(403, '{"detail":"locked"}') } or storage()(request)
    end }
    local out, err = file.resolve(c, { a = file.new(path) }, "acme/demo")
    assert.same({ nil, "forbidden", "no", "acme/demo" },
      { out, err.kind, err.sent, err.endpoint_id })
    assert.is_string(file.resolve(c, { a = file.new(path) }).a)
  end)

  it("forgets an upload that its listener ended", function()
    local path = temporary()
    local c = client()
    local url, err = c:upload(path, { on_progress = function() error("mine") end })
    assert.is_nil(url)
    assert.matches("mine", tostring(err))
    assert.is_string(c:upload(path))
  end)

  it("travels inside the input where asked, up to a limit", function()
    local path = temporary()
    local c, core = client()
    local out = assert(file.resolve(c, { a = file.new(path, { inline = true }) }))
    assert.equal("data:image/png;base64,iVBORw0KGgp4", out.a)
    assert.same({}, core.requests)
    local big = temporary(("x"):rep(file.INLINE_MAX + 1))
    local _, err = file.resolve(c, { a = file.new(big, { inline = true }) })
    assert.equal("file", err.kind)
    assert.matches("leave inline out", tostring(err))
  end)

  it("survives an input that contains itself", function()
    local c = client()
    local input = { a = 1 }
    input.again = input
    assert.equal(input, file.resolve(c, input))
  end)
end)
