--- The name somebody meant: the nearest one of a list.

local suggest = {}

local MAX_LENGTH = 64  -- the distance costs length times length

--- Levenshtein distance, with a swap of neighbours counted as one edit.
local function distance(a, b)
  local before, last = nil, {}
  for j = 0, #b do last[j] = j end
  for i = 1, #a do
    local row = { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      row[j] = math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + cost)
      local swapped = i > 1 and j > 1 and a:byte(i) == b:byte(j - 1)
        and a:byte(i - 1) == b:byte(j)
      if swapped then row[j] = math.min(row[j], before[j - 2] + 1) end
    end
    before, last = last, row
  end
  return last[#b]
end

--- Half a name ("image" for "image_url") counts as one slip.
local function difference(a, b)
  local short, long = a, b
  if #short > #long then short, long = long, short end
  if #short >= 4 and long:find(short, 1, true) then return 1 end
  return distance(a, b)
end

--- The candidate nearest to `word` without regard to case, unless all are far from it.
---@param word string
---@param candidates string[]
---@return string?
function suggest.nearest(word, candidates)
  if type(word) ~= "string" or #word > MAX_LENGTH then return nil end
  local best, least
  for i = 1, #candidates do
    local candidate = candidates[i]
    if type(candidate) == "string" and #candidate <= MAX_LENGTH then
      local d = difference(word:lower(), candidate:lower())
      if not least or d < least then best, least = candidate, d end
    end
  end
  if least and least <= math.max(1, math.floor(math.max(#word, #best) / 3)) then
    return best
  end
end

return suggest
