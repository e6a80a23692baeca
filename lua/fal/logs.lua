--- Which log lines of a job are new. Pure.
-- Polling gives the whole list every time, the stream gives increments, and the list may
-- start anew when the service moves the job to another runner. Lines are told apart by
-- their place as long as the list only grows (equal lines are then two lines), and by
-- their text and time where it does not.

local logs = {}

local MAX_LINES = 20000  -- one answer cannot hold more than the body limit anyway

local Logs = {}
Logs.__index = Logs

---@return table tracker
function logs.new() return setmetatable({ count = 0, total = 0 }, Logs) end

local function key(line)
  if type(line) ~= "table" then return tostring(line) end
  return tostring(line.timestamp) .. "\0" .. tostring(line.message)
end

function Logs:remember(line)
  local k = key(line)
  self.seen = self.seen or {}
  if self.total < MAX_LINES then
    self.seen[k] = (self.seen[k] or 0) + 1
    self.total = self.total + 1
  end
  self.last = k
end

--- The new lines of a list that grew, from `first` on.
function Logs:tail(list, first)
  local new = {}
  for i = first, #list do
    new[#new + 1] = list[i]
    self:remember(list[i])
  end
  self.count = #list
  return new
end

local function copy(t)
  local c = {}
  for k, v in next, t do c[k] = v end
  return c
end

--- The new lines of a list that is not a continuation of what was seen.
function Logs:compare(list)
  local left, new = copy(self.seen), {}
  for i = 1, #list do
    local k = key(list[i])
    if (left[k] or 0) > 0 then
      left[k] = left[k] - 1
    else
      new[#new + 1] = list[i]
      self:remember(list[i])
    end
  end
  -- From here on places say nothing: the list may yet grow over lines that were seen.
  self.count, self.broken = #list, true
  return new
end

---@param list any   `logs` of a polled status
---@return table new
function Logs:polled(list)
  if type(list) ~= "table" or #list == 0 then return {} end
  if self.count == 0 and not self.seen then return self:tail(list, 1) end
  if not self.broken and self.count > 0 and #list >= self.count
    and key(list[self.count]) == self.last then
    return self:tail(list, self.count + 1)
  end
  return self:compare(list)
end

---@param list any   `logs` of one event of the status stream
---@return table new
function Logs:streamed(list)
  if type(list) ~= "table" then return {} end
  for i = 1, #list do self:remember(list[i]) end
  self.count = self.count + #list
  return list
end

return logs
