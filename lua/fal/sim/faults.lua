-- Answers no honest server would give. A rule says which requests (route, endpoint, nth,
-- from, to, every, times) and what happens to them (action); docs/simulator.md has all.

local json = require("fal.sim.json")
local matcher = require("fal.sim.matcher")
local spoil = require("fal.sim.spoil")

local M = {}
M.__index = M

local routes = {
  submit = true, status = true, stream = true, result = true, cancel = true, run = true,
  media = true, upload = true, initiate = true, history = true, other = true,
  ["*"] = true,
}

-- Whether the request is acted on before its answer goes wrong, unless the rule says.
local accepts = {
  drop = false, stall = false, answer = false, redirect = false,
  cut = true, delay = true, drip = true, truncate = true, oversize = true,
  malformed = true, mistype = true,
}

local fields = {
  route = true, endpoint = true, nth = true, from = true, to = true, every = true,
  times = true, action = true, at = true, accept = true, reset = true, seconds = true,
  bytes = true, missing = true, status = true, headers = true, body = true,
  location = true, kind = true,
}

function M.new(sim)
  return setmetatable({ sim = sim, rules = {}, early = 0 }, M)
end

local function is_early(rule)
  return rule.action == "drop" and (rule.at == "headers" or type(rule.at) == "number")
end

local function check(rule)
  if type(rule) ~= "table" then
    return false, "a fault must be an object"
  end
  for name in pairs(rule) do
    if not fields[name] then
      return false, "unknown fault field: " .. tostring(name)
    end
  end
  if not routes[rule.route or "*"] then
    return false, "unknown route: " .. tostring(rule.route)
  elseif accepts[rule.action] == nil then
    return false, "unknown action: " .. tostring(rule.action)
  end
  return matcher.check(rule)
end

---@param list table   one rule or an array of them
---@return boolean ok, string? message
function M:add(list)
  if type(list) == "table" and list[1] == nil and next(list) ~= nil then
    list = { list }
  end
  for _, rule in ipairs(list) do
    local ok, message = check(rule)
    if not ok then
      return false, message
    end
  end
  for _, rule in ipairs(list) do
    self.rules[#self.rules + 1] = rule
    rule.early = is_early(rule)
    self.early = self.early + (rule.early and 1 or 0)
  end
  self.sim.http:early(self.early > 0)
  return true
end

function M:clear()
  self.rules, self.early = {}, 0
  self.sim.http:early(false)
end

---@return string json   the rules with their counters
function M:report()
  return json.list(self.rules)
end

local function meant(rule, route, endpoint)
  return (rule.route == nil or rule.route == "*" or rule.route == route)
    and (rule.endpoint == nil or rule.endpoint == endpoint)
end

local function take(self, route, endpoint, early)
  return matcher.choose(self.rules, function(rule)
    return rule.early == early and meant(rule, route, endpoint)
  end)
end

---Judges a request of which only the head was read.
function M:at_head(id, route, endpoint)
  local rule = self.early > 0 and take(self, route, endpoint, true)
  if not rule then
    return self.sim.http:proceed(id)
  elseif rule.at == "headers" then
    return self.sim.http:drop(id, rule.reset)
  end
  return self.sim.http:proceed(id, rule.at, rule.reset)
end

---@return table? rule   that spoils this request
function M:take(route, endpoint)
  if self.rules[1] then
    return take(self, route, endpoint, false)
  end
end

---Spoils a request that nobody is to act on.
---@return boolean handled   false: act on it, the answer is spoiled later
function M:before(req)
  local rule = req.fault
  local accept = rule.accept
  if accept == nil then
    accept = rule.at == "acted" or accepts[rule.action]
  end
  if accept then
    return false
  end
  spoil.apply(self.sim, req, rule, 200, { "Content-Type", "application/json" }, "{}")
  return true
end

---Spoils an answer.
function M:spoil(req, status, headers, body)
  local rule = req.fault
  req.fault = nil
  return spoil.apply(self.sim, req, rule, status, headers, body)
end

---A stream cannot be rewritten as a whole: a fault replaces it, or delays it.
---@return boolean opens
function M:opens_stream(req)
  local rule = req.fault
  if rule.action == "delay" or rule.action == "drip" then
    req.fault = nil
    return true
  end
  self:spoil(req, 200, { "Content-Type", "text/event-stream" }, "")
  return false
end

return M
