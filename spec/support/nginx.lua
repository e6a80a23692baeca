-- A real nginx in front of the simulator: TLS and HTTP/2 as fal.ai's edge has them, with
-- nginx's own repetition of requests turned off.
--
--   local edge = require("support.nginx").start(sim.port, { http2 = true })
--   … edge.url, edge.ca_file …
--   edge:stop()

local shell = require "support.shell"

local must = shell.must

local M = {}
local Edge = {}
Edge.__index = Edge

---@return boolean
function M.available()
  local _, code = shell.run("PATH=$PATH:/usr/sbin command -v nginx openssl")
  return code == 0
end

local CONFIG = [[
daemon off; master_process off; pid @dir@/pid; error_log @dir@/error.log;
events { worker_connections 4096; }
http {
  access_log off; client_max_body_size 200m;
  client_body_temp_path @dir@/body; proxy_temp_path @dir@/proxy;
  fastcgi_temp_path @dir@/f; uwsgi_temp_path @dir@/u; scgi_temp_path @dir@/s;
  upstream sim { server 127.0.0.1:@port@; keepalive 64; }
  server {
    listen 127.0.0.1:@own@ ssl @http2@; keepalive_requests @requests@;
    ssl_certificate @dir@/cert.pem; ssl_certificate_key @dir@/key.pem;
    location / {
      proxy_pass http://sim; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header Host $http_host; proxy_set_header X-Forwarded-Proto https;
      proxy_next_upstream off; proxy_buffering off; proxy_request_buffering off;
      proxy_read_timeout 600s;
    }
  }
}
]]

-- A port that is free now; nginx cannot choose one and tell.
local function free_port()
  return must("python3 -c 'import socket; s = socket.socket(); "
    .. "s.bind((\"127.0.0.1\", 0)); print(s.getsockname()[1])' 2>/dev/null || "
    .. "perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "
    .. "\"127.0.0.1\", Listen => 1)->sockport'")
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  assert(file:write(text))
  assert(file:close())
end

--- Whether it listens; false when it has ended, since somebody else took the port.
local function comes_up(self)
  for _ = 1, 100 do
    local _, code = shell.run("curl -s -o /dev/null --max-time 5 --cacert "
      .. self.ca_file .. " " .. self.url .. "/__sim/clock")
    if code == 0 then return true end
    _, code = shell.run("kill -0 " .. self.pid)
    if code ~= 0 then return false end
    must("sleep 0.05")
  end
  error("nginx does not answer; see " .. self.dir .. "/error.log", 3)
end

local function start_on(self, own, port, options)
  local values = {
    dir = self.dir, port = tostring(port), own = own,
    http2 = options.http2 and "http2" or "",
    requests = tostring(options.requests or 100000),
  }
  write(self.dir .. "/nginx.conf", (CONFIG:gsub("@(%w+)@", values)))
  self.url = "https://127.0.0.1:" .. own
  self.pid = must("PATH=$PATH:/usr/sbin; nginx -e " .. self.dir .. "/error.log -c "
    .. self.dir .. "/nginx.conf </dev/null >/dev/null 2>&1 & echo $!")
  return comes_up(self)
end

---@param port integer      the simulator's
---@param options? { http2: boolean, requests: integer }   requests a connection may carry
---@return table edge       url, ca_file
function M.start(port, options)
  options = options or {}
  local dir = must("mktemp -d")
  local self = setmetatable({ dir = dir, ca_file = dir .. "/cert.pem" }, Edge)
  must("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
    .. "-days 2 -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 -keyout " .. dir
    .. "/key.pem -out " .. dir .. "/cert.pem")
  for _ = 1, 5 do
    if start_on(self, free_port(), port, options) then return self end
  end
  error("nginx does not start; see " .. dir .. "/error.log", 2)
end

---Ends the nginx it started. Idempotent.
function Edge:stop()
  if not self.pid then return end
  shell.run("kill " .. self.pid)
  self.pid = nil
  shell.run("rm -rf " .. self.dir)
end

return M
