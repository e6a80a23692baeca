-- A film whose names and prompts are made to be obeyed by a browser or a terminal.
--   scripts/with-sim lua5.4 bench/hostile_film.lua [folder]

local here = arg[0]:match("^(.*)/bench/[^/]*$") or "."
local version = rawget(_G, "jit") and "jit" or _VERSION:match("%d+%.%d+")
package.path = ("%s/lua/?.lua;%s/lua/?/init.lua;"):format(here, here) .. package.path
package.cpath = ("%s/build/%s/?.so;"):format(here, version) .. package.cpath

local fal = require "fal"

local client = fal.assert(fal.client { quiet = true, credentials = "bench:key" })
local sora = require("fal.sora2").with(client)
local film = require("fal.workflow").new("</title><script>alert('name')</script>",
  { client = client, dir = arg[1] or "out/hostile" })

local base = film:clip("<script>alert(1)</script>", sora.text_to_video, { prompt =
  "</script><script>document.title = 'taken'</script><img src=x onerror=alert(2)>\n"
  .. "\27[2J\27]0;taken\7 \226\128\174 right to left, \"quotes' & <b>bold</b>" })
base:remix("../../escaped", "</textarea>'\"><svg onload=alert(3)>")
base:remix("deep", "javascript:alert(4)"):remix("refused", "sim:content_policy")

local report = fal.assert(film:run { progress = true })
print(("%d made, %d failed"):format(report.counts.done, report.counts.failed))
client:close()
