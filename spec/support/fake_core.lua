--- A stand-in for fal.core with a clock of its own: nothing waits, and every answer is
--- what the spec says. It keeps the border's promises (types/fal/core.lua); JSON is
--- written, and files are looked at, by the real one.

local real = require "fal.core"

local fake = {}

local Engine = {}
Engine.__index = Engine

--- `answer(request)` is called for each exchange with { verb, … } and returns a list of
--- outcomes { kind, … }, each optionally with `after` seconds; nil: it never ends.
---@param answer fun(request: table): table[]|nil
function fake.new(answer)
  local core = { time = 100, requests = {}, answer = answer, engines = {},
    json = real.json, integers = real.integers, stat = real.stat }
  function core.now() return core.time end
  function core.new(options)
    local engine = setmetatable({ core = core, options = options, due = {}, done = {},
      live = {}, withheld = {}, last = 0 }, Engine)
    core.engines[#core.engines + 1] = engine
    core.engine = engine
    return engine
  end
  return core
end

local function open(self)
  if self.closed then error("engine is closed", 3) end
end

local function add(self, id, after, outcome)
  self.order = (self.order or 0) + 1
  self.due[#self.due + 1] = { id = id, at = self.core.time + (after or 0),
    order = self.order, outcome = outcome }
end

local function exchange(self, request)
  open(self)
  if self.trouble then return nil, self.trouble end
  self.last = self.last + 1
  local id = self.last
  request.id, request.at = id, self.core.time
  self.live[id] = request
  table.insert(self.core.requests, request)
  local outcomes = self.core.answer(request)
  if outcomes == "busy" then return nil, "busy" end
  for _, outcome in ipairs(outcomes or {}) do add(self, id, outcome.after, outcome) end
  return id
end

function Engine:set_key(key) open(self); self.key = key; return true end

function Engine:submit(endpoint_id, body, opts)
  return exchange(self, { verb = "submit", endpoint_id = endpoint_id, body = body,
    opts = opts })
end

for _, verb in ipairs { "status", "stream_status" } do
  Engine[verb] = function(self, app_id, request_id, logs, url)
    assert(type(logs) == "boolean")
    return exchange(self, { verb = verb, app_id = app_id, request_id = request_id,
      logs = logs, url = url })
  end
end

for _, verb in ipairs { "result", "cancel" } do
  Engine[verb] = function(self, app_id, request_id, url)
    return exchange(self, { verb = verb, app_id = app_id, request_id = request_id,
      url = url })
  end
end

function Engine:request(spec)
  spec.verb = "request"
  return exchange(self, spec)
end

function Engine:timer(seconds)
  open(self)
  assert(seconds >= 0)
  if self.trouble then return nil, self.trouble end
  self.last = self.last + 1
  self.live[self.last] = "timer"
  add(self, self.last, seconds, { "timer" })
  return self.last
end

--- On the disk at once; `sync_error` of the core says why not.
function Engine:sync(file)
  open(self)
  assert(io.type(file) == "file")
  if self.trouble then return nil, self.trouble end
  local ok, problem = require("fal.core").sync(file)
  if not ok then return false, problem end
  self.last = self.last + 1
  self.live[self.last] = "sync"
  local why = self.core.sync_error
  add(self, self.last, self.core.sync_time, { "synced", why == nil, why })
  return self.last
end

local function remove(self, id)
  for _, name in ipairs { "due", "done" } do
    local kept = {}
    for _, item in ipairs(self[name]) do
      if item.id ~= id then kept[#kept + 1] = item end
    end
    self[name] = kept
  end
end

function Engine:abort(id)
  open(self)
  local what = self.live[id]
  if not what then return false end
  remove(self, id)
  self.withheld[id] = nil
  if what == "timer" then
    self.live[id] = nil
  else
    self.done[#self.done + 1] = { id = id, outcome = { "error", "aborted", "aborted",
      what.sent or "unknown" } }
  end
  return true
end

function Engine:hold(id, hold)
  open(self)
  if not self.live[id] then return false end
  self.withheld[id] = hold or nil
  return true
end

function Engine:progress(id)
  open(self)
  local request = self.live[id]
  if type(request) ~= "table" then return nil end
  return request.received or 0, request.total or 0
end

local function next_due(self)
  local best
  for i, item in ipairs(self.due) do
    if not best or item.at < self.due[best].at then best = i end
  end
  return best
end

function Engine:step(timeout)
  open(self)
  if self.trouble then return nil, self.trouble end
  self.steps = (self.steps or 0) + 1
  local best = next_due(self)
  if timeout < 0 and #self.done == 0 then
    assert(best, "the fake engine was told to wait for nothing")
    self.core.time = math.max(self.core.time, self.due[best].at)
  end
  table.sort(self.due, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    return a.order < b.order
  end)
  local later = {}
  for _, item in ipairs(self.due) do
    local list = item.at <= self.core.time and self.done or later
    list[#list + 1] = item
  end
  self.due = later
  return #self.due + #self.done, #self.done > 0
end

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

function Engine:next()
  open(self)
  local first = 1
  while self.done[first] and self.withheld[self.done[first].id] do first = first + 1 end
  local item = table.remove(self.done, first)
  if not item then return nil end
  if item.outcome[1] ~= "event" then self.live[item.id] = nil end
  if item.outcome.call then item.outcome.call() end
  return item.id, unpack(item.outcome, 1, 6)
end

function Engine:timeout()
  open(self)
  local best = next_due(self)
  return best and math.max(0, self.due[best].at - self.core.time)
end

function Engine:forked() open(self); return self.core.is_child or false end

function Engine:fd() open(self); return 42 end

function Engine:close() self.closed = true end

--- Headers of the gateway; a request's own on top.
function fake.json(status, body, headers)
  return { "response", status, body, headers or {}, "yes" }
end

function fake.submitted(id)
  return { fake.json(200, ('{"status":"IN_QUEUE","request_id":"%s","queue_position":0,'
    .. '"logs":null,"metrics":{}}'):format(id)) }
end

return fake
