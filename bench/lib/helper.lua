-- Programs that need the module probe (probe.c), and what else is compiled for a bench.

local bench = require "lib.bench"

local helper = {}

local build = os.getenv "BUILD" or "build"
local built = {}

local function once(what, command)
  if not built[what] then bench.shell(command) end
  built[what] = true
end

--- As bench.lua, with probe to be required, and on whichever core.
---@param vm string
---@param program string
function helper.unpinned(vm, program, ...)
  local dir = build .. "/bench/" .. vm
  once("probe" .. vm, ("mkdir -p %s && ${CC:-cc} -O2 -shared -fPIC -D_GNU_SOURCE "
    .. "$(scripts/vm %s cflags) -o %s/probe.so bench/lib/probe.c"):format(dir, vm, dir))
  local bin = bench.shell("scripts/vm " .. vm .. " bin"):gsub("%s", "")
  local arguments = {}
  for i = 1, select("#", ...) do arguments[i] = tostring((select(i, ...))) end
  return ("env LUA_PATH='bench/?.lua;lua/?.lua;lua/?/init.lua;;' "
    .. "LUA_CPATH='%s/%s/?.so;%s/?.so;;' %s %s %s"):format(build, vm, dir, bin, program,
    table.concat(arguments, " "))
end

--- The same, on the core where clients are measured.
function helper.lua(...)
  return bench.pinned(0, helper.unpinned(...))
end

--- The frame loop on libcurl alone.
function helper.raw(...)
  once("raw", ("mkdir -p %s/bench && ${CC:-cc} -O2 -D_GNU_SOURCE -o %s/bench/frame_raw "
    .. "bench/programs/frame_raw.c -lcurl"):format(build, build))
  return table.concat({ build .. "/bench/frame_raw", ... }, " ")
end

return helper
