local logs = require "fal.logs"

local function lines(...)
  local list = {}
  for i = 1, select("#", ...) do
    list[i] = { message = (select(i, ...)), timestamp = "2026-01-01T00:00:00Z" }
  end
  return list
end

local function texts(list)
  local t = {}
  for i = 1, #list do t[i] = list[i].message end
  return table.concat(t, " ")
end

local function polls(tracker, ...)
  local seen = {}
  for i = 1, select("#", ...) do
    local list = (select(i, ...))
    seen[i] = texts(tracker:polled(list))
  end
  return seen
end

describe("fal.logs", function()
  it("gives each polled line once", function()
    assert.same({ "a", "b c", "", "d" }, polls(logs.new(), lines("a"),
      lines("a", "b", "c"), lines("a", "b", "c"), lines("a", "b", "c", "d")))
  end)

  it("tells equal lines apart by their place", function()
    assert.same({ "a", "a", "a" }, polls(logs.new(), lines("a"), lines("a", "a"),
      lines("a", "a", "a")))
  end)

  it("takes null, other types and odd entries", function()
    local t = logs.new()
    assert.same({}, t:polled(nil))
    assert.same({}, t:polled("x"))
    assert.same({}, t:streamed(7))
    assert.equal(3, #t:polled({ "text", 5, {} }))
    assert.equal(0, #t:polled({ "text", 5, {} }))
  end)

  it("starts anew when another runner does, without repeating lines", function()
    assert.same({ "a b c", "x", "y" }, polls(logs.new(), lines("a", "b", "c"),
      lines("x"), lines("x", "y")))
    assert.same({ "a b c", "", "d" }, polls(logs.new(), lines("a", "b", "c"),
      lines("a", "b"), lines("a", "b", "c", "d")))
  end)

  it("survives a list that is empty for a while", function()
    assert.same({ "a b", "", "c" }, polls(logs.new(), lines("a", "b"), {},
      lines("a", "b", "c")))
  end)

  it("takes increments from a stream and goes on by polling", function()
    local t = logs.new()
    assert.equal("a b", texts(t:streamed(lines("a", "b"))))
    assert.equal("c", texts(t:streamed(lines("c"))))
    assert.same({ "d", "" }, polls(t, lines("a", "b", "c", "d"), lines("a", "b", "c",
      "d")))
  end)

  it("goes on by polling after a stream that lost lines", function()
    local t = logs.new()
    t:streamed(lines("b"))
    assert.same({ "a c" }, polls(t, lines("a", "b", "c")))
  end)
end)
