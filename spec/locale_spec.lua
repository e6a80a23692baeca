-- A host may set the locale whenever it likes, also after this library was loaded, and
-- German writes 0,5. What travels must not change with it.

local script = require "support.script"
local shell = require "support.shell"
local sim_support = require "support.sim"

local GERMAN = "de_DE.UTF-8"

local PROLOGUE = ([[
  local fal = require "fal"
  local sora = require "fal.sora2"
  fal.configure { credentials = "id:secret-key", quiet = true, timeout = 5,
    poll = { initial = 0.01, max = 0.05 } }
  assert(fal.subscribe("acme/demo", { input = { x = 0.5 } }))
  assert(os.setlocale(%q))
]]):format(GERMAN)

describe("in a locale with a decimal comma", function()
  local sim, dir, is_there

  setup(function()
    dir = script.directory()
    shell.run(("localedef -i de_DE -f UTF-8 %s/%s"):format(dir, GERMAN))
    sim = sim_support.start { queue_time = 0, run_time = 0, media = "bundled" }
    script.put(dir .. "/is_there.lua", ("io.write(tostring(os.setlocale(%q)))")
      :format(GERMAN))
    is_there = script.run(dir .. "/is_there.lua", { dir = dir, env = "LOCPATH=" .. dir })
      == GERMAN
  end)
  before_each(function() sim:reset() end)
  teardown(function()
    sim:stop()
    script.remove(dir)
  end)

  local function german(name, body)
    it(name, function()
      if not is_there then return pending("there is no German locale") end
      script.put(dir .. "/child.lua", PROLOGUE .. body)
      local output, code = script.run(dir .. "/child.lua", { dir = dir,
        base_url = sim.url, env = "LOCPATH=" .. dir })
      assert.same({ 0, "" }, { code, output })
    end)
  end

  german("reads the fractions of a result", [[
    local clip = assert(sora.text_to_video { prompt = "A cat" })
    assert(clip.video.duration > 0 and clip.video.width > 0)
    local job = assert(fal.queue.submit("acme/demo", { input = {} }))
    assert(job:wait())
  ]])

  german("sends start_timeout as the service reads it", [[
    assert(sora.text_to_video({ prompt = "A cat" }, { start_timeout = 2.5 }))
  ]])
end)
