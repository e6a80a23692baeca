-- A local image becomes a video. It is uploaded before the job is submitted, and once
-- only, in however many inputs it stands. A missing or empty file is refused before
-- anything is sent. The image is the argument: lua upload.lua cat.png
local fal = require "fal"
local sora = require "fal.sora2"

local path = assert(arg[1], "usage: lua upload.lua IMAGE")

for i, prompt in ipairs { "The cat yawns", "The cat jumps off the wall" } do
  local clip = fal.assert(sora.image_to_video {
    prompt = prompt,
    image_url = fal.file(path),
  })
  print(clip.input.image_url, fal.assert(clip:download("upload_" .. i .. ".mp4")))
end

-- The address by itself, with its progress; here for an hour.
local url = fal.assert(fal.upload(path, {
  expires_in = 3600,
  on_progress = function(done, total) print(("%d of %d bytes"):format(done, total)) end,
}))
print("uploaded: " .. url)
