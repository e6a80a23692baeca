-- What a frame of a game costs while the client works: LÖVE at 60 frames a second,
-- without the client, then with two TLS downloads of 200 MB and 50 jobs being polled.

package.path = "./spec/?.lua;" .. package.path
local bench = require "lib.bench"
local json = require "cjson"
local desktop = require "support.desktop"
local nginx = require "support.nginx"
local sim = require "support.sim"

local MEGABYTES, FILES, JOBS = 200, 2, 50
local PATIENCE = 300

local function ms(seconds) return ("%.2f"):format(seconds * 1000) end

local function row(name, p)
  return { name, ms(p.p50), ms(p.p99), ms(p.p999), ms(p.longest) }
end

local function run(edge, screen, dir)
  local program = screen:run("love bench/love", {
    BENCH_URL = edge.url, BENCH_CA = edge.ca_file, BENCH_FILES = FILES,
    BENCH_JOBS = JOBS, BENCH_BYTES = MEGABYTES * 1000000, XDG_DATA_HOME = dir,
    LIBGL_ALWAYS_SOFTWARE = "1", LUA_PATH = "./lua/?.lua;./lua/?/init.lua;;",
    LUA_CPATH = "./" .. (os.getenv "BUILD" or "build") .. "/jit/?.so;;",
  }, PATIENCE)
  return json.decode((program:wait_for "^{"))
end

local function show(told)
  local with, without = told.with, told.without
  bench.print(("LÖVE: %d frames without the client; %d with %d jobs (%d polls, %.1f s)\n"
    .. "and %d downloads of %d MB over TLS (%.0f MB/s), step(0.001)"):format(
    without.frames, with.frames, JOBS, with.polls, with.seconds, FILES, MEGABYTES,
    FILES * MEGABYTES / with.seconds),
    { "ms", "p50", "p99", "p99.9", "longest" }, {
      row("frame without the client", without.frame),
      row("frame with it", with.frame),
      row("its step, wall", with.step),
      row("its step, CPU of the thread", with.step_cpu),
    })
  print(("  over 16.7 ms: %d frames without, %d with; because of the step: %d")
    :format(without.late, with.late, with.late_by_us))
  print(("  steps that waited for something: %d of %d\n"):format(with.waited,
    with.frames))
end

local server = sim.start { media = "none", run_time = 1e6, queue_time = 0, keep = 0 }
local edge, screen = nginx.start(server.port), desktop.start()
local dir = bench.shell("mktemp -d"):gsub("%s", "")
local ok, told = xpcall(run, debug.traceback, edge, screen, dir)
bench.shell("rm -rf " .. dir)
screen:stop()
edge:stop()
server:stop()
if not ok then error(told, 0) end
show(told)
bench.save(told)
