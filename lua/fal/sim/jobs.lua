-- The queue: which job waits, runs, is done. Nothing ticks: a job's state is worked out
-- from the virtual clock when somebody asks.

local heap = require("fal.sim.heap")
local random = require("fal.sim.random")
local work = require("fal.sim.work")

local M = {}
M.__index = M

function M.new(sim)
  return setmetatable({
    sim = sim, by_id = {}, list = {}, waiting = {}, first = 1, last = 0,
    running = heap.new(), late = {}, slots = sim.options.concurrency, used = 0,
  }, M)
end

local function end_job(self, job, at, outcome)
  job.ended = at
  job.outcome = outcome or work.outcome(self.sim, job)
  if job.holds_slot then
    job.holds_slot = false
    self.used = self.used - 1
    self.late[job] = nil
  end
end

local function start_job(self, job, at)
  if job.start_by and at > job.start_by then
    return end_job(self, job, job.start_by, work.start_timeout())
  end
  job.started = at
  job.ends = at + job.run_time
  if self.slots > 0 then
    job.holds_slot = true
    self.used = self.used + 1
    self.running:push(job.ends, job)
  end
end

local function media_ready(job)
  return not job.needs_media or job.media_done
end

-- Ends running jobs and starts waiting ones in the order of their moments, up to `now`.
local function tick(self, now)
  while true do
    local head = self.waiting[self.first]
    while head and head.ended do
      self.waiting[self.first] = nil
      self.first = self.first + 1
      head = self.waiting[self.first]
    end
    local free_at = self.running:top()
    local start_at = head and math.max(head.eligible, self.freed or 0)
    if head and self.used < self.slots and start_at <= now then
      self.waiting[self.first] = nil
      self.first = self.first + 1
      start_job(self, head, start_at)
    elseif free_at and free_at <= now then
      local job = self.running:pop()
      if job.ended == nil and media_ready(job) then
        self.freed = free_at
        end_job(self, job, free_at)
      elseif job.ended == nil then
        self.late[job] = true
      end
    else
      return
    end
  end
end

local function watch_media(self, job)
  if job.failure or not job.clip or job.clip.character then
    return
  end
  job.needs_media = true
  self.sim.media:request(job.clip, function(set)
    job.media, job.media_done = set, true
    local now = self.sim.clock:now()
    if self.late[job] and not job.ended then
      self.freed = now
      end_job(self, job, now)
    end
    job.media_at = now
  end)
end

---@param spec table  endpoint, app, path, input, raw, key, connection; script and
---                    start_timeout if any. Becomes the job.
---@return table job
function M:submit(spec)
  local job, now = spec, self.sim.clock:now()
  job.n = #self.list + 1
  job.request_id = random.uuid7(self.sim.options.seed, job.n)
  job.submitted = now
  self.list[job.n] = job
  self.by_id[job.request_id] = job
  work.plan(self.sim, job)
  job.eligible = now + (job.sync and 0 or job.queue_time)
  job.start_by = job.start_timeout and now + job.start_timeout
  watch_media(self, job)
  if self.slots > 0 then
    self.last = self.last + 1
    self.waiting[self.last] = job
    job.place = self.last
  else
    start_job(self, job, job.eligible)
  end
  return job
end

-- Only jobs without a slot come here: the others are ended by tick.
local function settle_free(self, job, now)
  if self.slots == 0 and now >= job.ends and media_ready(job) then
    end_job(self, job, math.max(job.ends, job.media_at or 0))
  end
end

---@return "IN_QUEUE"|"IN_PROGRESS"|"COMPLETED" state
---@return integer? position    of IN_QUEUE
function M:state(job)
  local now = self.sim.clock:now()
  if not job.ended then
    if self.slots > 0 then
      tick(self, now)
    else
      settle_free(self, job, now)
    end
  end
  if job.ended and now >= job.ended then
    return "COMPLETED"
  end
  local running = job.started ~= nil and job.started <= now
  if job.start_by and now >= job.start_by and not running then
    end_job(self, job, job.start_by, work.start_timeout())
    return "COMPLETED"
  end
  if not running then
    local left = (job.eligible - now) / math.max(job.queue_time, 1e-9)
    if left > 0 then
      return "IN_QUEUE", math.min(job.ahead, math.floor(left * (job.ahead + 1)))
    end
    return "IN_QUEUE", math.max(0, (job.place or self.first) - self.first)
  end
  local fallen = job.falls_at and now - job.started - job.falls_at
  if fallen and fallen >= 0 and fallen < job.fall_time then
    return "IN_QUEUE", 0
  end
  return "IN_PROGRESS"
end

---How many log lines there are by now.
function M:log_count(job)
  if not job.started then
    return 0
  end
  local elapsed = math.min(self.sim.clock:now(), job.ended or math.huge) - job.started
  if elapsed < 0 then
    return 0
  end
  local share = job.run_time > 0 and elapsed / job.run_time or 1
  return math.min(#job.logs, math.floor(share * #job.logs) + 1)
end

function M.log_time(job, i)
  return job.started + (i - 1) / #job.logs * job.run_time
end

---When the answer to a status question changes next, as far as it can be known.
---@return number? at   virtual
function M:next_change(job)
  local now = self.sim.clock:now()
  if job.ended then
    return nil
  end
  if now < job.eligible and not (job.started and job.started <= now) then
    local step = job.queue_time / (job.ahead + 1)
    return math.min(job.eligible, now + math.max(step, 1e-3))
  end
  if not job.started then
    return nil
  end
  local moments = { job.ends, job.falls_at and job.started + job.falls_at,
    job.falls_at and job.started + job.falls_at + job.fall_time }
  local share = (now - job.started) / math.max(job.run_time, 1e-9)
  local best = job.started
    + (math.floor(share * #job.logs) + 1) / #job.logs * job.run_time
  for i = 1, 3 do
    if moments[i] and moments[i] > now and (moments[i] < best or best <= now) then
      best = moments[i]
    end
  end
  return best > now and best or nil
end

---@return "queued"|"asked"|"ignored"|"late" what
function M:cancel(job)
  local now = self.sim.clock:now()
  if self:state(job) == "COMPLETED" then
    return "late"
  elseif not job.started or job.started > now then
    end_job(self, job, now, work.canceled())
    return "queued"
  elseif job.ignores_cancel then
    return "ignored"
  end
  self.freed = now
  end_job(self, job, now, work.canceled())
  return "asked"
end

---@return boolean expired   its payload is gone
function M:expired(job)
  return job.ended ~= nil and self.sim.clock:now() > job.ended + (job.keep or 3600)
end

---@return integer queued     jobs of this endpoint that wait
---@return integer running    jobs of this endpoint and key that run
function M:load(endpoint, key)
  local queued, running = 0, 0
  for i = #self.list, math.max(1, #self.list - 20000), -1 do
    local job = self.list[i]
    if not job.ended or job.ended > self.sim.clock:now() then
      local state = self:state(job)
      if state == "IN_QUEUE" and job.endpoint == endpoint then
        queued = queued + 1
      elseif state == "IN_PROGRESS" and job.key == key then
        running = running + 1
      end
    end
  end
  return queued, running
end

return M
