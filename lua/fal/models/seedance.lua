--- Seedance 2.0 and 2.5, as data.

local b = require "fal.models.build"

local function seconds(last)
  return b.spelled_seconds("%d", "auto", b.range(4, last), { "auto" })
end

local v20 = {
  b.prompt(), b.aspect("auto", { "auto", "21:9", "16:9", "4:3", "1:1", "3:4", "9:16" }),
  seconds(15), b.enum("resolution", "720p", { "480p", "720p", "1080p", "4k" }),
  b.flag("generate_audio", true),
  b.enum("bitrate_mode", "standard", { "standard", "high" }),
  b.string("end_user_id"),
}
local image = {
  b.file_url("image_url", { required = true, mistaken = { "start_image_url" } }),
  b.file_url("end_image_url"),
}
local reference = {
  b.files("image_urls", 9), b.files("video_urls", 3), b.files("audio_urls", 3),
}
local TWELVE = { { "at_most_items", 12, "image_urls", "video_urls", "audio_urls" } }
local low = { b.enum("resolution", "720p", { "480p", "720p" }) }
local v25 = b.with(v20, {
  seconds(30), b.enum("resolution", "720p", { "480p", "720p", "1080p" }),
  b.enum("codec", "auto", { "auto", "H264", "H265" }),
})

-- Really priced by token; these are the pages' figures by the second.
local function price(rates) return b.per_second("duration", b.by_resolution(rates)) end
local price20 = price {
  ["480p"] = 0.135, ["720p"] = 0.3034, ["1080p"] = 0.682, ["4k"] = 1.56,
}
local price_fast = price { ["480p"] = 0.108, ["720p"] = 0.2419 }
local price_mini = price { ["480p"] = 0.0721, ["720p"] = 0.1547 }
local price25 = price { ["480p"] = 0.2205, ["720p"] = 0.4730, ["1080p"] = 1.164 }

local list = {}

--- The three endpoints of one version; `locked` replaces fields of image-to-video.
local function add(version, text, cost, locked)
  local remix = "bytedance/seedance-" .. version .. "/reference-to-video"
  local function endpoint(name, input, rules, chain)
    list[#list + 1] = {
      id = "bytedance/seedance-" .. version .. "/" .. name, family = "seedance",
      input = input, rules = rules, output = b.video_and_seed, price = cost,
      remix = remix, chain = chain,
    }
  end
  endpoint("text-to-video", text)
  endpoint("image-to-video", b.with(b.with(text, image), locked or {}))
  endpoint("reference-to-video", b.with(text, reference), TWELVE,
    { by = "video_urls", from = "video.url" })
end

add("2.0", v20, price20)
add("2.0/fast", b.with(v20, low), price_fast)
add("2.0/mini", b.with(v20, low, { "bitrate_mode" }), price_mini)
add("2.5", v25, price25, { b.aspect("auto", { "auto" }) })

return list
