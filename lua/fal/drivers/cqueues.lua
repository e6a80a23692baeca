--- cqueues: its coroutines call the library and yield to their controller.
--
--     local client = fal.client{}
--     require("fal.drivers.cqueues")(client)
--     cq:wrap(function() print(client:subscribe(id, { input = … })) end)
--
-- In each controller where somebody waits, a thread of ours polls the client's descriptor
-- and lets it work. It ends when nothing is left to do, and holds the client no longer.

local cqueues, condition  -- required when the first client is attached

local attach = require "fal.drivers.attach"

local BUDGET = 0.005  -- seconds of one step, then the controller's others have their turn

local function is_busy(client)
  local sched = client.sched
  return not sched.closed and sched.live + sched.pending > 0
end

--- cqueues remembers what it polls for by number: before the number becomes another
--- descriptor's, it has to forget.
local function forget(controller, pump)
  -- A controller that was closed has forgotten all, and raises.
  if pump.is_polling then pcall(controller.cancel, controller, pump.pollfd) end
  pump.is_polling = nil
end

local function run(client, controller, pumps, pump)
  -- The first is a wait: whoever began the work may still be in the middle of it.
  while is_busy(client) do
    pump.is_polling, pump.timeout = true, client:timeout()
    cqueues.poll(pump.changed, pump)
    local ok, err = pcall(client.step, client, BUDGET)
    if not ok then
      pumps[controller] = nil
      forget(controller, pump)
      client.driver.changed()  -- whoever waits needs another one
      error(err, 0)
    end
  end
  forget(controller, pump)
  pumps[controller] = nil
end

local function tend(client, controller, pumps, fd)
  local pump = pumps[controller]
  if pump then
    pump.changed:signal()
  elseif is_busy(client) then
    pump = { changed = condition.new(), pollfd = fd, events = "r" }
    pumps[controller] = pump
    controller:wrap(run, client, controller, pumps, pump)
  end
end

--- Makes the coroutines of cqueues' controllers wait in their way when they call this
--- client. Plain code goes on as before: what it calls runs until it is done.
---@param client any              a client, or the module fal
---@param controller? userdata   where tasks run that are started outside of all
---        controllers [none: they wait until somebody drives the client]
---@return fal.Client client
return function(client, controller)
  local fd
  client, fd = attach.take(client, "fal.drivers.cqueues")
  if not fd then return client end
  cqueues, condition = require "cqueues", require "cqueues.condition"
  local pumps = setmetatable({}, { __mode = "k" })  -- by controller
  local driver = { name = "fal.drivers.cqueues" }

  function driver.running() return cqueues.running() ~= nil end

  function driver.wait(register)
    local woken = condition.new()
    tend(client, (cqueues.running()), pumps, fd)
    register(function() woken:signal() end)
    woken:wait()
  end

  function driver.changed()
    local home = cqueues.running() or controller
    if home then tend(client, home, pumps, fd) end
  end

  function driver.detach()
    for home, pump in next, pumps do
      forget(home, pump)
      pump.changed:signal()
    end
  end

  client.driver = driver
  driver.changed()
  return client
end
