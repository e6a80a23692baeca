-- A character from a video plays in a new one: characters.lua URL
-- It appears where the prompt says its name.
local sora = require "fal.sora2"
local fal = require "fal"

local hero = fal.assert(sora.create_character {
  video_url = assert(arg[1], "usage: characters.lua URL"),
  name = "Momo",
})
local clip = fal.assert(sora.text_to_video {
  prompt = "Momo dances on a kitchen table",
  character_ids = { hero.id },
})
print("written: " .. fal.assert(clip:download "characters.mp4"))
