local fake = require "support.fake_core"

local ANSWERS = {
  submit = function() return fake.submitted "r1" end,
  status = function() return { fake.json(200, '{"status":"COMPLETED"}') } end,
  result = function() return { fake.json(200, '{"n":1}') } end,
  cancel = function() return { fake.json(202, "{}") } end,
}

--- The module afresh, on a fake engine.
local function load()
  local core = fake.new(function(request) return ANSWERS[request.verb](request) end)
  local before = { package.loaded.fal, package.loaded["fal.core"] }
  package.loaded.fal, package.loaded["fal.core"] = nil, core
  local fal = require "fal"
  finally(function()
    package.loaded.fal, package.loaded["fal.core"] = before[1], before[2]
  end)
  return fal, core
end

local function lua(script)
  local interpreter = rawget(_G, "jit") and "luajit" or "lua" .. _VERSION:match("%d.%d")
  local path = os.tmpname()
  local file = assert(io.open(path, "w"))
  file:write("package.path = './lua/?.lua;./lua/?/init.lua;' .. package.path\n", script)
  file:close()
  local process = assert(io.popen(interpreter .. " " .. path .. " 2>&1"))
  local output = process:read "*a"
  process:close()
  os.remove(path)
  return output
end

describe("fal", function()
  it("loads nothing but itself", function()
    local output = lua [[
      local before = {}
      for name in pairs(package.loaded) do before[name] = true end
      local getenv = os.getenv
      os.getenv = function(name) error("environment read: " .. name) end
      require "fal"
      for name in pairs(package.loaded) do
        if not before[name] then io.write(name, " ") end
      end
    ]]
    assert.equal("fal ", output)
  end)

  -- Compiling a file takes a part of a millisecond, which a frame may not have.
  it("loads nothing more once a client is made", function()
    local output = lua [[
      package.path = "./spec/?.lua;" .. package.path
      -- Not the real one: a sanitizer's cannot be loaded into a plain interpreter.
      package.loaded["fal.core"] = { json = function() return "{}" end,
        stat = function() return nil, "there is none" end }
      local core = require("support.fake_core").new(function() return {} end)
      package.loaded["fal.core"] = core
      local client = require("fal.client").new({ credentials = "a:b", quiet = true },
        { core = core })
      local before = {}
      for name in pairs(package.loaded) do before[name] = true end
      client:spawn(function()
        client:subscribe("acme/demo", { input = { prompt = "x" } })
      end)
      client:spawn(function() client:download("https://example.com/a", "a") end)
      client:spawn(function() client:upload { data = "x" } end)
      client:spawn(function() client:stream("acme/demo", {}) end)
      client:endpoint "acme/demo"
      for name in pairs(package.loaded) do
        if not before[name] then io.write(name, " ") end
      end
    ]]
    assert.equal("", output)
  end)

  it("acts as the default client, made when it is needed", function()
    local fal, core = load()
    fal.configure { credentials = "id:secret-key" }
    assert.equal(0, #core.engines)
    assert.equal(1, fal.subscribe("acme/demo", { input = {} }).n)
    assert.equal(1, #core.engines)
    assert.equal("r1", fal.queue.submit("acme/demo", {}).request_id)
    assert.equal("COMPLETED", fal.queue.status("acme/demo", { request_id = "r1" }).status)
    assert.equal(1, fal.queue.result("acme/demo", { request_id = "r1" }).n)
    assert.equal("CANCELLATION_REQUESTED",
      fal.queue.cancel("acme/demo", { request_id = "r1" }))
    assert.equal(1, fal.job("acme/demo", "r1"):wait().n)
    assert.equal(3, fal.spawn(function() fal.sleep(1); return 3 end):await())
    assert.equal(2, fal.map({ 1, 2 }, function(x) return x end)[2])
    fal.loop()
    assert.equal(0, fal.step(0.01))
    assert.is_nil(fal.timeout())
    assert.equal(1, #core.engines)
  end)

  it("has every function of the contract", function()
    local fal = load()
    for _, name in ipairs { "client", "configure", "default", "subscribe", "run",
      "stream",
      "job", "endpoint", "download", "close", "spawn", "sleep", "map", "loop", "step",
      "timeout", "fd", "assert", "upload" } do
      assert.is_function(fal[name], name)
    end
    assert.is_not_nil(fal.null)
    assert.is_table(fal.empty_array)
    assert.matches("^fal %d", fal._VERSION)
    assert.is_nil(fal.no_such_thing)
  end)

  it("sends tables that are marked as arrays as such", function()
    local fal, core = load()
    fal.configure { credentials = "id:secret-key" }
    assert(fal.queue.submit("acme/demo", { input = {
      a = setmetatable({}, fal.array), b = setmetatable({ 1 }, fal.array),
      c = fal.empty_array, d = {}, e = fal.null,
    } }))
    assert.equal('{"a":[],"b":[1],"c":[],"d":{},"e":null}', core.requests[1].body)
  end)

  it("replaces settings for what comes later", function()
    local fal, core = load()
    fal.configure { credentials = "id:secret-key", base_url = "http://127.0.0.1:1" }
    local job = fal.queue.submit("acme/demo", {})
    fal.configure { credentials = "id:secret-key", base_url = "http://127.0.0.1:2" }
    fal.queue.submit("acme/demo", {})
    assert.equal("http://127.0.0.1:1/queue", core.engines[1].options.queue_url)
    assert.equal("http://127.0.0.1:2/queue", core.engines[2].options.queue_url)
    assert.equal(1, job:wait().n)
  end)

  it("refuses to be configured while tasks run, and with unknown options", function()
    local fal = load()
    fal.configure { credentials = "id:secret-key" }
    local task = fal.spawn(function() fal.sleep(60) end)
    assert.error_matches(function() fal.configure {} end,
      "1 task%(s%) of the default client")
    task:cancel()
    fal.loop()
    fal.configure {}
    assert.error_matches(function() fal.configure { quite = true } end,
      "fal.configure: unknown option 'quite'; did you mean 'quiet'%?")
  end)

  it("makes clients that share nothing", function()
    local fal, core = load()
    local a = fal.client { credentials = "id:first-key" }
    local b = fal.client { credentials = "id:other-key" }
    assert(a.queue:submit("acme/demo", {}))
    assert(b.queue:submit("acme/demo", {}))
    assert.same({ "id:first-key", "id:other-key" },
      { core.engines[1].key, core.engines[2].key })
    a:close()
    assert(b.queue:submit("acme/demo", {}))
  end)

  it("says that its own functions take a dot", function()
    local fal = load()
    assert.error_matches(function() fal:subscribe("acme/demo", {}) end,
      "the module's functions are called with a dot: fal.subscribe(…)", 1, true)
    for _, name in ipairs { "client", "configure", "file", "step", "run" } do
      assert.error_matches(function() fal[name](fal) end,
        "called with a dot: fal." .. name, 1, true)
    end
    assert.error_matches(function() fal.queue:submit("acme/demo", {}) end,
      "called with a dot: fal.queue.submit(…)", 1, true)
  end)
end)
