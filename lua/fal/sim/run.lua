-- fal.run: the same jobs, the answer on the same connection; and /stream.

local json = require("fal.sim.json")
local queue = require("fal.sim.queue")
local reply = require("fal.sim.reply")
local stream = require("fal.sim.stream")

local M = {}

local function when_done(sim, job, action)
  local function look()
    if sim.jobs:state(job) == "COMPLETED" then
      return action()
    end
    sim.timers:at(sim.jobs:next_change(job), look)
  end
  look()
end

local function wait(sim, req, job)
  when_done(sim, job, function()
    job.fetched = (job.fetched or 0) + 1
    queue.replay(sim, req, job)
  end)
end

local function message_of(line)
  return type(line) == "table" and line.message or line
end

local function push_progress(sim, req, job)
  if not stream.open(sim, req, job.request_id) then
    return
  end
  local sent = 0
  local function push()
    local done = sim.jobs:state(job) == "COMPLETED"
    local count = sim.jobs:log_count(job)
    for i = sent + 1, count do
      local text = json.encode({
        progress = i / #job.logs, message = message_of(job.logs[i]),
      })
      if not req.ended and not stream.write(sim, req, "data: " .. text .. "\n\n") then
        req.ended = true
      end
    end
    sent = count
    if not done then
      return sim.timers:at(sim.jobs:next_change(job), push)
    elseif not req.ended then
      local body = job.outcome.body
      job.fetched = (job.fetched or 0) + 1
      stream.write(sim, req, "data: "
        .. (type(body) == "function" and body(req.base) or body) .. "\n\n")
      stream.finish(sim, req)
    end
  end
  push()
end

---@return string endpoint, boolean streams
function M.target(path)
  local id = path:gsub("^/run/", ""):gsub("/$", "")
  local streamed = id:match("^(.*)/stream$")
  return streamed or id, streamed ~= nil
end

function M.handle(sim, req)
  local id, streams = M.target(req.path)
  if req.method ~= "POST" then
    return reply.not_allowed(sim, req, "POST")
  end
  local spec = queue.admit(sim, req, id)
  if not spec then
    return sim.ledger:refused(req, id)
  end
  local limit = sim.options.run_limit
  if limit and select(2, sim.jobs:load(id, spec.key)) >= limit then
    reply.detail(sim, req, 429, "Too many concurrent requests",
      "concurrent_requests_limit")
    return sim.ledger:refused(req, id)
  end
  spec.sync = true
  spec.script = sim.scripts:take(id, spec.input)
  local job = sim.jobs:submit(spec)
  sim.ledger:accepted(req, job)
  return (streams and push_progress or wait)(sim, req, job)
end

return M
