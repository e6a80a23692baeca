--- What is said of a client that is dropped, or whose program ends, while something waits
--- for it: most often somebody forgot to run the loop. What its tasks raised and nobody
--- awaited is told, too.

local guard = require "fal.ledger.guard"
local interpreted = require "fal.interpreted"

local dropped = {}

local MAX_NAMED = 4

local function waiting(sched)
  local count = sched.live
  for _ in next, sched.hosted do count = count + 1 end
  return count
end
interpreted(waiting)

--- Those of the jobs that can be known without a list of all: whose task only waits.
local function jobs(sched)
  local named = {}
  for i = 1, sched.live do
    local job = sched.tasks[i].parked and sched.tasks[i].parked.job
    if job and #named < MAX_NAMED then
      named[#named + 1] = ("fal.job(%q, %q)"):format(job.endpoint_id, job.request_id)
    end
  end
  return #named > 0 and ", among them " .. table.concat(named, ", ") or ""
end

local function text(client)
  local sched = client.sched
  local count = waiting(sched)
  if count == 0 then return nil end
  return ("%d task(s) ended in the middle, since the client was dropped or the program "
    .. "ended. %s, or close the client. Jobs that were submitted go on at the service%s."
    ):format(count, client.driver and "Let the loop run until they are done"
      or "Call loop(), or step() until it returns 0", jobs(sched))
end

--- To be called when the client's engine is made: the younger of two ends first.
---@param client fal.Client
---@return any guard   to be kept by the client
function dropped.watch(client)
  return guard.new(function()
    -- An editor that one leaves has no place any more where it could be shown.
    if client.sched:check() or (client.driver and client.driver.say) then return end
    client.sched:report_left()
    local words = text(client)
    if words then client:notice("dropped", words) end
  end)
end

return dropped
