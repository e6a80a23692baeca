--- How one endpoint's output becomes another's input: by a property of its definition.
-- `chain = { by = "video_id", from = "video_id", needs = { delete_video = false } }`:
-- the input that names the source, where the source's output has it, and what the source
-- must have been made with.

local E = require "fal.error"

local chain = {}

--- The value at a dotted path of an output, nil where anything is missing or mistyped.
---@param output any
---@param path string
---@return string?
function chain.value(output, path)
  for name in path:gmatch("[^.]+") do
    if type(output) ~= "table" then return nil end
    output = output[name]
  end
  return type(output) == "string" and output ~= "" and output or nil
end

---@class fal.Unmet
---@field name string
---@field wanted any
---@field had any

--- The first need that a clip made from `input` does not meet.
---@param needs table?       of the continuing endpoint
---@param maker table        definition of the endpoint that made the clip
---@param input table        its normalised input
---@return fal.Unmet?
function chain.unmet(needs, maker, input)
  for name, wanted in pairs(needs or {}) do
    local had = input[name]
    if had == nil then
      for _, field in ipairs(maker.input) do
        if field.name == name then had = field.default end
      end
    end
    if had ~= wanted then return { name = name, wanted = wanted, had = had } end
  end
end

---@param endpoint_id string  the continuing endpoint
---@param source string       what is to be continued, for the reader
---@param unmet fal.Unmet
---@return fal.Error  kind not_remixable
function chain.refusal(endpoint_id, source, unmet)
  local name, wanted, had = unmet.name, tostring(unmet.wanted), tostring(unmet.had)
  return E.new {
    kind = "not_remixable", sent = "no", endpoint_id = endpoint_id,
    message = source .. " was made with " .. name .. " = " .. had
      .. " and cannot be remixed; nothing was sent",
    remedy = "Make the source again with " .. name .. " = " .. wanted
      .. " (not the service's default), then remix that one.",
  }
end

return chain
