-- The budget of a step in a frame loop: client:step(0.001) while four TLS downloads of
-- 200 MB, 100 polling jobs and a burst of 500 completions go on, beside libcurl alone
-- (one curl_multi_perform a frame), and beside a loop that only counts.
--   BENCH_BUDGET [0.001], BENCH_FRAME [0.004]   seconds   TMPDIR   where the files go

local bench = require "lib.bench"
local helper = require "lib.helper"
local server = require "lib.server"

local BUDGET = tonumber(os.getenv "BENCH_BUDGET") or 0.001
local FRAME = tonumber(os.getenv "BENCH_FRAME") or 0.004

-- A fast server is the hard case: whatever is asked for is there in the next frame. The
-- media host is another origin, as it is with fal.ai.
local CONFIG = [[
daemon off; master_process off; pid @dir@/pid; error_log @dir@/error.log;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000; keepalive_timeout 600s;
  client_body_temp_path @dir@/body; proxy_temp_path @dir@/proxy;
  fastcgi_temp_path @dir@/f; uwsgi_temp_path @dir@/u; scgi_temp_path @dir@/s;
  default_type application/json; http2_max_concurrent_streams 1024;
  server {
    listen 127.0.0.1:@plain@;
    listen 127.0.0.1:@tls@ ssl http2;
    ssl_certificate @dir@/cert.pem; ssl_certificate_key @dir@/key.pem;
    location = /counts { stub_status; }
    location ~ ^/queue/acme/(\w+)/requests/\w+/status$ { alias @dir@/status/$1.json; }
    location ~ ^/queue/acme/\w+/requests/\w+$ { return 200 '@result@'; }
    location = /film { root @dir@; }
  }
}
]]

local RUNNING = '{"status":"IN_PROGRESS","request_id":"1"}'

local function put(path, text)
  local file = assert(io.open(path, "w"))
  assert(file:write(text))
  file:close()
end

local function prepare(dir)
  bench.shell("mkdir " .. dir .. "/status && head -c 200000000 /dev/urandom >" .. dir
    .. "/film")
end

-- Each program finds the 500 jobs running.
local function run(dir, command)
  put(dir .. "/status/run.json", RUNNING)
  put(dir .. "/status/burst.json", RUNNING)
  local told = bench.run(command)
  bench.shell("rm -f " .. dir .. "/out-*")
  return told
end

local function row(name, told)
  local cells = { name, ("%d"):format(told.steps) }
  for _, clock in ipairs { "cpu", "alone", "wall" } do
    for _, which in ipairs { "p50", "p99", "p999", "longest" } do
      if clock ~= "alone" or which ~= "p50" and which ~= "p99" then
        cells[#cells + 1] = ("%.2f"):format(told[clock][which] * 1e3)
      end
    end
  end
  cells[#cells + 1] = ("%.1f"):format(told.outliers)
  return cells
end

server.with(function(edge)
  local dir, media = edge.dir, edge.tls:gsub("127%.0%.0%.1", "localhost")
  prepare(dir)
  local spin = bench.run(helper.lua("5.4", "bench/programs/spin.lua", BUDGET * 0.7, FRAME,
    2000))
  local raw = run(dir, bench.pinned(0, helper.raw(dir, edge.tls, media, FRAME)) .. " | "
    .. helper.lua("5.4", "bench/programs/frame_raw.lua"))
  local lines = { row("counting alone", spin), row("curl_multi_perform", raw) }
  local data = { spin = spin, raw = raw }
  for _, vm in ipairs { "5.4", "jit" } do
    local told = run(dir, helper.lua(vm, "bench/programs/frame.lua", dir, edge.tls, media,
      BUDGET, FRAME))
    data[vm] = told
    lines[#lines + 1] = row("fal, " .. vm, told)
    lines[#lines + 1] = row("  counting beside it", told.beside)
  end
  bench.print(("a step of %g ms: four TLS downloads of 200 MB, 100 polling jobs, 500\n"
    .. "completions at once; milliseconds: CPU of the thread, then of those steps\n"
    .. "that were not preempted, then the clock; long: steps of a thousand that took\n"
    .. "half a millisecond of CPU more than p50"):format(BUDGET * 1e3),
    { "", "steps", "p50", "p99", "p99.9", "longest", "p99.9", "longest", "p50", "p99",
    "p99.9", "longest", "long" }, lines)
  for _, vm in ipairs { "5.4", "jit" } do
    print(("  most CPU, fal, %s: %s"):format(vm, table.concat(data[vm].worst, ", ")))
  end
  print()
  bench.save(data)
end, CONFIG)
