-- What can be expected to fail returns nil and an error, which has a kind to match on and
-- reads as text.
local sora = require "fal.sora2"

-- Refused before anything is sent, with every fault at once.
local clip, err = sora.text_to_video { prompt = "", duration = 9, aspect = "16:9" }
assert(not clip)
print(err.kind)
for _, fault in ipairs(err.fields) do
  print(fault.path, fault.message)
end

-- A clip that is made to be deleted cannot be remixed: refused, nothing is paid.
local gone = assert(sora.text_to_video { prompt = "A candle burns down" })
clip, err = gone:remix "The candle in the wind"
if not clip then
  print(err.kind)
  print(tostring(err))
end

-- The kinds that call for something other than reading the message.
local act = {
  rate_limit = "wait, then try again",
  unknown_submit = "look for the job in fal.ai's dashboard before paying again",
  timeout = "take the job up again with fal.job(endpoint_id, request_id)",
}
clip, err = sora.text_to_video({ prompt = "A candle" }, { timeout = 600 })
if not clip then
  print(act[err.kind] or err.message, err.retryable)
end
