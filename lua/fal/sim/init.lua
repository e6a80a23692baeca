-- The simulator: what comes in from the network finds its handler here.

local clock = require("fal.sim.clock")
local control = require("fal.sim.control")
local faults = require("fal.sim.faults")
local files = require("fal.sim.files")
local httpd = require("fal.sim.httpd")
local jobs = require("fal.sim.jobs")
local ledger = require("fal.sim.ledger")
local media = require("fal.sim.media")
local platform = require("fal.sim.platform")
local queue = require("fal.sim.queue")
local random = require("fal.sim.random")
local recorder = require("fal.sim.recorder")
local reply = require("fal.sim.reply")
local run = require("fal.sim.run")
local scripts = require("fal.sim.scripts")
local storage = require("fal.sim.storage")
local timers = require("fal.sim.timers")

local M = {}
M.__index = M

local IDLE = 0.2        -- seconds the loop may sleep
local TARGETS = 20000   -- request lines remembered

---@param options table   as fal.sim.options makes them
---@return table? sim, string? message
function M.new(options)
  local http, port = httpd.new({
    host = options.host, port = options.port, connections = options.connections,
    max_body = options.max_body, keep_body = options.keep_body,
  })
  if not http then
    return nil, "cannot listen on " .. options.host .. ": " .. tostring(port)
  end
  local store, message = media.new(options.media, options.workers)
  if not store then
    return nil, message
  end
  local sim = setmetatable({
    http = http, port = port, options = options, media = store,
  }, M)
  sim:reset()
  local ok
  ok, message = sim.faults:add(options.faults)
  if not ok then
    store:close()
    return nil, "--fault: " .. message
  end
  return sim
end

local function set_of(list)
  local set = {}
  for _, item in ipairs(list) do
    set[item] = true
  end
  return set
end

---Back to the first minute: no jobs, no faults, nothing in the ledger, the same seed.
function M:reset()
  local options = self.options
  self.clock = clock.new(httpd.now, options.speed, httpd.wall())
  self.timers = timers.new(self.clock, httpd.now)
  self.files, self.storage = files.new(self), storage.new(self)
  self.jobs, self.ledger = jobs.new(self), ledger.new(self)
  self.scripts, self.recorder = scripts.new(), recorder.new(options.keep)
  self.faults = faults.new(self)
  self.faults:clear()
  self.videos, self.characters, self.fresh = {}, {}, 0
  self.unknown, self.keys, self.key_ids = set_of(options.unknown), nil, {}
  if #options.keys > 0 then
    self.keys = set_of(options.keys)
  end
  self.locked = options.locked
  options.balance = options.first_balance
end

---The id of an answer that is about no job.
function M:fresh_id()
  self.fresh = self.fresh + 1
  return random.uuid7(self.options.seed + 1, self.fresh)
end

local sections = {
  queue = queue.handle,
  run = run.handle,
  rest = function(sim, req)
    return sim.storage:rest(req)
  end,
  api = platform.handle,
  cdn = function(sim, req)
    if req.target.route == "upload" then
      return sim.storage:upload(req)
    end
    return sim.files:handle(req)
  end,
}

local classifiers = {
  queue = queue.classify,
  run = function(target, _, path)
    target.route, target.endpoint = "run", (run.target(path))
  end,
  cdn = function(target, method, path)
    target.route = storage.is_upload(method, path) and "upload" or "media"
  end,
  rest = function(target, _, path)
    target.route = path:find("/initiate", 1, true) and "initiate" or "other"
  end,
  api = function(target, _, path)
    target.route = platform.is_history(path) and "history" or "other"
  end,
}

-- Fills in handler, route and what the section knows of the path.
local function classify(target, method, path)
  local section = path:match("^/(%w+)/") or ""
  target.route = "other"
  target.handler = sections[section]
  if target.handler then
    classifiers[section](target, method, path)
  end
end

-- What a request line means, worked out once for each: a client polls the same one often.
local targets, target_count = {}, 0

local function target_of(method, uri)
  local by_method = targets[method]
  local target = by_method and by_method[uri]
  if target then
    return target
  end
  local mark = uri:find("?", 1, true)
  local path, query = uri, nil
  if mark then
    path, query = uri:sub(1, mark - 1), uri:sub(mark + 1)
  end
  target = { path = path, query = query, ours = path:sub(1, 7) == "/__sim/" }
  classify(target, method, path)
  if target_count >= TARGETS or not by_method then
    targets[method], target_count = {}, 0
  end
  targets[method][uri] = target
  target_count = target_count + 1
  return target
end

local bases = {}

local function base_of(host, proto)
  host = host or "127.0.0.1"
  proto = proto or "http"
  local by_proto = bases[proto]
  if not by_proto then
    by_proto = {}
    bases[proto] = by_proto
  end
  local base = by_proto[host]
  if not base then
    base = proto .. "://" .. host
    by_proto[host] = base
  end
  return base
end

local function handle(sim, req)
  local target, counts = req.target, sim.ledger.routes
  local route = target.route
  counts[route] = (counts[route] or 0) + 1
  if sim.options.keep > 0 then
    sim.recorder:add(req, sim.http:headers(req.id))
  end
  req.fault = sim.faults:take(route, target.endpoint)
  if req.fault and sim.faults:before(req) then
    if route == "submit" or route == "run" then
      sim.ledger:refused(req, target.endpoint)
    end
    return
  end
  if target.handler then
    return target.handler(sim, req)
  end
  return reply.json(sim, req, 404, '{"detail":"Not Found"}')
end

local function judge_head(sim, id, target)
  if target.ours then
    return sim.http:proceed(id)
  end
  return sim.faults:at_head(id, target.route, target.endpoint)
end

---Answers everything that is complete by now.
---@return boolean idle   there was nothing
function M:serve()
  local http, idle = self.http, true
  while true do
    local id, method, uri, host, proto, authorization, connection, body, size =
      http:next()
    if not id then
      return idle
    end
    idle = false
    local target = target_of(method, uri)
    if body then
      local req = {
        id = id, method = method, target = target, path = target.path,
        query = target.query, base = base_of(host, proto), authorization = authorization,
        connection = connection, body = body, size = size, head = false, fault = nil,
        status = nil,
      }
      if target.ours then
        control.handle(self, req)
      else
        handle(self, req)
      end
    else
      judge_head(self, id, target)
    end
  end
end

---Runs until told to stop.
function M:loop()
  local wait = 0
  local follows, alone = self.options.parent, false
  while not (self.stopping or alone or httpd.stopping()) do
    self.http:step(wait)
    alone = self:serve() and follows and httpd.unheard()
    if self.media:waiting() then
      self.media:reap()
    end
    wait = math.min(self.timers:run() or IDLE, self.media:waiting() and 0.02 or IDLE)
  end
  self.http:step(0.05)
end

function M:close()
  self.http:close()
  self.media:close()
end

return M
