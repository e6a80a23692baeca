local progress = require "fal.progress"

--- A board that writes into a string, under a clock that the test moves.
local function board(opts)
  local self = { now = 100, written = "" }
  self.board = progress.board {
    write = function(s) self.written = self.written .. s end,
    clock = function() return self.now end,
    live = opts and opts.live,
    columns = opts and opts.columns,
  }
  return self
end

describe("progress.stage", function()
  it("names no place that is none", function()
    for _, place in ipairs { 1.5, 0 / 0, math.huge, -math.huge, 1e300 } do
      assert.equal("in queue",
        progress.stage { status = "IN_QUEUE", queue_position = place })
    end
  end)

  it("names the place in the queue as the number of jobs ahead", function()
    assert.equal("in queue, 3 ahead",
      progress.stage { status = "IN_QUEUE", queue_position = 3 })
  end)

  it("does without a place", function()
    assert.equal("in queue", progress.stage { status = "IN_QUEUE" })
  end)

  it("knows the other states", function()
    assert.equal("generating", progress.stage { status = "IN_PROGRESS" })
    assert.equal("fetching the result", progress.stage { status = "COMPLETED" })
  end)

  it("shows an unknown state without what a terminal would obey", function()
    assert.equal("NEW\\x1b[2J", progress.stage { status = "NEW\27[2J" })
  end)
end)

describe("progress.fit", function()
  it("keeps to any terminal, however narrow", function()
    assert.equal("", progress.fit("ab", 0))
    assert.equal("…", progress.fit("ab", 1))
    assert.equal("a…", progress.fit("abc", 2))
    assert.equal("…", progress.fit("\228\184\173\228\184\173", 2))
    local b = board { live = true, columns = 1 }
    b.board:row("base")
    assert.matches("\r\27[K\n", b.written, 1, true)
  end)
end)

describe("progress.line", function()
  it("shows label, stage, seconds, cost and log", function()
    assert.equal("base       generating             12.3 s  $0.80  step 4",
      progress.line { label = "base", stage = "generating", seconds = 12.34, cost = 0.8,
        log = "step 4" })
  end)

  it("spells out escape sequences in labels and logs", function()
    local line = progress.line { label = "a\27]0;x\7", stage = "generating", seconds = 0,
      log = "b\r\nc\27[31m" }
    assert.is_nil(line:find("%c"))
    assert.truthy(line:find("b c\\x1b[31m", 1, true))
  end)

  it("is cut to the columns of the terminal", function()
    local line = progress.line({ label = "a", stage = "generating", seconds = 0,
      log = ("x"):rep(150) }, 60)
    assert.equal(60 + #"…" - 1, #line)
    assert.equal("…", line:sub(-#"…"))
  end)

  it("counts wide characters twice", function()
    local line = progress.line({ label = "a", stage = "generating", seconds = 0,
      log = ("猫"):rep(60) }, 61)
    local prefix = #progress.line { label = "a", stage = "generating", seconds = 0 } + 2
    local cats = select(2, line:gsub("猫", ""))
    assert.equal(math.floor((61 - prefix - 1) / 2), cats)
  end)
end)

describe("a plain board", function()
  it("writes one line for each change and none for a repetition", function()
    local b = board()
    local row = b.board:row("base", 0.4)
    local status = { status = "IN_QUEUE", queue_position = 2 }
    row:update(status)
    b.now = 101
    row:update(status)
    b.board:tick()
    row:update { status = "IN_PROGRESS", logs = { { message = "go" } } }
    local lines = {}
    for line in b.written:gmatch("[^\n]+") do lines[#lines + 1] = line end
    assert.equal(3, #lines)
    assert.truthy(lines[1]:find("submitting", 1, true))
    assert.truthy(lines[2]:find("in queue, 2 ahead", 1, true))
    assert.truthy(lines[3]:find("generating.*1%.0 s  %$0%.40  go"))
  end)

  it("keeps the last log line while there is no newer one", function()
    local b = board()
    local row = b.board:row("base")
    row:update { status = "IN_PROGRESS", logs = { { message = "go" } } }
    b.written = ""
    row:update { status = "IN_QUEUE", queue_position = 0, logs = {} }
    assert.truthy(b.written:find("in queue, 0 ahead.*go"))
  end)

  it("survives logs of any shape", function()
    local b = board()
    local row = b.board:row("base")
    for _, logs in ipairs { "text", 7, { "text" }, { { message = 7 } }, { {} } } do
      row:update { status = "IN_PROGRESS", logs = logs }
    end
    assert.truthy(b.written:find("generating", 1, true))
  end)
end)

describe("a live board", function()
  it("goes back up over all its rows before it draws them", function()
    local b = board { live = true }
    b.board:row("one")
    b.board:row("two")
    b.written = ""
    b.board:tick()
    assert.equal("\27[2A", b.written:sub(1, 4))
    assert.equal(2, select(2, b.written:gsub("\27%[K\n", "")))
  end)

  it("stops the clock of a finished row only", function()
    local b = board { live = true }
    local one = b.board:row("one")
    b.board:row("two")
    b.now = 105
    one:finish("done")
    b.now = 109
    b.written = ""
    b.board:tick()
    assert.truthy(b.written:find("one%s+done%s+5%.0 s"))
    assert.truthy(b.written:find("two%s+submitting%s+9%.0 s"))
  end)

  it("never fills the last column", function()
    local b = board { live = true, columns = 50 }
    local row = b.board:row("base")
    b.written = ""
    row:update { status = "IN_PROGRESS", logs = { { message = ("x"):rep(90) } } }
    local line = b.written:match("\r(.-)\27%[K"):gsub("…", ".")
    assert.equal(49, #line)
  end)
end)
