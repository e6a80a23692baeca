-- The official JavaScript client beside ours, for the same jobs against the same server.
-- Needs Node and npm; conformance/setup fetches the client in the version pinned there.

local bench = require "lib.bench"
local server = require "lib.server"

local IN_FLIGHT = 64

bench.shell("conformance/setup >&2")
server.with(function(edge)
  local function a_request(command)
    return function()
      local told = bench.run(command)
      if told.failures > 0 then error(command .. ": " .. told.failures .. " failures") end
      return told.cpu / (told.requests or 3 * told.jobs) * 1e6
    end
  end
  local function ours(vm)
    return a_request(
      bench.lua(vm, "bench/programs/jobs.lua", edge.plain, bench.jobs, IN_FLIGHT))
  end
  local rows = bench.compare({
    { name = "fal, Lua 5.4", measure = ours("5.4") },
    { name = "fal, LuaJIT", measure = ours("jit") },
    { name = "@fal-ai/client", measure = a_request(bench.pinned(0, table.concat({
      "node bench/programs/jobs.mjs", edge.plain, bench.jobs, IN_FLIGHT }, " "))) },
  }, math.ceil(bench.rounds / 2))
  bench.print_ratios(("the official JavaScript client, HTTP/1.1, %d jobs in flight")
    :format(IN_FLIGHT), "µs CPU a request", rows)
  bench.save(rows)
end)
