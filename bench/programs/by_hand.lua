-- The three requests of a job in a loop written by hand on the C module: no tasks, no
-- checks, no errors, a table of callbacks. What three calls from Lua cost at the least.
--   by_hand.lua URL JOBS IN_FLIGHT
local cjson = require "cjson"
local core = require "fal.core"
local url, jobs, in_flight = arg[1], tonumber(arg[2]), tonumber(arg[3])

local engine = assert(core.new {
  queue_url = url .. "/queue", run_url = url .. "/run", rest_url = url .. "/rest",
  api_url = url .. "/api", max_connections = 32,
})
assert(engine:set_key "bench:key")

local BODY = '{"duration":4,"prompt":"a cat walks on a wall"}'
local EXTRA = { headers = { "X-Fal-Queue-Priority: normal" }, brief = true }
local waiting, begun, done = {}, 0, 0
local begin

-- Room to spare: a table that is full of ids that come and go is made anew for each.
for i = 1, 2 * in_flight do waiting[-i] = false end

local function on_result(_, _, body)
  assert(cjson.decode(body).video.url)
  done = done + 1
  begin()
end

local function on_submit(_, _, request_id)
  local id = engine:status("acme/demo", request_id, false, nil, true)
  waiting[id] = function()
    waiting[engine:result("acme/demo", request_id)] = on_result
  end
end

function begin()
  if begun == jobs then return end
  begun = begun + 1
  waiting[engine:submit("acme/demo/make", BODY, EXTRA)] = on_submit
end

local function deliver(id, ...)
  if not id then return false end
  local callback = waiting[id]
  waiting[id] = nil
  callback(...)
  return true
end

for _ = 1, in_flight do begin() end
while done < jobs do
  engine:step(-1)
  while deliver(engine:next()) do end
end
