-- What was asked, what was accepted, what it would have cost.

local json = require("fal.sim.json")

local M = {}
M.__index = M

local KEPT = 100000   -- refused submits remembered

function M.new(sim)
  return setmetatable({ sim = sim, submits = {}, accepted_count = 0, refused_count = 0,
    routes = {}, billed = 0, settled = 0 }, M)
end

local function note(self, req, endpoint, job)
  if #self.submits < KEPT then
    self.submits[#self.submits + 1] = {
      endpoint = endpoint, time = self.sim.clock:now(), connection = req.connection,
      accepted = job ~= nil, request_id = job and job.request_id,
      status = not job and req.status or nil,
      answer = req.fault and (req.fault.action or "fault") or nil,
    }
  end
end

function M:accepted(req, job)
  self.accepted_count = self.accepted_count + 1
  note(self, req, job.endpoint, job)
end

function M:refused(req, endpoint)
  self.refused_count = self.refused_count + 1
  note(self, req, endpoint, nil)
end

---Dollars of the jobs that were billed or still may be. Jobs that have ended are added up
---once.
function M:spent()
  local jobs, open = self.sim.jobs, 0
  local list, first = jobs.list, self.settled + 1
  local gapless = true
  for i = first, #list do
    local job = list[i]
    if jobs:state(job) == "COMPLETED" then
      if gapless then
        self.settled = i
        self.billed = self.billed + (job.billed and job.cost or 0)
      elseif job.billed then
        open = open + job.cost
      end
    else
      gapless = false
      open = open + job.cost
    end
  end
  return self.billed + open
end

local function dollars(x)
  return math.floor(x * 1e6 + 0.5) / 1e6
end

local function job_entry(self, job)
  local state = self.sim.jobs:state(job)
  return '{"input":' .. (job.raw ~= "" and job.raw or "null") .. "," .. json.encode({
    request_id = job.request_id, endpoint = job.endpoint, time = job.submitted,
    key = job.key, connection = job.connection, cost = dollars(job.cost),
    billed = job.billed or false, units = job.outcome and job.outcome.units or nil,
    state = state, status = job.outcome and job.outcome.status or nil,
    canceled = (job.cancels or 0) > 0, fetched = job.fetched or 0,
    downloads = job.downloads or 0, video_id = job.video_id, sync = job.sync or false,
    webhook = job.webhook, priority = job.priority, started = job.started,
    ended = job.ended,
  }):sub(2)
end

---@return string json
function M:report()
  local sim = self.sim
  local spent = self:spent()
  local entries, billed = {}, 0
  for i, job in ipairs(sim.jobs.list) do
    entries[i] = job_entry(self, job)
    billed = billed + (job.billed and job.cost or 0)
  end
  local connections, open = sim.http:connections()
  return '{"totals":' .. json.encode({
    accepted = self.accepted_count, refused = self.refused_count, cost = dollars(spent),
    billed = dollars(billed), connections = connections, open_connections = open,
    keys_on_media = sim.files.keys_seen,
  }) .. ',"routes":' .. (next(self.routes) and json.encode(self.routes) or "{}")
    .. ',"jobs":' .. json.list(entries, false)
    .. ',"submits":' .. json.list(self.submits) .. "}"
end

return M
