--- PixVerse v6, as data: the sources describe little more than how it continues a clip.

local b = require "fal.models.build"

local EXTEND = "fal-ai/pixverse/v6/extend"

return {
  {
    id = EXTEND, family = "pixverse", output = b.video, remix = EXTEND, chain = b.by_url,
    input = {
      b.prompt(), b.file_url("video_url", { required = true }),
      b.seconds(nil, { min = 1, max = 15 }), b.boolean("generate_audio_switch"),
    },
  },
}
