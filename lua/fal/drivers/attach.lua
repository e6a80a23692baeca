--- What every driver asks before it takes a client.

local attach = {}

--- The client that a driver was given; the module `fal` stands for its default one.
--- Raises when it is none, or has another driver. From here on its descriptor tells of
--- everything: sockets, timers, tasks that are ready.
---@param client any
---@param name string   the driver's module
---@return fal.Client client
---@return integer? fd   nil: the client has this driver already, or is closed
function attach.take(client, name)
  if type(client) == "table" and client == package.loaded["fal"] then
    client = client.default()
  end
  if type(client) ~= "table" or type(client.sched) ~= "table" then
    error(name .. ": a client is wanted, as fal.client makes it, or the module fal; got "
      .. type(client), 3)
  end
  local driver = client.driver
  if client.closed or (driver and driver.name == name) then return client end
  if driver then
    error(("%s: the client has a driver, %s; make another client for this loop")
      :format(name, driver.name or "of its own"), 3)
  end
  local fd = client:fd()
  if not fd then
    error(name .. ": this system has no descriptor to watch; call client:step in a timer "
      .. "of the loop", 3)
  end
  return client, fd
end

return attach
