--- Which file describes which endpoint. A family's file is read when first asked for.

local models = {}

---@class fal.Definition      an endpoint as data
---@field id string
---@field family string       the file it is in
---@field input fal.Field[]   in the order of the documents
---@field rules? table[]      between fields; see fal.rules
---@field ignored? table<string, string>  names that are dropped with this warning
---@field output table[]      { name, type, required? }
---@field price? fal.Rule     nil: no price is published
---@field remix? string       the endpoint that continues its clips
---@field chain? table        how it continues one: { by, from, needs? }; see fal.chain
---@field character? boolean  its output is a character { id, name }
---@field status? "retired"
---@field since? string       date of that
---@field alternatives? string[]

-- Longer prefixes come first where one begins another.
local FAMILIES = {
  { "sora2", "fal-ai/sora-2/" },
  { "veo31", "fal-ai/veo3.1" },
  { "kling", "fal-ai/kling-video/" },
  { "seedance", "bytedance/seedance-" },
  { "wan", "alibaba/wan-", "fal-ai/wan/" },
  { "minimax", "fal-ai/minimax/", "minimax/" },
  { "ltx", "fal-ai/ltx-", "lightricks/ltx-" },
  { "grok", "xai/grok-imagine-video/" },
  { "happy_horse", "alibaba/happy-horse/" },
  { "gemini_omni", "google/gemini-omni-flash" },
  { "flux3", "blackforestlabs/flux-3/" },
  { "luma", "luma/agent/ray/" },
  { "pixverse", "fal-ai/pixverse/" },
}

local by_id = {}

-- Ids without a definition; a program asks for the same few again and again.
local MAX_UNKNOWN = 256
local unknown, unknown_count = {}, 0

local function load(family)
  local list = require("fal.models." .. family)
  for _, definition in ipairs(list) do by_id[definition.id] = definition end
  return list
end

local function look_up(endpoint_id)
  for _, row in ipairs(FAMILIES) do
    for i = 2, #row do
      if endpoint_id:sub(1, #row[i]) == row[i] then
        load(row[1])
        return by_id[endpoint_id]
      end
    end
  end
end

--- The built-in definition of an endpoint.
---@param endpoint_id string
---@return fal.Definition? definition  nil: no table is known; it may exist all the same
function models.find(endpoint_id)
  local known = by_id[endpoint_id]
  if known or unknown[endpoint_id] or type(endpoint_id) ~= "string" then return known end
  known = look_up(endpoint_id)
  if known then return known end
  if unknown_count >= MAX_UNKNOWN then unknown, unknown_count = {}, 0 end
  unknown[endpoint_id], unknown_count = true, unknown_count + 1
end

---@return string[] names  of the families, in the order of the index
function models.families()
  local names = {}
  for i, row in ipairs(FAMILIES) do names[i] = row[1] end
  return names
end

--- All definitions of one family.
---@param name string
---@return fal.Definition[]? definitions
function models.family(name)
  for _, row in ipairs(FAMILIES) do
    if row[1] == name then return load(name) end
  end
end

return models
