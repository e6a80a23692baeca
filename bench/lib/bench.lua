-- What the parts of `make bench` share: programs run pinned to a core, figures measured
-- in turn and compared as ratios, tables printed, pieces of JSON written.

local json = require "cjson"

local bench = {}

bench.rounds = tonumber(os.getenv "BENCH_ROUNDS") or 5
bench.jobs = tonumber(os.getenv "BENCH_JOBS") or 3000
bench.handles = 32  -- connections: our default, and the limit's

local build = os.getenv "BUILD" or "build"

--- Output of a shell command; raises when it fails.
---@param command string
---@return string
function bench.shell(command)
  local process = assert(io.popen(command, "r"))
  local text = process:read("*a")
  local ok, _, code = process:close()
  if not ok then error(("%s: failed (%s)"):format(command, tostring(code)), 2) end
  return text
end

local cores = tonumber((bench.shell("nproc")))

--- Pins a command: the client to the first core, the server to the second.
---@param core integer
---@param command string
function bench.pinned(core, command)
  return ("taskset -c %d %s"):format(core % cores, command)
end

--- A Lua program of this folder, run by one of the Luas.
---@param vm string        "5.4", "jit", …
---@param program string
function bench.lua(vm, program, ...)
  local path = "LUA_PATH='lua/?.lua;lua/?/init.lua;;' LUA_CPATH='" .. build .. "/" .. vm
    .. "/?.so;;'"
  local bin = bench.shell("scripts/vm " .. vm .. " bin"):gsub("%s", "")
  return bench.pinned(0, table.concat({ "env", path, bin, program, ... }, " "))
end

local built

--- The least that libcurl can do, built when first asked for.
function bench.limit(...)
  built = built or bench.shell("mkdir -p " .. build .. " && ${CC:-cc} -O2 -o " .. build
    .. "/limit bench/limit.c -lcurl") and true
  return bench.pinned(0, table.concat({ build .. "/limit", ... }, " "))
end

--- Runs a program that prints one JSON line.
---@return table
function bench.run(command)
  return json.decode(bench.shell(command))
end

---@param list number[]
function bench.median(list)
  local sorted = {}
  for i = 1, #list do sorted[i] = list[i] end
  table.sort(sorted)
  local half = (#sorted + 1) / 2
  return (sorted[math.floor(half)] + sorted[math.ceil(half)]) / 2
end

--- Measures in turn: the first, then each other, and so on anew. A machine that others
--- use is slower in one minute than in the next; ratios within a round are not.
---@param measures { name: string, measure: fun(): number }[]   the first is the base
---@param rounds? integer
---@return { name: string, value: number, ratio: number }[]   medians
function bench.compare(measures, rounds)
  local values, ratios = {}, {}
  for i = 1, #measures do values[i], ratios[i] = {}, {} end
  for round = 1, rounds or bench.rounds do
    for i = 1, #measures do
      values[i][round] = measures[i].measure()
      ratios[i][round] = values[i][round] / values[1][round]
    end
  end
  local rows = {}
  for i = 1, #measures do
    rows[i] = { name = measures[i].name, value = bench.median(values[i]),
      ratio = bench.median(ratios[i]) }
  end
  return rows
end

--- Microseconds of CPU a request, of a program whose line has `jobs` and `cpu`.
---@param command string
---@return fun(): number
function bench.cpu_per_request(command)
  return function()
    local told = bench.run(command)
    if told.failures > 0 then error(command .. ": " .. told.failures .. " failures") end
    return told.cpu / (3 * told.jobs) * 1e6
  end
end

--- Prints a table; numbers come as text already.
---@param title string
---@param head string[]
---@param rows string[][]
function bench.print(title, head, rows)
  local widths = {}
  for _, row in ipairs { head, table.unpack(rows) } do
    for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, utf8.len(cell)) end
  end
  print(title)
  for _, row in ipairs { head, table.unpack(rows) } do
    local cells = {}
    for i, cell in ipairs(row) do
      local pad = (" "):rep(widths[i] - utf8.len(cell))
      cells[i] = i == 1 and cell .. pad or pad .. cell
    end
    print("  " .. table.concat(cells, "  "))
  end
  print()
end

--- Prints what compare() measured.
---@param title string
---@param unit string
---@param rows table[]
function bench.print_ratios(title, unit, rows)
  local lines = {}
  for i, row in ipairs(rows) do
    lines[i] = { row.name, ("%.1f"):format(row.value), ("%.2f"):format(row.ratio) }
  end
  bench.print(title, { "", unit, "× the first" }, lines)
end

--- Writes the part's piece of out/bench.json; scripts/bench puts the pieces together.
---@param data table
function bench.save(data)
  local path = os.getenv "BENCH_PIECE"
  if not path then return end
  local file = assert(io.open(path, "w"))
  assert(file:write(json.encode(data), "\n"))
  assert(file:close())
end

return bench
