-- Reads the lines of frame_raw.c, "cpu wall" for each step; tells them as one JSON line.
local taken = require("lib.steps").new()
for line in io.lines() do
  local cpu, wall, preempted = line:match("^(%S+) (%S+) (%S+)$")
  taken:add(tonumber(cpu), tonumber(wall), "")
  taken.disturbed[taken.n] = preempted ~= "0"
end
taken:tell()
