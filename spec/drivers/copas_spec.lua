-- Against a stand-in for today's copas, on every Lua.

local copas = require "support.copas_now"

local busted = require "busted"

describe("fal.drivers.copas", function()
  local loaded, driver
  setup(function()
    loaded, driver = package.loaded.copas, package.loaded["fal.drivers.copas"]
    package.loaded.copas, package.loaded["fal.drivers.copas"] = copas, nil
  end)
  teardown(function()
    package.loaded.copas, package.loaded["fal.drivers.copas"] = loaded, driver
  end)

  require("support.hosts")(busted, function()
    return require("support.copas_host")(copas)()
  end)

  it("leaves what is raised to copas' error handler", function()
    local host = require("support.copas_host")(copas)()
    local c = require("fal").client { credentials = "id:secret", quiet = true,
      base_url = "http://127.0.0.1:1" }
    host.attach(c)
    host.go(function()
      c:sleep(0.01)
      error("mine", 0)
    end)
    assert.same({ nil, "mine" }, { host.run() })
    c:close()
  end)

  it("ends copas' loop when nothing is left", function()
    local c = require("fal").client { credentials = "id:secret", quiet = true,
      base_url = "http://127.0.0.1:1" }
    require "fal.drivers.copas"(c)
    local slept
    copas.addthread(function() slept = c:sleep(0.01) end)
    copas.loop()
    assert.is_true(slept)
    c:close()
  end)
end)
