-- What a workflow makes of what its earlier runs left: takes, results of nodes that are
-- gone, files that change.

local fal = require "fal"
local journal = require "fal.workflow.journal"
local others = require "support.others"
local script = require "support.script"
local sim = require "support.sim"
local workflow = require "fal.workflow"

local contents, put = script.contents, script.put

describe("a workflow that is run again", function()
  local server, client, sora, dir

  setup(function()
    server = sim.start { media = "bundled", queue_time = 0, run_time = 0, seed = 1 }
  end)
  teardown(function() server:stop() end)

  before_each(function()
    server:reset()
    server:clear_faults()
    server:control("DELETE", "/script")
    dir = script.directory()
    client = assert(fal.client { base_url = server.url, credentials = "spec:key",
      quiet = true, poll = { initial = 0.01, max = 0.05 },
      retry = { base_delay = 0.01, max_delay = 0.05 } })
    sora = require("fal.sora2").with(client)
  end)

  after_each(function()
    client:close()
    script.remove(dir)
  end)

  local function film()
    return workflow.new("film", { client = client, dir = dir })
  end

  --- A film of clips that are alike but for their names; `child` gets a remix.
  local function takes(names, child)
    local f = film()
    for _, name in ipairs(names) do
      local clip = f:clip(name, sora.text_to_video, { prompt = "A cat" })
      if name == child then clip:remix(name .. " at dusk", "At dusk") end
    end
    return f
  end

  local function accepted() return server:ledger().totals.accepted end

  describe("with several takes", function()
    it("leaves the others where they are when one is taken out", function()
      assert(takes({ "a", "b", "c" }, "b"):run())
      for _, name in ipairs { "a", "b", "c" } do
        put(dir .. "/" .. name .. ".mp4", name)
      end
      local f = takes({ "b", "c" }, "b")
      assert.equal(0, assert(f:plan()).to_pay)
      assert.equal(3, assert(f:run()).counts.cached)
      assert.equal("b", contents(dir .. "/b.mp4"))
      assert.equal("c", contents(dir .. "/c.mp4"))
      assert.equal("a", contents(dir .. "/a.mp4"))
      assert.equal(4, accepted())
    end)

    it("gives a new one the take that was taken out, for nothing", function()
      assert(takes({ "a", "b" }):run())
      assert(takes({ "b" }):run())
      assert.equal(0, assert(takes({ "b", "c" }):plan()).to_pay)
    end)

    it("keeps each when all are renamed at once", function()
      assert(takes({ "a", "b" }, "b"):run())
      local f = film()
      f:clip("one", sora.text_to_video, { prompt = "A cat" })
      f:clip("two", sora.text_to_video, { prompt = "A cat" }):remix("dusk", "At dusk")
      assert.equal(0, assert(f:plan()).to_pay)
    end)

    it("knows a take by the name that its node has now", function()
      assert(takes({ "a" }, "a"):run())
      local function renamed(with_new)
        local f = film()
        if with_new then f:clip("a", sora.text_to_video, { prompt = "A cat" }) end
        f:clip("b", sora.text_to_video, { prompt = "A cat" }):remix("dusk", "At dusk")
        return f
      end
      assert(renamed(false):run())
      local plan = assert(renamed(true):plan())
      assert.equal(0.4, plan.to_pay)
      assert.equal(0, assert(renamed(true):run()).counts.failed)
      assert.equal(3, accepted())
    end)

    it("keeps a renamed one apart from one that was taken out before", function()
      assert(takes({ "a", "b" }, "b"):run())
      assert(takes({ "b" }, "b"):run())
      local f = film()
      f:clip("c", sora.text_to_video, { prompt = "A cat" }):remix("dusk", "At dusk")
      assert.equal(0, assert(f:plan()).to_pay)
      assert(f:run())
      f:clip("d", sora.text_to_video, { prompt = "A cat" })
      assert.equal(0, assert(f:plan()).to_pay)
      assert(f:run())
      assert.equal(3, accepted())
    end)

    it("pays for the one whose result was let go, and for no other", function()
      assert(takes({ "a", "b", "c" }):run())
      assert(takes({ "a", "b", "c" }):discard("b"))
      local plan = assert(takes({ "b", "c" }):plan())
      assert.equal("to_pay", plan.nodes[1].state)
      assert.equal("cached", plan.nodes[2].state)
    end)
  end)

  it("lets no older result come back in the place of one that was discarded", function()
    local function build(with_child)
      local f = film()
      local base = f:clip("base", sora.text_to_video, { prompt = "A cat" })
      if with_child then base:remix("dusk", "At dusk") end
      return f
    end
    assert(build(false):run())
    assert(build(true):run())
    assert(build(true):discard("base"))
    assert.equal(0.4, assert(build(false):plan()).to_pay)
  end)

  describe("with another prompt after it was interrupted", function()
    local ID = "fal-ai/sora-2/text-to-video"

    local function build(prompt)
      local f = film()
      f:clip("base", sora.text_to_video, { prompt = prompt or "A dog" })
      return f
    end

    --- A journal as a killed process leaves it behind.
    local function died(...)
      local book = assert(journal.open(client, dir, dir .. "/workflow.jsonl"))
      for _, record in ipairs { ... } do assert(book:add(record)) end
    end

    local function intent(number, id)
      return { t = "intent", a = number or 1, k = "cat" .. (number or 1), n = "base",
        e = id or ID, i = { prompt = "A cat" }, m = 400000, at = os.time(),
        s = os.time() }
    end

    it("fetches what was made and not fetched", function()
      local output = assert(client:subscribe(ID, { input = { prompt = "A cat" } }))
      died(intent(), { t = "accepted", a = 1, r = "r1" },
        { t = "done", a = 1, o = output, at = os.time(), sec = 1 })
      local left = assert(build():plan()).earlier
      assert.equal("unfetched", left[1].state)
      local report = assert(build():run())
      assert.equal("done", report.nodes.base.state)
      assert.equal("done", report.earlier[1].state)
      assert.is_true(script.is_mp4(report.earlier[1].files.video))
      assert.matches("/earlier/base%-%x+%.mp4$", report.earlier[1].files.video)
      assert.equal(0, #assert(build():plan()).earlier)
      assert.equal(2, accepted())
    end)

    it("says how to let go of what cannot be fetched any more", function()
      died(intent(), { t = "accepted", a = 1, r = "r1" },
        { t = "done", a = 1, at = os.time(), sec = 1, o = { video = { url = server.url
          .. "/cdn/gone.mp4" } } })
      local report = assert(build():run())
      assert.equal("failed", report.earlier[1].state)
      assert.matches("film:discard%(1%) lets go of it", tostring(report.earlier[1].error))
      assert(build():discard(1))
      assert.equal(0, #assert(build():plan()).earlier)
      local ok, err = build():discard(1)
      assert.is_nil(ok)
      assert.equal("validation", err.kind)
    end)

    it("makes a move that was recorded and not made", function()
      local output = assert(client:subscribe(ID, { input = { prompt = "A cat" } }))
      died(intent(), { t = "accepted", a = 1, r = "r1" },
        { t = "done", a = 1, o = output, at = os.time(), sec = 1 },
        { t = "file", a = 1, f = "video", p = "earlier/cat.mp4", from = "parts/r1.v" })
      assert(os.execute("mkdir " .. dir .. "/parts"))
      put(dir .. "/parts/r1.v", "the cat")
      assert(build():run())
      assert.equal("the cat", contents(dir .. "/earlier/cat.mp4"))
    end)

    it("looks for a lost request, and keeps what came of it", function()
      local job = assert(sora.text_to_video:submit { prompt = "A cat" })
      died(intent())
      assert.equal("unknown", assert(build():plan()).earlier[1].state)
      local report = assert(build():run())
      assert.equal("done", report.earlier[1].state)
      assert.equal(job.request_id, report.earlier[1].request_id)
      assert.is_true(script.is_mp4(report.earlier[1].files.video))
      assert.equal(2, accepted())
    end)

    it("tells of a request of which nobody knows, and pays for it under no policy",
      function()
        died(intent())
        local report = assert(build():run())
        assert.equal("done", report.nodes.base.state)
        assert.equal("failed", report.earlier[1].state)
        assert.equal("unknown_submit", report.earlier[1].error.kind)
        assert.matches("film:settle%(1, ", tostring(report.earlier[1].error))
        assert.equal(0.8, assert(build():plan()).committed)
        assert.equal(1, accepted())
      end)

    it("does not make anew what a policy takes for not accepted", function()
      client:close()
      client = assert(fal.client { base_url = server.url, credentials = "spec:key",
        quiet = true, poll = { initial = 0.01, max = 0.05 },
        ledger_policy = { assume_not_accepted_after = 0 } })
      sora = require("fal.sora2").with(client)
      died(intent())
      finally(others.before_each_look(function()
        assert(sora.text_to_video:submit { prompt = "Something else" })
      end))
      local report = assert(build():run())
      assert.matches("never accepted", report.earlier[1].error.message)
      assert.equal(0, #assert(build():plan()).earlier)
      for _, job in ipairs(server:ledger().jobs) do
        assert.not_equal("A cat", job.input.prompt)
      end
    end)

    it("is settled by the name that the node had", function()
      died(intent())
      assert(build():run())
      assert(build():settle("base", "not_accepted"))
      assert.equal(0, #assert(build():plan()).earlier)
      assert.equal(0.4, assert(build():plan()).committed)
    end)

    it("asks for the number where several of that name are in doubt", function()
      died(intent(1), intent(2))
      local ok, err = build():settle("base", "not_accepted")
      assert.is_nil(ok)
      assert.equal("validation", err.kind)
      assert.matches("several requests of 'base' are in doubt: 1 %(.*, 2 %(", err.message)
      assert(build():settle(2, "not_accepted"))
      assert.equal(1, assert(build():plan()).earlier[1].number)
    end)

    it("takes the request id that a person names for it", function()
      local job = assert(sora.text_to_video:submit { prompt = "A horse" })
      died(intent())
      local f = workflow.new("film", { client = client, dir = dir })
      f:clip("other", sora.text_to_video, { prompt = "A dog" })
      assert(f:settle("base", job.request_id))
      local report = assert(f:run())
      assert.equal(job.request_id, report.earlier[1].request_id)
      assert.equal("done", report.earlier[1].state)
    end)

    it("keeps a result of a model that it has no table of", function()
      died(intent(1, "some/model"), { t = "accepted", a = 1, r = "r1" },
        { t = "done", a = 1, at = 1, o = { video = { url = server.url
          .. "/cdn/__blob/100" } } })
      local report = assert(build():run())
      assert.equal("done", report.earlier[1].state, report.earlier[1].error)
      assert.equal(100, #contents(report.earlier[1].files.video))
    end)
  end)

  describe("with a local file", function()
    local picture

    before_each(function()
      picture = dir .. "/cat.png"
      put(picture, "\137PNG\r\n\26\npixels")
    end)

    local function build(opts)
      local f = film()
      f:clip("base", sora.image_to_video, { prompt = "A cat",
        image_url = fal.file(picture, opts) })
      return f
    end

    it("sends nothing when it was changed after the plan, at once and in equal size",
      function()
        local report = assert(build():run { on_progress = function(view)
          if view.stage == "uploading" then put(picture, "\137PNG\r\n\26\nPIXELS") end
        end })
        local err = report.nodes.base.error
        assert.equal("file", err.kind)
        assert.equal("no", err.sent)
        assert.matches("was changed after the film was planned", err.message)
        assert.equal(0, accepted())
        assert.equal(1, assert(build():run()).counts.done)
      end)

    it("is refused by the plan when it is too large to travel inline", function()
      put(picture, "\137PNG\r\n\26\n" .. ("x"):rep(300000))
      local f = build { inline = true }
      local plan, err = f:plan()
      assert.is_nil(plan)
      assert.equal("base.image_url", err.fields[1].path)
      assert.matches("leave inline out", err.fields[1].message)
      assert.truthy(build():plan())
    end)
  end)

  it("keeps a result that is nested as deeply as an answer may be", function()
    server:fault { route = "result", nth = 1, action = "answer", status = 200,
      body = '{"video":{"url":"' .. server.url .. '/cdn/__blob/100"},'
        .. '"video_id":"video_1","deep":' .. ("["):rep(126) .. ("]"):rep(126) .. "}" }
    local f = film()
    f:clip("base", sora.text_to_video, { prompt = "A cat" })
    local report = assert(f:run())
    assert.equal("done", report.nodes.base.state, report.nodes.base.error)
    assert.equal("cached", assert(f:plan()).nodes[1].state)
    assert.equal("cached", assert(f:run()).nodes.base.state)
    assert.equal(1, accepted())
  end)
end)
