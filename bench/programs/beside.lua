-- The load of bench/neovim/main.lua in a process of its own, with turns as long and as
-- far apart as in the editor; for as long as it is let. Says "begun" when all jobs wait.

local fal = require "fal"
local steps = require "lib.steps"

local TURN, EVERY = 0.001, 0.005

local function number(name) return tonumber(os.getenv(name)) end

local client = fal.assert(fal.client {
  base_url = os.getenv "BENCH_URL", ca_file = os.getenv "BENCH_CA",
  credentials = "bench:key", quiet = true,
  poll = { initial = 0.5, factor = 1, max = 0.5, jitter = 0, learn = false },
})
local waiting, files = 0, 0

local function wait(i)
  client:subscribe("acme/demo/make", {
    input = { prompt = "waits " .. i },
    on_enqueue = function() waiting = waiting + 1 end,
  })
end

local function download()
  local url = os.getenv "BENCH_URL" .. "/cdn/__blob/" .. os.getenv "BENCH_BYTES"
  repeat
    files = files + 1
    local path = client:download(url, os.getenv "BENCH_DIR" .. "/beside-" .. files)
  until not path
end

for i = 1, number "BENCH_JOBS" do client:spawn(wait, i) end
while waiting < number "BENCH_JOBS" do client:step(TURN) end
for _ = 1, number "BENCH_FILES" do client:spawn(download) end
print "begun"
io.stdout:flush()
while true do
  local from = client.now()
  client:step(TURN)
  steps.end_frame(from, EVERY)
end
