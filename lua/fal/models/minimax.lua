--- MiniMax: Hailuo 2.3, H3, H3 Max and H3 Max Turbo, as data.

local b = require "fal.models.build"

local image_url = b.file_url("image_url", {
  required = true, mistaken = { "start_image_url" },
})
local optional_image = b.file_url("image_url", { mistaken = { "start_image_url" } })
local end_image_url = b.file_url("end_image_url")

local pro = { b.prompt(), b.flag("prompt_optimizer", true) }
local standard = b.with(pro, { b.spelled_seconds("%d", "6", { 6, 10 }) })
local h3 = {
  b.prompt(), b.seconds(5, { min = 5, max = 15 }),
  b.aspect("16:9", { "21:9", "16:9", "4:3", "1:1", "3:4", "9:16" }),
  b.enum("resolution", "2K", { "2K" }),
}
-- The sources write these ids as "minimax/h3-max/…": the two names are inferred (I).
-- The schema lists prompt_expansion_mode as required and gives it a default: leaving it
-- out is accepted here, and the service decides.
local h3_max = {
  b.prompt(), b.seconds(nil, { min = 5, max = 15 }),
  b.enum("resolution", "768P", { "480P", "768P", "1080P" }),
  b.enum("prompt_expansion_mode", "balanced", { "disabled", "balanced", "quality" }),
  b.integer("seed"), b.flag("sync_mode", false), b.file_url("target_audio_url"),
  optional_image, end_image_url,
}

local price_clip = {
  per = "clip", rates = { { usd = 0.49 } }, as_of = "2026-09-24", source = "E.4 F",
}
local price_max = b.per_second("duration", b.by_resolution {
  ["480P"] = 0.05, ["768P"] = 0.08, ["1080P"] = 0.16,
})
local price_turbo = b.per_second("duration", b.by_resolution {
  ["480P"] = 0.025, ["768P"] = 0.04, ["1080P"] = 0.08,
})
local video_max = {
  b.video[1], { name = "expanded_prompt", type = "string" },
  { name = "timings", type = "object" },
}

local function endpoint(id, input, price, output)
  return {
    id = id, family = "minimax", input = input, output = output or b.video, price = price,
  }
end

local HAILUO = "fal-ai/minimax/hailuo-2.3/"

return {
  endpoint(HAILUO .. "pro/text-to-video", pro, price_clip),
  endpoint(HAILUO .. "pro/image-to-video", b.with(pro, { image_url }), price_clip),
  endpoint(HAILUO .. "standard/text-to-video", standard),
  endpoint(HAILUO .. "standard/image-to-video", b.with(standard, { image_url })),
  endpoint("minimax/h3/text-to-video", h3),
  endpoint("minimax/h3/image-to-video",
    b.with(h3, { image_url, end_image_url }, { "aspect_ratio" })),
  endpoint("minimax/h3-max/text-to-video", h3_max, price_max, video_max),
  endpoint("minimax/h3-max/image-to-video", b.with(h3_max, { image_url }), price_max,
    video_max),
  endpoint("minimax/h3-max-turbo/text-to-video", h3_max, price_turbo, video_max),
  endpoint("minimax/h3-max-turbo/image-to-video", b.with(h3_max, { image_url }),
    price_turbo, video_max),
}
