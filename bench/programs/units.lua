-- One kind of work in a frame loop with a budget of 1 ms, to see what a budget cannot
-- interrupt.
--   units.lua CASE DIR QUEUE_URL  →  one JSON line; `call`: what the host's own call took
local case, dir, url = arg[1], arg[2], arg[3]

local fal = require "fal"
local probe = require "probe"
local steps = require "lib.steps"

if _VERSION == "Lua 5.4" then collectgarbage "incremental" end

local function open(options)
  local all = { base_url = url, credentials = "bench:key", quiet = true,
    ca_file = dir .. "/cert.pem" }
  for name, value in next, options or {} do all[name] = value end
  return fal.assert(fal.client(all))
end

local taken = steps.new()
local call = { cpu = 0, wall = 0 }

local function timed(fn, ...)
  local cpu, wall = probe.cpu(), probe.wall()
  fn(...)
  call.cpu, call.wall = probe.cpu() - cpu, probe.wall() - wall
end

-- Steps until `done` says so.
local function run(client, done)
  local deadline = probe.wall() + 60
  while not done() do
    local from = probe.wall()
    taken:run(case, client.step, client, 0.001)
    if from > deadline then error(case .. " does not end") end
    steps.end_frame(from, 0.002)
  end
end

local INPUT = { input = { prompt = "a cat walks on a wall", duration = 4 } }
local ended, failed = 0, nil

local function subscribe(client, id)
  local output, err = client:subscribe(id, INPUT)
  ended = ended + 1
  if output == nil and not failed then failed = err end
end

local function many(client, count)
  timed(function()
    for _ = 1, count do client:spawn(subscribe, client, "acme/demo/make") end
  end)
  run(client, function() return ended == count end)
end

-- So that neither the modules nor the first connection are counted.
local function warm(client)
  client:subscribe("acme/demo/make", INPUT)
  return client
end

local cases = {}

function cases.first()
  local client = open()
  client:spawn(subscribe, client, "acme/demo/make")
  run(client, function() return ended == 1 end)
end

function cases.certificates()
  local client = fal.assert(fal.client { base_url = url, credentials = "bench:key",
    quiet = true, retry = { max_attempts = 1 } })
  client:spawn(subscribe, client, "acme/demo/make")
  run(client, function() return ended == 1 end)
  failed = nil  -- the system does not know the server's certificate, as it should
end

-- The server speaks HTTP/2, too, where one connection would carry them all.
function cases.handshakes() many(warm(open { http_version = "1.1" }), 50) end

function cases.big()
  local client = warm(open())
  client:spawn(subscribe, client, "acme/big/make")
  run(client, function() return ended == 1 end)
end

function cases.submits() many(warm(open()), 500) end

function cases.ledger()
  local client = warm(open { ledger = os.tmpname() })
  many(client, 50)
  client:close()
end

function cases.names()
  local client = open { base_url = "https://nowhere.invalid",
    retry = { max_attempts = 1 } }
  for _ = 1, 20 do client:spawn(subscribe, client, "acme/demo/make") end
  run(client, function() return ended == 20 end)
  failed = nil
end

-- Twenty pieces of garbage at a time: whatever takes long is the collector's.
function cases.collector()
  local client = open()
  for _ = 1, 600 do client:spawn(client.sleep, client, 60) end
  client:step()
  local longest = { cpu = 0, wall = 0 }
  for _ = 1, 20000 do
    timed(function()
      for i = 1, 20 do tostring { i } end
    end)
    longest.cpu = math.max(longest.cpu, call.cpu)
    longest.wall = math.max(longest.wall, call.wall)
  end
  call = longest
  client:close()
end

function cases.close()
  local client = open { max_connections = 200 }
  for _ = 1, 1000 do client:spawn(subscribe, client, "acme/mute/make") end
  local from = probe.wall()
  run(client, function() return probe.wall() - from > 1.5 end)
  taken = steps.new()
  timed(client.close, client)
  failed = nil
end

cases[case]()
if failed then error(tostring(failed)) end
taken:tell { call = call }
