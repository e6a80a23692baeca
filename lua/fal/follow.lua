--- The statuses of one job, one after the other: polled, or streamed while that works.

local channel = require "fal.channel"
local exchange = require "fal.exchange"
local forecast = require "fal.forecast"
local json = require "fal.json"
local logs = require "fal.logs"
local outcome = require "fal.outcome"
local schedule = require "fal.schedule"

local follow = {}

--- In place of an error: the deadline came.
follow.EXPIRED = {}

-- Seconds without a status. Keep-alive comments do not reach Lua, so a silent stream may
-- be a dead one, and one that sends something else is of no more use.
local SILENCE = 60

local Follower = {}
Follower.__index = Follower

---@param job fal.Job
---@param want_logs? boolean
---@param mode? "polling"|"streaming"
---@param deadline? number
---@param watcher? fun(status: table)|true   somebody wants to see the statuses on the
---        way: they never come more rarely than by the plain back-off
function follow.new(job, want_logs, mode, deadline, watcher)
  local since = job.client.forecasts and job.since or nil
  return setmetatable({
    job = job, deadline = deadline, streaming = mode == "streaming" or nil,
    logs = want_logs and logs.new() or nil, watcher = watcher,
    looked_at = since, runs_from = since,
  }, Follower)
end

--- What is known of the job's endpoint; at first, what the ledger has of it.
local function forecast_of(job)
  local client = job.client
  local known, fresh = client.forecasts:of(job.endpoint_id)
  if fresh and client.account then
    local times = client.account:times(job.endpoint_id, forecast.KEPT)
    for i = #times, 1, -1 do known:learn(times[i]) end
  end
  return known
end

--- How fast the queue moves, while the job is in it.
local function note_place(self, now, place)
  self.ahead = nil
  if type(place) ~= "number" or place <= 0 then return end
  if not self.place then
    self.place, self.placed_at = place, now
  elseif place < self.place then
    -- Half of the way: it may come to move faster.
    self.ahead = place * (now - self.placed_at) / (self.place - place) / 2
  end
end

--- What there is to learn from a status about the time that jobs of this endpoint take;
--- `more` as of outcome.status.
local function learn(self, status, more, now, streamed)
  local job = self.job
  if status.status == "COMPLETED" then
    if job.completed or job.canceling then return end
    local metrics = status.metrics
    local said = more or type(metrics) == "table" and metrics.inference_time
    local seconds = forecast.time((streamed and now or self.looked_at) - self.runs_from,
      now - self.runs_from, said,
      2 * forecast.STRETCH * job.client.settings.poll.max)
    if not seconds then return end
    forecast_of(job):learn(seconds)
    if job.record then job.record:timed(seconds) end
  elseif status.status == "IN_QUEUE" then
    self.runs_from = now
    note_place(self, now, more or status.queue_position)
  else
    self.ahead = nil
  end
  self.looked_at = now
end

--- A stage that changes starts the intervals anew: things move then.
local function enter(self, status, more)
  local job = self.job
  self.stage, self.interval = status.status, nil
  if job.client.settings.logger then
    job.client:log("debug", "status", { endpoint_id = job.endpoint_id,
      request_id = job.request_id, status = status.status,
      queue_position = status.status == "IN_QUEUE" and (more or status.queue_position)
        or nil })
  end
end

--- Takes the answer to the submit for the first status, where nobody wants to see it:
--- asking again at once tells nothing.
---@param answer table
function Follower:begin(answer)
  if not answer.status or answer.status == "COMPLETED" then return end
  enter(self, answer)
  if self.runs_from and answer.status == "IN_QUEUE" then
    note_place(self, self.runs_from, answer.queue_position)
  end
end

--- Book-keeping for every status, whichever way it came.
local function arrived(self, status, more, streamed)
  local job = self.job
  if self.runs_from then learn(self, status, more, job.client.now(), streamed) end
  if job.record then job.record.account:beat() end
  if self.logs then
    status.logs = self.logs[streamed and "streamed" or "polled"](self.logs, status.logs)
  end
  if status.status ~= self.stage then enter(self, status, more) end
  if status.status == "COMPLETED" then
    job.completed = status
    job:ended()
  end
  return status
end

local function poll(self)
  local job, heard = self.job, self.heard
  local op = (self.logs or self.watcher) and exchange.STATUS or exchange.BRIEF_STATUS
  self.heard = nil
  local verdict, value, more = exchange.ask(job.client, op, job, self.logs ~= nil,
    self.deadline, true, heard)
  if verdict == "status" then return arrived(self, value, more) end
  if verdict == "expired" then return nil, follow.EXPIRED end
  return nil, value, verdict == "stopped"
end

local function end_stream(self)
  if not self.streaming then return end
  if self.channel then self.channel:close() end
  self.channel, self.streaming, self.hasty = nil, nil, true
end

local function open_stream(self)
  local job, client = self.job, self.job.client
  local ok = client:authorize()
  local id = ok and client.engine:stream_status(job.app_id, job.request_id,
    self.logs ~= nil, job.status_url)
  if not id then return end_stream(self) end
  self.channel = channel.open(client.sched, id)
end

