-- A picture begins to move: image_to_video.lua URL
local sora = require "fal.sora2"
local fal = require "fal"

local clip = fal.assert(sora.image_to_video {
  image_url = assert(arg[1], "usage: image_to_video.lua URL"),
  prompt = "The camera moves closer while leaves drift by",
  duration = 8,
})
print("written: " .. fal.assert(clip:download "image_to_video.mp4"))
