-- CPU a request of a whole client doing submit → status → result, beside the limit, over
-- plain HTTP/1.1. Ours sends each submit at most once, as always; the limit's second row
-- does too, and its third parses the address once, as ours.

local bench = require "lib.bench"
local server = require "lib.server"

local data = {}

local function measure(edge, in_flight)
  -- At least twice what is in flight, or the beginning and the end are all there is.
  local jobs = math.max(bench.jobs, 2 * in_flight)
  local function limit(door)
    return bench.cpu_per_request(
      bench.limit(edge.plain, jobs, in_flight, bench.handles, door))
  end
  local function ours(vm)
    return bench.cpu_per_request(
      bench.lua(vm, "bench/programs/jobs.lua", edge.plain, jobs, in_flight))
  end
  local rows = bench.compare {
    { name = "limit", measure = limit("open") },
    { name = "limit, sent once", measure = limit("prereq") },
    { name = "limit, address parsed once", measure = limit("parsed") },
    { name = "fal, Lua 5.4", measure = ours("5.4") },
    { name = "fal, LuaJIT", measure = ours("jit") },
  }
  bench.print_ratios(("HTTP/1.1, %d jobs in flight, %d connections")
    :format(in_flight, bench.handles), "µs CPU a request", rows)
  data[tostring(in_flight)] = rows
end

server.with(function(edge)
  for _, in_flight in ipairs { 64, 1000, 10000 } do measure(edge, in_flight) end
end)
bench.save(data)