--- The next status of the stream; nothing at all when the stream is no longer of use.
local function from_stream(self)
  local now = self.job.client.now
  if not self.channel then open_stream(self) end
  local until_ = now() + SILENCE
  if self.deadline then until_ = math.min(until_, self.deadline) end
  while self.channel do
    local kind, data = self.channel:receive(until_)
    if not kind then
      end_stream(self)
      return nil, data, true
    elseif kind == "event" then
      local value = json.decode(data)
      local status = outcome.as_status(value)
      if status then
        if status.status == "COMPLETED" then end_stream(self) end
        return arrived(self, status, nil, true)
      end
    else
      end_stream(self)
    end
  end
end

--- Seconds to sleep before the next status is asked for; nil: ask at once. Who waits
--- sleeps by himself, so that a waiting job has few frames on its stack.
---@return number? seconds
function Follower:delay()
  local job = self.job
  if not self.stage or self.hasty or job.reply or self.streaming then return nil end
  local client = job.client
  local pace = client.settings.poll
  local interval = self.interval or pace.initial
  self.interval = schedule.grow(interval, pace)
  local delay = schedule.jitter(interval, pace.jitter, client.random)
  if self.runs_from then
    local now = client.now()
    local gap = forecast_of(job):gap(now - self.runs_from, now - job.since,
      self.ahead or 0, pace, client.random)
    if gap then delay = self.watcher and math.min(delay, gap) or gap end
  end
  if self.deadline then delay = math.min(delay, self.deadline - client.now()) end
  return delay > 0 and delay or nil
end

local function is_over(self)
  return self.deadline and self.job.client.now() >= self.deadline
end

--- The submit's own answer is the first status; asking again at once tells nothing.
local function first(self, job)
  local status, since = job.reply, self.runs_from
  job.reply = nil
  status.request_id, status.metrics = job.request_id, {}
  arrived(self, status)
  -- It said how things were at the submit, which may be long ago.
  self.runs_from, self.looked_at = since, since
  return status
end

--- The next status where it may not have to be asked for.
local function otherwise(self)
  local job = self.job
  if job.client.closed then return nil, job.client.closed, true end
  if is_over(self) then
    end_stream(self)
    return nil, follow.EXPIRED
  end
  if job.reply then return first(self, job) end
  local status, err, stopped = from_stream(self)
  if status or err then return status, err, stopped end
  self.hasty = nil
  return poll(self)
end

--- The next status; to be called after the delay.
---@return table? status   `logs` holds the new lines only
---@return any err         an error, or follow.EXPIRED
---@return boolean? stopped   the task was canceled or the client closed
function Follower:read()
  if self.streaming or self.job.reply then return otherwise(self) end
  if self.hasty then self.hasty = nil end
  return poll(self)
end

--- Sleeps, and takes the looks meanwhile that bring nothing new: they cost no resume,
--- and the stack of the task that waits stays small. Returns when there is something to
--- read; risen() is to be called then.
---@param delay number
---@return boolean? ok
---@return fal.Error? err   kind canceled or closed
function Follower:rest(delay)
  local owner = self.job.client.sched
  if self.deadline or self.watcher or self.logs or not owner:current() then
    return owner:sleep(delay)
  end
  local ok, err = owner:may_wait()
  if not ok then return nil, err end
  self.id, err = owner:arm(delay, self)
  if not self.id then return nil, err end
  return owner:park(self)
end

--- Gives up what a rest has begun that ended early.
function Follower:risen()
  local id, owner = self.id, self.job.client.sched
  if not id then return end
  if self.looks then owner:drop(id) else owner:drop_timer(id) end
  self.id, self.looks = nil, nil
end

local function look(self)
  local job = self.job
  local id = exchange.BRIEF_STATUS.start(job.client.engine, job)
  -- What does not start tells why when the one who rests tries it.
  if not id then return job.client.sched:wake(self) end
  self.id, self.looks = id, true
  job.client.sched:watch(id, self)
end

local function hear(self, ...)
  local job = self.job
  local verdict, status, more = exchange.BRIEF_STATUS.read(job, ...)
  if verdict ~= "status" or status.status == "COMPLETED" or job.output ~= nil or job.err
  then
    self.heard = { verdict, status, more }
    return job.client.sched:wake(self)
  end
  arrived(self, status, more)
  if job.client.closed then return end  -- by the logger; who rests has been told
  local delay = self:delay()
  if not delay then return look(self) end
  self.id = job.client.sched:arm(delay, self)
  if not self.id then job.client.sched:wake(self) end
end

--- What the scheduler brings for one who rests: the timer's end, or the answer. Where
--- there is no memory for it, he looks by himself, or he would rest for ever.
function Follower:put(owner, kind, ...)
  self.id, self.looks = nil, nil
  local ok, err = pcall(kind == "timer" and look or hear, self, kind, ...)
  if ok then return end
  owner:wake(self)
  error(err, 0)
end

--- Both in one.
function Follower:next()
  local delay = self:delay()
  if delay then
    local ok, err = self.job.client.sched:sleep(delay)
    if not ok then return nil, err, true end
  end
  return self:read()
end

--- Ends a stream that is open; to be called when nobody asks for more.
function Follower:close() end_stream(self) end

return follow
