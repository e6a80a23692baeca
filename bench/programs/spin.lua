-- What this machine alone does to a step: a loop of so many seconds of CPU, each frame.
--   spin.lua SECONDS FRAME_SECONDS FRAMES  →  one JSON line
local probe = require "probe"
local steps = require "lib.steps"

local seconds, frame = tonumber(arg[1]), tonumber(arg[2])
local taken = steps.new()

local function spin()
  local from = probe.cpu()
  repeat until probe.cpu() - from >= seconds
end

for _ = 1, tonumber(arg[3]) do
  local from = probe.wall()
  taken:run("spin", spin)
  steps.end_frame(from, frame)
end
taken:tell()
