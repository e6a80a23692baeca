local desktop = require "support.desktop"
local script = require "support.script"
local sim = require "support.sim"

local PICTURE = "160x90+25+141"  -- where the first shot's picture is drawn

-- LÖVE embeds LuaJIT, so one VM's run has it all.
local function unless_it_can_run()
  if not rawget(_G, "jit") then return pending "LÖVE is LuaJIT: see that VM's run" end
  local found = desktop.available() and os.execute "command -v love >/dev/null"
  if found ~= true and found ~= 0 then pending "no love, Xvfb, xdotool or imagemagick" end
end

describe("the LÖVE example", function()
  local server, dir, screen, program

  local function start(options)
    unless_it_can_run()
    options.media, options.seed = "bundled", 1
    server = sim.start(options)
    dir = script.directory()
    screen = desktop.start()
    local here = script.HERE
    program = screen:run("love " .. here .. "/examples/love", {
      FAL_BASE_URL = server.url, XDG_DATA_HOME = dir, LIBGL_ALWAYS_SOFTWARE = "1",
      LUA_PATH = ("%s/lua/?.lua;%s/lua/?/init.lua;;"):format(here, here),
      LUA_CPATH = script.CPATH .. ";;",
    })
    program:wait_for "^ready$"
  end

  after_each(function()
    if program then program:stop() end
    if screen then screen:stop() end
    if server then server:stop() end
    if dir then script.remove(dir) end
    server, dir, screen, program = nil, nil, nil, nil
  end)

  it("has a window, in which a prompt becomes a clip", function()
    start { queue_time = 3600, run_time = 3600, ahead = 1 }
    assert.truthy(program:describe():find "^lua%-fal\n.*Geometry: 960x600")
    program:type "A cat on a wall"
    program:key "Return"
    program:wait_for "^1 in queue, 1 ahead$"
    server:advance(3600)
    program:wait_for "^1 generating$"
    server:advance(3600)
    program:wait_for "^1 done$"
    assert.equal("A cat on a wall", server:ledger().jobs[1].input.prompt)
    local saved = io.popen("ls " .. dir .. "/love/lua-fal"):read "*a"
    assert.truthy(script.is_mp4(dir .. "/love/lua-fal/" .. saved:match "%S+%-1%.mp4"))
  end)

  it("shows the picture of a clip", function()
    start { queue_time = 0, run_time = 0 }
    local photograph = dir .. "/window.png"
    program:type "A cat"
    assert.is_true(program:wait_for_colours(photograph, PICTURE, 1) < 10)
    program:key "Return"
    program:wait_for "^1 picture: shown$"
    assert.is_true(program:wait_for_colours(photograph, PICTURE, 40) >= 40)
  end)

  it("remixes the clip that Tab chose, and keeps the tree", function()
    start { queue_time = 0, run_time = 0 }
    program:type "A cat"
    program:key "Return"
    program:wait_for "^1 done$"
    program:key "Tab"
    program:type "The same at dusk"
    program:key "Return"
    program:wait_for "^2 remix of 1: The same at dusk$"
    program:wait_for "^2 done$"
    local jobs = server:ledger().jobs
    assert.equal("fal-ai/sora-2/video-to-video/remix", jobs[2].endpoint)
    assert.equal("The same at dusk", jobs[2].input.prompt)
  end)

  it("says why a clip failed", function()
    start { queue_time = 0, run_time = 0 }
    program:type "A cat, sim:content_policy"
    program:key "Return"
    program:wait_for "^1 failed$"
    assert.truthy(program:wait_for "^fal: .*request %x+%-")
  end)

  it("sends nothing for a prompt that would be refused", function()
    start { queue_time = 0, run_time = 0 }
    program:type "   "
    program:key "Return"
    program:type "A cat"
    program:key "Return"
    program:wait_for "^1 done$"
    assert.equal(1, #server:ledger().submits)
  end)

  it("ends at once, and says how to come back to what goes on", function()
    start { queue_time = 0, run_time = 1000 }
    program:type "A cat"
    program:key "Return"
    program:wait_for "^1 generating$"
    local output = program:stop()
    program = nil
    assert.truthy(output:find '1 goes on: fal%.job%("fal%-ai/sora%-2/text%-to%-video", ')
    assert.is_nil(output:find "failed")
    assert.truthy(output:find "frames, longest %d+%.%d ms, longest of fal's %d+%.%d+ ms")
    assert.truthy(output:find "exit code 0$", output)
  end)
end)

describe("the meter of the LÖVE example", function()
  local meter

  before_each(function()
    meter = dofile "examples/love/meter.lua".new()
    for _ = 1, 5 do meter:add(2, 1) end  -- the window is being made
  end)

  it("keeps the longest frame, and the most of one that was fal's", function()
    meter:add(0.016, 0.001)
    meter:add(0.030, 0.0005)
    meter:add(0.010, 0.0005)
    assert.equal("8 frames, longest 30.0 ms, longest of fal's 1.00 ms", meter:text())
  end)

  it("shows the frames of late, oldest first, none higher than the graph", function()
    for i = 1, 300 do meter:add(i / 1000, 0) end
    local heights = meter:heights(1000, 280)
    assert.equal(240, #heights)
    assert.near(61, heights[1], 1e-6)
    assert.equal(280, heights[240])
  end)
end)
