local process = require "fal.ledger.process"

local me = process.self()

local function linux() return me.place ~= "?" end

describe("a process", function()
  it("is read from /proc, whatever its name", function()
    local line = "42 (a) b (c) S 1 42 42 0 -1 4194560 0 0 0 0 0 0 0 0 20 0 1 0 98765 1"
    local pid, started, state = process.parse_stat(line)
    assert.are.same({ "42", "98765", "S" }, { pid, started, state })
    assert.is_nil(process.parse_stat(nil))
    assert.is_nil(process.parse_stat("nonsense"))
  end)

  it("has names that nobody else has", function()
    local seen = {}
    for _ = 1, 1000 do
      local token = process.token()
      assert.truthy(token:find("^%x+%-%x+$"))
      assert.is_nil(seen[token])
      seen[token] = true
    end
  end)

  it("lives while /proc knows it", function()
    if not linux() then return pending("there is no /proc") end
    local other = process.self()
    assert.is_false(process.is_dead(other, me))
  end)

  it("lives when /proc cannot be asked, since files are short", function()
    if not linux() then return pending("there is no /proc") end
    local other = process.self()
    local open = io.open
    io.open = function() return nil, "Too many open files", 24 end -- luacheck: ignore
    finally(function() io.open = open end) -- luacheck: ignore
    assert.is_false(process.is_dead(other, me))
  end)

  it("is dead when it ended, or its number is another's by now", function()
    if not linux() then return pending("there is no /proc") end
    local pipe = io.popen("echo $$; cat /proc/$$/stat", "r")
    local pid, stat = pipe:read("*l"), pipe:read("*l")
    pipe:close()
    local _, started = process.parse_stat(stat)
    local gone = { id = "x", place = me.place, pid = pid, started = started }
    assert.is_true(process.is_dead(gone, me))
    local reused = { id = "x", place = me.place, pid = me.pid, started = "1" }
    assert.is_true(process.is_dead(reused, me))
  end)

  it("elsewhere is dead when it gave no sign for long", function()
    local other = { id = "x", place = "another|machine|1", pid = "1", started = "1",
      silent = ("%d"):format(process.LEASE * 1000) }
    assert.is_false(process.is_dead(other, me))
    other.silent = ("%d"):format(process.LEASE * 1000 + 1)
    assert.is_true(process.is_dead(other, me))
  end)

  it("never takes itself for dead", function()
    assert.is_false(process.is_dead({ id = me.id, place = "?", silent = "1e15" }, me))
  end)
end)
