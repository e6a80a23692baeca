-- A step while 10,000 jobs wait and nothing is due: what it costs, and how many bytes a
-- million of them leave behind.

local bench = require "lib.bench"
local helper = require "lib.helper"

local JOBS, STEPS = 10000, 1000000

local data, lines = {}, {}
for _, vm in ipairs { "5.4", "jit" } do
  local command = helper.lua(vm, "bench/programs/idle.lua", JOBS, STEPS)
  local list = {}
  for round = 1, bench.rounds do
    local told = bench.run(command)
    list[round] = told.seconds
    told.rounds, data[vm] = list, told
  end
  local told = data[vm]
  told.seconds = bench.median(list)
  lines[#lines + 1] = { "fal, " .. vm, ("%.2f"):format(told.seconds * 1e6),
    ("%d"):format(told.lua), ("%d"):format(told.heap), ("%d"):format(told.resident) }
end
bench.print(("a step while %d jobs wait; bytes left by %d steps"):format(JOBS, STEPS),
  { "", "µs of CPU", "Lua", "malloc", "resident" }, lines)
bench.save(data)
