--- Flux 3 video, as data.

local b = require "fal.models.build"

local text = {
  b.prompt(),
  b.aspect("auto", { "auto", "21:9", "2:1", "16:9", "4:3", "1:1", "3:4", "9:16" }),
  b.enum("resolution", "720p", { "720p", "1080p" }),
  b.seconds("auto", { min = 5, max = 20, words = { "auto" } }),
  b.flag("generate_audio", true),
  b.integer("safety_tolerance", { min = 0, max = 4, default = 2 }),
}
-- Its fields beside the clip are not in the sources; `extra` takes them.
local extend = {
  b.string("prompt"), b.file_url("video_url", { required = true }),
}
local EXTEND = "blackforestlabs/flux-3/extend-video"

return {
  {
    id = "blackforestlabs/flux-3/text-to-video", family = "flux3", input = text,
    output = b.video_and_seed, remix = EXTEND,
    price = b.per_second("duration", b.by_resolution {
      ["720p"] = 0.17, ["1080p"] = 0.29,
    }),
  },
  {
    id = EXTEND, family = "flux3", input = extend, output = b.video_and_seed,
    remix = EXTEND, chain = b.by_url,
  },
}
