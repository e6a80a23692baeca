-- Random edits of three graphs, each planned and run: what the plan said would be paid,
-- calls and dollars, must be what the simulator's ledger shows; what takes nodes out or
-- gives them other names must cost nothing. Some runs are interrupted and the graph is
-- edited then: in the end every job that was charged must be known, its file on the disk.
--   lua5.4 spec/torture/workflow_edits.lua [edits [seed]]

local here = arg[0]:match("^(.*)/spec/torture/[^/]*$") or "."
package.path = ("%s/lua/?.lua;%s/lua/?/init.lua;%s/spec/?.lua;"):format(here, here, here)
  .. package.path
local version = rawget(_G, "jit") and "jit" or _VERSION:match("%d+%.%d+")
package.cpath = ("%s/build/%s/?.so;"):format(here, version) .. package.cpath

local EDITS, SEED = tonumber(arg[1] or 1000), tonumber(arg[2] or 1)

local fal = require "fal"
local graph = require "fal.workflow.graph"
local journal = require "fal.workflow.journal"
local json = require "fal.json"
local sim = require "support.sim"
local workflow = require "fal.workflow"

math.randomseed(SEED)
local random = math.random

-- The graph as the edits see it: nodes by number, each with a kind and a source.
local serial = 0
local function directory()
  local pipe = assert(io.popen("mktemp -d", "r"))
  local path = pipe:read("*l")
  pipe:close()
  return path
end

local function fresh()
  serial = serial + 1
  return serial
end

local function node(kind, source)
  return { id = fresh(), kind = kind, source = source, prompt = "Shot " .. fresh(),
    duration = ({ 4, 8, 12 })[random(3)], name = "n" .. fresh() }
end

