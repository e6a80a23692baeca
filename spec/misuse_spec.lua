local client = require "fal.client"
local fake = require "support.recording_client"
local fake_core = require "support.fake_core"
local sora2 = require "fal.sora2"
local workflow = require "fal.workflow"

-- A dot in place of a colon moves all arguments by one; what Lua says of it is no help.
describe("a method that is called with a dot", function()
  local function each(object, name, methods)
    for _, method in ipairs(methods) do
      assert.error_matches(function() object[method]("x", {}) end,
        ("^%s: a method is called with a colon: %s:%s%%(…%%)$"):format(method,
        name, method))
    end
  end

  it("names itself, of a job", function()
    local made = client.new({}, { core = fake_core.new() })
    each(made:job("acme/demo", "r1"), "job",
      { "wait", "status", "result", "cancel", "updates" })
  end)

  it("names itself, of a task", function()
    local made = client.new({}, { core = fake_core.new() })
    each(made:spawn(function() end), "task", { "await", "cancel", "is_done" })
  end)

  it("names itself, of a clip and an endpoint", function()
    local sora = sora2.with(fake.new())
    each(sora.text_to_video, "endpoint", { "submit", "validate", "warnings", "estimate" })
    each(sora.text_to_video { prompt = "x" }, "clip", { "remix", "download" })
  end)

  it("names itself, of a workflow and its nodes", function()
    local made = client.new({}, { core = fake_core.new() })
    local film = workflow.new("film", { client = made })
    local node = film:clip("base", sora2.with(made).text_to_video, { prompt = "x" })
    each(film, "film",
      { "clip", "plan", "run", "gallery", "settle", "discard", "export" })
    each(node, "node", { "remix", "output" })
  end)
end)

describe("an endpoint that is called with a colon", function()
  it("says that it takes a dot, and sends nothing", function()
    local made = fake.new()
    local sora = sora2.with(made)
    assert.error_matches(function() sora:text_to_video { prompt = "x" } end,
      "^an endpoint is called with a dot")
    assert.error_matches(function() sora.pro:text_to_video { prompt = "x" } end,
      "an endpoint is called with a dot")
    assert.equal(0, #made.calls)
  end)
end)

describe("an argument that is wrong", function()
  --- luassert's own matchers leave out where an error was raised.
  local function told(fn)
    return select(2, pcall(fn)):match "^[^\n]*misuse_spec%.lua:%d+: (.*)"
  end

  it("is shown at the caller's line, before anything is uploaded", function()
    local core = fake_core.new()
    local sora = sora2.with(client.new({ credentials = "a:b" }, { core = core }))
    local input = { prompt = "x", image_url = require("fal.file").new "nowhere.png" }
    local made, other = sora.image_to_video, { on_update = print }
    assert.equal(made.id .. ": unknown option 'on_update'",
      told(function() local _ = made(input, other) end))
    assert.equal("endpoint:submit: unknown option 'on_update'",
      told(function() local _ = made:submit(input, other) end))
    assert.equal(made.id .. ": unknown option 'input'",
      told(function() local _ = made(input, { input = {} }) end))
    assert.equal(0, #core.requests)
  end)

  it("is shown where it is a number", function()
    local made = client.new({}, { core = fake_core.new() })
    assert.equal("sleep: seconds must be a number of seconds, 0 or more, not -1",
      told(function() made:sleep(-1) end))
  end)

  it("names the endpoint id that is no string, and sends nothing", function()
    local core = fake_core.new()
    local made = client.new({ credentials = "a:b" }, { core = core })
    local request = { request_id = "r1" }
    for _, wrong in ipairs { 5, {}, false } do
      local text = "endpoint_id must be a string, not "
        .. (wrong == 5 and "5" or type(wrong))
      for what, call in pairs {
        subscribe = function() made:subscribe(wrong, {}) end,
        run = function() made:run(wrong, {}) end,
        stream = function() made:stream(wrong, {}) end,
        job = function() made:job(wrong, "r1") end,
        endpoint = function() made:endpoint(wrong) end,
        estimate = function() made:estimate(wrong, {}) end,
        ["queue.submit"] = function() made.queue:submit(wrong, {}) end,
        ["queue.status"] = function() made.queue:status(wrong, request) end,
        ["queue.result"] = function() made.queue:result(wrong, request) end,
        ["queue.cancel"] = function() made.queue:cancel(wrong, request) end,
        ["queue.stream_status"] = function() made.queue:stream_status(wrong, request) end,
      } do
        assert.equal(what .. ": " .. text, told(call))
      end
    end
    assert.equal("subscribe: endpoint_id must be a string, not nil",
      told(function() made:subscribe() end))
    assert.equal("refresh_prices: endpoint_ids[2] must be a string, not table",
      told(function() made:refresh_prices { "acme/demo", {} } end))
    assert.equal(0, #core.requests)
  end)

  it("names the request id that is no string", function()
    local made = client.new({}, { core = fake_core.new() })
    assert.equal("job: request_id must be a string, not 5",
      told(function() made:job("acme/demo", 5) end))
    assert.equal("job: request_id must be a string, not nil",
      told(function() made:job("acme/demo") end))
    local queue, request = made.queue, { request_id = 5 }
    for _, verb in ipairs { "status", "result", "cancel", "stream_status" } do
      assert.equal("queue." .. verb .. ": option 'request_id' must be a string, not 5",
        told(function() queue[verb](queue, "acme/demo", request) end))
    end
  end)

  it("is no string that merely is no id: that is an error to be handled", function()
    local made = client.new({ credentials = "a:b" }, { core = fake_core.new() })
    for _, call in ipairs {
      function() return made:subscribe("demo", {}) end,
      function() return made:job("demo", "r1") end,
      function() return made:job("acme/demo", "../x") end,
      function() return made.queue:status("demo", { request_id = "r1" }) end,
      function() return made.queue:status("acme/demo", { request_id = "" }) end,
    } do
      local got, err = call()
      assert.is_nil(got)
      assert.equal("validation", err.kind)
    end
  end)

  it("is found where endpoints are bound", function()
    assert.equal("sora.with: a client is wanted, as fal.client makes it, got table",
      told(function() local _ = sora2.with {} end))
    assert.equal("sora.with: a client is wanted, as fal.client makes it, got nil",
      told(function() local _ = sora2.with() end))
    assert.equal(sora2, sora2.with(require "fal"))
  end)
end)
