-- One of the processes that spend the same budget; see bench/torture/spend.lua.
--
--   spender.lua NUMBER LEDGER SERVICE JOBS      reads "schedule limit" lines
--
-- The far end is played by the fake engine, which notes what it accepts in the file
-- SERVICE before it answers, as a service would bill it. Everything else is real.

require("bench.torture.lib")
local lib = require "bench.torture.lib"
local client = require "fal.client"
local fake = require "support.fake_core"

local number, where, service, jobs = tonumber(arg[1]), arg[2], arg[3], tonumber(arg[4])
local UNIT = 10000   -- micro-dollars

local function note(text)
  local file = assert(io.open(service, "a"))
  file:write(text, "\n")
  file:close()
end

local function die() os.execute("kill -9 $PPID") end

--- What the service does with a submit: most are accepted, and cost what was asked or
--- less; some fail for nothing; answers are lost on either side of the acceptance.
local function service_of(schedule, random, crash_at)
  local bills, requests = {}, 0
  local function accept(price)
    requests = requests + 1
    local id = ("r-%d-%d-%d"):format(schedule, number, requests)
    local fate = random(10)
    local units = fate < 2 and 0 or fate < 5 and 1 + random(price) or price
    bills[id] = { units = units, status = fate == 0 and 500 or 200 }
    note(("%d %d"):format(schedule, units * UNIT))
    return id
  end
  local steps = 0
  return function(request)
    steps = steps + 1
    if steps == crash_at then die() end
    local after = random(100) / 100
    if request.verb == "submit" then
      local price = tonumber(request.body:match('"price":(%d+)'))
      local fate = random(20)
      if fate == 0 then return { fake.json(403, '{"detail":"locked"}') } end
      local gone = { { "error", "network", "gone", "unknown", after = after } }
      if fate == 1 then
        return { { "error", "connect", "refused", "no", after = after } }
      elseif fate == 2 then
        return gone
      end
      local id = accept(price)
      if fate == 3 then return gone end
      local answer = fake.submitted(id)
      answer[1].after = after
      return answer
    elseif request.verb == "status" then
      return { { "response", 200, '{"status":"COMPLETED","logs":null,"metrics":{}}', {},
        "yes", after = after } }
    elseif request.verb == "result" then
      local bill = bills[request.request_id]
      return { { "response", bill.status, bill.status == 200 and '{"ok":true}'
        or '{"detail":"Internal Server Error"}', {
        ["x-fal-request-id"] = request.request_id,
        ["x-fal-billable-units"] = tostring(bill.units) }, "yes", after = after } }
    end
    return { fake.json(200, '{"items":[]}') }
  end
end

local function run(schedule, limit)
  local random = lib.random(schedule * 8 + number)
  local crash_at = random(20) == 0 and 1 + random(2 * jobs) or nil
  local core = fake.new(service_of(schedule, random, crash_at))
  local c = assert(client.new({ credentials = "id:secret", ledger = where, quiet = true,
    budget = limit / 1000000, base_url = "http://127.0.0.1:1",
    retry = { max_attempts = 2, base_delay = 0.01, max_delay = 0.01 } },
    { core = core, getenv = function() end }))
  c.account.unit_prices["acme/demo"] = UNIT
  local list = {}
  for i = 1, jobs do list[i] = i end
  local _, errors = c:map(list, function(i)
    local price = 1 + random(40)
    return c:subscribe("acme/demo", { input = { price = price, job = i, of = number },
      max_price = price * UNIT / 1000000, again = true })
  end, { concurrency = 1 + random(jobs) })
  c:close()
  local refused = 0
  for i = 1, jobs do
    local err = errors[i]
    if err and err.kind == "budget" then refused = refused + 1 end
    if err and (err.kind == "file" or err.kind == "task") then error(tostring(err)) end
  end
  return refused
end

for line in io.lines() do
  local schedule, limit = line:match("(%d+) (%d+)")
  local refused = run(tonumber(schedule), tonumber(limit))
  io.write("done ", refused, "\n")
  io.flush()
end
