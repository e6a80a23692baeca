--- Gemini Omni Flash, as data.

local b = require "fal.models.build"

local text = {
  b.prompt(), b.seconds(8, { min = 3, max = 10 }), b.aspect("16:9", { "16:9", "9:16" }),
}
local v11 = b.with(text, {
  b.enum("resolution", "720p", { "360p", "720p", "1080p", "4k" }),
})
local image = {
  b.file_url("image_url", { required = true, mistaken = { "start_image_url" } }),
}
-- Its fields beside the clip are not in the sources; `extra` takes them.
local edit = { b.prompt(), b.file_url("video_url", { required = true }) }

local price = b.per_second("duration", { { usd = 0.125 } })
local price11 = b.per_second("duration", b.by_resolution {
  ["360p"] = 0.03, ["720p"] = 0.10, ["1080p"] = 0.15, ["4k"] = 0.30,
})
local ROOT = "google/gemini-omni-flash"

local function endpoint(name, input, cost, chain)
  return {
    id = ROOT .. name, family = "gemini_omni", input = input, output = b.video,
    price = cost, remix = ROOT .. "/edit", chain = chain,
  }
end

return {
  endpoint("", text, price),
  endpoint("/image-to-video", b.with(text, image), price),
  endpoint("/v1.1/text-to-video", v11, price11),
  endpoint("/v1.1/image-to-video", b.with(v11, image), price11),
  endpoint("/edit", edit, nil, b.by_url),
}
