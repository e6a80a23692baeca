--- Names of files for names that people, or other programs, gave to nodes. Pure.

local core = require "fal.core"

local name = {}

local MAX = 64

-- Device names of Windows, and what the folder holds beside the clips.
local TAKEN = { con = true, prn = true, aux = true, nul = true, index = true,
  workflow = true, lock = true, earlier = true, parts = true }
for i = 1, 9 do TAKEN["com" .. i], TAKEN["lpt" .. i] = true, true end

--- Twelve letters that stand for a text.
---@param s string
---@return string
function name.short(s) return core.sha256(s):sub(1, 12) end

--- A name that is safe in a path and that no other text gets: the text itself where it
--- is plain, else what is plain in it and a hash.
---@param s string
---@return string
function name.plain(s)
  local is_plain = s:find("^[%w_][%w_-]*$") and #s <= MAX and not TAKEN[s:lower()]
  if is_plain then return s end
  local rest = s:gsub("[^%w_-]+", "-"):gsub("^%-+", ""):sub(1, 32):gsub("%-+$", "")
  return (rest == "" and "node" or rest) .. "-" .. name.short(s)
end

--- Plain names of a list of texts; no two alike, even where letters' case is not told
--- apart.
---@param list string[]
---@return table<string, string> by_text
function name.all(list)
  local used, out = {}, {}
  for _, s in ipairs(list) do
    local plain = name.plain(s)
    if used[plain:lower()] then plain = plain .. "-" .. name.short(s) end
    used[plain:lower()] = true
    out[s] = plain
  end
  return out
end

return name
