-- Reads what raw.c printed: raw.lua NAME [JSON_FILE] <its output
local lib = require "lib"

local steps = lib.steps()
for line in io.lines() do
  local cpu, wall = line:match("^(%S+) (%S+)$")
  local n = steps.n + 1
  steps.n, steps.cpu[n], steps.wall[n] = n, tonumber(cpu), tonumber(wall)
end
local s = steps:summary()
io.write(lib.row(arg[1], s), "\n")
if arg[2] then
  local file = assert(io.open(arg[2], "w"))
  s.name = arg[1]
  file:write(require("cjson").encode(s), "\n")
  file:close()
end
