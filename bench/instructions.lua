-- Instructions a request, as valgrind counts them: of the programs and the libraries, not
-- of the kernel. Nearly the same on a busy machine, so small changes can be judged by it.

local bench = require "lib.bench"
local server = require "lib.server"

local FEW, MANY, IN_FLIGHT = 100, 250, 64

local function collected(command)
  local told = bench.shell(command:gsub("^taskset %-c %d+ ", "%0"
    .. "valgrind --tool=callgrind --callgrind-out-file=/dev/null --trace-children=yes ")
    .. " 2>&1 >/dev/null")
  return tonumber(told:match("Collected : (%d+)"))
end

--- What the start costs is in both runs, and goes out.
local function a_request(command_of)
  return (collected(command_of(MANY)) - collected(command_of(FEW))) / (3 * (MANY - FEW))
end

server.with(function(edge)
  local function limit(door)
    return function(jobs)
      return bench.limit(edge.plain, jobs, IN_FLIGHT, bench.handles, door)
    end
  end
  local function lua(vm, program)
    return function(jobs)
      return bench.lua(vm, "bench/programs/" .. program, edge.plain, jobs, IN_FLIGHT)
    end
  end
  local rows, lines = {}, {}
  for i, row in ipairs {
    { "limit, sent once", limit("prereq") },
    { "limit, address parsed once", limit("parsed") },
    { "by hand on the core, Lua 5.4", lua("5.4", "by_hand.lua") },
    { "fal, Lua 5.4", lua("5.4", "jobs.lua") },
    { "by hand on the core, LuaJIT", lua("jit", "by_hand.lua") },
    { "fal, LuaJIT", lua("jit", "jobs.lua") },
  } do
    local value = a_request(row[2])
    local first = rows[1] and rows[1].value or value
    rows[i] = { name = row[1], value = value, ratio = value / first }
    lines[i] = { row[1], ("%.0f"):format(value / 1000), ("%.2f"):format(rows[i].ratio) }
  end
  bench.print(("instructions, HTTP/1.1, %d jobs in flight"):format(IN_FLIGHT),
    { "", "thousand a request", "× the first" }, lines)
  bench.save(rows)
end)
