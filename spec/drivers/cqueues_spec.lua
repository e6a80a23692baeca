local cqueues = require "cqueues"
local socket = require "cqueues.socket"

local attach = require "fal.drivers.cqueues"
local fal = require "fal"

local function new()
  local controller, host = cqueues.new(), { sleep = cqueues.sleep }
  function host.attach(client) attach(client, controller) end
  function host.go(fn) controller:wrap(fn) end
  function host.run()
    local ok, err = controller:loop()
    if not ok then return nil, err end
    return true
  end
  function host.echo(text)
    local a, b = socket.pair()
    controller:wrap(function() b:write(b:read("*l"), "\n"):flush() end)
    a:write(text, "\n"):flush()
    return a:read("*l")
  end
  return host
end

describe("fal.drivers.cqueues", function()
  require("support.hosts")(require "busted", new)

  local function client()
    return attach(fal.client { credentials = "id:secret", quiet = true,
      base_url = "http://127.0.0.1:1" })
  end

  it("serves a controller though another, which waited too, has stopped", function()
    local c = client()
    local stopped, going = cqueues.new(), cqueues.new()
    stopped:wrap(function() c:sleep(0.01) end)
    assert(stopped:step(0))
    local slept
    going:wrap(function() slept = c:sleep(0.05) end)
    assert(going:loop())
    assert.is_true(slept)
    c:close()
  end)

  it("closes after a controller in which somebody waited", function()
    local c = client()
    local controller = cqueues.new()
    controller:wrap(function() c:sleep(60) end)
    assert(controller:step(0))
    assert(controller:step(0))
    controller:close()
    c:close()
    assert.matches("closed", tostring(c.engine))
  end)

  it("leaves what is raised to the controller's loop", function()
    local c = client()
    local controller = cqueues.new()
    controller:wrap(function()
      c:sleep(0.01)
      error("mine", 0)
    end)
    local ok, err = controller:loop()
    assert.is_falsy(ok)
    assert.truthy(tostring(err):find("mine", 1, true))
    c:close()
  end)

  it("forgets a closed client's descriptor, whose number the next one has", function()
    local controller = cqueues.new()
    for _ = 1, 3 do
      local c = client()
      local slept
      controller:wrap(function()
        slept = c:sleep(0.01)
        c:close()
      end)
      assert(controller:loop(5))
      assert.is_true(slept)
    end
  end)
end)
