-- Kill this program at any moment and start it again: no job is paid for twice, and no
-- result is lost. The names make the jobs the same work each time.
local fal = require "fal"
local sora = require "fal.sora2"

fal.configure { ledger = "resume.db", budget = 2.50 }

local subjects = { "a fox", "an owl", "a hedgehog", "a heron", "a badger", "a lynx" }

local files, errors = fal.map(subjects, function(subject, i)
  local clip, err = sora.text_to_video({
    prompt = "A portrait of " .. subject .. " in morning light",
    duration = 4,
  }, { name = "portrait of " .. subject })
  if not clip then return nil, err end
  return clip:download("resume_" .. i .. ".mp4")
end, { concurrency = 3 })

for i, subject in ipairs(subjects) do
  print(subject, files and files[i] or tostring(errors[i]))
end
print(("spent: $%.2f"):format(fal.assert(fal.spent())))
fal.close()
