-- Status over one open connection in place of polling, each log line once.
local fal = require "fal"

local output = fal.assert(fal.subscribe("fal-ai/sora-2/text-to-video", {
  input = { prompt = "A glass of water in zero gravity", duration = 4 },
  mode = "streaming",
  logs = true,
  on_enqueue = function(request_id) print("request id: " .. request_id) end,
  on_queue_update = function(status)
    print(status.status, status.queue_position or "")
    for _, line in ipairs(status.logs or {}) do
      print("  " .. require("fal.text").escape(line.message))
    end
  end,
}))
print("written: " .. fal.assert(fal.download(output.video.url, "streaming.mp4")))
