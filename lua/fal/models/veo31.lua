--- Veo 3.1, as data.

local b = require "fal.models.build"

local aspect, video = b.aspect("16:9", { "16:9", "9:16" }), b.video
local aspect_auto = b.aspect("auto", { "auto", "16:9", "9:16" })
local resolution = b.enum("resolution", "720p", { "720p", "1080p", "4k" })
local resolution_lite = b.enum("resolution", "720p", { "720p", "1080p" })
local fixed = b.flag("auto_fix", false)

local text = {
  b.prompt(), aspect, b.spelled_seconds("%ds", "8s", { 4, 6, 8 }), resolution,
  b.flag("generate_audio", true), b.string("negative_prompt"), b.integer("seed"),
  b.flag("auto_fix", true),
  b.enum("safety_tolerance", "4", { "1", "2", "3", "4", "5", "6" }, { spelling = "%d" }),
}
local image_url = b.file_url("image_url", {
  required = true, mistaken = { "start_image_url" },
})
local image = b.with(text, { aspect_auto, fixed, image_url })
local frames = b.with(text, {
  aspect_auto, fixed, b.file_url("first_frame_url", {
    required = true, mistaken = { "image_url", "start_image_url" },
  }),
  b.file_url("last_frame_url", { required = true, mistaken = { "end_image_url" } }),
})
local reference = b.with(text, {
  b.files("image_urls", nil, true), b.spelled_seconds("%ds", "8s", { 8 }),
}, { "negative_prompt", "seed" })
local extend = b.with(text, {
  b.file_url("video_url", { required = true }), aspect_auto,
  b.spelled_seconds("%ds", "7s", { 7 }), b.enum("resolution", "720p", { "720p" }),
})

local rates = b.by_resolution_and_sound {
  ["720p"] = { 0.20, 0.40 }, ["1080p"] = { 0.20, 0.40 }, ["4k"] = { 0.40, 0.60 },
}
local rates_fast = b.by_resolution_and_sound {
  ["720p"] = { 0.10, 0.15 }, ["1080p"] = { 0.10, 0.15 }, ["4k"] = { 0.30, 0.35 },
}
local rates_lite = b.by_resolution_and_sound {
  ["720p"] = { 0.03, 0.05 }, ["1080p"] = { 0.05, 0.08 },
}
local price = b.per_second("duration", rates)
local price_fast = b.per_second("duration", rates_fast)
local price_lite = b.per_second("duration", rates_lite)
-- E.3 gives one price for extending, without a row of its own for the fast endpoint.
local price_extend = b.per_second("duration", b.by_sound(0.20, 0.40))

local EXTEND = "fal-ai/veo3.1/extend-video"
local EXTEND_FAST = "fal-ai/veo3.1/fast/extend-video"
local list = {}

local function add(id, input, cost, remix, chain)
  list[#list + 1] = {
    id = id, family = "veo31", input = input, output = video, price = cost, remix = remix,
    chain = chain,
  }
end

add("fal-ai/veo3.1", text, price, EXTEND)
add("fal-ai/veo3.1/fast", text, price_fast, EXTEND_FAST)
add("fal-ai/veo3.1/image-to-video", image, price, EXTEND)
add("fal-ai/veo3.1/fast/image-to-video", image, price_fast, EXTEND_FAST)
add("fal-ai/veo3.1/first-last-frame-to-video", frames, price, EXTEND)
add("fal-ai/veo3.1/reference-to-video", reference, price, EXTEND)
add(EXTEND, extend, price_extend, EXTEND, b.by_url)
add(EXTEND_FAST, extend, price_extend, EXTEND_FAST, b.by_url)

local lite = { resolution_lite }
add("fal-ai/veo3.1/lite", b.with(text, lite), price_lite)
add("fal-ai/veo3.1/lite/image-to-video", b.with(image, lite), price_lite)
add("fal-ai/veo3.1/lite/first-last-frame-to-video", b.with(frames, lite), price_lite)

return list
