-- Starts the simulator for a spec and speaks to its controls.
--
--   local sim = require("support.sim").start{ queue_time = 0, media = "bundled" }
--   … sim.url …
--   sim:stop()

local cjson = require("cjson").new()
if cjson.decode_array_with_array_mt then
  cjson.decode_array_with_array_mt(false)
end

local M = {}
local Sim = {}
Sim.__index = Sim

local ROOT = debug.getinfo(1, "S").source:match("^@(.-)spec/support/sim%.lua$") or "./"
if ROOT == "" then
  ROOT = "./"
end

local function quote(s)
  return "'" .. tostring(s):gsub("'", "'\\''") .. "'"
end

M.quote = quote

local function flags(options)
  local names, out = {}, {}
  for name in pairs(options) do
    names[#names + 1] = name
  end
  table.sort(names)
  for _, name in ipairs(names) do
    local value, flag = options[name], "--" .. name:gsub("_", "-")
    if name == "fault" then
      out[#out + 1] = flag .. " " .. quote(cjson.encode(value))
    elseif type(value) == "table" then
      for _, item in ipairs(value) do
        out[#out + 1] = flag .. " " .. quote(item)
      end
    elseif value == true then
      out[#out + 1] = flag
    elseif value ~= false then
      out[#out + 1] = flag .. " " .. quote(value)
    end
  end
  return table.concat(out, " ")
end

---@param options table?  fal-sim's options, with "_" for "-"; lists are given repeatedly
---@return table sim      url, port
function M.start(options)
  -- The simulator's own Lua must not inherit the paths of the VM under test.
  local command = "exec env -u LUA_PATH -u LUA_CPATH -u LUA_INIT "
    .. (os.getenv("FAL_SIM_LUA") or "lua5.4") .. " " .. quote(ROOT .. "bin/fal-sim")
    .. " --port 0 --parent " .. flags(options or {})
  local process = assert(io.popen(command, "r"))
  local line = process:read("*l")
  local url = line and line:match("^listening on (http://%S+)$")
  if not url then
    process:close()
    error("the simulator did not start: " .. command, 2)
  end
  return setmetatable({
    url = url, port = tonumber(url:match("%d+$")), process = process,
  }, Sim)
end

---Runs the curl program.
---@param arguments string   shell-quoted
---@return string output
---@return integer? code     curl's exit code
function M.curl(arguments)
  local process = assert(io.popen("curl -sS --max-time 30 " .. arguments
    .. " 2>/dev/null; echo \" $?\"", "r"))
  local output = process:read("*a")
  process:close()
  local text, code = output:match("^(.*) (%d+)\n$")
  return text, tonumber(code)
end

local function parse(text)
  local head, body = text:match("^(HTTP.-)\r\n\r\n(.*)$")
  while head and head:find("^%S+ 100") do
    head, body = body:match("^(HTTP.-)\r\n\r\n(.*)$")
  end
  local answer = { headers = {}, body = body or text }
  if head then
    answer.status = tonumber(head:match("^%S+ (%d+)"))
    for name, value in head:gmatch("\n([^:\r\n]+): ?([^\r\n]*)") do
      answer.headers[name:lower()] = value
    end
  end
  local ok, value = pcall(cjson.decode, answer.body)
  answer.json = ok and value or nil
  return answer
end

---One HTTP exchange with the curl program. A table body is sent as JSON.
---@param path string     below the simulator's URL, or a whole URL
---@param opts table?     key ("id:secret", false for none), body, headers (lines), flags
---@return table answer   status, headers by lower-case name, body, json
---@return integer code   curl's exit code; 0 is success
function Sim:request(method, path, opts)
  opts = opts or {}
  local out = { method == "HEAD" and "-I" or "-i -X " .. method }
  if opts.key ~= false then
    out[#out + 1] = "-H " .. quote("Authorization: Key " .. (opts.key or "spec:key"))
  end
  for _, line in ipairs(opts.headers or {}) do
    out[#out + 1] = "-H " .. quote(line)
  end
  local body = opts.body
  if body ~= nil then
    body = type(body) == "table" and cjson.encode(body) or body
    out[#out + 1] = "-H 'Content-Type: application/json' --data-binary " .. quote(body)
  end
  out[#out + 1] = opts.flags
  out[#out + 1] = quote(path:find("^http") and path or self.url .. path)
  local text, code = M.curl(table.concat(out, " "))
  return parse(text), code
end

---Submits a job to the queue.
---@return table submitted   the answer's JSON: request_id, status_url, …
function Sim:submit(endpoint_id, input, opts)
  opts = opts or {}
  opts.body = input
  local answer = self:request("POST", "/queue/" .. endpoint_id, opts)
  return answer.json or error("submit was answered " .. tostring(answer.status), 2)
end

---A control call: GET /__sim/ledger and the like.
function Sim:control(method, path, body)
  local data = body and " --data-binary " .. quote(cjson.encode(body)) or ""
  local text, code = M.curl("-X " .. method .. data .. " "
    .. quote(self.url .. "/__sim" .. path))
  if code ~= 0 then
    error("the simulator does not answer " .. path .. " (curl " .. tostring(code) .. ")",
      3)
  end
  local value = cjson.decode(text)
  if value.error then
    error("the simulator refused " .. path .. ": " .. value.error, 3)
  end
  return value
end

---@return table  totals{accepted, refused, cost, billed, connections, …}, routes, jobs[],
---               submits[]
function Sim:ledger()
  return self:control("GET", "/ledger")
end

---@return table[]  the last requests: method, path, query, headers {{name, value}}, body
function Sim:requests(secrets)
  return self:control("GET", secrets and "/requests?secrets=1" or "/requests")
end

---@param rule table  one fault or a list of them
function Sim:fault(rule)
  return self:control("POST", "/faults", rule)
end

function Sim:clear_faults()
  return self:control("DELETE", "/faults")
end

---@param script table  one script or a list of them
function Sim:script(script)
  return self:control("POST", "/script", script)
end

function Sim:settings(settings)
  return self:control("POST", "/settings", settings)
end

function Sim:reset()
  return self:control("POST", "/reset")
end

---@param seconds number  virtual
function Sim:advance(seconds)
  return self:control("POST", "/advance", { seconds = seconds })
end

function Sim:clock()
  return self:control("GET", "/clock")
end

---Ends the simulator and waits for its end. Idempotent.
function Sim:stop()
  if self.process then
    M.curl("-X POST " .. quote(self.url .. "/__sim/quit"))
    self.process:close()
    self.process = nil
  end
end

return M
