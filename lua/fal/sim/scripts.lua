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

---The first script that is meant for this job, or nil.
function M:take(endpoint, input)
  for _, script in ipairs(self.rules) do
    local match = script.match
    local prompt = type(input) == "table" and input.prompt
    if (not match.endpoint or match.endpoint == endpoint)
      and (not match.prompt
        or type(prompt) == "string" and prompt:find(match.prompt, 1, true))
      and matcher.hit(match) then
      return script
    end
  end
end

return M
