--- LTX 2.3 and 2.5, as data.

local b = require "fal.models.build"

local aspect = b.aspect("16:9", { "16:9", "9:16" })
local aspect_auto = b.aspect("auto", { "auto", "16:9", "9:16" })
local sound = b.flag("generate_audio", true)
local image = {
  b.file_url("image_url", { required = true, mistaken = { "start_image_url" } }),
  b.file_url("end_image_url"), aspect_auto,
}

local v23 = {
  b.prompt(), b.seconds(6, { enum = { 6, 8, 10 } }),
  b.enum("resolution", "1080p", { "1080p", "1440p", "2160p" }), aspect,
  b.integer("fps", { enum = { 24, 25, 48, 50 }, default = 25 }), sound,
}
local v23_fast = b.with(v23, { b.seconds(6, { enum = b.range(6, 20, 2) }) })
local LONG = {
  { "above", "duration", 10, requires = { fps = 25, resolution = "1080p" } },
}
local v25 = {
  b.prompt(), b.seconds("auto", { enum = { 6, 8, 10 }, words = { "auto" } }),
  b.enum("resolution", "1080p", { "720p", "1080p" }), aspect,
  b.integer("fps", { enum = { 24, 25, 50 }, default = 25 }), sound,
  b.string("camera_motion"),
}
-- The price list names 1440p and 2160p for the fast endpoint too.
local v25_fast = b.with(v25, {
  b.enum("resolution", "1080p", { "720p", "1080p", "1440p", "2160p" }),
})
local video_url = b.file_url("video_url", { required = true })
local extend = {
  video_url, b.string("prompt"), b.number("duration", {
    min = 2, max = 20, default = 5, unit = "s",
  }),
  b.enum("mode", "end", { "start", "end" }), b.number("context", { min = 1, max = 20 }),
}
local retake = {
  video_url, b.prompt(), b.number("start_time", { min = 0, unit = "s" }),
  b.number("duration", { min = 0, unit = "s" }), b.string("retake_mode"),
}

local function price(rates) return b.per_second("duration", b.by_resolution(rates)) end
local price23 = price { ["1080p"] = 0.06, ["1440p"] = 0.12, ["2160p"] = 0.24 }
local price23_fast = price { ["1080p"] = 0.04, ["1440p"] = 0.08, ["2160p"] = 0.16 }
local price25 = price { ["720p"] = 0.12, ["1080p"] = 0.17 }
local price25_fast = price {
  ["720p"] = 0.09, ["1080p"] = 0.13, ["1440p"] = 0.19, ["2160p"] = 0.30,
}
local price_extend = b.per_second("duration", { { usd = 0.10 } })

local EXTEND = "fal-ai/ltx-2.3/extend-video"

local function endpoint(id, input, cost, rules, chain)
  return {
    id = id, family = "ltx", input = input, output = b.video, price = cost, rules = rules,
    remix = EXTEND, chain = chain,
  }
end

return {
  endpoint("fal-ai/ltx-2.3/text-to-video", v23, price23),
  endpoint("fal-ai/ltx-2.3/text-to-video/fast", v23_fast, price23_fast, LONG),
  endpoint("fal-ai/ltx-2.3/image-to-video", b.with(v23, image), price23),
  -- Inferred (I): the sources name the fast variant for text only.
  endpoint("fal-ai/ltx-2.3/image-to-video/fast", b.with(v23_fast, image), price23_fast,
    LONG),
  endpoint(EXTEND, extend, price_extend, nil, b.by_url),
  endpoint("fal-ai/ltx-2.3/retake-video", retake, price_extend, nil, b.by_url),
  endpoint("lightricks/ltx-2.5/text-to-video/pro", v25, price25),
  endpoint("lightricks/ltx-2.5/text-to-video/fast", v25_fast, price25_fast),
}
