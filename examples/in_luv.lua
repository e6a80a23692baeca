-- In a program around luv's loop: any coroutine calls the library and waits while the
-- loop goes on, here with a timer. Debian: lua-luv; LuaRocks: luv.
local uv = require "luv"
local fal = require "fal"
local sora = require "fal.sora2"

require "fal.drivers.luv" (fal)  -- the default client; or one that fal.client made

local ticks, left, timer = 0, 0, uv.new_timer()
timer:start(100, 100, function() ticks = ticks + 1 end)

local function make(prompt, path)
  left = left + 1
  coroutine.wrap(function()
    local clip, err = sora.text_to_video { prompt = prompt, duration = 4 }
    local file = clip and clip:download(path)
    print(file and "written: " .. file or tostring(err))
    left = left - 1
    if left == 0 then timer:close() end  -- nothing is left then, and the loop ends
  end)()
end

make("A kite over a beach", "luv_kite.mp4")
make("A lantern in the fog", "luv_lantern.mp4")
uv.run()
print("the timer ticked " .. ticks .. " times meanwhile")
