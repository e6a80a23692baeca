-- Binary heap of { at, value }, smallest `at` on top; equal moments keep their order.

local M = {}
M.__index = M

function M.new()
  return setmetatable({ count = 0, order = 0 }, M)
end

local function before(a, b)
  return a.at < b.at or (a.at == b.at and a.order < b.order)
end

function M:push(at, value)
  self.order = self.order + 1
  local entry = { at = at, order = self.order, value = value }
  local i = self.count + 1
  self.count = i
  while i > 1 do
    local parent = (i - i % 2) / 2
    if not before(entry, self[parent]) then
      break
    end
    self[i] = self[parent]
    i = parent
  end
  self[i] = entry
end

---@return number? at   of the top
function M:top()
  return self.count > 0 and self[1].at or nil
end

---@return any value, number? at   of the entry taken off; nil: the heap is empty
function M:pop()
  if self.count == 0 then
    return nil
  end
  local top, last = self[1], self[self.count]
  self[self.count] = nil
  self.count = self.count - 1
  local i = 1
  while self.count > 0 do
    local child = i * 2
    if child > self.count then
      self[i] = last
      break
    end
    if child < self.count and before(self[child + 1], self[child]) then
      child = child + 1
    end
    if not before(self[child], last) then
      self[i] = last
      break
    end
    self[i] = self[child]
    i = child
  end
  return top.value, top.at
end

return M
