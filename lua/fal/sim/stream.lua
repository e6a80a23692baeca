-- text/event-stream: the status of a job, pushed as it changes.

local M = {}

local HEADERS = { "Content-Type", "text/event-stream; charset=utf-8",
  "Cache-Control", "no-cache" }

-- Bytes that a stream may still send before a fault ends it.
local function budget_of(req)
  local fault = req.fault
  return fault and fault.action == "cut" and (tonumber(fault.at) or 0) or math.huge
end

---@return boolean alive   false: the reader is gone, or a fault has ended it
function M.write(sim, req, text)
  local budget = req.budget or budget_of(req)
  if #text >= budget then
    sim.http:stream_write(req.id, text:sub(1, budget))
    if req.fault.reset then
      sim.timers:after(0.05, function()
        sim.http:drop(req.id, true)
      end)
    else
      sim.http:stream_close(req.id, true)
    end
    req.ended = true
    return false
  end
  req.budget = budget - #text
  local split = sim.options.split
  if not split or #text < 2 then
    return sim.http:stream_write(req.id, text)
  end
  local alive
  for from = 1, #text, split do
    alive = sim.http:stream_write(req.id, text:sub(from, from + split - 1))
  end
  return alive
end

---Opens the stream and keeps it alive with comments.
function M.open(sim, req, request_id)
  local fault = req.fault
  if fault and fault.action ~= "cut" and not sim.faults:opens_stream(req) then
    return false
  end
  local headers = { "x-fal-request-id", request_id }
  for i = 1, #HEADERS do
    headers[#headers + 1] = HEADERS[i]
  end
  if not sim.http:stream_open(req.id, 200, headers) then
    return false
  end
  local function beat()
    if not req.ended and M.write(sim, req, ": keepalive\n\n") then
      sim.timers:after(sim.options.keepalive, beat)
    end
  end
  sim.timers:after(sim.options.keepalive, beat)
  return true
end

function M.finish(sim, req)
  req.ended = true
  sim.http:stream_close(req.id, false)
end

function M.status(queue, sim, req, job)
  if not M.open(sim, req, job.request_id) then
    return
  end
  local with_logs = req.query and (req.query:find("logs=1", 1, true)
    or req.query:find("logs=true", 1, true))
  local sent, last = 0, nil
  local function push()
    if req.ended then
      return
    end
    local state, position = sim.jobs:state(job)
    local count = with_logs and sim.jobs:log_count(job) or 0
    local mark = state .. (position or "") .. "/" .. count
    if mark ~= last then
      local logs = with_logs and queue.logs(sim, job, sent + 1, count) or "null"
      local _, text = queue.status_object(sim, req, job, logs)
      sent, last = math.max(sent, count), mark
      if not M.write(sim, req, "data: " .. text .. "\n\n") then
        req.ended = true
        return
      end
    end
    if state == "COMPLETED" then
      return M.finish(sim, req)
    end
    sim.timers:at(sim.jobs:next_change(job), push)
  end
  push()
end

return M
