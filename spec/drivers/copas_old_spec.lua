-- Against the copas of Debian 12, which it packages for Lua 5.1 and 5.2.

local found, copas = pcall(require, "copas")

describe("fal.drivers.copas with copas 1", function()
  if not found then
    pending("is not packaged for this Lua")
    return
  end
  assert.truthy(copas._VERSION:find "^Copas 1")
  require("support.hosts")(require "busted", require("support.copas_host")(copas))
end)
