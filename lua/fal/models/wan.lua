--- Wan 3.0 and 2.7, as data.

local b = require "fal.models.build"

local seed = b.integer("seed", { min = 0, max = 2147483647 })
local expansion = b.flag("enable_prompt_expansion", true)
local safety = b.flag("enable_safety_checker", true)
local end_image_url = b.file_url("end_image_url")

local v30 = {
  b.prompt(), b.enum("resolution", "1080p", { "480p", "720p", "1080p" }),
  b.aspect("adaptive", { "adaptive", "16:9", "4:3", "1:1", "3:4", "9:16" }),
  -- null lets the model choose the length, so it is sent and not left out
  b.seconds(5, { min = 2, max = 30, nullable = true }),
  { name = "audio", type = "boolean", default = true, mistaken = { "generate_audio" },
    source = "E.2 V" },
  expansion, b.flag("enable_thinking", false), seed, safety,
}
local v30_image = b.with(v30, {
  b.file_url("start_image_url", { required = true, mistaken = { "image_url" } }),
  end_image_url,
})
local v27 = {
  b.prompt { max_length = 5000 }, b.seconds(5, { min = 2, max = 15 }),
  b.enum("resolution", "1080p", { "720p", "1080p" }),
  b.aspect("16:9", { "16:9", "9:16", "1:1", "4:3", "3:4" }),
  b.string("negative_prompt", { max_length = 500 }), b.integer("seed"),
  b.file_url("audio_url"), expansion, safety,
}
local v27_image = b.with(v27, {
  b.string("prompt", { max_length = 5000 }),
  b.file_url("image_url", { mistaken = { "start_image_url" } }), b.file_url("video_url"),
  end_image_url,
}, { "aspect_ratio" })
local v27_edit = {
  b.prompt(), b.file_url("video_url", { required = true }),
  b.seconds(0, { enum = { 0, 2, 3, 4, 5, 6, 7, 8, 9, 10 } }),
  b.enum("resolution", nil, { "720p", "1080p" }),
  b.aspect(nil, { "16:9", "9:16", "1:1", "4:3", "3:4" }),
  b.enum("audio_setting", "auto", { "auto", "origin" }),
  b.file_url("reference_image_url"), b.integer("seed"),
}

local price30 = b.per_second("duration", b.by_resolution {
  ["480p"] = 0.05, ["720p"] = 0.10, ["1080p"] = 0.20,
})
local price27 = b.per_second("duration", b.by_resolution {
  ["720p"] = 0.10, ["1080p"] = 0.15,
})
local video = {
  b.video[1], { name = "seed", type = "integer" },
  { name = "actual_prompt", type = "string" },
}

local function endpoint(id, input, price, more)
  local out = {
    id = id, family = "wan", input = input, output = video, price = price,
    remix = "fal-ai/wan/v2.7/edit-video",
  }
  for k, v in pairs(more or {}) do out[k] = v end
  return out
end

return {
  endpoint("alibaba/wan-3.0/text-to-video", v30, price30),
  endpoint("alibaba/wan-3.0/image-to-video", v30_image, price30),
  endpoint("fal-ai/wan/v2.7/text-to-video", v27, price27),
  endpoint("fal-ai/wan/v2.7/image-to-video", v27_image, price27, {
    rules = { { "exactly_one", "image_url", "video_url" } }, chain = b.by_url,
  }),
  endpoint("fal-ai/wan/v2.7/edit-video", v27_edit, price27, { chain = b.by_url }),
}
