-- Whole jobs through the library: submit, poll, result, in tasks; CPU a request.
--   jobs.lua URL JOBS IN_FLIGHT [CA_FILE]  →  one JSON line
local fal = require "fal"
local url, jobs, in_flight, ca_file = arg[1], tonumber(arg[2]), tonumber(arg[3]), arg[4]

local client = assert(fal.client {
  base_url = url, credentials = "bench:key", ca_file = ca_file,
  max_connections = 32, poll = { initial = 0, factor = 1, max = 0, jitter = 0 },
})
local list = {}
for i = 1, jobs do list[i] = i end

local now = require("fal.core").now
local cpu, wall = os.clock(), now()
-- The output is looked at and let go, as the limit does: a list of all of them would be
-- the collector's work, not the client's.
local results, errors = client:map(list, function()
  local output, err = client:subscribe("acme/demo/make", {
    input = { prompt = "a cat walks on a wall", duration = 4 },
  })
  if output == nil then return nil, err end
  return output.video.url ~= nil
end, { concurrency = in_flight })
cpu, wall = os.clock() - cpu, now() - wall
local failures, first = 0, nil
for i = 1, jobs do
  if results[i] == nil then
    failures = failures + 1
    first = first or errors[i]
  end
end
if first then io.stderr:write(tostring(first), "\n") end
io.write(('{"jobs":%d,"failures":%d,"cpu":%.6f,"wall":%.6f}\n')
  :format(jobs - failures, failures, cpu, wall))
