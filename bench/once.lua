-- What it costs to keep libcurl from sending a submit twice, each way by itself: the
-- limit with its door open, then closed in three ways.

local bench = require "lib.bench"
local server = require "lib.server"

server.with(function(edge)
  local measures = {}
  for i, door in ipairs { "open", "prereq", "rewind", "fresh" } do
    measures[i] = { name = door, measure = bench.cpu_per_request(
      bench.limit(edge.plain, bench.jobs, 64, bench.handles, door)) }
  end
  local rows = bench.compare(measures, 2 * bench.rounds)
  bench.print_ratios("the double-submit door: open; callback before each sending; body "
    .. "that cannot be rewound; connection of its own", "µs CPU a request", rows)
  bench.save(rows)
end)
