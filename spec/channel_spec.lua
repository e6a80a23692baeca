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

  it("gives up a stream that nobody reads", function()
    local ch, c = open(6000)
    c:step()
    for _ = 1, 4096 do assert.equal("event", (ch:receive())) end
    local kind, code = ch:receive()
    assert.same({ "error", "too_large" }, { kind, code })
    assert.equal(0, c:step())
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
