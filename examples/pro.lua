-- The Pro model in 1080p, its price first.
local sora = require "fal.sora2"
local fal = require "fal"

local input = {
  prompt = "Macro shot of frost growing on a window",
  resolution = "1080p",
  duration = 4,
}
print(("this costs $%.2f"):format(fal.assert(sora.pro.text_to_video:estimate(input))))

local clip = fal.assert(sora.pro.text_to_video(input))
print("written: " .. fal.assert(clip:download "pro.mp4"))
