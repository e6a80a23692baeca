-- A client that is dropped, or whose program ends, while something waits for it.

local script = require "support.script"
local sim = require "support.sim"

describe("what is left in the middle", function()
  local service, dir

  setup(function() service = sim.start { queue_time = 3600, media = "none" } end)
  teardown(function() service:stop() end)
  before_each(function()
    service:reset()
    dir = script.directory()
  end)
  after_each(function() script.remove(dir) end)

  local FIRST = [[
    local fal = require "fal"
    local c = assert(fal.client { credentials = "id:secret" })
    local function job()
      return c:subscribe("acme/demo/x", { input = {}, on_enqueue = print })
    end
    local function go_on()
      local id
      c:spawn(function()
        c:subscribe("acme/demo/x", { input = {}, on_enqueue = function(i) id = i end })
      end)
      repeat c:step() until id and c:timeout() and c:timeout() > 0.1
    end
  ]]

  local function run(program)
    script.put(dir .. "/left.lua", FIRST .. program)
    return (script.run(dir .. "/left.lua", { dir = dir, base_url = service.url }))
  end

  it("does not hold up a program whose finalizers wait", function()
    assert.equal("went on\n", (run [[
      local busy
      local function finalize()
        if busy then return end
        busy = true
        c:sleep(0)
        busy = false
      end
      local function litter()
        local one = newproxy and newproxy(true) or setmetatable({}, {})
        getmetatable(one).__gc = finalize
        if not newproxy then setmetatable(one, getmetatable(one)) end
      end
      collectgarbage("setpause", 10)
      collectgarbage("setstepmul", 1000)
      for _ = 1, 3000 do litter() assert(c:sleep(0)) end
      print "went on"
      io.stdout:flush()
      os.exit(0, false)
    ]]))
  end)

  it("is told at the end of a program that forgot to run the loop", function()
    local output = run "c:spawn(job)"
    assert.is_truthy(output:find("fal: 1 task(s) ended in the middle", 1, true), output)
    assert.is_truthy(output:find("Call loop(), or step() until it returns 0", 1, true))
  end)

  it("is told with the jobs that go on", function()
    local output = run "go_on() c, job, go_on = nil collectgarbage() collectgarbage()"
    local id = service:ledger().jobs[1].request_id
    assert.is_truthy(output:find(('fal.job("acme/demo/x", "%s")'):format(id), 1, true),
      output)
  end)

  it("is told with what a task raised that nobody awaited", function()
    local RAISE = 'c:spawn(function() c:sleep(0) error "mine" end) '
      .. "repeat until c:step(0.001) == 0 "
    for _, at_the_end in ipairs { "", "c = nil collectgarbage() collectgarbage()" } do
      local output = run(RAISE .. at_the_end)
      assert.is_truthy(output:find("^fal: a task raised an error: [^\n]*mine\n"), output)
      assert.is_nil(output:find("ended in the middle", 1, true), output)
    end
    assert.equal("mine\n", run [[
      local task = c:spawn(function() error "mine" end)
      print((select(2, task:await()).message:match "mine$"))
    ]])
  end)

  it("is told of the coroutines of a host whose loop was stopped", function()
    local output = run [[
      local uv = require "luv"
      require "fal.drivers.luv" (c)
      coroutine.wrap(function()
        c:subscribe("acme/demo/x", { input = {}, on_enqueue = uv.stop })
      end)()
      uv.run()
    ]]
    assert.is_truthy(output:find("Let the loop run until they are done", 1, true), output)
  end)

  it("is not told where nothing waits, nor of a client that was closed", function()
    assert.equal("done\n", run [[
      assert(c.queue:submit("acme/demo/x", { input = {} }))
      print "done"
    ]])
    assert.equal("done\n", run [[
      c:spawn(job)
      c:close()
      print "done"
    ]])
  end)
end)
