local sim = require "support.sim"
local script = require "support.script"

--- The README's Lua blocks with the line at which each begins.
local function blocks()
  local found, current, number = {}, nil, 0
  for line in io.lines("README.md") do
    number = number + 1
    if current and line == "```" then
      current.text = table.concat(current, "\n")
      found[#found + 1], current = current, nil
    elseif current then
      current[#current + 1] = line
    elseif line == "```lua" then
      current = { line = number + 1 }
    end
  end
  return found
end

-- What the first block sets up, the later ones rely on.
local PRELUDE = 'local fal = require "fal"\nlocal sora = require "fal.sora2"\n'

describe("README.md", function()
  local server, dir

  setup(function()
    server = sim.start { media = "bundled", queue_time = 0.1, run_time = 0.1, seed = 1 }
    dir = script.directory()
  end)

  teardown(function()
    server:stop()
    script.remove(dir)
  end)

  local function run(name, text)
    local path = dir .. "/" .. name
    script.put(path, text)
    return script.run(path, { dir = dir, base_url = server.url })
  end

  for i, block in ipairs(blocks()) do
    it("has code that runs at line " .. block.line, function()
      local output, code = run("block" .. i .. ".lua",
        (i > 1 and PRELUDE or "") .. block.text .. "\n")
      assert.equal(0, code, output)
    end)
  end

  it("opens with a script that writes both clips", function()
    assert.is_true(script.is_mp4(dir .. "/cat.mp4"))
    assert.is_true(script.is_mp4(dir .. "/dusk.mp4"))
  end)

  it("names only kinds of error that exist", function()
    local kinds = require("fal.error").kinds
    local text = assert(io.open("README.md")):read("*a")
    local listed = {}
    local section = text:match("\n## Errors\n(.-)\n## ")
    for row in section:gmatch("\n| ([^|]+) |") do
      for kind in row:gmatch("`([%a_]+)`") do
        assert.truthy(kinds[kind], kind .. " is no kind of error")
        listed[kind] = true
      end
    end
    assert.is_true(listed.unknown_submit)
  end)

  it("names only options of a client that exist", function()
    local fields = require("fal.settings").FIELDS
    local text = assert(io.open("README.md")):read("*a")
    local section = text:match("| Option of `fal.client`.-\n\n")
    local count = 0
    for row in section:gmatch("\n| ([^|]+) |") do
      for name in row:gmatch("`([%a_]+)`") do
        assert.truthy(fields[name], name .. " is no option")
        count = count + 1
      end
    end
    assert.is_true(count > 15)
  end)

  it("names makefile targets that exist", function()
    local makefile = assert(io.open("Makefile")):read("*a")
    local text = assert(io.open("README.md")):read("*a")
    local count = 0
    for target in text:gmatch("[\n`]make ([%l%-]+)") do
      count = count + 1
      assert.truthy(makefile:find("\n" .. target:gsub("%-", "%%-") .. ":"),
        "there is no make " .. target)
    end
    assert.is_true(count > 5)
  end)
end)
