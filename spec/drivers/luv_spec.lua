local uv = require "luv"

local attach = require "fal.drivers.luv"
local fal = require "fal"

local function sleep(seconds)
  local co, timer = coroutine.running(), uv.new_timer()
  timer:start(seconds * 1000, 0, function()
    timer:close()
    assert(coroutine.resume(co))
  end)
  coroutine.yield()
end

--- Sends text over a connection to itself.
local function echo(text)
  local co, listener, own = coroutine.running(), uv.new_tcp(), uv.new_tcp()
  local peer, got = uv.new_tcp(), nil
  listener:bind("127.0.0.1", 0)
  listener:listen(1, function()
    listener:accept(peer)
    peer:read_start(function(_, data) if data then peer:write(data) end end)
  end)
  own:connect("127.0.0.1", listener:getsockname().port, function()
    own:read_start(function(_, data)
      got = data
      for _, handle in ipairs { listener, own, peer } do handle:close() end
      assert(coroutine.resume(co))
    end)
    own:write(text)
  end)
  coroutine.yield()
  return got
end

local function new()
  local host = { sleep = sleep, echo = echo, attach = attach }
  function host.go(fn)
    local co = coroutine.create(fn)
    local ok, err = coroutine.resume(co)
    if not ok then host.err = err end
  end
  function host.run()
    uv.run()
    local err = host.err
    host.err = nil
    if err then return nil, err end
    return true
  end
  return host
end

local function handles()
  local n = 0
  uv.walk(function(handle) if not handle:is_closing() then n = n + 1 end end)
  return n
end

describe("fal.drivers.luv", function()
  require("support.hosts")(require "busted", new)

  local told, c

  before_each(function()
    told = {}
    c = attach(assert(fal.client { credentials = "id:secret", quiet = true,
      base_url = "http://127.0.0.1:1",
      logger = function(_, event, fields)
        if event == "task" then told[#told + 1] = fields.traceback end
      end }))
  end)

  after_each(function()
    c:close()
    uv.run()
    assert.equal(0, handles())
  end)

  it("lets the loop end when nothing is left, and holds none of its handles", function()
    assert.equal(0, handles())
    coroutine.wrap(function() c:sleep(0.01) end)()
    assert.equal(1, handles())
    uv.run()
    assert.equal(0, handles())
    local t = c:spawn(function() c:sleep(60) end)
    assert.equal(1, handles())
    t:cancel()
    uv.run()
    assert.equal(0, handles())
  end)

  it("runs the loop for plain code", function()
    local ticks, timer = 0, uv.new_timer()
    finally(function() timer:close() end)  -- or no loop of a later test would end
    timer:start(0, 2, function() ticks = ticks + 1 end)
    repeat assert.is_true(c:sleep(0.01)) until ticks >= 5
    c:spawn(function() c:sleep(0.01) end)
    c:loop()
    assert.equal(0, c.sched.live)
  end)

  it("tells plain code when the loop has nothing left to bring", function()
    local t = c:spawn(function() c.sched:park {} end)
    assert.error_matches(function() t:await() end, "deadlock")
  end)

  it("refuses to stop the loop in a callback", function()
    local ok, err
    local timer = uv.new_timer()
    timer:start(0, 0, function()
      timer:close()
      ok, err = pcall(c.sleep, c, 1)
    end)
    uv.run()
    assert.is_false(ok)
    assert.matches("^within the loop's callbacks only coroutines can wait", err)
  end)

  it("reports what a coroutine raises after a wait, and goes on", function()
    local slept
    coroutine.wrap(function() c:sleep(0.01); error "mine" end)()
    coroutine.wrap(function() slept = c:sleep(0.02) end)()
    uv.run()
    assert.is_true(slept)
    assert.equal(1, #told)
    assert.matches("luv_spec.lua:%d+: mine\n.*stack traceback", told[1])
  end)

  it("reports a task that failed before the loop ends", function()
    c:spawn(function() c:sleep(0.01); error "of a task" end)
    local began = uv.hrtime()
    uv.run()
    assert.equal(1, #told)
    assert.matches("of a task", told[1])
    assert.is_true(uv.hrtime() - began < 4e9)
  end)

  it("waits on though somebody else resumes the coroutine", function()
    local slept, began = nil, uv.hrtime()
    local co = coroutine.create(function() slept = c:sleep(0.05) end)
    coroutine.resume(co)
    coroutine.resume(co)
    assert.is_nil(slept)
    uv.run()
    assert.is_true(slept)
    assert.is_true(uv.hrtime() - began >= 0.05 * 1e9)
  end)

  it("does not resume a coroutine that waits for something else by then", function()
    local early, second
    local first = coroutine.create(function()
      c:sleep(0.01)
      assert(coroutine.resume(second))  -- its wait is over, its turn has not come
    end)
    second = coroutine.create(function()
      c:sleep(0.01)
      early = coroutine.yield() ~= "mine"
    end)
    coroutine.resume(first)
    coroutine.resume(second)
    local until_ = uv.hrtime() + 0.02 * 1e9
    while uv.hrtime() < until_ do end  -- both come due in one turn
    uv.run()
    assert.is_nil(early)
    assert(coroutine.resume(second, "mine"))
    assert.is_false(early)
  end)

  local function close_all()
    uv.walk(function(handle) if not handle:is_closing() then handle:close() end end)
  end

  it("closes after the host has closed every handle", function()
    coroutine.wrap(function() c:sleep(60) end)()
    close_all()
    c:close()
    uv.run()
    assert.matches("closed", tostring(c.engine))
  end)

  it("goes on in a loop whose handles were all closed", function()
    local slept
    coroutine.wrap(function() slept = c:sleep(0.01) end)()
    close_all()
    uv.run()
    assert.is_true(c:sleep(0.02))
    uv.run()
    assert.is_true(slept)
  end)

  it("lets a coroutine go that was closed while it waited", function()
    if not rawget(coroutine, "close") then return end
    local co = coroutine.create(function() c:sleep(0.01) end)
    coroutine.resume(co)
    rawget(coroutine, "close")(co)
    uv.run()
    assert.same({}, told)
  end)
end)
