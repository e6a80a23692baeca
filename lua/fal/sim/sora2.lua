-- The Sora 2 endpoints as the service runs them: what they take, what they refuse and in
-- which words, what they make. Written without a look at the client's tables.

local json = require("fal.sim.json")
local prices = require("fal.sim.prices")

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

-- --- the 422 in both generations of its shape ------------------------------------------

local function listed(values, quote, last)
  local out = {}
  for i, v in ipairs(values) do
    out[i] = type(v) == "string" and quote .. v .. quote or string.format("%d", v)
  end
  if last and #out > 1 then
    out[#out - 1] = out[#out - 1] .. " or " .. table.remove(out)
  end
  return table.concat(out, ", ")
end

local shapes = {}

function shapes.missing()
  return { "missing", "Field required" }, { "value_error.missing", "field required" }
end

function shapes.text()
  return { "string_type", "Input should be a valid string" },
    { "type_error.str", "str type expected" }
end

function shapes.null()
  return { "string_type", "Input should be a valid string" },
    { "type_error.none.not_allowed", "none is not an allowed value" }
end

function shapes.flag()
  return { "bool_parsing", "Input should be a valid boolean, unable to interpret input" },
    { "type_error.bool", "value could not be parsed to a boolean" }
end

function shapes.list()
  return { "list_type", "Input should be a valid list" },
    { "type_error.list", "value is not a valid list" }
end

function shapes.object()
  return { "model_attributes_type",
    "Input should be a valid dictionary or object to extract fields from" },
    { "type_error.dict", "value is not a valid dict" }
end

function shapes.short(n)
  return { "string_too_short", "String should have at least " .. n .. " character",
    { min_length = n } },
    { "value_error.any_str.min_length",
      "ensure this value has at least " .. n .. " characters", { limit_value = n } }
end

function shapes.long(n)
  return { "string_too_long", "String should have at most " .. n .. " characters",
    { max_length = n } },
    { "value_error.any_str.max_length",
      "ensure this value has at most " .. n .. " characters", { limit_value = n } }
end

function shapes.many(n, got)
  return { "too_long", "List should have at most " .. n .. " items after validation, not "
    .. got, { field_type = "List", max_length = n, actual_length = got } },
    { "value_error.list.max_items",
      "ensure this value has at most " .. n .. " items", { limit_value = n } }
end

function shapes.one_of(values, given)
  local expected = listed(values, "'", true)
  return { "literal_error", "Input should be " .. expected, { expected = expected } },
    { "value_error.const", "unexpected value; permitted: " .. listed(values, "'"),
      { given = given, permitted = values } }
end

function shapes.download()
  local s = { "file_download_error",
    "Failed to download the file. Please check if the URL is accessible and try again." }
  return s, s
end

function shapes.value(message)
  return { "value_error", message }, { "value_error", message }
end

local function fault(faults, generation, loc, input, name, ...)
  local new, old = shapes[name](...)
  local shape = generation == "old" and old or new
  local entry = { loc = loc, type = shape[1], msg = shape[2], ctx = shape[3] }
  if generation ~= "old" then
    entry.input = input
  end
  if name == "download" then
    entry.url = "https://docs.fal.ai/errors/#" .. shape[1]
  end
  faults[#faults + 1] = entry
end

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
      fault(faults, context.generation, { "body", "character_ids", i - 1 }, id, "value",
        "Character not found: " .. id)
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
    fault(faults, generation, { "body" }, input, "object")
    return faults
  end
  for _, field in ipairs(M.endpoints[endpoint_id].fields) do
    local name, value = field[1], input[field[1]]
    if value == nil then
      if field.required then
        fault(faults, generation, { "body", name }, input, "missing")
      end
    elseif not (value == json.null and field.nullable) then
      checks[field[2]](field, value, function(kind, ...)
        fault(faults, generation, { "body", name }, value, kind, ...)
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
  fault(faults, generation, { "body", "video_id" }, video_id, "value",
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
