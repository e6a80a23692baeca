-- The service's side of a measurement: an nginx that answers the three requests of a job
-- from its configuration, over plain HTTP/1.1 and over TLS with HTTP/2. What a client
-- costs is then not hidden behind a slow server. Jobs of acme/demo are done at once,
-- those of acme/gated once the file `gate` is there, those of acme/pending never.
local bench = require "lib.bench"

local server = {}
local Server = {}
Server.__index = Server

local CONFIG = [[
daemon off; master_process off; pid @dir@/pid; error_log @dir@/error.log;
events { worker_connections 20000; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 600s;
  client_body_temp_path @dir@/body; proxy_temp_path @dir@/proxy;
  fastcgi_temp_path @dir@/f; uwsgi_temp_path @dir@/u; scgi_temp_path @dir@/s;
  default_type application/json; server_tokens off;
  server {
    listen 127.0.0.1:@plain@ backlog=4096;
    listen 127.0.0.1:@tls@ ssl http2 backlog=4096;
    ssl_certificate @dir@/cert.pem; ssl_certificate_key @dir@/key.pem;
    set $job "$scheme://$http_host/queue/acme/demo/requests/$request_id";
    location = /counts { stub_status; }
    location = /queue/acme/demo/make {
      return 200 '@submitted@';
    }
    location ~ ^/queue/acme/(?<app>demo)/requests/(?<id>[0-9a-f]+)/status$ {
      return 200 '@completed@';
    }
    location /queue/acme/demo/requests/ {
      return 200 '@result@';
    }
    location = /queue/acme/pending/make {
      set $job "$scheme://$http_host/queue/acme/pending/requests/$request_id";
      return 200 '@submitted@';
    }
    location ~ ^/queue/acme/(?<app>pending)/requests/(?<id>[0-9a-f]+)/status$ {
      return 202 '@pending@';
    }
    location = /queue/acme/gated/make {
      set $job "$scheme://$http_host/queue/acme/gated/requests/$request_id";
      return 200 '@submitted@';
    }
    location ~ ^/queue/acme/(?<app>gated)/requests/(?<id>[0-9a-f]+)/status$ {
      if (-f @dir@/open) { return 200 '@completed@'; }
      return 202 '@pending@';
    }
    location /queue/acme/gated/requests/ {
      return 200 '@result@';
    }
  }
}
]]

-- What fal.ai answers: member for member, with addresses as long as its own.
local ANSWERS = {
  submitted = '{"status":"IN_QUEUE","request_id":"$request_id","response_url":"$job",'
    .. '"status_url":"$job/status","cancel_url":"$job/cancel","queue_position":0}',
  completed = '{"status":"COMPLETED","request_id":"$id","response_url":"$scheme://'
    .. '$http_host/queue/acme/$app/requests/$id","logs":null,'
    .. '"metrics":{"inference_time":81.5}}',
  pending = '{"status":"IN_PROGRESS","request_id":"$id","response_url":"$scheme://'
    .. '$http_host/queue/acme/$app/requests/$id","logs":null,"metrics":{}}',
  result = '{"video":{"url":"https://v3.fal.media/files/b/cat.mp4","content_type":'
    .. '"video/mp4","file_name":"cat.mp4","file_size":2131337,"width":1280,"height":720,'
    .. '"fps":30,"duration":4.0,"num_frames":120},"video_id":"video_123"}',
}

-- Ports that are free now; nginx cannot choose one and tell.
local function free_ports()
  return bench.shell("python3 -c 'import socket; a = [socket.socket() for _ in \"ab\"]; "
    .. "[s.bind((\"127.0.0.1\", 0)) for s in a]; "
    .. "print(*[s.getsockname()[1] for s in a])' 2>/dev/null || "
    .. "perl -MIO::Socket::INET -e '@a = map { IO::Socket::INET->new(LocalAddr => "
    .. "\"127.0.0.1\", Listen => 1) } 1, 2; print join \" \", map { $_->sockport } @a'")
    :match("(%d+) (%d+)")
end

local function certificate(dir)
  bench.shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
    .. "-days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1,DNS:localhost "
    .. "-keyout " .. dir .. "/key.pem -out " .. dir .. "/cert.pem 2>/dev/null")
end

--- Waits until it answers, or ends with what kept it from that.
local function await(self)
  local up = self.plain .. "/counts -s -o /dev/null --max-time 20"
  local answer = bench.shell("i=0; until curl " .. up .. "; do kill -0 " .. self.pid
    .. " 2>/dev/null && [ $i -lt 100 ] || { cat " .. self.dir .. "/said; exit; }; "
    .. "i=$((i + 1)); sleep 0.1; done; echo up")
  if answer == "up\n" then return end
  self:stop()
  io.stderr:write("bench: nginx, the server of all measurements, did not start ",
    "(make deps installs it):\n", answer)
  os.exit(1)
end

---@param config? string   of nginx, instead of the one above
---@return table server   plain and tls: base URLs; ca_file; dir; gate: the file that
---        lets the jobs of acme/gated end
function server.start(config)
  local dir = bench.shell("mktemp -d"):gsub("%s", "")
  local plain, tls = free_ports()
  certificate(dir)
  local values = setmetatable({ dir = dir, plain = plain, tls = tls },
    { __index = ANSWERS })
  local file = assert(io.open(dir .. "/nginx.conf", "w"))
  assert(file:write(((config or CONFIG):gsub("@(%w+)@", values))))
  assert(file:close())
  local self = setmetatable({ dir = dir, gate = dir .. "/open",
    ca_file = dir .. "/cert.pem", plain = "http://127.0.0.1:" .. plain,
    tls = "https://127.0.0.1:" .. tls }, Server)
  local command = bench.pinned(1, "nginx -e " .. dir .. "/error.log -c " .. dir
    .. "/nginx.conf")
  self.pid = bench.shell("PATH=$PATH:/usr/sbin; " .. command
    .. " </dev/null >/dev/null 2>" .. dir .. "/said & echo $!"):match("%d+")
  await(self)
  return self
end

--- How many connections were accepted and requests answered so far, this one included.
---@return integer connections
---@return integer requests
function Server:counts()
  local accepted, requests = bench.shell("curl -s --max-time 5 " .. self.plain
    .. "/counts"):match("requests%s+(%d+)%s+%d+%s+(%d+)")
  return tonumber(accepted), tonumber(requests)
end

--- Ends the nginx it started.
function Server:stop()
  bench.shell("kill " .. self.pid .. " 2>/dev/null; rm -rf " .. self.dir)
end

--- Calls `body(server)` and stops the server whatever happens.
function server.with(body, config)
  local one = server.start(config)
  local ok, err = xpcall(body, debug.traceback, one)
  one:stop()
  if not ok then error(err, 0) end
end

return server
