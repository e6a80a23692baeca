--- Waiting in a loop of libuv; what luv and Neovim have in common.
-- While a client has something under way, one poll handle watches its descriptor, and
-- through it the loop holds the client. Else there is no handle: the loop may end, the
-- client be collected. Coroutines are resumed after the client's step, never within it.

local attach = require "fal.drivers.attach"
local task = require "fal.task"

local uv_driver = {}

local running, status = coroutine.running, coroutine.status

--- The present coroutine; nil on the main thread.
local function current()
  local co, main = running()
  if not main then return co end
end

---@class fal.UvHost
---@field name string
---@field uv table         the bindings
---@field budget number    seconds that the client may take of one round of the loop
---@field later fun(fn: fun())   calls fn from the loop, soon
---@field away boolean     whether the library must not run in the loop's own callbacks,
---        but by `later` only
---@field main? fun(register: fun(resume: fun())): boolean?   waits on the main thread
---@field refuse fun(): string?   why the main thread must not wait
---@field say? fun(lines: string[], bad: boolean)

local Pump = {}
Pump.__index = Pump

--- Coroutines whose wait is over are resumed in order, as many as there is time for.
local function resume_some(self, limit)
  while self.first <= self.last do
    local co = self[self.first].co
    self[self.first] = nil
    self.first = self.first + 1
    if co and status(co) == "suspended" then
      local ok, err = coroutine.resume(co)
      -- Nobody else hears of it: in libuv's callbacks an error ends the process.
      if not ok then self.client:report(task.failure(co, err)) end
    end
    if self.client.now() >= limit then return end
  end
end

--- The handle, unless the host has closed all that its loop had: to stop or to start
--- one that is closed ends the process.
local function open_handle(self)
  local handle = self.handle
  if handle and handle:is_closing() then self.handle = nil end
  return self.handle
end

local function stop(self)
  local handle = open_handle(self)
  if not handle then return end
  self.handle = nil
  handle:stop()
  handle:close()
end

local function call_later(self)
  if self.asked then return end
  self.asked = true
  self.host.later(self.run)
end

local function readable(self)
  if not self.host.away then return self.run() end
  self.handle:stop()  -- else it would tell it again and again until its turn has come
  call_later(self)
end

local function watch(self)
  local handle = open_handle(self)
  if not handle then
    handle = assert(self.host.uv.new_poll(self.fd))
    self.handle = handle
  end
  handle:start("r", function() readable(self) end)
end

local function guarded(self, fn)
  local ok, err = pcall(fn, self)
  if not ok then pcall(self.client.report, self.client, task.failure(nil, err)) end
end

local settle

--- Much comes at once: the host's own have the loop for a while.
local function rest(self)
  local uv = self.host.uv
  local timer = assert(uv.new_timer())
  self.resting = true
  uv.update_time()  -- the loop's clock stood still during the turn
  timer:start(self.host.rest * 1000, 0, function()
    timer:close()
    self.resting, self.used_up = nil, nil
    guarded(self, settle)
  end)
end

function settle(self)
  local sched = self.client.sched
  if sched.closed or sched.live + sched.pending == 0 then return stop(self) end
  if self.resting then return end
  if self.used_up and self.host.rest then return rest(self) end
  if self.host.away or not open_handle(self) then watch(self) end
end

local function round(self)
  local client, budget = self.client, self.host.budget
  local began = client.now()
  if not self.resting then client:step(budget) end
  resume_some(self, math.max(began + budget, client.now() + budget / 4))
  -- A step whose sockets have more leaves a part of its budget to the tasks.
  self.used_up = client.now() - began > budget / 2
end

--- One turn of the client. Whatever goes wrong is reported, and the next turn comes.
local function run(self)
  self.asked = nil
  if self.busy then return end  -- a task runs the loop itself
  self.busy = true
  guarded(self, round)
  self.busy = nil
  guarded(self, settle)
  if self.first <= self.last then call_later(self) end
end

local function wake(self, waiting)
  self.last = self.last + 1
  self[self.last] = waiting
  if not self.busy then call_later(self) end
end

--- Makes coroutines of a libuv host wait for `client` by yielding to the loop.
---@param client any
---@param host fal.UvHost
---@return fal.Client client
function uv_driver.attach(client, host)
  local fd
  client, fd = attach.take(client, host.name)
  if not fd then return client end
  local self = setmetatable({ client = client, host = host, fd = fd,
    first = 1, last = 0 }, Pump)
  self.run = function() return run(self) end
  client.driver = {
    name = host.name,
    say = host.say,
    running = function() return true end,  -- the main thread, too, waits by the loop
    refuse = function() return not current() and host.refuse() or nil end,
    wait = function(register)
      local co = current()
      if not co then return host.main(register) end
      local waiting = { co = co }
      register(function() wake(self, waiting) end)
      coroutine.yield()
      waiting.co = nil  -- whoever resumed it: from now on it may wait for something else
    end,
    changed = function()
      if self.busy or self.resting or client.closed or open_handle(self) then return end
      watch(self)
    end,
    detach = function() stop(self) end,
  }
  if client.sched.live + client.sched.pending > 0 then watch(self) end
  return client
end

return uv_driver
