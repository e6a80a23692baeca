-- Cuts the connection of submits at every byte of request and answer: is anything
-- accepted twice, and is each outcome right about what was accepted?
--
--   lua bench/torture/cut.lua [STEP]      every STEPth byte [1]
--
-- Plain HTTP/1.1, and HTTP/1.1 and HTTP/2 over TLS with nginx in front; fresh
-- connections and ones that have carried a request. The relay that cuts is
-- bench/torture/cutter.c; the simulator's ledger is the judge.

package.path = "./?.lua;" .. package.path
local lib = require "bench.torture.lib"
local core = require "fal.core"
local fal = require "fal"
local nginx = require "support.nginx"
local start_sim = require("support.sim").start

local M = {}

local ENDPOINT = "acme/demo/make"
-- Lengths differ by some bytes from one handshake to the next.
local BLUR = 16

local Cutter = {}
Cutter.__index = Cutter

local function cutter_of(port, dir)
  local program = dir .. "/cutter"
  lib.must((os.getenv("CC") or "cc") .. " -O2 -o " .. program
    .. " bench/torture/cutter.c")
  local process = assert(io.popen("exec " .. program .. " " .. port, "r"))
  local pid, data, orders = process:read("*l"):match("pid (%d+) data (%d+) control (%d+)")
  local none = "http://127.0.0.1:1"
  local engine = assert(core.new { queue_url = none, run_url = none, rest_url = none,
    api_url = none })
  return setmetatable({ process = process, pid = pid, port = data, engine = engine,
    orders = "http://127.0.0.1:" .. orders }, Cutter)
end

function Cutter:order(path)
  assert(self.engine:request { url = self.orders .. path })
  while true do
    local id, kind, status, body = self.engine:next()
    if id then
      assert(kind == "response", "the cutter does not answer: " .. tostring(status))
      return body
    end
    self.engine:step(5)
  end
end

function Cutter:stop()
  lib.run("kill " .. self.pid)
  self.process:close()
  self.engine:close()
end

local function client_of(variant, url, attempts)
  return assert(fal.client { credentials = "id:secret", base_url = url, quiet = true,
    ca_file = variant.ca_file, http_version = variant.http2 and "2" or "1.1",
    request_timeout = 5, connect_timeout = 5,
    retry = { max_attempts = attempts, base_delay = 0.001, max_delay = 0.001 } })
end

local function warm(client)
  client.queue:status(ENDPOINT, { request_id = "none" })
end

--- One submit that is cut. Returns how it came out.
local function trial(ctx, reused, way, at, how)
  ctx.count = ctx.count + 1
  local prompt = ("cut %06d"):format(ctx.count)
  local client = reused and ctx.client
  if not client then
    client = client_of(ctx.variant, ctx.url, how == "fin" and 1 or 3)
    if reused then ctx.client = client end
  end
  if reused then warm(client) end
  ctx.cutter:order(("/%s/%d/%s"):format(way, at, how))
  local job, err = client.queue:submit(ENDPOINT, { input = { prompt = prompt } })
  ctx.cutter:order("/off")
  if not reused then client:close() end
  ctx.trials[#ctx.trials + 1] = { prompt = prompt, id = job and job.request_id,
    sent = err and err.sent, way = way, at = at, how = how, reused = reused, err = err }
end

