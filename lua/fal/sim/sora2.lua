-- The Sora 2 endpoints as the service runs them: what they take, what they refuse and in
-- which words, what they make. Written without a look at the client's tables.

local json = require("fal.sim.json")
local prices = require("fal.sim.prices")
local shapes = require("fal.sim.shapes")

local M = {}

local PREFIX = "fal-ai/sora-2/"
local DURATIONS = { 4, 8, 12, 16, 20 }
local SNAPSHOTS = { "sora-2", "sora-2-2025-12-08", "sora-2-2025-10-06" }

local function generator(resolutions, ratios, image, standard)
  local fields = {
    { "prompt", "text", required = true, min = 1, max = 5000 },
    { "resolution", "one_of", resolutions },
    { "aspect_ratio", "one_of", ratios },
    { "duration", "one_of", DURATIONS },
    { "delete_video", "flag" },
    { "detect_and_block_ip", "flag" },
    { "character_ids", "texts", max = 2, nullable = true },
  }
  if image then
    table.insert(fields, 2, { "image_url", "url", required = true })
  end
  if standard then
    fields[#fields + 1] = { "model", "one_of", SNAPSHOTS }
  end
  return fields
end

local wide, any = { "9:16", "16:9" }, { "auto", "9:16", "16:9" }

M.endpoints = {
  [PREFIX .. "text-to-video"] = {
    fields = generator({ "720p" }, wide, false, true), resolution = "720p" },
  [PREFIX .. "image-to-video"] = {
    fields = generator({ "auto", "720p" }, any, true, true), resolution = "auto" },
  [PREFIX .. "text-to-video/pro"] = {
    fields = generator({ "720p", "1080p", "true_1080p" }, wide, false, false),
    resolution = "1080p" },
  [PREFIX .. "image-to-video/pro"] = {
    fields = generator({ "auto", "720p", "1080p", "true_1080p" }, any, true, false),
    resolution = "auto" },
  [PREFIX .. "video-to-video/remix"] = {
    fields = {
      { "video_id", "text", required = true },
      { "prompt", "text", required = true, min = 1, max = 5000 },
      { "delete_video", "flag" },
    },
    remix = true },
  [PREFIX .. "characters"] = {
    fields = {
      { "video_url", "url", required = true },
      { "name", "text", required = true, min = 1, max = 80 },
    },
    character = true },
}

-- --- the checks ------------------------------------------------------------------------

local function characters(s)
  local _, continuation = s:gsub("[\128-\191]", "")
  return #s - continuation
end

local flags = {
  ["1"] = true, ["true"] = true, t = true, yes = true, y = true, on = true,
  ["0"] = false, ["false"] = false, f = false, no = false, n = false, off = false,
}

---The service reads booleans laxly.
---@return boolean? value   nil: it is none
local function as_flag(v)
  if type(v) == "boolean" then
    return v
  elseif type(v) == "string" then
    return flags[v:lower()]
  elseif v == 0 or v == 1 then
    return v == 1
  end
  return nil
end

local checks = {}

function checks.text(field, value, add)
  if value == json.null then
    return add("null")
  elseif type(value) ~= "string" then
    return add("text")
  end
  local length = characters(value)
  if field.min and length < field.min then
    add("short", field.min)
  elseif field.max and length > field.max then
    add("long", field.max)
  end
end

function checks.one_of(field, value, add)
  for _, allowed in ipairs(field[3]) do
    if value == allowed then
      return
    end
  end
  add("one_of", field[3], value)
end

function checks.flag(_, value, add)
  if as_flag(value) == nil then
    add("flag")
  end
end

function checks.texts(field, value, add)
  if type(value) ~= "table" or (next(value) ~= nil and value[1] == nil) then
    return add("list")
  end
  for i, item in ipairs(value) do
    if type(item) ~= "string" then
      add("text", i - 1)
    end
  end
  if #value > field.max then
    add("many", field.max, #value)
  end
end

function checks.url(field, value, add, context)
  if type(value) ~= "string" then
    return checks.text(field, value, add)
  end
  if not (value:find("^https?://[^/]") or value:find("^data:[^,]*,"))
    or (context.file_missing and context.file_missing(value)) then
    add("download")
  end
end

local function known_characters(faults, input, context)
  local ids = type(input.character_ids) == "table" and input.character_ids or {}
  for i, id in ipairs(ids) do
    if type(id) == "string" and not context.character_known(id) then
      shapes.add(faults, context.generation, { "body", "character_ids", i - 1 }, id,
        "value", "Character not found: " .. id)
    end
  end
end

---What the service finds wrong with an input.
---@param endpoint_id string
---@param input any      decoded body
---@param context table  generation "old"|"new", file_missing(url), character_known(id)
---@return table[] faults   entries of the 422's detail
function M.judge(endpoint_id, input, context)
  local faults, generation = {}, context.generation
  if type(input) ~= "table" or input == json.null or input[1] ~= nil then
    shapes.add(faults, generation, { "body" }, input, "object")
    return faults
  end
  for _, field in ipairs(M.endpoints[endpoint_id].fields) do
    local name, value = field[1], input[field[1]]
    if value == nil then
      if field.required then
        shapes.add(faults, generation, { "body", name }, input, "missing")
      end
    elseif not (value == json.null and field.nullable) then
      checks[field[2]](field, value, function(kind, ...)
        shapes.add(faults, generation, { "body", name }, value, kind, ...)
      end, context)
    end
  end
  if #faults == 0 then
    known_characters(faults, input, context)
  end
  return faults
end

---The entry for a parent that is deleted, foreign or unknown. What the service says here
---was never observed; the shape is that of its other errors.
function M.no_parent(generation, video_id)
  local faults = {}
  shapes.add(faults, generation, { "body", "video_id" }, video_id, "value",
    "Video not found. It may have been deleted, or it was not generated by Sora 2.")
  return faults
end

-- --- what comes of a valid input -------------------------------------------------------

local sizes = {
  ["720p"] = { 1280, 720 }, auto = { 1280, 720 },
  ["1080p"] = { 1792, 1024 }, ["true_1080p"] = { 1920, 1080 },
}

---@return table clip  width, height, seconds, deleted, prompt; cost in dollars
function M.plan(endpoint_id, input, parent)
  local endpoint = M.endpoints[endpoint_id]
  local price = prices[endpoint_id]
  if endpoint.character then
    return { character = input.name, cost = 0 }
  end
  local plan = { prompt = input.prompt, deleted = as_flag(input.delete_video) ~= false }
  if endpoint.remix then
    plan.width, plan.height, plan.seconds = parent.width, parent.height, parent.seconds
    plan.cost = price.second["720p"] * parent.seconds
    return plan
  end
  local resolution = input.resolution or endpoint.resolution
  local size = sizes[resolution]
  plan.width, plan.height = size[1], size[2]
  if input.aspect_ratio == "9:16" then
    plan.width, plan.height = size[2], size[1]
  end
  plan.seconds = input.duration or 4
  plan.cost = price.second[resolution] * plan.seconds
  return plan
end

return M
