--- Luma Ray 3.2, as data.

local b = require "fal.models.build"

-- The allowed ratios are not in the sources, so any string is passed on.
local text = {
  b.prompt(), b.spelled_seconds("%ds", "5s", { 5, 10 }),
  b.enum("resolution", "540p", { "540p", "720p", "1080p" }), b.string("aspect_ratio"),
  b.boolean("loop"), b.boolean("hdr"), b.boolean("exr_export"),
}
-- Its fields beside the clip are not in the sources; `extra` takes them.
local edit = { b.prompt(), b.file_url("video_url", { required = true }) }
local video = { b.video[1], { name = "exr_file", type = "file" } }
local EDIT = "luma/agent/ray/v3.2/video-to-video"

return {
  {
    id = "luma/agent/ray/v3.2/text-to-video", family = "luma", input = text,
    output = video, remix = EDIT,
  },
  {
    id = EDIT, family = "luma", input = edit, output = video, remix = EDIT,
    chain = b.by_url,
  },
}