local GRAPHS = {
  chain = function()
    local list = { node "clip" }
    for i = 1, 5 do list[i + 1] = node("remix", list[i]) end
    return list
  end,
  fan = function()
    local list = { node "clip" }
    for _ = 1, 7 do list[#list + 1] = node("remix", list[1]) end
    return list
  end,
  mixed = function()
    local tom = node "character"
    local list = { tom, node("image", tom), node "pro", node "clip", node "clip" }
    list[6] = node("remix", list[2])
    list[7] = node("remix", list[6])
    list[8] = node("remix", list[4])
    return list
  end,
}

local function has_remix(list, one)
  for _, other in ipairs(list) do
    if other.kind == "remix" and other.source == one then return true end
  end
  return false
end

local function is_source(list, one)
  for _, other in ipairs(list) do
    if other.source == one then return true end
  end
  return false
end

local function pick(list, fits)
  local found = {}
  for i, one in ipairs(list) do
    if fits(one) then found[#found + 1] = i end
  end
  if #found == 0 then return nil end
  local at = found[random(#found)]
  return list[at], at
end

local can_be_remixed = { clip = true, image = true, remix = true }
local old_prompts = {}

local EDIT = {
  prompt = function(list)
    local one = pick(list, function(n) return n.kind ~= "character" end)
    old_prompts[#old_prompts + 1] = { one, one.prompt }
    one.prompt = "Shot " .. fresh()
  end,
  back = function()
    local at = #old_prompts > 0 and random(#old_prompts)
    local old = at and table.remove(old_prompts, at)
    if old then old[1].prompt = old[2] end
  end,
  duration = function(list)
    local one = pick(list, function(n) return n.kind == "clip" or n.kind == "image" end)
    if one then one.duration = ({ 4, 8, 12, 16 })[random(4)] end
  end,
  add = function(list)
    if #list > 14 then return end
    local source = pick(list, function(n) return can_be_remixed[n.kind] end)
    -- To be deleted and to be continued would be refused as a contradiction.
    if source and source.delete then source.delete = nil end
    list[#list + 1] = source and node("remix", source) or node "clip"
  end,
  take = function(list)
    if #list > 14 then return end
    local one = pick(list, function(n) return n.kind == "clip" end)
    if not one then return end
    local copy = node "clip"
    copy.prompt, copy.duration = one.prompt, one.duration
    list[#list + 1] = copy
  end,
  -- One of several that are alike, of which others may have remixes.
  untake = function(list)
    local _, at = pick(list, function(n)
      local alike = 0
      for _, other in ipairs(list) do
        if other.kind == "clip" and other.prompt == n.prompt
          and other.duration == n.duration then
          alike = alike + 1
        end
      end
      return n.kind == "clip" and alike > 1 and not is_source(list, n)
    end)
    if at then table.remove(list, at) end
  end,
  remove = function(list)
    if #list < 4 then return end
    local _, at = pick(list, function(n) return not is_source(list, n) end)
    if at then table.remove(list, at) end
  end,
  rename = function(list)
    pick(list, function() return true end).name = "r" .. fresh()
  end,
  keep = function(list)
    local one = pick(list, function(n) return n.kind == "clip" end)
    if not one then return end
    if has_remix(list, one) then one.delete = one.delete == nil and false or nil
    else one.delete = ({ true, false })[random(3)] end
  end,
  image = function(_, context)
    local file = assert(io.open(context.picture, "wb"))
    file:write("\255\216\255 picture ", random(4))
    file:close()
  end,
}
local FREE = { remove = true, untake = true, rename = true }
local KINDS = {}
for kind in pairs(EDIT) do KINDS[#KINDS + 1] = kind end
table.sort(KINDS)

local BUILD = {
  clip = function(f, n, _, context)
    return f:clip(n.name, context.sora.text_to_video,
      { prompt = n.prompt, duration = n.duration, delete_video = n.delete })
  end,
  pro = function(f, n, _, context)
    return f:clip(n.name, context.sora.pro.text_to_video, { prompt = n.prompt })
  end,
  image = function(f, n, source, context)
    return f:clip(n.name, context.sora.image_to_video, { prompt = "Tom. " .. n.prompt,
      duration = n.duration, image_url = fal.file(context.picture),
      character_ids = { source } })
  end,
  character = function(f, n, _, context)
    return f:clip(n.name, context.sora.create_character,
      { video_url = "https://example.com/tom.mp4", name = "Tom" })
  end,
  remix = function(_, n, source) return source:remix(n.name, n.prompt) end,
}

local function build(list, context)
  local f = workflow.new("edits", { client = context.client, dir = context.dir })
  local handles = {}
  for _, n in ipairs(list) do
    handles[n] = BUILD[n.kind](f, n, handles[n.source], context)
  end
  return f
end

--- A call without what differs from run to run: ids and addresses.
local function call(endpoint_id, input)
  local plain = {}
  for name, value in pairs(input) do
    local runtime = name == "video_id" or name == "image_url" or name == "character_ids"
    if not runtime then plain[name] = value end
  end
  return endpoint_id .. " " .. json.encode(plain)
end

local function planned(plan)
  local calls, micros = {}, 0
  for _, entry in ipairs(plan.nodes) do
    if entry.state == "to_pay" then
      calls[#calls + 1] = call(entry.endpoint_id, graph.map(entry.input, function(leaf)
        return leaf
      end))
      micros = micros + (entry.micros or 0)
    end
  end
  table.sort(calls)
  return calls, micros
end

local function charged(server, from)
  local jobs, calls, micros = server:ledger().jobs, {}, 0
  for i = from + 1, #jobs do
    calls[#calls + 1] = call(jobs[i].endpoint, jobs[i].input)
    micros = micros + math.floor(jobs[i].cost * 1e6 + 0.5)
  end
  table.sort(calls)
  return calls, micros, #jobs
end

--- A run that ends at a random moment, and what of it nobody knows.
local function interrupt(list, context)
  local left = random(25)
  build(list, context):run { concurrency = 8, on_progress = function()
    left = left - 1
    if left == 0 then error("interrupted") end
  end }
  -- What was on its way has arrived by then.
  context.client:sleep(0.05)
  context.count = #context.server:ledger().jobs
end

--- As a person would who looks at the service: what it does not know, it did not accept.
local function settle(f, report, context)
  local function judge(name, view)
    if not view.error or view.error.kind ~= "unknown_submit" then return false end
    fal.assert(f:settle(name, "not_accepted"))
    context.settled = (context.settled or 0) + 1
    return true
  end
  local any = false
  for name, view in pairs(report.nodes) do
    any = not view.because and judge(name, view) or any
  end
  for _, view in ipairs(report.earlier) do any = judge(view.attempt, view) or any end
  return any
end

--- Jobs that were charged and that the journal does not know, or has no file of.
local function lost(context)
  local known = assert(journal.read(context.dir .. "/workflow.jsonl"))
  local unknown, fileless = 0, 0
  for _, job in ipairs(context.server:ledger().jobs) do
    local attempt = known.requests[job.request_id]
    if not attempt then
      unknown = unknown + 1
    elseif not job.endpoint:find("character") then
      local place = attempt.files.video
      local file = place and io.open(context.dir .. "/" .. place.path, "rb")
      if file then
        file:close()
      else
        fileless = fileless + 1
        print(("no file of %s (attempt %d, %s): %s, from %s"):format(attempt.name,
          attempt.number, attempt.state, tostring(place and place.path),
          tostring(place and place.from)))
      end
    end
  end
  return unknown, fileless
end

local total = { unknown = 0, fileless = 0, costly = 0, interrupted = 0, settled = 0,
  edits = 0, calls = 0, micros = 0, wrong = 0, kinds = {} }

--- An interrupted run may leave requests that take a person; then it is run again.
local function finish(list, context)
  for _ = 1, 5 do
    local f = build(list, context)
    local report = fal.assert(f:run { concurrency = 8 })
    if not settle(f, report, context) then break end
  end
  context.count = #context.server:ledger().jobs
end

local function check(list, context, what, is_free)
  local f = build(list, context)
  local plan = fal.assert(f:plan())
  local calls, micros = planned(plan)
  local report = fal.assert(f:run { concurrency = 8 })
  local real_calls, real_micros, count = charged(context.server, context.count)
  context.count = count
  local same = table.concat(calls, "\n") == table.concat(real_calls, "\n")
    and micros == real_micros and report.counts.failed == 0
    and math.abs(plan.to_pay * 1e6 - micros) < 1
  if not same then
    total.wrong = total.wrong + 1
    print(("%s: planned %d calls for %d, charged %d for %d, %d failed"):format(what,
      #calls, micros, #real_calls, real_micros, report.counts.failed))
    print("  planned:\n" .. table.concat(calls, "\n") .. "\n  charged:\n"
      .. table.concat(real_calls, "\n"))
    for name, view in pairs(report.nodes) do
      if view.error then print("  " .. name .. ": " .. tostring(view.error)) end
    end
  end
  if is_free and #real_calls > 0 then
    total.costly = total.costly + 1
    print(what .. " cost " .. #real_calls .. " calls")
  end
  total.calls = total.calls + #real_calls
  total.micros = total.micros + real_micros
end

local names = {}
for name in pairs(GRAPHS) do names[#names + 1] = name end
table.sort(names)

for number, name in ipairs(names) do
  local server = sim.start { media = "bundled", queue_time = 0, run_time = 0,
    seed = SEED }
  local dir = directory()
  local client = assert(fal.client { base_url = server.url, credentials = "spec:key",
    quiet = true, poll = { initial = 0.002, max = 0.02 } })
  local context = { server = server, dir = dir .. "/film", client = client, count = 0,
    picture = dir .. "/picture.jpg", sora = require("fal.sora2").with(client) }
  EDIT.image(nil, context)
  old_prompts = {}
  local list = GRAPHS[name]()
  check(list, context, name .. " at first")
  local share = math.floor(EDITS * number / #names)
    - math.floor(EDITS * (number - 1) / #names)
  for i = 1, share do
    local kind = KINDS[random(#KINDS)]
    local what = ("%s, edit %d (%s)"):format(name, i, kind)
    EDIT[kind](list, context)
    total.kinds[kind] = (total.kinds[kind] or 0) + 1
    total.edits = total.edits + 1
    if random(5) == 1 then
      -- The next edit meets what this run leaves behind.
      interrupt(list, context)
      total.interrupted = total.interrupted + 1
      context.is_loose = true
    elseif context.is_loose then
      finish(list, context)
      context.is_loose = nil
      check(list, context, what .. ", settled", true)
    else
      check(list, context, what, FREE[kind])
    end
  end
  finish(list, context)
  local unknown, fileless = lost(context)
  total.unknown, total.fileless = total.unknown + unknown, total.fileless + fileless
  total.settled = total.settled + (context.settled or 0)
  client:close()
  server:stop()
  os.execute("rm -rf " .. dir)
end

local kinds = {}
for _, kind in ipairs(KINDS) do
  kinds[#kinds + 1] = kind .. " " .. (total.kinds[kind] or 0)
end
print(("edits: %d over %d graphs (%s)"):format(total.edits, #names,
  table.concat(kinds, ", ")))
print(("paid calls: %d, $%.2f; plans that were wrong about calls or dollars: %d")
  :format(total.calls, total.micros / 1e6, total.wrong))
print(("interrupted runs: %d, requests settled by hand: %d; edits that should be free "
  .. "and were not: %d"):format(total.interrupted, total.settled, total.costly))
print(("charged jobs that the journals do not know: %d, without a file: %d"):format(
  total.unknown, total.fileless))
local bad = total.wrong + total.costly + total.unknown + total.fileless
os.exit(bad == 0 and total.edits == EDITS and 0 or 1)
