-- "The third one", "from the second to the fifth", "every other": which requests a fault
-- or a script is meant for.

local M = {}

---Counts one more candidate for `rule` and says whether it is hit. Counters live in the
---rule as `seen` and `hits`.
function M.hit(rule)
  rule.seen = (rule.seen or 0) + 1
  local n = rule.seen
  if rule.nth and n ~= rule.nth
    or rule.from and n < rule.from
    or rule.to and n > rule.to
    or rule.every and n % rule.every ~= 0
    or rule.times and (rule.hits or 0) >= rule.times then
    return false
  end
  rule.hits = (rule.hits or 0) + 1
  return true
end

---@return boolean ok, string? message
function M.check(rule)
  for _, name in ipairs({ "nth", "from", "to", "every", "times" }) do
    local value = rule[name]
    if value ~= nil and (type(value) ~= "number" or value < 1 or value % 1 ~= 0) then
      return false, name .. " must be a whole number of at least 1"
    end
  end
  return true
end

return M
