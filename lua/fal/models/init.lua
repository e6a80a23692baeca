--- Which file describes which endpoint. A family's file is read when first asked for.

local models = {}

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

local function load(family)
  local list = require("fal.models." .. family)
  for _, definition in ipairs(list) do by_id[definition.id] = definition end
  return list
end

--- The built-in definition of an endpoint.
---@param endpoint_id string
---@return table? definition  nil: no table is known; the endpoint may exist all the same
function models.find(endpoint_id)
  local known = by_id[endpoint_id]
  if known or type(endpoint_id) ~= "string" then return known end
  for _, row in ipairs(FAMILIES) do
    for i = 2, #row do
      if endpoint_id:sub(1, #row[i]) == row[i] then
        load(row[1])
        return by_id[endpoint_id]
      end
    end
  end
end

---@return string[] names  of the families, in the order of the index
function models.families()
  local names = {}
  for i, row in ipairs(FAMILIES) do names[i] = row[1] end
  return names
end

--- All definitions of one family.
---@param name string
---@return table[]? definitions
function models.family(name)
  for _, row in ipairs(FAMILIES) do
    if row[1] == name then return load(name) end
  end
end

return models
