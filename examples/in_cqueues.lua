-- In a program on cqueues: its threads ask for clips, and its timers go on meanwhile.
local cqueues = require "cqueues"

local fal = require "fal"

local client = fal.assert(fal.client())
require "fal.drivers.cqueues"(client)
local sora = require("fal.sora2").with(client)

local loop, waiting = cqueues.new(), 0
for _, prompt in ipairs { "A kite above a beach", "A kite above a city" } do
  waiting = waiting + 1
  loop:wrap(function()
    local clip, err = sora.text_to_video { prompt = prompt, duration = 4 }
    print(prompt .. ": " .. (clip and clip.video.url or tostring(err)))
    waiting = waiting - 1
  end)
end
loop:wrap(function()
  while waiting > 0 do
    cqueues.sleep(1)
    print(waiting .. " clip(s) to come")
  end
end)
assert(loop:loop())
