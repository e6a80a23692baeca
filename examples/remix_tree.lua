-- A small film: a character, a base shot that begins with a picture of yours, and two
-- branches of three remixes each. Run it again: it pays for nothing that is there.
--   remix_tree.lua [picture.jpg]
local fal = require "fal"
local sora = require "fal.sora2"

local picture = arg[1] or (arg[0]:match("^(.*)/[^/]*$") or ".") .. "/first_frame.jpg"
local film = require("fal.workflow").new("remix-tree", { dir = "out/remix-tree",
  budget = 10 })

local portrait = film:clip("portrait", sora.text_to_video,
  { prompt = "A grey cat with a red collar looks into the camera", duration = 4 })
local cat = film:clip("Mimi", sora.create_character,
  { video_url = portrait, name = "Mimi" }, { max_price = 0.50 })
local base = film:clip("base", sora.image_to_video, {
  prompt = "Mimi walks along a garden wall, golden hour, handheld camera",
  image_url = fal.file(picture), character_ids = { cat }, duration = 8,
})

base:remix("dusk", "The same shot at dusk, lanterns lit")
  :remix("rain", "Heavy rain begins, the wall glistens")
  :remix("storm", "Lightning behind the roofs")
base:remix("neon", "A neon city behind the wall")
  :remix("crowd", "People with umbrellas hurry past")
  :remix("dawn", "The city falls silent, first light")

local plan = fal.assert(film:plan())
print(("%d nodes for $%.2f, of which $%.2f are to be paid now"):format(#plan.nodes,
  plan.cost, plan.to_pay))
for _, node in ipairs(plan.nodes) do
  print(("  %-10s %-8s %s"):format(node.name, node.state, node.reason or ""))
end

local report = fal.assert(film:run { concurrency = 4, progress = true })
for name, view in pairs(report.nodes) do
  if view.error then print(name, view.state, view.error) end
end
print(("%d made, %d there before, %d failed; at most $%.2f spent"):format(
  report.counts.done, report.counts.cached, report.counts.failed, report.cost))
print("Open out/remix-tree/index.html in a browser.")
