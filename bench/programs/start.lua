-- The beginning of a script: `require "fal"`, then the first job.
--   start.lua URL  →  one JSON line: CPU milliseconds of each
local began = os.clock()
local fal = require "fal"
local loaded = os.clock()
local client = assert(fal.client { base_url = arg[1], credentials = "bench:key",
  poll = { initial = 0, factor = 1, max = 0, jitter = 0 } })
assert(client:subscribe("acme/demo/make", { input = { prompt = "a cat" } }))
io.write(('{"require":%.3f,"first":%.3f}\n')
  :format((loaded - began) * 1e3, (os.clock() - loaded) * 1e3))
