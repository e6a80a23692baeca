-- A film of 15 clips that is run until it is killed; what bench and specs of kills start.
--   workflow_child.lua dir url [settle name verdict]
-- With LEDGER set, its client has a ledger beside the folder.
-- Prints DONE when every clip is there, else a line for each that is not.

local here = arg[0]:match("^(.*)/spec/torture/[^/]*$") or "."
local version = rawget(_G, "jit") and "jit" or _VERSION:match("%d+%.%d+")
package.path = ("%s/lua/?.lua;%s/lua/?/init.lua;"):format(here, here) .. package.path
package.cpath = ("%s/build/%s/?.so;"):format(here, version) .. package.cpath

local dir, url, mode, name, verdict = arg[1], arg[2], arg[3], arg[4], arg[5]

local fal = require "fal"
local client = fal.assert(fal.client { base_url = url, credentials = "spec:key",
  quiet = true, poll = { initial = 0.02, factor = 1.5, max = 0.1 },
  retry = { max_attempts = 3, base_delay = 0.05, max_delay = 0.1 },
  ledger = os.getenv("LEDGER") and dir .. ".sqlite" or nil })
local sora = require("fal.sora2").with(client)
local film = require("fal.workflow").new("kills", { client = client, dir = dir })

-- A base with two branches, each of which branches again twice: 1 + 2 + 4 + 8.
local row = { film:clip("base", sora.text_to_video, { prompt = "Clip base" }) }
for _ = 1, 3 do
  local below = {}
  for _, node in ipairs(row) do
    for _, side in ipairs { "a", "b" } do
      local child = node.name == "base" and side or node.name .. side
      below[#below + 1] = node:remix(child, "Clip " .. child)
    end
  end
  row = below
end

if mode == "settle" then
  fal.assert(film:settle(name, verdict))
  print "SETTLED"
  os.exit(0)
end

local report = fal.assert(film:run { concurrency = 4 })
local left = 0
for node, view in pairs(report.nodes) do
  if view.state == "failed" then
    print("FAILED", node, view.error.kind, (tostring(view.error):gsub("%s+", " ")))
  end
  if view.state ~= "done" and view.state ~= "cached" then left = left + 1 end
end
for _, view in ipairs(report.earlier) do print("EARLIER", view.name) end
if left == 0 then print "DONE" end
client:close()
