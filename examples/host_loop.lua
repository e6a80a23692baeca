-- Inside a program with a loop of its own (LÖVE, Defold, a server): one step a frame,
-- which does what is ready for about a millisecond and never waits.
local sora = require "fal.sora2"
local fal = require "fal"

local done
fal.spawn(function()
  local clip = fal.assert(sora.text_to_video {
    prompt = "Sparks fly from a campfire",
    duration = 4,
  })
  done = fal.assert(clip:download "host_loop.mp4")
end)

local frames = 0
while fal.step(0.001) > 0 do
  frames = frames + 1
  -- Here the host draws its frame; this one has nothing to draw and waits instead.
  os.execute "sleep 0.016"
end
print("written: " .. done .. " while " .. frames .. " frames were drawn")
