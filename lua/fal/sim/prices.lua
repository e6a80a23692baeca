-- What the simulator charges, in dollars. Written from the service's pages, apart from
-- the client's own tables: the simulator is their judge. A unit is ten cents of video on
-- every Sora 2 endpoint, so that units × unit_price is the cost at any resolution.

local standard = {
  unit = "seconds", unit_price = 0.10, second = { ["720p"] = 0.10, auto = 0.10 },
}
local pro = {
  unit = "units", unit_price = 0.10,
  second = { ["720p"] = 0.30, ["1080p"] = 0.50, ["true_1080p"] = 0.70, auto = 0.30 },
}

return {
  ["fal-ai/sora-2/text-to-video"] = standard,
  ["fal-ai/sora-2/image-to-video"] = standard,
  ["fal-ai/sora-2/text-to-video/pro"] = pro,
  ["fal-ai/sora-2/image-to-video/pro"] = pro,
  ["fal-ai/sora-2/video-to-video/remix"] = standard,
  ["fal-ai/sora-2/characters"] = { unit = "characters", unit_price = 0 },
}
