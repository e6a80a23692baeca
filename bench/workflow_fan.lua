-- A fan of clips from one base, many in flight at a time, and its page.
--   scripts/with-sim lua5.4 bench/workflow_fan.lua [clips [in flight [folder]]]

local here = arg[0]:match("^(.*)/bench/[^/]*$") or "."
local version = rawget(_G, "jit") and "jit" or _VERSION:match("%d+%.%d+")
package.path = ("%s/lua/?.lua;%s/lua/?/init.lua;"):format(here, here) .. package.path
package.cpath = ("%s/build/%s/?.so;"):format(here, version) .. package.cpath

local fal = require "fal"

local CLIPS, FLIGHT = tonumber(arg[1] or 1000), tonumber(arg[2] or 50)
local DIR = arg[3] or "out/fan"

local client = fal.assert(fal.client { quiet = true, credentials = "bench:key" })
local sora = require("fal.sora2").with(client)
local film = require("fal.workflow").new("fan", { client = client, dir = DIR })
local base = film:clip("base", sora.text_to_video, { prompt = "A cat on a wall" })
for i = 2, CLIPS do base:remix(("take %04d"):format(i), "Take number " .. i) end

local began = client.now()
local plan = fal.assert(film:plan())
local planned = client.now() - began

-- From the request id to the result a job is in flight.
local flying, most, flight = 0, 0, {}
local function on_progress(view)
  local is_flying = view.request_id ~= nil and view.clip == nil
    and view.state == "running"
  if is_flying ~= (flight[view.name] or false) then
    flight[view.name] = is_flying
    flying = flying + (is_flying and 1 or -1)
    if flying > most then most = flying end
  end
end

began = client.now()
local cpu = os.clock()
local report = fal.assert(film:run { concurrency = FLIGHT, on_progress = on_progress })
local seconds = client.now() - began
print(("planned %d nodes in %.2f s"):format(#plan.nodes, planned))
print(("ran: %d done, %d failed in %.1f s; up to %d in flight; %.1f s of CPU (%.0f %% of "
  .. "one core)"):format(report.counts.done, report.counts.failed, seconds, most,
  os.clock() - cpu, 100 * (os.clock() - cpu) / seconds))
began = client.now()
local again = fal.assert(film:run {})
print(("ran again: %d cached in %.2f s, $%.2f"):format(again.counts.cached,
  client.now() - began, again.cost))
local page = assert(io.open(DIR .. "/index.html", "rb"))
print(("page: %.0f KiB"):format(page:seek("end") / 1024))
page:close()
client:close()
