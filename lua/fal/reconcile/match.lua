--- Which request of the account's history is which doubtful row of the ledger. Pure.
-- The service knows no key of ours for a request (fal-protocol.md section 5.3), so a row
-- is found again by its input and the time it was sent. Two rows with the same input are
-- alike in every respect, so either may have either request; but one request never
-- becomes two rows.

-- Not unpack: a history may be longer than a C stack is deep.
local function copy(list)
  local out = {}
  for i = 1, #list do out[i] = list[i] end
  return out
end

local match = {}

local DAY = 86400

--- Days from 1970-01-01 to a date of the Gregorian calendar.
local function days(year, month, day)
  if month <= 2 then year, month = year - 1, month + 12 end
  local leap = math.floor(year / 4) - math.floor(year / 100) + math.floor(year / 400)
  return 365 * year + leap + math.floor((153 * (month - 3) + 2) / 5) + day - 719469
end

--- Seconds since 1970 of an ISO 8601 time; without a zone it is UTC.
---@param s any
---@return number?
function match.seconds(s)
  if type(s) ~= "string" then return nil end
  local y, mo, d, h, mi, sec, zone = s:match(
    "^(%d%d%d%d)%-(%d%d)%-(%d%d)[T ](%d%d):(%d%d):(%d%d%.?%d*)(.*)$")
  if not y then return nil end
  local sign, zh, zm = zone:match("^([+-])(%d%d):?(%d%d)$")
  if not sign and zone ~= "" and zone ~= "Z" then return nil end
  local offset = sign and (zh * 3600 + zm * 60) * (sign == "-" and -1 or 1) or 0
  return days(tonumber(y), tonumber(mo), tonumber(d)) * DAY + h * 3600 + mi * 60 + sec
    - offset
end

local MONTHS = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8,
  Sep = 9, Oct = 10, Nov = 11, Dec = 12 }

--- Seconds since 1970 of an HTTP date.
---@param s any
---@return number?
function match.http_seconds(s)
  if type(s) ~= "string" then return nil end
  local d, month, y, h, mi, sec = s:match(
    "(%d%d) (%a%a%a) (%d%d%d%d) (%d%d):(%d%d):(%d%d)")
  if not MONTHS[month] then return nil end
  return days(tonumber(y), MONTHS[month], tonumber(d)) * DAY + h * 3600 + mi * 60 + sec
end

---@class fal.MatchRow
---@field id string
---@field input string   canonical (ledger/input.lua)
---@field from number    seconds of the service's clock: when it can have arrived
---@field to number

---@class fal.MatchItem
---@field request_id string
---@field sent_at number
---@field input? string  canonical; nil: the history keeps no payloads

local function by_time(field, name)
  return function(a, b)
    if a[field] ~= b[field] then return a[field] < b[field] end
    return a[name] < b[name]
  end
end

local function fits(row, item, used, taken)
  local id = item.request_id
  return not used[id] and not taken[id] and item.input == row.input
    and item.sent_at >= row.from and item.sent_at <= row.to
end

--- Whether a row that a living process is sending could be the one that is meant.
local function contested(row, living)
  for i = 1, #living do
    local other = living[i]
    if other.input == row.input and other.from <= row.to and other.to >= row.from then
      return true
    end
  end
  return false
end

--- Assigns requests to rows of one endpoint. Rows and requests are taken in the order of
--- time: with windows of equal length this finds a request for as many rows as can be.
---@param rows fal.MatchRow[]      in doubt, their processes dead or done with them
---@param items fal.MatchItem[]    the history
---@param taken table<string, any> request ids that rows have already
---@param living fal.MatchRow[]    rows that processes are sending right now
---@return table<string, fal.MatchItem> found   by row id
---@return table<string, boolean> waiting       by row id: a living process may own it
function match.assign(rows, items, taken, living)
  local found, waiting, used = {}, {}, {}
  rows, items = copy(rows), copy(items)
  table.sort(rows, by_time("to", "id"))
  table.sort(items, by_time("sent_at", "request_id"))
  for _, row in ipairs(rows) do
    if contested(row, living) then
      waiting[row.id] = true
    else
      for _, item in ipairs(items) do
        if fits(row, item, used, taken) then
          used[item.request_id] = true
          found[row.id] = item
          break
        end
      end
    end
  end
  return found, waiting
end

--- Whether the history has arrived at a moment: it knows a request that was sent later.
---@param items fal.MatchItem[]
---@param moment number
---@return boolean
function match.is_current(items, moment)
  for i = 1, #items do
    if items[i].sent_at > moment then return true end
  end
  return false
end

--- How many of the requests near a row cannot be compared, their payloads not being kept.
---@param row fal.MatchRow
---@param items fal.MatchItem[]
---@return integer
function match.unreadable(row, items)
  local n = 0
  for i = 1, #items do
    local item = items[i]
    if not item.input and item.sent_at >= row.from and item.sent_at <= row.to then
      n = n + 1
    end
  end
  return n
end

return match
