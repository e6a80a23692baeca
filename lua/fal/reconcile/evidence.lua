--- Whether a request history is evidence that a request was not accepted. Pure.
-- It must show that it is current, that it is whole for the time in question, and hold
-- nothing that might be the request after all. In doubt it is no evidence.

local json = require "fal.json"
local match = require "fal.reconcile.match"
local text = require "fal.text"

local evidence = {}

-- Seconds around a row's window in which nothing like it may have been sent: a clock may
-- have been wrong by so much, and a request so late.
evidence.MARGIN = 900
-- A read without bounds shows the last day (fal-protocol.md section 10.1): what lies
-- further back counts as shown only when something older is.
local DAY = 86400

local function scalar(value)
  if type(value) == "number" then return ("%.14g"):format(value) end
  if type(value) == "table" then return json.encode(value) end
  return text.trim(tostring(value))
end

local function fields_of(canonical)
  local value = json.decode(canonical)
  if type(value) ~= "table" then return {} end
  local fields = {}
  for name, item in next, value do fields[name] = scalar(item) end
  return fields
end

--- Bytes of a file in the input itself: a history may show an address in their place.
local function holds_bytes(value)
  return value:find("data:", 1, true) ~= nil or value:find("%[%d+ bytes, ") ~= nil
end

--- Whether two inputs contradict each other in a field that both have. What one has alone
--- may be a default that the service added, or a secret that was left out.
---@param a string   canonical
---@param b string
---@return boolean
function evidence.differ(a, b)
  if a == b then return false end
  local fields = fields_of(b)
  for name, value in next, fields_of(a) do
    local other = fields[name]
    if other ~= nil and other ~= value
      and not (holds_bytes(value) or holds_bytes(other)) then
      return true
    end
  end
  return false
end

local function is_near(row, item)
  if item.sent_at then
    return item.sent_at >= row.from - evidence.MARGIN
      and item.sent_at <= row.to + evidence.MARGIN
  end
  -- It was sent at some time before it was started.
  return not item.started_at or item.started_at >= row.from - evidence.MARGIN
end

--- How many requests of the history might be the row's.
---@param row fal.MatchRow
---@param got fal.History
---@param taken table<string, any>   request ids that rows have
---@return integer
function evidence.suspects(row, got, taken)
  local n = 0
  for _, list in ipairs { got.items, got.odd } do
    for i = 1, #list do
      local item = list[i]
      local free = not (item.request_id and taken[item.request_id])
      if free and is_near(row, item)
        and not (item.input and evidence.differ(row.input, item.input)) then
        n = n + 1
      end
    end
  end
  return n
end

local function reaches_back(row, got)
  if got.from > row.from - evidence.MARGIN then return false end
  if got.from > got.earliest - DAY then return true end
  for i = 1, #got.items do
    if got.items[i].sent_at < row.from then return true end
  end
  return false
end

--- Whether the history shows that a request is not there.
---@param row fal.MatchRow   over: when nobody could send it any more
---@param got fal.History
---@param taken table<string, any>   request ids that rows have
---@return boolean? is_absent
---@return string? why   it cannot be told
function evidence.absent(row, got, taken)
  local why
  if not got.earliest then
    why = "the history does not say the service's time"
  elseif not got.complete then
    why = "the history was not read to its end"
  elseif not reaches_back(row, got) then
    why = "the history may not reach back to it"
  elseif not match.is_current(got.items, row.over) then
    why = "the history knows no request that was sent later"
  else
    local n = evidence.suspects(row, got, taken)
    if n == 0 then return true end
    why = ("%d request(s) of the history might be this one"):format(n)
  end
  return nil, why
end

return evidence
