local options = require "fal.options"

local SPEC = { name = "string", seconds = "seconds", flag = "boolean", fn = "function",
  mode = { "polling", "streaming" }, n = "count",
    poll = { fields = { max = "seconds" } } }

local function message(opts)
  local ok, err = pcall(options.check, "thing", opts, SPEC)
  assert.is_false(ok)
  return err
end

describe("fal.options", function()
  it("takes what is known", function()
    local opts = { name = "x", seconds = 0.5, flag = false, fn = print, n = 3,
      mode = "polling", poll = { max = 1 } }
    assert.equal(opts, options.check("thing", opts, SPEC))
    assert.same({}, options.check("thing", nil, SPEC))
  end)

  it("takes callable tables for functions", function()
    local callable = setmetatable({}, { __call = function() end })
    assert.has_no.errors(function() options.check("thing", { fn = callable }, SPEC) end)
  end)

  it("names the nearest option for an unknown one", function()
    assert.matches("thing: unknown option 'secnods'; did you mean 'seconds'%?",
      message { secnods = 1 })
    assert.matches("thing: unknown option 'zzzzzzzz'$", message { zzzzzzzz = 1 })
    assert.matches("thing: unknown option '1'", message { "x" })
  end)

  it("names the option and the type it must have", function()
    assert.matches("option 'name' must be a string, not number", message { name = {} }
      :gsub("table", "number"))
    assert.matches("option 'seconds' must be a number of seconds, 0 or more, not %-1",
      message { seconds = -1 })
    assert.matches("option 'seconds'", message { seconds = 0 / 0 })
    assert.matches("option 'seconds'", message { seconds = math.huge })
    assert.matches("option 'n' must be a whole number", message { n = 1.5 })
    assert.matches('option \'mode\' must be "polling" or "streaming", not "fast"',
      message { mode = "fast" })
  end)

  it("looks into nested tables", function()
    assert.matches("thing: poll: unknown option 'mx'; did you mean 'max'%?",
      message { poll = { mx = 1 } })
    assert.matches("thing: poll: options must be a table", message { poll = 1 })
  end)

  it("says where the fields of an input belong", function()
    local spec = { input = "table", priority = "string" }
    local function told(opts)
      return select(2, pcall(options.check, "subscribe", opts, spec))
    end
    assert.matches("unknown option 'prompt'; fields of the input stand in a table of "
      .. "their own: { input = { prompt = … } }", told { prompt = "A cat" }, 1, true)
    assert.matches("unknown option 'inputs'; did you mean 'input'?", told { inputs = {} },
      1, true)
    assert.matches("unknown option 'prompt'$", told { prompt = "A cat", input = {} })
  end)

  it("wants a table", function()
    assert.matches("thing: options must be a table, not string", message "x")
  end)
end)
