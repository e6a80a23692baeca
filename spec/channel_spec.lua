local channel = require "fal.channel"
local fake = require "support.fake_client"

local function open(events)
  local c, core = fake.new { request = function()
    local outcomes = {}
    for i = 1, events do outcomes[i] = { "event", tostring(i), "message" } end
    outcomes[#outcomes + 1] = { "response", 200, nil, {}, "yes" }
    return outcomes
  end }
  return channel.open(c.sched, c.engine:request { url = "x" }), c, core
end

describe("fal.channel", function()
  it("keeps events, in order, until somebody reads them", function()
    local ch, c = open(3)
    c:step()
    local seen = {}
    for i = 1, 4 do
      local kind, data = ch:receive()
      seen[i] = kind .. " " .. tostring(data)
    end
    assert.same({ "event 1", "event 2", "event 3", "response 200" }, seen)
  end)

  it("says timer when nothing comes in time, and keeps what comes later", function()
    local c = fake.new { request = function()
      return { { "event", "late", after = 5 } }
    end }
    local ch = channel.open(c.sched, c.engine:request { url = "x" })
    assert.equal("timer", (ch:receive(102)))
    assert.near(102, c.now(), 1e-9)
    assert.same({ "event", "late" }, { ch:receive(120) })
    assert.near(105, c.now(), 1e-9)
  end)

  it("leaves what nobody reads in the engine, and loses none of it", function()
    local ch, c, core = open(6000)
    c:step()
    assert.is_true(ch.last < 2100, ch.last)
    assert.is_true(core.engine.withheld[ch.id])
    for i = 1, 6000 do
      local kind, data = ch:receive()
      assert.equal("event " .. i, kind .. " " .. data)
    end
    assert.equal("response", (ch:receive()))
    assert.is_nil(core.engine.withheld[ch.id])
    assert.equal(0, c:step())
  end)

  it("counts bytes, of the data and of the name", function()
    local long = ("x"):rep(100000)
    for _, event in ipairs { { long, "message" }, { "", long } } do
      local c = fake.new { request = function()
        local outcomes = {}
        for i = 1, 10 do outcomes[i] = { "event", event[1], event[2] } end
        return outcomes
      end }
      local ch = channel.open(c.sched, c.engine:request { url = "x" })
      c:step()
      assert.equal(3, ch.last)
      for _ = 1, 10 do assert.equal("event", (ch:receive())) end
      assert.equal(0, ch.bytes)
    end
  end)

  it("ends a stream whose reader is gone", function()
    local c, core = fake.new { request = { { "event", "1" }, { "event", "2", after = 5 },
      { "event", "3", after = 1000 } } }
    local ch = channel.open(c.sched, c.engine:request { url = "x" })
    assert.equal("event", (ch:receive()))
    ch = nil  -- luacheck: ignore
    collectgarbage()
    collectgarbage()
    core.time = core.time + 5
    c:step()
    c:step()
    assert.equal(0, c:step())
  end)

  it("ends a full stream whose reader is gone with the next stream", function()
    local c = fake.new { request = function()
      local outcomes = {}
      for i = 1, 10 do outcomes[i] = { "event", ("x"):rep(100000), "message" } end
      return outcomes
    end }
    local ch = channel.open(c.sched, c.engine:request { url = "x" })
    c:step()
    assert.is_true(ch.full)
    ch = nil  -- luacheck: ignore
    collectgarbage()
    collectgarbage()
    channel.open(c.sched, c.engine:request { url = "x" }):close()
    for _ = 1, 3 do c:step() end
    assert.equal(0, c.sched.pending)
  end)

  it("ends a wait with kind canceled or closed", function()
    local c = fake.new { request = function() end }
    local ch = channel.open(c.sched, c.engine:request { url = "x" })
    local t = c:spawn(function() return ch:receive(1000) end)
    t:cancel()
    assert.equal("canceled", select(2, t:await()).kind)
    t = c:spawn(function() return ch:receive() end)
    c:close()
    assert.equal("closed", select(2, t:await()).kind)
  end)
end)
