-- Validating and pricing inputs, each in turn.
--   validation.lua COUNT  →  one JSON line: microseconds of CPU an input
local fal = require "fal"
local count = tonumber(arg[1])
local sora = require("fal.sora2").with(assert(fal.client { credentials = "bench:key" }))
local inputs = {
  { sora.text_to_video, { prompt = "A cat walks on a wall at dusk", duration = 8,
    aspect_ratio = "16:9" } },
  { sora.pro.image_to_video, { prompt = "The same cat, in heavy rain", duration = "12",
    image_url = "https://example.com/cat.png", resolution = "1080p" } },
  { sora.remix, { prompt = "A neon city behind it", video_id = "video_123" } },
}

local function pass(times)
  for i = 1, times do
    local one = inputs[i % #inputs + 1]
    assert(one[1]:validate(one[2]))
    -- The price of a remix is that of its source, which is not known here.
    if one[1] ~= sora.remix then assert(one[1]:estimate(one[2])) end
  end
end

pass(300)
local began = os.clock()
pass(count)
io.write(('{"cpu":%.3f}\n'):format((os.clock() - began) / count * 1e6))
