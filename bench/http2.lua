-- The same work over TLS and HTTP/2: what a request costs, and how many connections
-- 10,000 jobs in flight share.

local bench = require "lib.bench"
local server = require "lib.server"

local IN_FLIGHT = 10000

server.with(function(edge)
  local jobs = math.max(bench.jobs, 2 * IN_FLIGHT)
  local connections = {}
  local function ours(vm)
    local cost = bench.cpu_per_request(
      bench.lua(vm, "bench/programs/jobs.lua", edge.tls, jobs, IN_FLIGHT, edge.ca_file))
    return function()
      local before = edge:counts()
      local value = cost()
      -- One more is the connection that counts.
      connections[vm] = math.max(connections[vm] or 0, edge:counts() - before - 1)
      return value
    end
  end
  local limit = bench.limit(edge.tls, jobs, IN_FLIGHT, bench.handles, "prereq",
    edge.ca_file)
  local rows = bench.compare({
    { name = "limit, sent once", measure = bench.cpu_per_request(limit) },
    { name = "fal, Lua 5.4", measure = ours("5.4") },
    { name = "fal, LuaJIT", measure = ours("jit") },
  }, math.ceil(bench.rounds / 2))
  bench.print_ratios(("TLS and HTTP/2, %d jobs in flight"):format(IN_FLIGHT),
    "µs CPU a request", rows)
  bench.print("connections that they share", { "", "most" }, {
    { "fal, Lua 5.4", tostring(connections["5.4"]) },
    { "fal, LuaJIT", tostring(connections.jit) },
  })
  bench.save { rows = rows, connections = connections }
end)
