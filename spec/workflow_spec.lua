local doubt = require "fal.workflow.doubt"
local fal = require "fal"
local journal = require "fal.workflow.journal"
local others = require "support.others"
local script = require "support.script"
local sim = require "support.sim"
local workflow = require "fal.workflow"

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

local contents, put = script.contents, script.put
local SLOW = tonumber(os.getenv "FAL_TEST_SLOWDOWN") or 1

describe("a workflow", function()
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

  local function film(opts)
    opts = opts or {}
    opts.client, opts.dir = client, dir
    return workflow.new("film", opts)
  end

  local function tree(prompt, opts)
    local f = film(opts)
    local base = f:clip("base", sora.text_to_video, { prompt = "A cat" })
    local dusk = base:remix("dusk", prompt or "At dusk")
    dusk:remix("rain", "In the rain")
    base:remix("neon", "In neon light")
    return f
  end

  local function accepted() return server:ledger().totals.accepted end

  local function states(report)
    local out = {}
    for name, view in pairs(report.nodes) do out[name] = view.state end
    return out
  end

  it("counts nothing for a job that its own deadline canceled in time", function()
    server:script { run_time = 60, queue_time = 60 }
    for _ = 1, 3 do
      local f = film { budget = 0.5 }
      -- Long enough for the submit to be answered, also under valgrind.
      f:clip("slow", sora.text_to_video, { prompt = "A snail" },
        { timeout = 0.6 * math.min(SLOW, 5) })
      local report = assert(f:run())
      assert.equal("timeout", report.nodes.slow.error.kind)
    end
    assert.equal(3, accepted())
  end)

  it("does not wait for the other end of a pipe", function()
    assert(os.execute("mkfifo " .. dir .. "/pipe"))
    local f = film()
    f:clip("a", sora.image_to_video, { prompt = "x",
      image_url = fal.file(dir .. "/pipe") })
    local plan, err = f:plan()
    assert.is_nil(plan)
    assert.matches("no plain file", tostring(err))
  end)

  local ALL_DONE = { base = "done", dusk = "done", rain = "done", neon = "done" }
  local ALL_CACHED = { base = "cached", dusk = "cached", rain = "cached",
    neon = "cached" }

  it("makes every node once, with its files, from its parent's clip", function()
    local report = assert(tree():run())
    assert.same(ALL_DONE, states(report))
    assert.equal(1.6, report.cost)
    assert.equal(4, report.counts.done)
    local ids = {}
    for _, job in ipairs(server:ledger().jobs) do
      ids[job.input.prompt] = job
    end
    assert.equal(ids["A cat"].video_id, ids["At dusk"].input.video_id)
    assert.equal(ids["At dusk"].video_id, ids["In the rain"].input.video_id)
    assert.equal(false, ids["A cat"].input.delete_video)
    assert.is_nil(ids["In the rain"].input.delete_video)
    for name, view in pairs(report.nodes) do
      assert.equal(dir .. "/" .. name .. ".mp4", view.files.video)
      assert.is_true(script.is_mp4(view.files.video))
      assert.is_true(exists(dir .. "/" .. name .. ".spritesheet.jpg"))
      assert.equal(0.4, view.cost)
      assert.is_string(view.request_id)
      assert.equal("fal.clip", getmetatable(view.clip).__name)
    end
    assert.equal(report.nodes.base.clip, report.nodes.dusk.clip.parent)
  end)

  it("pays nothing the second time, and asks nobody", function()
    assert(tree():run())
    server:stop()
    server = sim.start { media = "bundled", queue_time = 0, run_time = 0, seed = 1 }
    local plan = assert(tree():plan())
    assert.equal(0, plan.to_pay)
    assert.equal(1.6, plan.cost)
    assert.equal(1.6, plan.committed)
    local report = assert(tree():run())
    assert.same(ALL_CACHED, states(report))
    assert.equal(0, report.cost)
    assert.equal(0, accepted())
    assert.is_true(script.is_mp4(report.nodes.rain.files.video))
  end)

  it("makes a changed node again and what hangs on it, and nothing else", function()
    assert(tree():run())
    local plan = assert(tree("At dawn"):plan())
    assert.equal(0.8, plan.to_pay)
    local report = assert(tree("At dawn"):run())
    assert.same({ base = "cached", dusk = "done", rain = "done", neon = "cached" },
      states(report))
    assert.equal(6, accepted())
  end)

  it("keeps what was replaced, and finds it again when the change is taken back",
    function()
      assert(tree():run())
      put(dir .. "/dusk.mp4", "the first one")
      assert(tree("At dawn"):run())
      assert.not_equal("the first one", contents(dir .. "/dusk.mp4"))
      local report = assert(tree():run())
      assert.same(ALL_CACHED, states(report))
      assert.equal("the first one", contents(dir .. "/dusk.mp4"))
      assert.equal(6, accepted())
    end)

  it("leaves the files where they are when what they replaced is deleted", function()
    assert(tree():run())
    assert(tree("At dawn"):run())
    local dawn = contents(dir .. "/dusk.mp4")
    assert(os.execute("rm -r " .. dir .. "/earlier"))
    server:fault { route = "media", action = "answer", status = 404 }
    local report = assert(tree("At dawn"):run())
    assert.same(ALL_CACHED, states(report))
    assert.equal(dawn, contents(dir .. "/dusk.mp4"))
    assert.is_false(exists(dir .. "/earlier"))
  end)

  it("keeps the files of a node that is renamed, for nothing", function()
    local f = film()
    f:clip("one", sora.text_to_video, { prompt = "A cat" })
    assert(f:run())
    f = film()
    f:clip("two", sora.text_to_video, { prompt = "A cat" })
    local report = assert(f:run())
    assert.equal("cached", report.nodes.two.state)
    assert.is_true(script.is_mp4(dir .. "/two.mp4"))
    assert.is_false(exists(dir .. "/one.mp4"))
    assert.equal(1, accepted())
  end)

  it("swaps the files of nodes that swap their names", function()
    local function build(a, b)
      local f = film()
      f:clip(a, sora.text_to_video, { prompt = "A" })
      f:clip(b, sora.text_to_video, { prompt = "B" })
      return f
    end
    assert(build("one", "two"):run())
    put(dir .. "/one.mp4", "A")
    put(dir .. "/two.mp4", "B")
    assert(build("two", "one"):run())
    assert.equal("B", contents(dir .. "/one.mp4"))
    assert.equal("A", contents(dir .. "/two.mp4"))
    assert.equal(2, accepted())
  end)

  it("makes a leaf again once it is continued, and says so", function()
    local function build(with_child)
      local f = film()
      local base = f:clip("base", sora.text_to_video, { prompt = "A cat" })
      if with_child then base:remix("dusk", "At dusk") end
      return f
    end
    assert(build(false):run())
    local plan = assert(build(true):plan())
    assert.equal(0.8, plan.to_pay)
    assert.matches("it was made with delete_video = true, and something continues it",
      plan.nodes[1].reason)
    assert(build(true):run())
    assert.equal(3, accepted())
    -- And back: the clip that is kept at the service serves a leaf as well.
    assert.equal(0, assert(build(false):plan()).to_pay)
  end)

  it("does not touch a stranger's file of the same name", function()
    put(dir .. "/base.mp4", "holiday")
    assert(tree():run())
    assert.is_true(script.is_mp4(dir .. "/base.mp4"))
    assert.equal("holiday", contents(dir .. "/earlier/found-1-base.mp4"))
  end)

  it("fetches a file that was deleted, without paying", function()
    assert(tree():run())
    os.remove(dir .. "/rain.mp4")
    local report = assert(tree():run())
    assert.equal("cached", report.nodes.rain.state)
    assert.is_true(script.is_mp4(dir .. "/rain.mp4"))
    assert.equal(4, accepted())
  end)

  it("skips what hangs on a failed node, goes on with the rest, and tries again",
    function()
      server:script { match = { prompt = "At dusk" },
        outcome = { status = 500, body = { detail = "broken" } } }
      local report = assert(tree():run())
      assert.same({ base = "done", dusk = "failed", rain = "skipped", neon = "done" },
        states(report))
      assert.equal("generation", report.nodes.dusk.error.kind)
      assert.equal("dusk", report.nodes.rain.because)
      assert.equal(report.nodes.dusk.error, report.nodes.rain.error)
      assert.equal(3, accepted())
      server:control("DELETE", "/script")
      local plan = assert(tree():plan())
      assert.equal(0.8, plan.to_pay)
      assert.equal("it failed before", plan.nodes[2].reason)
      report = assert(tree():run())
      assert.same({ base = "cached", dusk = "done", rain = "done", neon = "cached" },
        states(report))
      assert.equal(5, accepted())
    end)

  it("keeps a result that is no UTF-8", function()
    server:fault { route = "result", nth = 1, action = "answer", status = 200,
      body = '{"video":{"url":"' .. server.url .. '/cdn/__blob/100","note":"\255\254"},'
        .. '"video_id":"video_1"}' }
    local f = film()
    f:clip("base", sora.text_to_video, { prompt = "A cat" })
    local report = assert(f:run())
    assert.equal("done", report.nodes.base.state, report.nodes.base.error)
    assert.equal(100, #contents(dir .. "/base.mp4"))
    assert.equal("cached", assert(f:plan()).nodes[1].state)
  end)

  it("fetches a file whose size the result tells in no whole bytes", function()
    server:fault { route = "result", nth = 1, action = "answer", status = 200,
      body = '{"video":{"url":"' .. server.url .. '/cdn/__blob/100","file_size":99.5},'
        .. '"video_id":"video_1"}' }
    local f = film()
    f:clip("base", sora.text_to_video, { prompt = "A cat" })
    assert.equal("done", assert(f:run()).nodes.base.state)
    assert.equal(100, #contents(dir .. "/base.mp4"))
  end)

  it("asks again for a file that came empty", function()
    server:fault { route = "result", nth = 1, action = "answer", status = 200,
      body = '{"video":{"url":"' .. server.url .. '/cdn/__blob/100"},"video_id":"v"}' }
    server:fault { route = "media", nth = 1, action = "answer", status = 200, body = "" }
    local f = film()
    f:clip("base", sora.text_to_video, { prompt = "A cat" })
    local err = assert(f:run()).nodes.base.error
    assert.matches("without a single byte", tostring(err))
    assert.equal("cached", assert(f:run()).nodes.base.state)
    assert.equal(100, #contents(dir .. "/base.mp4"))
  end)

  it("says so when a result has no video, and does not pay for another by itself",
    function()
      server:fault { route = "result", nth = 1, action = "answer", status = 200,
        body = '{"n":1}' }
      local f = film()
      f:clip("base", sora.text_to_video, { prompt = "A cat" })
      local report = assert(f:run())
      assert.equal("failed", report.nodes.base.state)
      assert.matches("has no video", tostring(report.nodes.base.error))
      assert.equal("failed", assert(f:run()).nodes.base.state)
      assert.equal(1, accepted())
    end)

  it("sends nothing when anything of it would be refused", function()
    local f = tree()
    f:clip("bad", sora.text_to_video, { prompt = "A cat", duration = 7 })
    local report, err = f:run()
    assert.is_nil(report)
    assert.equal("validation", err.kind)
    assert.equal("bad.duration", err.fields[1].path)
    assert.equal(0, accepted())
  end)

  it("sends nothing past the budget, over all runs", function()
    assert(tree(nil, { budget = 1.6 }):run())
    local report, err = tree("At dawn", { budget = 2.3 }):run()
    assert.is_nil(report)
    assert.equal("budget", err.kind)
    assert.equal(4, accepted())
    assert(tree("At dawn", { budget = 2.4 }):run())
    assert.equal(6, accepted())
  end)

  it("takes up what was paid for, whatever the budget is now", function()
    local whole = tree()
    server:fault { route = "media", from = 1, to = 99, action = "answer", status = 404 }
    assert.same("failed", assert(whole:run()).nodes.base.state)
    server:clear_faults()
    local paid = accepted()
    local f = film { budget = 0.1 }
    f:clip("base", sora.text_to_video, { prompt = "A cat", delete_video = false })
    local report = assert(f:run())
    assert.equal(paid, accepted())
    assert.equal("cached", report.nodes.base.state)
    assert.truthy(report.nodes.base.files.video)
  end)

  -- A run that ends with the job of "base" accepted and not done.
  local function interrupt(f)
    server:control("POST", "/script",
      { { match = { prompt = "A cat" }, run_time = 0.3 } })
    local began = {}
    local running = client:spawn(function()
      return f:run { on_progress = function(view)
        if view.request_id then client.sched:wake(began) end
      end }
    end)
    client:spawn(function() client.sched:park(began) end):await()
    running:cancel()
    assert.is_nil((running:await()))
    assert.equal(1, accepted())
  end

  it("follows what was paid for when the budget does not allow the rest", function()
    interrupt(tree())
    local plan, err = tree(nil, { budget = 1.2 }):plan()
    assert.is_nil(plan)
    assert.matches("%$1%.20 are to be paid now, and %$0%.40 were paid.* %$0%.40 are "
      .. "missing", err.message)
    local report = assert(tree(nil, { budget = 1.2 }):run())
    assert.same({ base = "done", dusk = "failed", rain = "skipped", neon = "failed" },
      states(report))
    assert.is_true(script.is_mp4(report.nodes.base.files.video))
    err = report.nodes.neon.error
    assert.equal("budget", err.kind)
    assert.equal("no", err.sent)
    assert.matches("%$0%.40 are missing", err.message)
    assert.equal(0, report.cost)
    assert.equal(1, accepted())
    -- All that was paid for is here: nothing is left to be done.
    report, err = tree(nil, { budget = 1.2 }):run()
    assert.is_nil(report)
    assert.equal("budget", err.kind)
    assert.equal(4, assert(tree(nil, { budget = 1.6 }):run()).counts.done + 1)
  end)

  it("follows what was paid for when a price is not known, or above a ceiling", function()
    interrupt(tree())
    local f = tree(nil, { budget = 9 })
    f:clip("tom", sora.create_character,
      { video_url = "https://example.com/tom.mp4", name = "Tom" })
    local report = assert(f:run())
    assert.equal("done", report.nodes.base.state)
    assert.equal("price_unknown", report.nodes.tom.error.kind)
    f = film()
    f:clip("base", sora.text_to_video, { prompt = "A cat", delete_video = false })
    f:clip("dear", sora.text_to_video, { prompt = "A dog" }, { max_price = 0.1 })
    os.remove(dir .. "/base.mp4")
    report = assert(f:run())
    assert.is_true(script.is_mp4(report.nodes.base.files.video))
    assert.equal("budget", report.nodes.dear.error.kind)
    assert.equal(1, accepted())
  end)

  it("feeds a character and a local image into many clips, each made once", function()
    put(dir .. "/cat.png", "\137PNG\r\n\26\n" .. ("pixels"):rep(100))
    local photo = fal.file(dir .. "/cat.png")
    local f = film()
    local tom = f:clip("tom", sora.create_character,
      { video_url = "https://example.com/tom.mp4", name = "Tom" })
    for i = 1, 4 do
      f:clip("clip " .. i, sora.image_to_video, { prompt = "Tom, take " .. i,
        image_url = photo, character_ids = { tom } })
    end
    local report = assert(f:run { concurrency = 4 })
    assert.equal(5, report.counts.done, report.nodes["clip 1"].error)
    local ledger, urls = server:ledger(), {}
    for _, job in ipairs(ledger.jobs) do
      if job.input.image_url then
        urls[job.input.image_url] = true
        assert.equal(report.nodes.tom.clip.id, job.input.character_ids[1])
      end
    end
    assert.truthy(next(urls))
    assert.is_nil(next(urls, (next(urls))))
    assert.same({}, report.nodes.tom.files)
    assert.is_true(script.is_mp4(report.nodes["clip 1"].files.video))
  end)

  it("keeps hostile names out of paths", function()
    local f = film()
    f:clip("../../../escaped", sora.text_to_video, { prompt = "A cat" })
    f:clip("<script>alert(1)</script>", sora.text_to_video, { prompt = "\27[2J" })
    local report = assert(f:run())
    assert.equal(2, report.counts.done)
    for _, view in pairs(report.nodes) do
      local inside = view.files.video:sub(#dir + 2)
      assert.truthy(inside:find("^[%w-]+%.mp4$"), inside)
      assert.is_true(script.is_mp4(view.files.video))
    end
  end)

  it("tells its progress, node by node", function()
    local told, last = {}, nil
    assert(tree():run { on_progress = function(view, counts)
      told[view.name] = (told[view.name] or "") .. view.stage .. ";"
      last = counts
    end })
    assert.matches("^submitting;.*fetching files;done;$", told.base)
    assert.same({ waiting = 0, running = 0, done = 4, cached = 0, failed = 0,
      skipped = 0 }, last)
  end)

  it("ends with the error that a callback raises, and loses nothing", function()
    local report, err = tree():run { on_progress = function(view)
      if view.name == "dusk" and view.stage ~= "submitting" then error("mine") end
    end }
    assert.is_nil(report)
    assert.matches("mine", tostring(err))
    local before = accepted()
    report = assert(tree():run())
    assert.equal("cached", report.nodes.base.state)
    assert.equal(0, report.counts.failed)
    assert.equal(4, accepted())
    assert.is_true(before <= 4)
  end)

  it("leaves nothing in doubt when a callback raises before a request leaves", function()
    local report, err = tree():run { on_progress = function(view)
      if view.stage == "submitting" then error("mine") end
    end }
    assert.is_nil(report)
    assert.matches("mine", tostring(err))
    assert.equal(0, accepted())
    assert.same(ALL_DONE, states(assert(tree():run())))
  end)

  it("keeps the number of jobs at a time", function()
    local f, running, most = film(), 0, 0
    for i = 1, 12 do f:clip("c" .. i, sora.text_to_video, { prompt = "A cat " .. i }) end
    local seen = {}
    assert(f:run { concurrency = 3, on_progress = function(view)
      if view.stage == "submitting" then
        seen[view.name] = true
        running = running + 1
        most = math.max(most, running)
      elseif seen[view.name] and view.stage == "fetching files" then
        running = running - 1
      end
    end })
    assert.equal(3, most)
  end)

  it("needs no more for a number that stands for all of them at once", function()
    local before = collectgarbage("count")
    assert.equal(4, assert(tree():run { concurrency = 1e6 }).counts.done)
    assert.is_true(collectgarbage("count") - before < 50000)
  end)

  it("runs within a task beside others", function()
    local ticks = 0
    local ticking = client:spawn(function()
      while ticks < 5 do
        ticks = ticks + 1
        client:sleep(0.01)
      end
    end)
    local running = client:spawn(function() return tree():run() end)
    local report = assert(running:await())
    ticking:await()
    assert.equal(4, report.counts.done)
    assert.equal(5, ticks)
  end)

  it("stops when its task is canceled, and is taken up by another run", function()
    server:control("POST", "/script", { { match = { prompt = "A cat" }, run_time = 1 } })
    local began = {}
    local running = client:spawn(function()
      return tree():run { on_progress = function(view)
        if view.stage ~= "submitting" then client.sched:wake(began) end
      end }
    end)
    client:spawn(function() client.sched:park(began) end):await()
    running:cancel()
    local report, err = running:await()
    assert.is_nil(report)
    assert.equal("canceled", err.kind)
    assert.equal(1, accepted())
    local plan = assert(tree():plan())
    assert.equal("running", plan.nodes[1].state)
    assert.is_near(1.2, plan.to_pay, 1e-9)
    report = assert(tree():run())
    assert.equal(4, report.counts.done)
    assert.equal(4, accepted())
  end)

  -- A run that is canceled while its journal gets a record of some kind.
  local function canceled_at(what)
    local State = getmetatable(require("fal.workflow.state").new())
    local add, running = State.add, nil
    finally(function() State.add = add end)
    function State:add(record)
      if record.t == what and running then running:cancel() end
      return add(self, record)
    end
    running = client:spawn(function() return tree():run() end)
    local _, err = running:await()
    running = nil
    assert.equal("canceled", err.kind)
  end

  it("waits for no job when it is canceled while its journal is written", function()
    server:control("POST", "/script", { { match = { prompt = "A cat" }, run_time = 2 } })
    canceled_at "accepted"
    assert.equal("running", assert(tree():plan()).nodes[1].state)
    assert.equal(1, accepted())
  end)

  it("makes again what the service forgot, once its result was let go of", function()
    server:control("POST", "/script", { { match = { prompt = "A cat" }, run_time = 2 } })
    canceled_at "accepted"
    local ok, err = tree():discard("base")
    assert.is_nil(ok)
    assert.matches("its job is running", err.message)
    server:reset()
    server:control("DELETE", "/script")
    err = assert(tree():run()).nodes.base.error
    assert.equal("not_found", err.kind)
    assert.matches('film:discard%("base"%)', tostring(err))
    assert.equal(0, accepted())
    assert(tree():discard("base"))
    assert.equal(0.4, assert(tree():plan()).committed)
    assert.same(4, assert(tree():run()).counts.done)
    assert.equal(4, accepted())
  end)

  it("pays for nothing when it is canceled before", function()
    canceled_at "intent"
    assert.equal("to_pay", assert(tree():plan()).nodes[1].state)
    assert.equal(0, accepted())
  end)

  it("doubts no request that waits for its turn when its process ends", function()
    server:script { run_time = 60 }
    local code = ([[
      local client = require("fal").client { base_url = %q, credentials = "spec:key",
        quiet = true, max_in_flight = 1 }
      local film = require("fal.workflow").new("film", { client = client, dir = %q })
      local text_to_video = require("fal.sora2").with(client).text_to_video
      for i = 1, 4 do film:clip("clip " .. i, text_to_video, { prompt = "Cat " .. i }) end
      film:run { on_progress = function(view)
        if view.status then os.exit(7, false) end
      end }
    ]]):format(server.url, dir)
    put(dir .. "/run.lua", code)
    local _, status = script.run(dir .. "/run.lua", { dir = dir })
    assert.equal(7, status)
    local f, counts = film(), {}
    for i = 1, 4 do
      f:clip("clip " .. i, sora.text_to_video, { prompt = "Cat " .. i })
    end
    for _, node in ipairs(assert(f:plan()).nodes) do
      counts[node.state] = (counts[node.state] or 0) + 1
    end
    assert.same({ running = 1, to_pay = 3 }, counts)
  end)

  it("begins no run where nobody can wait for it", function()
    assert(tree():run())
    local before = accepted()
    local task = client:spawn(function()
      return pcall(table.sort, { 1, 2 }, function() tree("At dawn"):run() end)
    end)
    assert.is_false((task:await()))
    client:loop()
    assert.equal(before, accepted())
    assert.same(2, assert(tree("At dawn"):run()).counts.done)
  end)

  it("keeps others out for as long as somebody of it works there", function()
    server:script { run_time = 2 }
    local host = coroutine.create(function() tree():run() end)
    local resume
    client.driver = { running = function() return coroutine.running() == host end,
      wait = function(register)
        register(function() resume = true end)
        coroutine.yield()
      end }
    assert(coroutine.resume(host))
    while accepted() == 0 do
      if resume then
        resume = nil
        assert(coroutine.resume(host))
      end
      client:step(0.01)
    end
    host = nil
    collectgarbage()
    collectgarbage()
    local report, why = tree():run()
    assert.is_nil(report)
    assert.matches("being run already", tostring(why))
  end)

  it("lets one run at a time into its folder", function()
    local second
    local report = assert(tree():run { on_progress = function(view)
      if view.name == "base" and not second then
        second = { tree():run() }
      end
    end })
    assert.equal(4, report.counts.done)
    assert.is_nil(second[1])
    assert.equal("file", second[2].kind)
    assert.matches("run already", second[2].message)
    assert.equal(4, accepted())
  end)

  it("says that another process runs it, until that is over", function()
    assert(os.execute("mkfifo " .. dir .. "/go"))
    local other = assert(io.popen(("flock %s/lock sh -c 'echo held; read go <%s/go'")
      :format(dir, dir)))
    assert.equal("held", other:read("*l"))
    local report, err = tree():run()
    assert.is_nil(report)
    assert.equal("file", err.kind)
    assert.is_true(err.retryable)
    assert.matches("run already %(" .. dir:gsub("%p", "%%%0") .. "%)", err.message)
    assert.truthy(tree():plan())
    put(dir .. "/go", "\n")
    other:close()
    assert.equal(4, assert(tree():run()).counts.done)
  end)

  it("pays nothing when its folder cannot be written to", function()
    put(dir .. "/file", "")
    local f = workflow.new("film", { client = client, dir = dir .. "/file/below" })
    f:clip("base", sora.text_to_video, { prompt = "A cat" })
    local report, err = f:run()
    assert.is_nil(report)
    assert.equal("file", err.kind)
    assert.equal(0, accepted())
  end)

  it("pays nothing more once its journal cannot be written, and loses nothing", function()
    local path, spoiled = dir .. "/workflow.jsonl", false
    local report = assert(tree():run { on_progress = function(view)
      if view.name == "base" and view.request_id and not spoiled then
        spoiled = true
        os.execute(("mv %s %s.saved && mkdir %s"):format(path, path, path))
      end
    end })
    assert.same({ base = "failed", dusk = "failed", neon = "failed", rain = "skipped" },
      states(report))
    assert.equal("file", report.nodes.dusk.error.kind)
    assert.equal("no", report.nodes.dusk.error.sent)
    assert.equal(1, accepted())
    os.execute(("rmdir %s && mv %s.saved %s"):format(path, path, path))
    assert.equal(0, assert(tree():run()).counts.failed)
    assert.equal(4, accepted())
  end)

  describe("that died", function()
    --- A journal as a killed process leaves it behind.
    local function died(...)
      assert(tree():plan())
      local book = assert(journal.open(client, dir, dir .. "/workflow.jsonl"))
      for _, record in ipairs { ... } do assert(book:add(record)) end
    end

    local function intent()
      local entry = assert(tree():plan()).nodes[1]
      return { t = "intent", a = 1, k = entry.key, n = "base", e = entry.endpoint_id,
        i = { prompt = "A cat", delete_video = false }, m = 400000, at = os.time(),
        s = os.time() }
    end

    it("with a job running takes it up by its request id", function()
      local job = assert(sora.text_to_video:submit { prompt = "A cat",
        delete_video = false })
      died(intent(), { t = "accepted", a = 1, r = job.request_id })
      local report = assert(tree():run())
      assert.same(ALL_DONE, states(report))
      assert.equal(job.request_id, report.nodes.base.request_id)
      assert.equal(4, accepted())
      assert.is_near(1.2, report.cost, 1e-9)
    end)

    it("with an accepted request that it did not hear of finds it in the history",
      function()
        local job = assert(sora.text_to_video:submit { prompt = "A cat",
          delete_video = false })
        died(intent())
        local report = assert(tree():run())
        assert.same(ALL_DONE, states(report))
        assert.equal(job.request_id, report.nodes.base.request_id)
        assert.equal(4, accepted())
      end)

    it("with a request of which nobody knows waits for a person", function()
      died(intent())
      local report = assert(tree():run())
      assert.same({ base = "failed", dusk = "skipped", rain = "skipped",
        neon = "skipped" }, states(report))
      local err = report.nodes.base.error
      assert.equal("unknown_submit", err.kind)
      assert.equal("unknown", err.sent)
      assert.matches("film:settle", tostring(err))
      assert.equal(0, accepted())
      assert.equal("unknown", assert(tree():plan()).nodes[1].state)
    end)

    it("does not discard what is in doubt", function()
      died(intent())
      local ok, err = tree():discard("base")
      assert.is_nil(ok)
      assert.matches("settle it first", err.message)
    end)

    it("goes on once the person has spoken", function()
      died(intent())
      assert(tree():settle("base", "not_accepted"))
      assert.same(ALL_DONE, states(assert(tree():run())))
      assert.equal(4, accepted())
    end)

    it("takes the request id that the person names, but no other node's", function()
      local job = assert(sora.text_to_video:submit { prompt = "A cat",
        delete_video = false })
      died(intent())
      assert(tree():settle("base", job.request_id))
      local report = assert(tree():run())
      assert.equal(job.request_id, report.nodes.base.request_id)
      local ok, err = tree():settle("base", "not_accepted")
      assert.is_nil(ok)
      assert.matches("not in doubt", err.message)
      assert.has_error(function() tree():settle("bsae", "r1") end,
        "settle: the workflow has no node 'bsae'; did you mean 'base'?")
    end)

    it("takes a better word for what the person said", function()
      local job = assert(sora.text_to_video:submit { prompt = "A cat",
        delete_video = false })
      died(intent())
      assert(tree():settle("base", "not-this-one"))
      assert.equal("not_found", assert(tree():run()).nodes.base.error.kind)
      assert(tree():settle("base", "not_accepted"))
      assert.equal(1.6, assert(tree():plan()).to_pay)
      assert(tree():settle("base", job.request_id))
      local plan = assert(tree():plan())
      assert.same({ 1.2, 0.4 }, { plan.to_pay, plan.committed })
      assert.equal(job.request_id, assert(tree():run()).nodes.base.request_id)
      assert.equal(4, accepted())
    end)

    it("never takes a request that another node has", function()
      local job = assert(sora.text_to_video:submit { prompt = "A cat",
        delete_video = false })
      local second = intent()
      second.a, second.n, second.k = 2, "other", "other"
      died(intent(), second, { t = "accepted", a = 2, r = job.request_id })
      local report = assert(tree():run())
      assert.equal("unknown_submit", report.nodes.base.error.kind)
      assert.equal(1, accepted())
    end)

    --- A run under a policy, while others submit to the same endpoint.
    local function run_under_policy(prepare)
      client:close()
      client = assert(fal.client { base_url = server.url, credentials = "spec:key",
        quiet = true, poll = { initial = 0.01, max = 0.05 },
        ledger_policy = { assume_not_accepted_after = 0 } })
      sora = require("fal.sora2").with(client)
      prepare()
      finally(others.before_each_look(function()
        assert(sora.text_to_video:submit { prompt = "Something else" })
      end))
      return assert(tree():run())
    end

    it("under a policy takes a current history's silence for proof", function()
      local report = run_under_policy(function() died(intent()) end)
      assert.same(ALL_DONE, states(report))
    end)

    -- Its own clock was a quarter of an hour ahead, and was set since.
    it("under a policy pays for nothing again that was sent by a wrong clock", function()
      local report = run_under_policy(function()
        assert(sora.text_to_video:submit { prompt = "A cat", delete_video = false })
        local record = intent()
        record.at, record.s = os.time() + 940, nil
        died(record)
      end)
      local sent = 0
      for _, job in ipairs(server:ledger().jobs) do
        if job.input.prompt == "A cat" then sent = sent + 1 end
      end
      assert.equal(1, sent)
      assert.equal("unknown_submit", report.nodes.base.error.kind)
    end)

    it("finds by the service's clock what was sent by a wrong one", function()
      local job
      local report = run_under_policy(function()
        job = assert(sora.text_to_video:submit { prompt = "A cat",
          delete_video = false })
        local record = intent()
        record.at = os.time() + 940
        died(record)
      end)
      assert.equal(job.request_id, report.nodes.base.request_id)
    end)

    it("does not call unsent what its ledger cannot be asked about", function()
      client:close()
      client = assert(fal.client { base_url = server.url, credentials = "spec:key",
        quiet = true, ledger = dir .. "/no/such/folder/ledger.sqlite" })
      sora = require("fal.sora2").with(client)
      local record = intent()
      record.l = "a ledger"
      died(record)
      local err = assert(tree():run()).nodes.base.error
      assert.equal("unknown_submit", err.kind)
      assert.equal("unknown", err.sent)
      assert.not_matches("nothing was sent", tostring(err))
    end)
  end)

  it("puts files and nodes into what it sends as extra, by name or as read again",
    function()
      local path = dir .. "/mask.png"
      put(path, "\137PNG\r\n\26\n one")
      local f = film()
      local later = f:clip("later", sora.text_to_video, { prompt = "x" }, { extra = {
        masks = { fal.file(path) } } })
      f:clip("shown", sora.text_to_video, { prompt = "y" }, { extra = {
        like = later, still = later:output "thumbnail.url" } })
      assert.same({ later = "done", shown = "done" }, states(assert(f:run())))
      local inputs = {}
      for _, job in ipairs(server:ledger().jobs) do
        inputs[job.input.prompt] = job.input
      end
      assert.matches("^http.*mask%.png$", inputs.x.masks[1])
      assert.matches("^http.*%.mp4$", inputs.y.like)
      assert.matches("^http.*%.webp$", inputs.y.still)
      local loaded = assert(workflow.load(assert(f:export()), { client = client,
        dir = dir }))
      assert.equal(0, assert(loaded:plan()).to_pay)
      put(path, "\137PNG\r\n\26\n two")
      assert.equal(0.8, assert(loaded:plan()).to_pay)
      os.remove(path)
      local _, err = f:plan()
      assert.matches("later.masks%[1%]: the file .* cannot be read", tostring(err))
    end)

  it("sends what its options have as extra", function()
    local f = film()
    f:clip("base", sora.text_to_video, { prompt = "A cat" }, { extra = { fancy = 3 } })
    assert.equal("done", assert(f:run()).nodes.base.state)
    assert.equal(3, server:ledger().jobs[1].input.fancy)
  end)

  describe("with a ledger", function()
    local ledger

    before_each(function()
      client:close()
      local ok, module = pcall(require, "fal.ledger")
      ledger = ok and module.open(dir .. "/ledger.sqlite")
      client = assert(fal.client { base_url = server.url, credentials = "spec:key",
        quiet = true, poll = { initial = 0.01, max = 0.05 },
        retry = { max_attempts = 2, base_delay = 0.01, max_delay = 0.05 },
        ledger = dir .. "/ledger.sqlite" })
      sora = require("fal.sora2").with(client)
      if not ledger then pending "no SQLite for Lua is installed" end
    end)

    after_each(function() if ledger then ledger:close() end end)

    local function rows()
      local out = {}
      for _, row in ipairs(assert(ledger:jobs())) do out[row.name] = row end
      return out
    end

    it("records each node under its name", function()
      if not ledger then return end
      assert(tree():run())
      local found = rows()
      for _, name in ipairs { "base", "dusk", "rain", "neon" } do
        assert.equal("fetched", found["film/" .. name].state)
      end
    end)

    it("takes from it what the journal did not hear of", function()
      if not ledger then return end
      local job = assert(sora.text_to_video:submit({ prompt = "A cat",
        delete_video = false }, { name = "film/base" }))
      local entry = assert(tree():plan()).nodes[1]
      local book = assert(journal.open(client, dir, dir .. "/workflow.jsonl"))
      book:add { t = "intent", a = 1, k = entry.key, n = "base", e = entry.endpoint_id,
        i = { prompt = "A cat", delete_video = false }, m = 400000, at = os.time(),
        l = doubt.ledger(client) }
      local report = assert(tree():run())
      assert.same(ALL_DONE, states(report))
      assert.equal(job.request_id, report.nodes.base.request_id)
      assert.equal(4, accepted())
    end)

    it("puts right in it, too, what a person said", function()
      if not ledger then return end
      server:fault { route = "submit", action = "drop", at = "acted", times = 1 }
      server:fault { route = "history", action = "answer", status = 404 }
      local report = assert(tree():run())
      assert.equal("unknown_submit", report.nodes.base.error.kind)
      server:clear_faults()
      assert(tree():settle("base", "not_accepted"))
      assert.equal("refused", rows()["film/base"].state)
      local right = server:ledger().jobs[1].request_id
      assert(tree():settle("base", "not-this-one"))
      assert(tree():settle("base", right))
      assert.same({ "accepted", right, 0.4 }, { rows()["film/base"].state,
        rows()["film/base"].request_id, (select(2, ledger:spent())) })
      assert.equal(4, assert(tree():run()).counts.done)
      assert.equal(4, accepted())
    end)

    local function intended(id)
      local entry = assert(tree():plan()).nodes[1]
      local book = assert(journal.open(client, dir, dir .. "/workflow.jsonl"))
      book:add { t = "intent", a = 1, k = entry.key, n = "base", e = entry.endpoint_id,
        i = { prompt = "A cat", delete_video = false }, m = 400000, at = os.time(),
        l = id }
    end

    it("knows by it that a request never left", function()
      if not ledger then return end
      intended(doubt.ledger(client))
      assert.same(ALL_DONE, states(assert(tree():run())))
      assert.equal(4, accepted())
    end)

    it("takes from it that a job failed, and what that cost", function()
      if not ledger then return end
      server:script { outcome = { status = 422, body = { detail = "no such cat" } } }
      local output = sora.text_to_video({ prompt = "A cat", delete_video = false },
        { name = "film/base" })
      assert.is_nil(output)
      server:control("DELETE", "/script")
      intended(doubt.ledger(client))
      assert(ledger:db():run("UPDATE fal_jobs SET settled = 300000, cost = 300000"))
      local report = assert(tree():run())
      assert.equal("failed", report.nodes.base.state)
      assert.equal("yes", report.nodes.base.error.sent)
      assert.matches("no such cat", tostring(report.nodes.base.error))
      assert.equal(1, accepted())
      assert.equal(0.3, assert(tree():plan()).committed)
      assert.equal(4, assert(tree():run()).counts.done)
    end)

    it("does not take a row for none whose input is written otherwise", function()
      if not ledger then return end
      assert(sora.text_to_video:submit({ prompt = "A [secret]", delete_video = false },
        { name = "film/base" }))
      intended(doubt.ledger(client))
      local report = assert(tree():run())
      assert.equal("unknown_submit", report.nodes.base.error.kind)
      assert.matches("with another input", report.nodes.base.error.message)
      assert.equal(1, accepted())
      assert(ledger:db():run("UPDATE fal_jobs SET created_at = created_at - 1000000"))
      assert.equal(4, assert(tree():run()).counts.done)
    end)

    it("does not take another ledger's silence for that", function()
      if not ledger then return end
      intended("another one")
      local report = assert(tree():run())
      assert.equal("unknown_submit", report.nodes.base.error.kind)
      assert.equal(0, accepted())
    end)

    it("finds a lost request for an upload that would have another address now",
      function()
        if not ledger then return end
        put(dir .. "/cat.png", "\137PNG\r\n\26\npixels")
        local function film_of_picture()
          local f = film()
          f:clip("base", sora.image_to_video, { prompt = "A cat",
            image_url = fal.file(dir .. "/cat.png") })
          return f
        end
        local input = { prompt = "A cat", image_url = assert(client:upload(dir
          .. "/cat.png")) }
        local job = assert(sora.image_to_video:submit(input, { name = "film/base" }))
        local entry = assert(film_of_picture():plan()).nodes[1]
        local book = assert(journal.open(client, dir, dir .. "/workflow.jsonl"))
        book:add { t = "intent", a = 1, k = entry.key, n = "base", e = entry.endpoint_id,
          i = input, m = 400000, at = os.time(), l = doubt.ledger(client) }
        client:close()
        client = assert(fal.client { base_url = server.url, credentials = "spec:key",
          quiet = true, poll = { initial = 0.01 }, ledger = dir .. "/ledger.sqlite" })
        sora = require("fal.sora2").with(client)
        local report = assert(film_of_picture():run())
        assert.equal(job.request_id, report.nodes.base.request_id)
        assert.equal(1, accepted())
      end)

    it("pays again for what was discarded, under a name of its own", function()
      if not ledger then return end
      assert(tree():run())
      assert(tree():discard("rain"))
      assert(tree():run())
      assert.equal(5, accepted())
      assert.truthy(rows()["film/rain #2"])
    end)
  end)

  it("keeps the result of a job whose node is gone: it was paid for", function()
    local job = assert(sora.text_to_video:submit { prompt = "An old idea" })
    local book = assert(journal.open(client, dir, dir .. "/workflow.jsonl"))
    book:add { t = "intent", a = 1, k = "gone", n = "old", i = { prompt = "An old idea" },
      e = "fal-ai/sora-2/text-to-video", m = 400000, at = os.time() }
    book:add { t = "accepted", a = 1, r = job.request_id }
    local report = assert(tree():run())
    assert.same(ALL_DONE, states(report))
    assert.equal(1, #report.earlier)
    assert.equal("done", report.earlier[1].state)
    assert.matches("/earlier/old%-%x+%.mp4$", report.earlier[1].files.video)
    assert.is_true(script.is_mp4(report.earlier[1].files.video))
  end)

  it("makes a discarded node again with what hangs on it, and keeps the old files",
    function()
      assert(tree():run())
      put(dir .. "/dusk.mp4", "the first take")
      assert(tree():discard("dusk"))
      local plan = assert(tree():plan())
      assert.equal(0.8, plan.to_pay)
      local report = assert(tree():run())
      assert.same({ base = "cached", dusk = "done", rain = "done", neon = "cached" },
        states(report))
      assert.equal(6, accepted())
      local pipe = io.popen("cat " .. dir .. "/earlier/dusk-*.mp4")
      assert.equal("the first take", pipe:read("*a"))
      pipe:close()
    end)

  it("exports no secrets, also of fields that are sent unchecked", function()
    local f = film()
    f:clip("a", sora.text_to_video, { prompt = "A cat", api_key = "sk-own-0001" },
      { allow_legacy = true, extra = { openai_api_key = "sk-own-0002", seed = 7 } })
    f:clip("b", sora.text_to_video, { prompt = "A dog" },
      { extra = { api_key = "sk-own-0003" } })
    local text = contents(assert(f:export()))
    assert.is_nil(text:find("sk-own", 1, true))
    assert.matches('"extra":{"seed":7}', text, 1, true)
    assert.is_nil(text:find('"extra":{}', 1, true))
  end)

  it("pays for nothing again when a film comes back without its secrets", function()
    local f = film()
    f:clip("a", sora.text_to_video, { prompt = "A cat" },
      { extra = { api_key = "sk-own-0003" } })
    f:clip("b", sora.text_to_video, { prompt = "A dog" },
      { extra = { openai_api_key = "sk-own-0002", seed = 7 } })
    assert.equal("done", assert(f:run()).nodes.b.state)
    local path = assert(f:export(dir .. "/film.json"))
    local again = assert(workflow.load(path, { client = client, dir = dir }))
    local nodes = assert(again:run()).nodes
    assert.same({ "cached", "cached" }, { nodes.a.state, nodes.b.state })
    assert.equal(2, accepted())
  end)

  it("survives its export and import, files and references and all", function()
    put(dir .. "/cat.png", "\137PNG\r\n\26\npixels")
    local f = film { budget = 5 }
    local tom = f:clip("tom", sora.create_character,
      { video_url = "https://example.com/tom.mp4", name = "Tom" }, { max_price = 0 })
    local base = f:clip("base", sora.image_to_video, { prompt = "Tom",
      image_url = fal.file(dir .. "/cat.png"), character_ids = { tom } },
      { priority = "low" })
    base:remix("dusk \"x\"", "At dusk")
    local path = assert(f:export())
    assert.equal(dir .. "/workflow.json", path)
    local before = assert(f:plan())
    local g = assert(workflow.load(path, { client = client, dir = dir }))
    local after = assert(g:plan())
    assert.equal(5, g.budget)
    assert.equal(#before.nodes, #after.nodes)
    for i, entry in ipairs(before.nodes) do
      assert.equal(entry.name, after.nodes[i].name)
      assert.equal(entry.key, after.nodes[i].key)
      assert.same(entry.options, after.nodes[i].options)
    end
    assert.equal(contents(path), contents(assert(g:export(dir .. "/again.json"))))
    assert.equal(3, assert(g:run()).counts.done)
  end)

  it("keeps the graph that is written down when another cannot be", function()
    local path = assert(tree():export())
    local before = contents(path)
    assert(os.execute("mkdir " .. path .. ".new"))
    local ok, err = tree("At dawn"):export()
    assert.is_nil(ok)
    assert.equal("file", err.kind)
    assert.equal(before, contents(path))
  end)

  it("draws its page, and can draw it again from its folder alone", function()
    assert(tree():run())
    local page = contents(dir .. "/index.html")
    assert.matches("base%.mp4", page)
    os.remove(dir .. "/index.html")
    local f = assert(workflow.load(dir .. "/workflow.json",
      { client = client, dir = dir }))
    assert.equal(dir .. "/index.html", f:gallery())
    assert.equal(page, contents(dir .. "/index.html"))
  end)

  it("takes a null for what is not there on import", function()
    put(dir .. "/w.json", '{"fal_workflow":1,"name":"f","budget":null,"nodes":[{"name":'
      .. '"a","endpoint":"fal-ai/sora-2/text-to-video","input":{"prompt":"x"},'
      .. '"options":null}]}')
    local f = assert(workflow.load(dir .. "/w.json", { client = client, dir = dir }))
    assert.is_nil(f.budget)
  end)

  it("is refused on import where it makes no sense, cycles and all", function()
    local function load(text)
      put(dir .. "/w.json", text)
      local f, err = workflow.load(dir .. "/w.json", { client = client, dir = dir })
      if f then return f:plan() end
      return nil, err
    end
    local head = '{"fal_workflow":1,"name":"f","nodes":['
    local function node(name, from, id)
      return ('{"name":"%s","endpoint":"%s","input":{"prompt":"x","video_id":'
        .. '{"$node":"%s","output":"video_id"}}}'):format(name,
        id or "fal-ai/sora-2/video-to-video/remix", from)
    end
    local function with(options, image)
      return ('{"name":"a","endpoint":"fal-ai/sora-2/image-to-video","input":'
        .. '{"prompt":"x","image_url":%s},"options":%s}'):format(
        image or '"https://example.com/a.png"', options)
    end
    for text, wanted in pairs {
      ["hello"] = "film:export", ["{}"] = "film:export",
      [head .. '{"name":"a"}]}'] = "no node with an input",
      [head .. node("a", "b") .. "]}"] = "that there is none of",
      [head .. node("a", "b") .. "," .. node("b", "a") .. "]}"] = "cycle",
      [head .. node("a", "a") .. "]}"] = "cycle",
      [head .. node("a", "b") .. "," .. node("a", "b") .. "]}"] = "two nodes",
      [head .. node("a", "b", "no/such") .. "]}"] = "no/such",
      [head .. with('{"priority":"high"}') .. "]}"] = "option 'priority' must be",
      [head .. with('{"max_price":"0.5"}') .. "]}"] = "option 'max_price' must be",
      [head .. with('{"hint":"a\\nb"}') .. "]}"] = "option 'hint' must not",
      [head .. with('{"timeout":null}') .. "]}"] = "option 'timeout' must be",
      [head .. with("7") .. "]}"] = "options must be a table",
      [head .. with("null", '{"$file":"a.png","expires_in":-1}') .. "]}"] = "image_url",
      ['{"budget":"10",' .. head:sub(2) .. "]}"] = "budget",
      ['{"budget":-1,' .. head:sub(2) .. "]}"] = "budget",
    } do
      local plan, err = load(text)
      assert.is_nil(plan)
      assert.equal("validation", err.kind)
      assert.matches(wanted, tostring(err))
    end
    local _, err = workflow.load(dir .. "/missing.json", { client = client })
    assert.equal("file", err.kind)
  end)
end)
