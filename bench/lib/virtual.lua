-- A service in virtual time for the real client: nothing waits, and what a job costs in
-- requests and how late its end is seen are exact. Driven over the specs' fake engine.

package.path = "./spec/?.lua;" .. package.path

local fake = require "support.fake_client"
local schedule = require "fal.schedule"

local virtual = {}

local json = fake.json

local function answers(jobs, plan, count)
  return {
    submit = function(request, n)
      local queued, total = plan(n)
      local id = "r" .. n
      jobs[id] = { at = request.at, queued = queued, total = total, looks = 0, n = n }
      return { json(200, ('{"request_id":"%s","status":"IN_QUEUE","queue_position":%d}')
        :format(id, math.ceil(queued / 3))) }
    end,
    status = function(request)
      local job = jobs[request.request_id]
      local age = request.at - job.at
      count(job)
      if age < job.queued then
        return { json(202, ('{"status":"IN_QUEUE","queue_position":%d}')
          :format(math.ceil((job.queued - age) / 3))) }
      elseif age < job.total then
        return { json(202, '{"status":"IN_PROGRESS"}') }
      end
      return { json(200, ('{"status":"COMPLETED","metrics":{"inference_time":%.6f}}')
        :format(job.total - job.queued)) }
    end,
    result = { json(200, '{"n":1}') },
  }
end

--- Logarithmic normal numbers.
---@param median number
---@param spread number   standard deviation of the logarithm
---@param random fun(): number
---@return fun(): number
function virtual.log_normal(median, spread, random)
  return function()
    return median * math.exp(spread * math.sqrt(-2 * math.log(random()))
      * math.cos(2 * math.pi * random()))
  end
end

--- Runs `count` jobs one beside the other, `at_once` at a time.
---@param poll? table         the client's option
---@param count integer
---@param at_once integer
---@param plan fun(n: integer): number, number   seconds in the queue, seconds in all
---@param seed integer
---@return number looks       status requests a job
---@return number[] late      by job, shares of its seconds in all
---@return number[] seconds   the same in seconds
function virtual.run(poll, count, at_once, plan, seed)
  local jobs, looks, late, seconds = {}, 0, {}, {}
  local client, core = fake.new(answers(jobs, plan, function(job)
    looks = looks + 1
    job.looks = job.looks + 1
  end), { poll = poll, quiet = true })
  client.random = schedule.random(seed)
  local list = {}
  for i = 1, count do list[i] = i end
  local _, errors = client:map(list, function()
    local output, handle = client:subscribe("acme/demo/make", {})
    if not output then return nil, handle end
    local job = jobs[handle.request_id]
    jobs[handle.request_id] = nil
    seconds[job.n] = core.time - job.at - job.total
    late[job.n] = seconds[job.n] / job.total
    core.requests = {}
    return true
  end, { concurrency = at_once })
  client:close()
  local _, first = next(errors)
  if first then error(tostring(first)) end
  return looks / count, late, seconds
end

return virtual
