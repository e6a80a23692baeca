--- Grok Imagine, as data.

local b = require "fal.models.build"

local RATIOS = { "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16" }
local RATIOS_AUTO = { "auto", "16:9", "4:3", "3:2", "1:1", "2:3", "3:4", "9:16" }
local image = {
  b.file_url("image_url", { required = true, mistaken = { "start_image_url" } }),
  b.aspect("auto", RATIOS_AUTO),
}
-- The types say "number"; the range is the maker's own (F).
local text = {
  b.prompt(), b.seconds(6, { min = 1, max = 15 }), b.aspect("16:9", RATIOS),
  b.enum("resolution", "720p", { "480p", "720p" }),
}
local v15 = b.with(text, { b.enum("resolution", "720p", { "480p", "720p", "1080p" }) })
local video_url = b.file_url("video_url", { required = true })
local extend = { b.prompt(), video_url, b.seconds(6, { min = 2, max = 10 }) }
local edit = {
  b.prompt(), video_url, b.enum("resolution", "auto", { "auto", "480p", "720p" }),
}

local rates = b.by_resolution { ["480p"] = 0.05, ["720p"] = 0.07 }
local price = b.per_second("duration", rates)
local price15 = b.per_second("duration", b.by_resolution {
  ["480p"] = 0.08, ["720p"] = 0.14, ["1080p"] = 0.25,
})
-- An edit is cut to 8 seconds, so that is the most that it can be billed for.
local price_edit = b.per_second(8, rates)

local EDIT = "xai/grok-imagine-video/edit-video"

local function endpoint(name, input, cost, chain)
  return {
    id = "xai/grok-imagine-video/" .. name, family = "grok", input = input,
    output = b.video, price = cost, remix = EDIT, chain = chain,
  }
end

return {
  endpoint("text-to-video", text, price),
  endpoint("image-to-video", b.with(text, image), price),
  endpoint("v1.5/text-to-video", v15, price15),
  endpoint("v1.5/image-to-video", b.with(v15, image), price15),
  endpoint("extend-video", extend, nil, b.by_url),
  endpoint("edit-video", edit, price_edit, b.by_url),
}
