-- A prompt becomes a file: text_to_video.lua [PROMPT]
local sora = require "fal.sora2"
local fal = require "fal"

local clip = fal.assert(sora.text_to_video {
  prompt = arg[1] or "A paper boat sails down a rainy street",
  duration = 4,
  aspect_ratio = "16:9",
})
print("written: " .. fal.assert(clip:download "text_to_video.mp4"))
