--- Kling v3, v3 turbo and O3, as data.

local b = require "fal.models.build"

local DIGITS = "%d"
local aspect = b.aspect("16:9", { "16:9", "9:16", "1:1" })
local duration = b.spelled_seconds(DIGITS, "5", b.range(3, 15))
local shot_type = b.enum("shot_type", "customize", { "customize", "intelligent" })
local prompt = b.string("prompt", { min_length = 1 })
local multi_prompt = b.list("multi_prompt", {
  type = "object",
  fields = { b.prompt(), b.spelled_seconds(DIGITS, "5", b.range(1, 15)) },
}, { min_items = 1 })
local elements = b.list("elements", {
  type = "object",
  fields = {
    b.file_url("frontal_image_url"), b.files("reference_image_urls"),
    b.file_url("video_url"), b.string("voice_id"),
  },
})
local end_image_url = b.file_url("end_image_url", { mistaken = { "last_frame_url" } })
local start_image_url = b.file_url("start_image_url", {
  required = true, mistaken = { "image_url", "first_frame_url" },
})
local image_url = b.file_url("image_url", {
  required = true, mistaken = { "start_image_url", "first_frame_url" },
})
local negative_prompt = b.string("negative_prompt")
local cfg_scale = b.number("cfg_scale", { default = 0.5 })
local ONE_PROMPT = { { "exactly_one", "prompt", "multi_prompt" } }
-- Said of some endpoints without "but not both": both are left to the service.
local A_PROMPT = { { "at_least_one", "prompt", "multi_prompt" } }

local v3_text = {
  prompt, multi_prompt, aspect, duration, b.flag("generate_audio", true),
  negative_prompt, cfg_scale, shot_type,
}
local v3_image = b.with(v3_text, { start_image_url, end_image_url, elements },
  { "aspect_ratio" })
local turbo_text = { prompt, multi_prompt, aspect, duration }
local turbo_image = { prompt, multi_prompt, image_url, duration }
local o3_text = {
  prompt, multi_prompt, aspect, duration, b.flag("generate_audio", false), shot_type,
}
local o3_image = b.with(o3_text, { image_url, end_image_url }, { "aspect_ratio" })
local o3_edit = {
  b.prompt(), b.file_url("video_url", { required = true }), b.files("image_urls", 4),
  elements, b.flag("keep_audio", true), shot_type,
}
local o3_reference = b.with(o3_edit, {
  b.aspect("auto", { "auto", "16:9", "9:16", "1:1" }),
  b.spelled_seconds(DIGITS, nil, b.range(3, 15)),
})
local FOUR_TOGETHER = { { "at_most_items", 4, "image_urls", "elements" } }

-- How several shots add up on the bill is not published.
local UNKNOWN = { unknown_with = { "multi_prompt" } }
local function flat(usd) return b.per_second("duration", { { usd = usd } }, UNKNOWN) end
local function sound(silent, with) return b.by_sound(silent, with) end
local prices_o3 = {
  pro = b.per_second("duration", sound(0.112, 0.14), UNKNOWN),
  standard = b.per_second("duration", sound(0.084, 0.112), UNKNOWN),
  ["4k"] = flat(0.42),
}
-- Edits keep or drop their source's sound; the dearer rate is what a budget can rely on.
local edit_rates = { pro = { { usd = 0.14 } }, standard = { { usd = 0.112 } } }
local prices_v3 = {
  pro = b.per_second("duration", sound(0.112, 0.168), {
    unknown_with = { "multi_prompt", "elements" },  -- voices of elements cost extra
  }),
}
local prices_turbo = { pro = flat(0.14), standard = flat(0.112) }

local list = {}

local function add(id, input, rules, price, remix, chain)
  list[#list + 1] = {
    id = "fal-ai/kling-video/" .. id, family = "kling", input = input, rules = rules,
    output = b.video, price = price, chain = chain,
    remix = "fal-ai/kling-video/o3/" .. remix .. "/video-to-video/edit",
  }
end

for _, tier in ipairs { "standard", "pro", "4k" } do
  local edit = tier == "standard" and "standard" or "pro"
  local v3, o3 = "v3/" .. tier, "o3/" .. tier
  add(v3 .. "/text-to-video", v3_text, ONE_PROMPT, prices_v3[tier], edit)
  add(v3 .. "/image-to-video", v3_image, A_PROMPT, prices_v3[tier], edit)
  add(o3 .. "/text-to-video", o3_text, A_PROMPT, prices_o3[tier], edit)
  add(o3 .. "/image-to-video", o3_image, A_PROMPT, prices_o3[tier], edit)
end
for _, tier in ipairs { "standard", "pro" } do
  local turbo, o3 = "v3/turbo/" .. tier, "o3/" .. tier .. "/video-to-video"
  add(turbo .. "/text-to-video", turbo_text, ONE_PROMPT, prices_turbo[tier], tier)
  add(turbo .. "/image-to-video", turbo_image, A_PROMPT, prices_turbo[tier], tier)
  add(o3 .. "/edit", o3_edit, FOUR_TOGETHER,
    b.per_second("source", edit_rates[tier]), tier, b.by_url)
  add(o3 .. "/reference", o3_reference, FOUR_TOGETHER,
    b.per_second("duration", edit_rates[tier]), tier, b.by_url)
end

return list
