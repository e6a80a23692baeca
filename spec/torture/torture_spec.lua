-- The short form of `make torture`: the same harnesses, fewer blows. Each prints its
-- figure into the log of the run.

package.path = "./?.lua;" .. package.path
local lib = require "bench.torture.lib"
local cut = require "bench.torture.cut"
local disk = require "bench.torture.disk"
local kill = require "bench.torture.kill"
local postgres = require "support.postgres"
local spend = require "bench.torture.spend"
local taken = require "bench.torture.taken"

local dirs = {}

local function new_dir()
  dirs[#dirs + 1] = lib.must("mktemp -d")
  return dirs[#dirs]
end

teardown(function()
  for _, dir in ipairs(dirs) do lib.run("rm -rf " .. dir) end
end)

local function new_ledger() return new_dir() .. "/ledger.db" end

describe("a submit that is cut", function()
  it("is never accepted twice, and its outcome is right", function()
    local all = cut.run(97, print)

    assert.is_true(all.trials > 100)
    assert.are.same({ 0, 0 }, { all.twice, all.wrong })
  end)
end)

describe("a program that is killed", function()
  it("pays for each job once and loses no result", function()
    local all = kill.run(40, 1, new_ledger, print)
    assert.is_true(all.kills >= 40)
    assert.are.same({ 0, 0, all.wanted }, { all.twice, all.lost, all.paid })
    assert.is_true(kill.good(all))
  end)
end)

describe("a harness that is killed", function()
  it("leaves nothing running", function()
    local text = lib.must(lib.LUA .. [[ -e '
      package.path = "./?.lua;" .. package.path
      print(require("bench.torture.lib").start("sleep 0.05"))
      io.stdout:flush()
      os.execute("kill -9 $PPID")' | cat]])
    local pid = assert(text:match("^%d+"), text)
    local _, code = lib.run("timeout 5 sh -c 'while kill -0 -" .. pid
      .. "; do sleep 0.05; done'")
    lib.stop(pid)
    assert.are.equal(0, code)
  end)
end)

describe("two programs that take each other for dead", function()
  it("pay for each job once, within their budget, and lose no result", function()
    local t = taken.run(3, 3, new_ledger, print)
    assert.is_true(t.paid > 0)
    assert.is_true(taken.good(t))
  end)
end)

describe("a ledger whose disk gets full", function()
  it("has each job paid for once, and loses no result", function()
    local t = disk.run(4, 4, new_ledger, print)
    assert.is_true(t.full > 0)
    assert.are.same({ 0, 0, t.wanted }, { t.twice, t.lost, t.paid })
  end)
end)

describe("a budget that is shared", function()
  it("is never exceeded on SQLite", function()
    local t = spend.run(100, 1, nil, print)
    assert.is_true(t.accepted > 0 and t.refused > 0)
    assert.are.same({ 0, 0 }, { t.exceeded, t.uncounted })
  end)

  it("is never exceeded on PostgreSQL", function()
    local available, why = postgres.available()
    if not available then return pending(why) end
    local server = postgres.start()
    local t = spend.run(30, 2, server:address(), print)
    server:stop()
    assert.is_true(t.accepted > 0 and t.refused > 0)
    assert.are.same({ 0, 0 }, { t.exceeded, t.uncounted })
  end)
end)
