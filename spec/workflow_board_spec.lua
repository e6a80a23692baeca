local board = require "fal.workflow.board"

local function counts(over)
  local all = { waiting = 0, running = 0, done = 0, cached = 0, failed = 0, skipped = 0 }
  for name, n in pairs(over) do all[name] = n end
  return all
end

describe("a workflow's progress", function()
  local out, now

  local function make(columns)
    out, now = {}, 0
    return board.new { write = function(s) out[#out + 1] = s end,
      clock = function() return now end, columns = columns, to_pay = 3.2 }
  end

  local function view(name, state, stage, more)
    local v = { name = name, state = state, stage = stage, cost = 0.8 }
    for k, x in pairs(more or {}) do v[k] = x end
    return v
  end

  local function said() return table.concat(out) end

  it("is a plain line for each change where there is no terminal", function()
    local shown = make(nil)
    shown:update(view("base", "running", "in queue, 1 ahead"), counts { running = 1 })
    shown:update(view("base", "running", "in queue, 1 ahead"), counts { running = 1 })
    now = 3
    shown:update(view("base", "done", "done"), counts { done = 1 })
    shown:finish()
    assert.is_nil(said():find("\27", 1, true))
    local lines = select(2, said():gsub("\n", ""))
    assert.equal(3, lines)
    assert.matches("base +in queue, 1 ahead +0%.0 s  %$0%.80\n", said())
    assert.matches("✓ base +done +3%.0 s", said())
    assert.matches("1 of 1, %$3%.20 to pay, 3 s\n$", said())
  end)

  it("redraws the running nodes and a total in place on a terminal", function()
    local shown = make(60)
    shown:update(view("base", "running", "making"), counts { running = 1, waiting = 3 })
    shown:update(view("neon", "running", "making"), counts { running = 2, waiting = 2 })
    shown:tick()
    assert.is_nil(out[1]:find("\27%[%dA"))
    shown:tick()
    local last = out[#out]
    assert.matches("^\27%[3A", last)
    assert.equal(3, select(2, last:gsub("\n", "")))
    assert.matches("0 of 4", last)
    for line in last:gmatch("\r(.-)\27%[K") do
      assert.is_true(require("fal.progress").width(line) < 60)
    end
  end)

  it("leaves a finished node's line above and forgets its row", function()
    local shown = make(100)
    shown:update(view("base", "running", "generating"), counts { running = 1 })
    shown:tick()
    shown:update(view("base", "failed", "failed",
      { error = { message = "no \27[2Jluck" } }), counts { failed = 1 })
    assert.matches("✗ base.*no \\x1b%[2Jluck", out[#out])
    assert.matches("1 failed", out[#out])
    shown:tick()
    assert.is_nil(out[#out]:find("base", 1, true))
  end)

  it("keeps apart a node and what an earlier run left under its name", function()
    local shown = make(100)
    shown:update(view("base", "running", "generating"), counts { running = 1 })
    shown:update(view("base", "running", "fetching files", { attempt = 7 }), counts {})
    shown:update(view("base", "done", "done", { attempt = 7 }), counts { running = 1 })
    shown:tick()
    assert.matches("generating", out[#out])
  end)

  it("shows as many rows as can be redrawn, and how many more there are", function()
    local shown = make(80)
    for i = 1, 40 do
      shown:update(view("n" .. i, "running", "generating"), counts { running = i })
    end
    shown:tick()
    assert.equal(18, select(2, out[#out]:gsub("\n", "")))
    assert.matches("and 24 more", out[#out])
  end)

  it("spells out what a terminal would obey in a node's name", function()
    local shown = make(nil)
    shown:update(view("\27[2Jevil\nname", "running", "generating"), counts {})
    assert.is_nil(said():find("\27", 1, true))
    assert.equal(1, select(2, said():gsub("\n", "")))
  end)
end)
