local again = require "fal.ledger.again"

local function living(row) return row.writer == "alive" end

local function plan(name, ...)
  local step, row = again.plan({ ... }, name, living)
  return step, row and row.id
end

local function row(state, writer, name, id)
  return { state = state, writer = writer or "dead", name = name, id = id or state }
end

local function named(state, writer) return row(state, writer, "base") end

describe("named work that is asked for again", function()
  it("is new when there is none of it", function()
    assert.is_nil((plan("base")))
    assert.is_nil((plan("base", row("fetched"), row("fetched", "dead", "other"))))
  end)

  it("is its stored result, else its job, whoever began it", function()
    assert.are.equal("result", plan("base", named("fetched", "alive")))
    assert.are.equal("job", plan("base", named("accepted", "alive")))
    assert.are.equal("job", plan("base", named("completed")))
    assert.are.same({ "result", "fetched" },
      { plan("base", named("sent"), named("accepted"), named("fetched")) })
  end)

  it("waits for a living process that is sending it", function()
    assert.are.equal("wait", plan("base", named("sent", "alive")))
    assert.are.equal("wait", plan("base", named("intent", "alive")))
  end)

  it("is in doubt when a dead process was sending it, or the answer was lost", function()
    assert.are.equal("doubt", plan("base", named("sent")))
    assert.are.equal("doubt", plan("base", named("unknown", "alive")))
  end)

  it("is replaced when it certainly never left", function()
    assert.are.equal("replace", plan("base", named("intent")))
  end)
end)

describe("work without a name that is asked for again", function()
  it("is new work beside what is done, or what a living process does", function()
    assert.is_nil((plan(nil, row("fetched"), row("accepted", "alive"), row("sent",
      "alive"), row("intent", "alive"), named("accepted"))))
  end)

  it("takes up what a dead process left", function()
    assert.are.same({ "job", "accepted" }, { plan(nil, row("fetched"), row("accepted")) })
    assert.are.equal("replace", plan(nil, row("intent")))
  end)

  it("is in doubt as long as the same request is", function()
    assert.are.equal("doubt", plan(nil, row("sent")))
    assert.are.equal("doubt", plan(nil, row("unknown", "alive")))
  end)
end)
