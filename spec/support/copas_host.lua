-- Copas as a host for support.hosts: today's, or the one of Debian 12, which has neither
-- an end nor a sleep of its own.

local socket = require "socket"

--- A thread of copas 1 sleeps on a signal that becomes dirty; select has to come by.
local function sleeper(copas, quiet)
  return function(seconds)
    local due = socket.gettime() + seconds
    local signal = { getfd = function() return quiet:getfd() end,
      dirty = function() return socket.gettime() >= due end, close = function() end }
    function signal:receive()
      if socket.gettime() < due then return nil, "timeout" end
      return self and ""
    end
    copas.receive(signal, 0)
  end
end

---@param copas table
---@return fun(): table new
return function(copas)
  local attach = require "fal.drivers.copas"
  return function()
    local live, raised, host = 0, nil, { attach = attach }
    local mine = setmetatable({}, { __mode = "k" })
    local function on_error(err, co)
      raised = err
      if mine[co] then live = live - 1 end
    end
    copas.setErrorHandler(on_error)  -- for the driver's own threads
    host.sleep = copas.pause or sleeper(copas, (socket.udp4 or socket.udp)())

    function host.go(fn)
      live = live + 1
      copas.addthread(function()
        copas.setErrorHandler(on_error)  -- copas 1 keeps one for each thread
        mine[coroutine.running()] = true
        fn()
        live = live - 1
      end)
    end

    function host.run()
      local due = socket.gettime() + 30
      while live > 0 and socket.gettime() < due do copas.step(0.005) end
      while copas.step(0.02) do assert(socket.gettime() < due) end
      if live > 0 then return nil, "it did not end" end
      if raised then return nil, raised end
      return true
    end

    -- Over a TCP connection whose two ends are both read by copas' threads.
    function host.echo(text)
      local server = assert(socket.bind("127.0.0.1", 0))
      local a = assert(socket.connect("127.0.0.1", (select(2, server:getsockname()))))
      local b = assert(server:accept())
      a:settimeout(0)
      b:settimeout(0)
      copas.addthread(function() b:send(copas.receive(b, "*l") .. "\n") end)
      a:send(text .. "\n")
      local back = copas.receive(a, "*l")
      server:close()
      return back
    end
    return host
  end
end
