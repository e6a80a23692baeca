local text = require "fal.text"

describe("fal.text", function()
  it("counts characters, not bytes", function()
    assert.equal(5, text.length("h\195\169llo"))
    assert.equal(1, text.length("\240\159\152\128"))
    assert.equal(0, text.length(""))
  end)

  it("finds the first byte that is not UTF-8", function()
    local bad = {
      { "a\255", 2 }, { "\192\128", 1 }, { "\237\160\128", 1 }, { "\244\144\128\128", 1 },
      { "ab\195", 3 }, { "\128", 1 }, { "\224\128\128", 1 }, { "\240\128\128\128", 1 },
    }
    for _, case in ipairs(bad) do
      local count, position = text.length(case[1])
      assert.is_nil(count)
      assert.equal(case[2], position)
    end
  end)

  it("leaves ordinary text alone", function()
    local s = "Grüße, 世界 😀 — “quoted”"
    assert.equal(s, text.escape(s))
  end)

  it("never lets a control byte through", function()
    for code = 0, 255 do
      assert.is_nil(text.escape(string.char(code)):find("%c"), "byte " .. code)
    end
    assert.equal("\\xc2\\x9b31m", text.escape("\194\15531m"))
  end)

  it("cuts at a character's boundary", function()
    for max = 1, 9 do
      assert.truthy(text.length(text.cut("éééé😀", max)), "at " .. max)
    end
    assert.equal("abc", text.cut("abc", 3))
  end)
end)
