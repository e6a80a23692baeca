-- In a program around copas: its threads call the library and wait while others go on.
-- Debian's copas is of 2010 and has no timers of its own; today's is LuaRocks' copas.
local copas = require "copas"
local fal = require "fal"
local sora = require "fal.sora2"

require "fal.drivers.copas" (fal)  -- the default client; or one that fal.client made

local left = 0
for number, prompt in ipairs { "A kite over a beach", "A lantern in the fog" } do
  left = left + 1
  copas.addthread(function()
    local clip, err = sora.text_to_video { prompt = prompt, duration = 4 }
    local file = clip and clip:download("copas_" .. number .. ".mp4")
    print(file and "written: " .. file or tostring(err))
    left = left - 1
  end)
end
while left > 0 do copas.step() end  -- or copas.loop(), in a program that goes on
