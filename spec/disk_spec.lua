local core = require "fal.core"
local script = require "support.script"

local contents = script.contents

describe("the core's file functions", function()
  local dir

  before_each(function() dir = script.directory() end)
  after_each(function() script.remove(dir) end)

  it("make a folder and those above it, and accept one that is there", function()
    assert.is_true(core.make_folder(dir .. "/a/b/c"))
    assert.is_true(core.make_folder(dir .. "/a/b/c/"))
    assert(io.open(dir .. "/a/b/c/file", "w")):close()
  end)

  it("say why a folder cannot be made", function()
    assert(io.open(dir .. "/file", "w")):close()
    local ok, message = core.make_folder(dir .. "/file/below")
    assert.is_nil(ok)
    assert.equal("Not a directory", message)
    assert.is_false(pcall(core.make_folder, "a\0b"))
  end)

  it("sync a file with what was written to it, and a folder", function()
    local file = assert(io.open(dir .. "/file", "wb"))
    file:write("written")
    assert.is_true(core.sync(file))
    assert.equal("written", contents(dir .. "/file"))
    file:close()
    local folder = assert(io.open(dir, "r"))
    assert.is_true(core.sync(folder))
    folder:close()
  end)

  it("raise for a closed file, and for what is none", function()
    local file = assert(io.open(dir .. "/file", "wb"))
    file:close()
    for _, name in ipairs { "sync", "lock", "columns" } do
      assert.is_false(pcall(core[name], file))
      assert.is_false(pcall(core[name], {}))
    end
  end)

  it("lock a file for one at a time, until it is closed", function()
    local first = assert(io.open(dir .. "/lock", "wb"))
    local second = assert(io.open(dir .. "/lock", "ab"))
    assert.is_true(core.lock(first))
    assert.is_false(core.lock(second))
    first:close()
    assert.is_true(core.lock(second))
    second:close()
  end)

  it("do not hand the lock on to programs that are started", function()
    local first = assert(io.open(dir .. "/lock", "wb"))
    assert.is_true(core.lock(first))
    local child = io.popen("sleep 5 & echo started", "r")
    assert.equal("started", child:read("*l"))
    first:close()
    local second = assert(io.open(dir .. "/lock", "ab"))
    assert.is_true(core.lock(second))
    second:close()
  end)

  it("know that a file is no terminal", function()
    local file = assert(io.open(dir .. "/file", "wb"))
    assert.is_nil(core.columns(file))
    file:close()
  end)

  it("hash bytes", function()
    assert.equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
      core.sha256("abc"))
    assert.not_equal(core.sha256("a\0b"), core.sha256("a\0c"))
  end)
end)
