--- Copas: its threads call the library and yield to its loop.
--
--     local client = fal.client{}
--     require("fal.drivers.copas")(client)
--     copas.addthread(function() print(client:subscribe(id, { input = … })) end)
--
-- Copas waits in LuaSocket's select, which takes any table that has a getfd and returns
-- at once what says that it is dirty. A thread of ours receives on such a table around
-- the client's descriptor and lets the client work; it ends when nothing is left to do.

local attach = require "fal.drivers.attach"

local copas  -- required when the first client is attached

local BUDGET = 0.005  -- seconds of one step, then the other threads have their turn

local running = coroutine.running

local function is_busy(client)
  local sched = client.sched
  return not sched.closed and sched.live + sched.pending > 0
end

--- What stands for a socket: copas.receive yields once, and returns when it is served.
---@param get_fd fun(signal: table): integer
---@param is_dirty fun(signal: table): boolean
---@return table signal
local function new_signal(get_fd, is_dirty)
  local signal = { getfd = get_fd, dirty = is_dirty }
  function signal.receive()
    signal.is_served = not signal.is_served
    if signal.is_served then return nil, "timeout" end
    return ""
  end
  -- Copas 1 closes what a thread that ended had waited for; ours stays.
  function signal.close() return true end
  return signal
end

local function pump_of(client, signal)
  return coroutine.create(function()
    -- The first is a wait: whoever began the work may still be in the middle of it.
    while is_busy(client) do
      copas.receive(signal, 0)
      local ok, err = pcall(client.step, client, BUDGET)
      if not ok then
        client.driver.restart()  -- whoever waits needs another one
        error(err, 0)
      end
    end
  end)
end

--- Suspends the present thread until it is woken, in today's copas.
local function pausing(pause)
  return function(register)
    local co = running()
    register(function() copas.wakeup(co) end)
    pause()
  end
end

--- In copas 1 a thread can wait for sockets only: each waits for one of its own that is
--- dirty when the wait is over. Nothing ever comes on the descriptor that they share.
local function receiving(quiet)
  return function(register)
    local woken = false
    register(function() woken = true end)
    copas.receive(new_signal(function() return quiet:getfd() end,
      function() return woken end), 0)
  end
end

--- Makes copas' threads wait in its way when they call this client. Plain code goes on as
--- before: what it calls runs until it is done.
---@param client any   a client, or the module fal
---@return fal.Client client
return function(client)
  local fd
  client, fd = attach.take(client, "fal.drivers.copas")
  if not fd then return client end
  copas = require "copas"
  local socket = require "socket"
  local quiet = assert((socket.udp4 or socket.udp)())
  local pump
  local signal = new_signal(
    function() return client.sched.closed and quiet:getfd() or fd end,
    function() return client.sched.closed or client:timeout() == 0 end)
  local pause = copas.pauseforever or copas.sleep and function() copas.sleep(-1) end
  local driver = { name = "fal.drivers.copas",
    wait = pause and pausing(pause) or receiving(quiet) }

  function driver.running()
    local co, is_main = running()
    return co ~= nil and not is_main
  end

  function driver.restart()
    if not is_busy(client) then return end
    pump = pump_of(client, signal)
    copas.addthread(pump)
  end

  function driver.changed()
    if not pump or coroutine.status(pump) == "dead" then driver.restart() end
  end

  client.driver = driver
  driver.changed()
  return client
end
