-- Outcomes laid down beforehand for jobs that match.

local matcher = require("fal.sim.matcher")

local M = {}
M.__index = M

local known = {
  match = true, queue_time = true, run_time = true, outcome = true, status_error = true,
  logs = true, fall_back = true, cancel = true, errors = true,
}

function M.new()
  return setmetatable({ rules = {} }, M)
end

---@return boolean ok, string? message
function M:add(script)
  if type(script) ~= "table" then
    return false, "a script must be an object"
  end
  for name in pairs(script) do
    if not known[name] then
      return false, "unknown script field: " .. tostring(name)
    end
  end
  script.match = script.match or {}
  local ok, message = matcher.check(script.match)
  if ok then
    self.rules[#self.rules + 1] = script
  end
  return ok, message
end

function M:clear()
  self.rules = {}
end

local function match_of(script)
  return script.match
end

---The first script that is meant for this job, or nil.
function M:take(endpoint, input)
  if not self.rules[1] then
    return nil
  end
  local prompt = type(input) == "table" and type(input.prompt) == "string"
    and input.prompt or ""
  return matcher.choose(self.rules, function(script)
    local match = script.match
    return (match.endpoint == nil or match.endpoint == endpoint)
      and (match.prompt == nil or prompt:find(match.prompt, 1, true) ~= nil)
  end, match_of)
end

return M
