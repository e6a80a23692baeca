--- luv: coroutines call the library and yield to libuv's loop.
--
--     local client = fal.client{}
--     require("fal.drivers.luv")(client)
--     coroutine.wrap(function() print(client:subscribe(id, { input = … })) end)()
--     uv.run()
--
-- Plain code that calls it runs the loop until its call is done; a callback of the loop
-- cannot, since that is running already. What a coroutine raises after it has waited is
-- reported as a task's is, to the client's logger or on stderr: in a callback of luv an
-- error would end the process.

local uv_driver = require "fal.drivers.uv"

-- What one turn may take before the loop's others have theirs.
local BUDGET = 0.005

local REFUSED = "within the loop's callbacks only coroutines can wait for fal: call this "
  .. "in coroutine.wrap(function() … end)(), or within client:spawn(function() … end)"

--- Makes coroutines wait by yielding to luv's loop when they call this client.
---@param client any   a client, or the module fal
---@return fal.Client client
return function(client)
  local uv = require "luv"
  return uv_driver.attach(client, {
    name = "fal.drivers.luv", uv = uv, budget = BUDGET, away = false,
    later = function(fn)
      local timer = assert(uv.new_timer())
      timer:start(0, 0, function()
        timer:close()
        fn()
      end)
    end,
    refuse = function() return uv.loop_mode() and REFUSED or nil end,
    main = function(register)
      local woken = false
      register(function() woken = true end)
      while not woken do
        if not uv.run "once" and not woken then return false end
      end
    end,
  })
end