--- Bytes of an uncut submit: up, down, down before the client's second write, and the
--- client's first write.
local function measure(ctx, reused)
  local client = client_of(ctx.variant, ctx.url, 1)
  if reused then warm(client) end
  ctx.cutter:order("/off")
  assert(client.queue:submit(ENDPOINT, { input = { prompt = "cut 000000" } }))
  local counts = {}
  for n in ctx.cutter:order("/count"):gmatch("%d+") do
    counts[#counts + 1] = tonumber(n)
  end
  client:close()
  return { up = counts[1], down = counts[2], flight = counts[3], hello = counts[4] }
end

--- Whether the outcome may be "unknown" here. It may not while the TLS handshake cannot
--- have been over, nor once the answer has named the request.
local function may_be_unknown(ctx, sizes, one)
  if ctx.variant.ca_file and not one.reused then
    if one.way == "up" and one.at <= sizes.hello - BLUR then return false end
    if one.way == "down" and one.at < sizes.flight - BLUR then return false end
  end
  if not ctx.variant.ca_file and one.way == "down" and one.at >= ctx.head then
    return false
  end
  return true
end

local function judge(ctx, sizes, trials, totals)
  local accepted = lib.accepted(ctx.sim)
  for _, one in ipairs(trials) do
    local ids = accepted[one.prompt] or {}
    totals.trials = totals.trials + 1
    totals.accepted = totals.accepted + #ids
    local bad
    if #ids > 1 then
      totals.twice = totals.twice + 1
      bad = "accepted twice"
    end
    if one.id then
      totals.ok = totals.ok + 1
      if ids[1] ~= one.id then bad = "a job that the service does not have" end
    elseif one.sent == "no" then
      totals.no = totals.no + 1
      if #ids > 0 then bad = "sent = no, but it was accepted" end
    elseif one.sent == "unknown" then
      totals.unknown = totals.unknown + 1
      if not may_be_unknown(ctx, sizes, one) then bad = "unknown without need" end
    else
      bad = "sent = " .. tostring(one.sent)
    end
    if bad then
      totals.wrong = totals.wrong + 1
      if #totals.examples < 10 then
        totals.examples[#totals.examples + 1] = ("%s: %s %s byte %d %s: %s"):format(
          ctx.variant.name, one.reused and "reused" or "fresh", one.way, one.at, bad,
          tostring(one.err))
      end
    end
  end
end

--- Bytes of the answer's head, from the same answer as curl sees it.
local function head_of(sim)
  local head = lib.must("curl -s -D - -o /dev/null -H 'Authorization: Key id:secret' "
    .. "-H 'Content-Type: application/json' --data '{\"prompt\":\"cut 000000\"}' "
    .. sim.url .. "/queue/" .. ENDPOINT)
  return #head + 2   -- lib.must has cut a line break off
end

local function run_variant(variant, step, dir, log)
  local sim = start_sim { media = "none", queue_time = 0, run_time = 0, keep = 0 }
  local edge = variant.tls and nginx.start(sim.port, { http2 = variant.http2 })
  if edge then variant.ca_file = edge.ca_file end
  local cutter = cutter_of(edge and edge.url:match("%d+$") or sim.port, dir)
  local ctx = { variant = variant, sim = sim, cutter = cutter, count = 0, trials = {},
    url = (edge and "https" or "http") .. "://127.0.0.1:" .. cutter.port }
  if not edge then ctx.head = head_of(sim) end
  local totals = { trials = 0, ok = 0, no = 0, unknown = 0, twice = 0, wrong = 0,
    accepted = 0, examples = {} }
  for _, reused in ipairs { false, true } do
    local sizes = measure(ctx, reused)
    local first = #ctx.trials + 1
    for _, how in ipairs { "fin", "rst" } do
      for _, way in ipairs { "up", "down" } do
        for at = 0, sizes[way], step do trial(ctx, reused, way, at, how) end
      end
      if ctx.client then ctx.client:close() end
      ctx.client = nil
    end
    local mine = {}
    for i = first, #ctx.trials do mine[#mine + 1] = ctx.trials[i] end
    judge(ctx, sizes, mine, totals)
  end
  cutter:stop()
  if edge then edge:stop() end
  sim:stop()
  log(("%-14s %5d submits cut: %d known to be accepted, %d known not to be, %d unknown; "
    .. "accepted twice %d, outcomes wrong about it %d"):format(variant.name .. ":",
    totals.trials, totals.ok, totals.no, totals.unknown, totals.twice, totals.wrong))
  for _, text in ipairs(totals.examples) do log("  " .. text) end
  return totals
end

--- Nobody listens: certainly not sent.
local function refused(count, log)
  local totals = { trials = 0, twice = 0, wrong = 0, unknown = 0 }
  local client = client_of({}, "http://127.0.0.1:1", 1)
  for _ = 1, count do
    local _, err = client.queue:submit(ENDPOINT, { input = { prompt = "x" } })
    totals.trials = totals.trials + 1
    if err.sent ~= "no" then totals.wrong = totals.wrong + 1 end
  end
  client:close()
  log(("%-14s %5d submits: sent = no for all but %d"):format("refused:", totals.trials,
    totals.wrong))
  return totals
end

---@param step integer
---@param log fun(text: string)
---@return table totals   trials, twice, wrong, unknown
function M.run(step, log)
  local dir = lib.must("mktemp -d")
  local all = { trials = 0, twice = 0, wrong = 0, unknown = 0 }
  local function add(t)
    for name in pairs(all) do all[name] = all[name] + t[name] end
  end
  add(refused(50, log))
  add(run_variant({ name = "HTTP/1.1" }, step, dir, log))
  if nginx.available() then
    add(run_variant({ name = "TLS HTTP/1.1", tls = true }, step, dir, log))
    add(run_variant({ name = "TLS HTTP/2", tls = true, http2 = true }, step, dir, log))
  else
    log("nginx or openssl is not installed: nothing was cut over TLS")
  end
  lib.run("rm -rf " .. dir)
  return all
end

if arg and arg[0] and arg[0]:find("torture/cut%.lua$") then
  local all = M.run(tonumber(arg[1]) or 1, print)
  print(("in all %d cut submits: accepted twice %d, outcomes wrong %d"):format(all.trials,
    all.twice, all.wrong))
  os.exit(all.twice == 0 and all.wrong == 0 and 0 or 1)
end

return M
