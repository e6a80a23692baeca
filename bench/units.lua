-- What the budget of a step cannot interrupt: each kind of work by itself, its longest
-- step and what the host's own call took. See bench/programs/units.lua.

local bench = require "lib.bench"
local helper = require "lib.helper"
local server = require "lib.server"

local CASES = {
  { "first", "the first job of a client" },
  { "certificates", "a connection with the system's certificates" },
  { "handshakes", "50 jobs begun in one frame, over HTTP/1.1 and TLS" },
  { "big", "a result of 5 MB of JSON" },
  { "submits", "500 jobs begun in one frame" },
  { "ledger", "50 jobs begun in one frame, with a ledger" },
  { "names", "20 requests to a name that does not exist" },
  { "collector", "Lua's collector, with 600 tasks that wait" },
  { "close", "client:close() with 1,000 jobs on their way" },
}

-- The endpoint `mute` is one that takes requests and never answers.
local CONFIG = [[
daemon off; master_process off; pid @dir@/pid; error_log @dir@/error.log;
events { worker_connections 4096; }
http {
  access_log off; keepalive_requests 1000000; keepalive_timeout 600s;
  client_body_temp_path @dir@/body; proxy_temp_path @dir@/proxy;
  fastcgi_temp_path @dir@/f; uwsgi_temp_path @dir@/u; scgi_temp_path @dir@/s;
  default_type application/json;
  server {
    listen 127.0.0.1:@plain@;
    listen 127.0.0.1:@tls@ ssl http2;
    ssl_certificate @dir@/cert.pem; ssl_certificate_key @dir@/key.pem;
    location = /counts { stub_status; }
    location ~ ^/queue/acme/mute/ { proxy_pass http://unix:@dir@/mute; }
    location ~ ^/queue/(?<app>acme/\w+)/make$ {
      set $job "$scheme://$http_host/queue/$app/requests/$request_id";
      return 200 '@submitted@';
    }
    location ~ ^/queue/acme/\w+/requests/(?<id>[0-9a-f]+)/status$ {
      return 200 '@completed@';
    }
    location ~ ^/queue/acme/big/requests/ { root @dir@; rewrite ^ /big.json break; }
    location ~ ^/queue/acme/\w+/requests/ { return 200 '@result@'; }
  }
}
]]

-- As many small objects as a result of that size may hold.
local function put_big(path)
  local file = assert(io.open(path, "w"))
  file:write('{"frames":[')
  for i = 1, 60000 do
    file:write(i > 1 and "," or "", ('{"index":%d,"score":0.%d,"label":"%s"}')
      :format(i, i, ("frame " .. i):rep(4)))
  end
  assert(file:write("]}"))
  file:close()
end

local function ms(seconds) return ("%.2f"):format(seconds * 1e3) end

server.with(function(edge)
  put_big(edge.dir .. "/big.json")
  local mute = bench.shell(("perl -MIO::Socket::UNIX -e '$s = IO::Socket::UNIX->new(Local"
    .. " => \"%s/mute\", Listen => 4096); sleep 600' </dev/null >/dev/null 2>&1 & "
    .. "echo $!")
    :format(edge.dir)):match("%d+")
  local data, lines = {}, {}
  local ok, err = pcall(function()
    for _, case in ipairs(CASES) do
      for _, vm in ipairs { "5.4", "jit" } do
        local told = bench.run(helper.lua(vm, "bench/programs/units.lua", case[1],
          edge.dir, edge.tls))
        data[case[1] .. "-" .. vm] = told
        lines[#lines + 1] = { case[2] .. ", " .. vm, ("%d"):format(told.steps),
          ms(told.cpu.longest), ms(told.wall.longest), ms(told.call.cpu),
          ms(told.call.wall) }
      end
    end
  end)
  bench.shell("kill " .. mute)
  if not ok then error(err, 0) end
  bench.print("what a budget of 1 ms cannot interrupt; milliseconds of CPU and by the\n"
    .. "clock, of the longest step and of what the host called itself", { "", "steps",
    "step CPU", "clock", "call CPU", "clock" }, lines)
  bench.save(data)
end, CONFIG)
