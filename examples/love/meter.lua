-- How long frames took, and how much of each was fal's. Knows neither LÖVE nor fal.

local meter = {}

local Meter = {}
Meter.__index = Meter

local KEPT = 240   -- frames that the graph shows
local SETTLING = 5 -- the first frames make the window and load fonts; they do not count

function meter.new()
  return setmetatable({
    frames = 0, longest = 0, longest_ours = 0, recent = {}, last = 0,
  }, Meter)
end

--- One frame: its whole length, and the part of it that was spent in fal, in seconds.
function Meter:add(frame, ours)
  self.frames = self.frames + 1
  if self.frames <= SETTLING then return end
  if frame > self.longest then self.longest = frame end
  if ours > self.longest_ours then self.longest_ours = ours end
  self.last = self.last % KEPT + 1
  self.recent[self.last] = frame
end

--- The frames of late, oldest first, as heights: `scale` for each second, at most `most`.
function Meter:heights(scale, most)
  local out, count = {}, #self.recent
  for i = 1, count do
    local frame = self.recent[(self.last + i - 1) % count + 1]
    out[i] = math.min(frame * scale, most)
  end
  return out
end

function Meter:text()
  return ("%d frames, longest %.1f ms, longest of fal's %.2f ms"):format(
    self.frames, self.longest * 1000, self.longest_ours * 1000)
end

return meter
