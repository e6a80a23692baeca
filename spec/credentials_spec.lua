local E = require "fal.error"
local credentials = require "fal.credentials"

local function engine()
  return { set_key = function(self, key)
    self.calls = (self.calls or 0) + 1
    self.key = key
    return true
  end }
end

local function holder(option, env)
  local e, owner = engine(), {}
  local hold = credentials.holder(option, e, owner,
    function(name) return (env or {})[name] end)
  return function(again) return hold(owner, again) end, e, owner
end

describe("fal.credentials", function()
  it("reads nothing before it is needed", function()
    local read = false
    credentials.holder(nil, engine(), {}, function() read = true end)
    assert.is_false(read)
  end)

  it("prefers FAL_KEY, else joins FAL_KEY_ID and FAL_KEY_SECRET", function()
    local hold, e = holder(nil, { FAL_KEY = "a:whole", FAL_KEY_ID = "b",
      FAL_KEY_SECRET = "c" })
    assert.is_true(hold())
    assert.equal("a:whole", e.key)
    hold, e = holder(nil, { FAL_KEY_ID = "b ", FAL_KEY_SECRET = "c\n" })
    assert.is_true(hold())
    assert.equal("b:c", e.key)
  end)

  it("trims the newline of a secret file", function()
    local hold, e = holder("  id:secret\r\n")
    assert.is_true(hold())
    assert.equal("id:secret", e.key)
  end)

  for _, bad in ipairs { "", "  \n", "nocolon", ":geheim", "id:", "id:se cret", "id:\1x",
    "id:caf\195\169" } do
    it("refuses " .. ("%q"):format(bad) .. " without quoting it", function()
      local hold, e = holder(bad)
      local ok, err = hold()
      assert.is_nil(ok)
      assert.equal("auth", err.kind)
      assert.is_nil(e.key)
      if #bad > 3 then assert.is_nil(tostring(err):find(bad, 1, true)) end
    end)
  end

  it("says how to set a key when there is none", function()
    local hold = holder(nil)
    local _, err = hold()
    assert.equal("auth", err.kind)
    assert.matches("no API key: neither credentials nor FAL_KEY is set", tostring(err))
    assert.matches("Set FAL_KEY", tostring(err))
  end)

  it("asks a function again when told to, and sets a key only when it changed", function()
    local key = "id:first111"
    local hold, e = holder(function() return key end)
    assert.same({ true, true }, { hold(true) })
    assert.same({ true }, { hold(true) })
    assert.equal(1, e.calls)
    key = "id:second22"
    assert.is_true(hold())
    assert.equal("id:first111", e.key)
    assert.same({ true, true }, { hold(true) })
    assert.equal("id:second22", e.key)
  end)

  it("passes on the error that a function returns", function()
    local mine = E.new { kind = "auth", message = "vault is sealed" }
    local hold = holder(function() return nil, mine end)
    assert.same({ nil, mine }, { hold() })
  end)

  it("masks the key in errors", function()
    local hold, _, owner = holder("canary:canarysecret")
    hold()
    local err = E.new { kind = "server",
      message = "echo canary:canarysecret, canarysecret" }
    assert.is_nil(tostring(err):find("canarysecret", 1, true))
    assert.truthy(owner)
  end)
end)
