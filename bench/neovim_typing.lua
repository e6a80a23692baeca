-- What typing in Neovim costs while the client works: fifty keys a second, from when a
-- key is pressed to its letter in the buffer; without the client, and with two TLS
-- downloads of 200 MB, begun anew when they end, and 50 jobs being polled. What of the
-- difference is the processor's time that a client and its server need, and what is that
-- it shares the editor's thread, the third kind tells: the same client and load, in
-- another process (bench/programs/beside.lua).

package.path = "./spec/?.lua;" .. package.path
local bench = require "lib.bench"
local helper = require "lib.helper"
local json = require "cjson"
local nginx = require "support.nginx"
local sim = require "support.sim"

local MEGABYTES, FILES, JOBS, KEYS, ROUNDS = 200, 2, 50, 500, 3
local PATIENCE = 300

local function ms(seconds) return ("%.2f"):format(seconds * 1000) end

local function row(name, p)
  return { name, ("%d"):format(p.count), ms(p.p50), ms(p.p99), ms(p.p999), ms(p.longest) }
end

local function run(edge, dir)
  local words = {}
  for name, value in pairs {
    BENCH_URL = edge.url, BENCH_CA = edge.ca_file, BENCH_FILES = FILES, BENCH_JOBS = JOBS,
    BENCH_BYTES = MEGABYTES * 1000000, BENCH_KEYS = KEYS, BENCH_ROUNDS = ROUNDS,
    BENCH_DIR = dir, LUA_PATH = "./lua/?.lua;./lua/?/init.lua;;",
    BENCH_BESIDE = helper.unpinned("jit", "bench/programs/beside.lua"),
    LUA_CPATH = "./" .. (os.getenv "BUILD" or "build") .. "/jit/?.so;;",
  } do words[#words + 1] = name .. "=" .. sim.quote(value) end
  local command = "timeout -k 5 %d env %s nvim --headless -u NONE -i NONE -n "
    .. "-c 'luafile bench/neovim/main.lua' </dev/null 2>%s/errors || cat %s/errors"
  return json.decode(bench.shell(command:format(PATIENCE, table.concat(words, " "), dir,
    dir)))
end

local function show(told)
  bench.print(("Neovim: keys typed beside %d jobs (%d polls in %.0f s) and %d downloads "
    .. "over TLS\n(%.1f MB/s in the editor, %.1f in another process)"):format(JOBS,
      told.polls, told.seconds, FILES, told.bytes / told.seconds / 1e6,
      told.bytes_beside / told.seconds_beside / 1e6),
    { "ms", "count", "p50", "p99", "p99.9", "longest" }, {
      row("key to buffer without the client", told.without),
      row("with it in another process", told.beside),
      row("with it in the editor", told.with),
      row("of this in its turns", told.share),
      row("the client's turn, wall", told.step),
      row("its turn, CPU of the thread", told.step_cpu),
      row("before, while it submits, CPU", told.connecting_cpu),
    })
  print(("  over 16.7 ms: %d keys without, %d with it in another process, %d with it in\n"
    .. "  the editor; %d turns by their CPU time\n"):format(told.without.late,
    told.beside.late, told.with.late, told.step_cpu.late))
end

local server = sim.start { media = "none", run_time = 1e6, queue_time = 0, keep = 0 }
local edge = nginx.start(server.port)
local dir = bench.shell("mktemp -d"):gsub("%s", "")
local ok, told = xpcall(run, debug.traceback, edge, dir)
bench.shell("rm -rf " .. dir)
edge:stop()
server:stop()
if not ok then error(told, 0) end
show(told)
bench.save(told)
