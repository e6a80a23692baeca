-- The short form of the workflows' proofs; docs/workflows.md names the long one.

local script = require "support.script"

local function run(name, arguments)
  local dir = script.directory()
  local output, code = script.run("spec/torture/" .. name .. ".lua",
    { dir = dir, arguments = arguments })
  script.remove(dir)
  return output, code
end

describe("workflows", function()
  it("pay what their plans say, whatever was edited", function()
    local output, code = run("workflow_edits", "45 3")
    assert.equal(0, code, output)
    assert.matches("wrong about calls or dollars: 0", output)
  end)

  it("pay once and lose nothing when they are killed", function()
    local output, code = run("workflow_kills", "20 plain 4")
    assert.equal(0, code, output)
    assert.matches("kills: 20 in", output)
    assert.matches("twice: 0, missing: 0; films with other files: 0", output)
  end)
end)
