-- The queue by hand: submit now, ask later, from another process if need be. Works with
-- every endpoint of fal.ai; one without a built-in table gets its input unchecked.
local fal = require "fal"

local ENDPOINT = "fal-ai/sora-2/text-to-video"

local job = fal.assert(fal.queue.submit(ENDPOINT, {
  input = { prompt = "Fog rolls over a valley", duration = 4 },
}))
print("request id: " .. job.request_id)

-- All that another process needs is the request id.
local same = fal.assert(fal.job(ENDPOINT, job.request_id))
local status = fal.assert(same:status { logs = true })
print(status.status, status.queue_position or "")

local output = fal.assert(same:wait())
print("written: " .. fal.assert(fal.download(output.video.url, "queue.mp4")))
