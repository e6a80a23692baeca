-- Many jobs at once in one process; one that fails leaves the others alone.
local sora = require "fal.sora2"
local fal = require "fal"

local subjects = { "a fox", "an owl", "a hedgehog", "a heron", "a badger", "a lynx" }

local clips, errors = fal.map(subjects, function(subject, i)
  local clip, err = sora.text_to_video {
    prompt = "A portrait of " .. subject .. " in morning light",
    duration = 4,
  }
  if not clip then return nil, err end
  return clip:download("many_jobs_" .. i .. ".mp4")
end, { concurrency = 4 })

for i, subject in ipairs(subjects) do
  print(subject, clips and clips[i] or tostring(errors[i]))
end
