-- "The third one", "from the second to the fifth", "every other": which requests a fault
-- or a script is meant for.

local M = {}

local function wants(rule, n)
  return (rule.nth == nil or n == rule.nth)
    and (rule.from == nil or n >= rule.from)
    and (rule.to == nil or n <= rule.to)
    and (rule.every == nil or n % rule.every == 0)
    and (rule.times == nil or (rule.hits or 0) < rule.times)
end

---The first rule that wants this request. All rules it could concern count it, in `seen`;
---the one that is chosen counts it in `hits`.
---@param rules table[]
---@param concerns fun(rule: table): boolean
---@param counters? fun(rule: table): table   where a rule keeps nth … and its counters
---@return table? rule
function M.choose(rules, concerns, counters)
  local chosen
  for _, rule in ipairs(rules) do
    if concerns(rule) then
      local count = counters and counters(rule) or rule
      count.seen = (count.seen or 0) + 1
      if not chosen and wants(count, count.seen) then
        count.hits = (count.hits or 0) + 1
        chosen = rule
      end
    end
  end
  return chosen
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
