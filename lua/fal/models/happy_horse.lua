--- Happy Horse 1.1, as data.

local b = require "fal.models.build"

local duration = b.seconds(5, { min = 3, max = 15 })
local resolution = b.enum("resolution", "1080p", { "720p", "1080p" })
local seed, safety = b.integer("seed"), b.boolean("enable_safety_checker")
-- Nine ratios are allowed; the sources name the number only, so none is refused here.
local aspect = b.enum("aspect_ratio", nil, { "16:9", "9:16" }, {
  open = true, aliases = { landscape = "16:9", portrait = "9:16" },
})
local text = {
  b.prompt { max_length = 2500 }, duration, resolution, aspect, seed, safety,
}
local image = {
  b.file_url("image_url", { required = true, mistaken = { "start_image_url" } }),
  b.string("prompt", { max_length = 2500 }), duration, resolution, seed,
}
-- Its fields beside the clip are not in the sources; `extra` takes them.
local edit = { b.prompt(), b.file_url("video_url", { required = true }) }

local price = b.per_second("duration", b.by_resolution {
  ["720p"] = 0.14, ["1080p"] = 0.18,
})
local EDIT = "alibaba/happy-horse/video-edit"

local function endpoint(id, input, cost, chain)
  return {
    id = id, family = "happy_horse", input = input, output = b.video_and_seed,
    price = cost, remix = EDIT, chain = chain,
  }
end

return {
  endpoint("alibaba/happy-horse/v1.1/text-to-video", text, price),
  endpoint("alibaba/happy-horse/v1.1/image-to-video", image, price),
  endpoint(EDIT, edit, nil, b.by_url),
}
