-- What it costs to check and price an input of Sora 2 before anything is spent.

local bench = require "lib.bench"

local data, lines = {}, {}
for _, vm in ipairs { "5.4", "jit" } do
  local list = {}
  for i = 1, bench.rounds do
    list[i] = bench.run(bench.lua(vm, "bench/programs/validation.lua", 20000)).cpu
  end
  data[vm] = bench.median(list)
  lines[#lines + 1] = { vm, ("%.1f"):format(data[vm]) }
end
bench.print("validating and pricing a Sora 2 input", { "Lua", "µs CPU an input" }, lines)
bench.save(data)
