-- All files of a clip, the video with its progress. A download that breaks off is resumed
-- where it stopped, and a file has its name only once it is whole.
local sora = require "fal.sora2"
local fal = require "fal"

local clip = fal.assert(sora.text_to_video {
  prompt = "A kite over the dunes",
  duration = 4,
})
local path, info = clip:download("download.mp4", {
  on_progress = function(done, total)
    print(("%d of %d bytes"):format(done, total))
  end,
})
fal.assert(path, info)
print(path, info.size .. " bytes", info.content_type)

local paths = fal.assert(clip:download {
  thumbnail = "download.webp",
  spritesheet = "download.jpg",
})
print(paths.thumbnail, paths.spritesheet)
