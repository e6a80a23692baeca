--- Endpoints that their provider has ended: said when one is called, and again when that
--- comes to nothing.

local models = require "fal.models"

local retired = {}

--- Retired endpoints are served as long as the service serves them.
---@param client fal.Client
---@param definition fal.Definition
function retired.announce(client, definition)
  if definition.status ~= "retired" then return end
  client:notice("retired:" .. definition.family, definition.id .. " is retired since "
    .. definition.since .. "; requests may be refused. Alternatives: "
    .. table.concat(definition.alternatives or {}, ", "))
end

--- Says what stands in the place of a retired endpoint that is gone.
---@param err fal.Error   of a submit, or of what became of its job
---@return fal.Error err
function retired.explain(err)
  if err.status ~= 404 and err.status ~= 410 then return err end
  local definition = models.find(err.endpoint_id)
  if definition and definition.status == "retired" then
    local names = table.concat(definition.alternatives or {}, ", ")
    err.remedy = (err.remedy and err.remedy .. " " or "") .. "This endpoint was retired"
      .. (definition.since and " on " .. definition.since or "")
      .. (names ~= "" and "; alternatives: " .. names or "") .. "."
  end
  return err
end

return retired
