-- How long a script waits before anything happens: `require "fal"`, and its first job.

local bench = require "lib.bench"
local server = require "lib.server"

local function median_of(told, name)
  local list = {}
  for i = 1, #told do list[i] = told[i][name] end
  return bench.median(list)
end

server.with(function(edge)
  local data, lines = {}, {}
  for _, vm in ipairs { "5.4", "jit" } do
    local told = {}
    for i = 1, 4 * bench.rounds do
      told[i] = bench.run(bench.lua(vm, "bench/programs/start.lua", edge.plain))
    end
    local loading, first = median_of(told, "require"), median_of(told, "first")
    data[vm] = { require = loading, first = first }
    lines[#lines + 1] = { vm, ("%.2f"):format(loading), ("%.2f"):format(first) }
  end
  bench.print("start, milliseconds of CPU", { "", 'require "fal"', "first job" }, lines)
  bench.save(data)
end)
