-- A remix of a remix. Each clip that is to be remixed must be kept at the service.
local sora = require "fal.sora2"
local fal = require "fal"

local base = fal.assert(sora.text_to_video {
  prompt = "A lighthouse on a cliff, calm sea",
  delete_video = false,
})
local storm = fal.assert(base:remix("A storm comes up", { delete_video = false }))
local night = fal.assert(storm:remix "The storm at night, the beam sweeps the waves")

for name, clip in pairs { base = base, storm = storm, night = night } do
  print("written: " .. fal.assert(clip:download("remix_chain_" .. name .. ".mp4")))
end
