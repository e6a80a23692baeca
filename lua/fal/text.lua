--- Text of unknown origin: counted in characters, and shown without harm.
-- Prompts, log lines and answers are written by others. A terminal obeys the escape
-- sequences in them and a bidirectional mark re-orders what is read, so both are spelled
-- out wherever such text is shown.

local text = {}

local byte, find, format, match, sub = string.byte, string.find, string.format,
  string.match, string.sub

--- Length of the well-formed UTF-8 sequence at `i`, nil where there is none (RFC 3629:
--- no overlong forms, no surrogates, nothing past U+10FFFF).
local function sequence(s, i)
  local a, b, c, d = byte(s, i, i + 3)
  if a < 0x80 then return 1 end
  if a < 0xC2 or a > 0xF4 or not b or b < 0x80 or b > 0xBF then return nil end
  if a < 0xE0 then return 2 end
  if not c or c < 0x80 or c > 0xBF then return nil end
  if a < 0xF0 then
    if (a == 0xE0 and b < 0xA0) or (a == 0xED and b > 0x9F) then return nil end
    return 3
  end
  if not d or d < 0x80 or d > 0xBF then return nil end
  if (a == 0xF0 and b < 0x90) or (a == 0xF4 and b > 0x8F) then return nil end
  return 4
end

--- Number of characters (code points).
---@param s string
---@return integer? characters  nil when `s` is not well-formed UTF-8
---@return integer? position    of the first byte that is not
function text.length(s)
  if not find(s, "[\128-\255]") then return #s end
  local i, n, size = 1, 0, #s
  while i <= size do
    local width = sequence(s, i)
    if not width then return nil, i end
    i, n = i + width, n + 1
  end
  return n
end

local function hex(s)
  return (s:gsub(".", function(c) return format("\\x%02x", byte(c)) end))
end

--- C1 controls, and the marks that re-order or hide text.
local function is_hidden(s)
  local a, b, c = byte(s, 1, 3)
  if a == 0xC2 then return b < 0xA0 end
  if a == 0xE2 and b == 0x80 then
    return (c >= 0x8B and c <= 0x8F) or (c >= 0xA8 and c <= 0xAE)
  end
  if a == 0xE2 and b == 0x81 then return c >= 0xA0 and c <= 0xAF end
  return a == 0xEF and b == 0xBB and c == 0xBF
end

local function escape_wide(s)
  local out, i = {}, 1
  while i <= #s do
    local width = sequence(s, i)
    local part = sub(s, i, i + (width or 1) - 1)
    out[#out + 1] = (not width or is_hidden(part)) and hex(part) or part
    i = i + (width or 1)
  end
  return table.concat(out)
end

--- `s` without the white space around it, in time that grows with its length: a lazy
--- pattern takes its square.
---@param s string
---@return string
function text.trim(s)
  local first = find(s, "%S")
  return first and match(s, "^.*%S", first) or ""
end

--- Cuts `s` to at most `max` bytes at a character boundary, and says that it was cut.
---@param s string
---@param max integer  bytes
---@return string
function text.cut(s, max)
  if #s <= max then return s end
  local last = max
  while last > 0 and last > max - 4 do
    local following = byte(s, last + 1)
    if following < 0x80 or following > 0xBF then break end
    last = last - 1
  end
  return sub(s, 1, last) .. "…"
end

--- One line that a terminal shows as it is: control bytes, malformed UTF-8 and
--- re-ordering marks come out as `\xNN`, line breaks and tabs as a space.
---@param s any       anything but a string goes through tostring
---@param max? integer  bytes of `s` that are looked at [unlimited]
---@return string
function text.escape(s, max)
  if type(s) ~= "string" then s = tostring(s) end
  if max then s = text.cut(s, max) end
  if find(s, "%c") then s = s:gsub("[\t\r\n]+", " "):gsub("%c", hex) end
  if find(s, "[\128-\255]") then s = escape_wide(s) end
  return s
end

return text
