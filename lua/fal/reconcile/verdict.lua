--- What a request history says of doubtful rows: found, given up by the user's policy,
--- unknown, or to be waited for. Pure.

local evidence = require "fal.reconcile.evidence"
local match = require "fal.reconcile.match"

local verdict = {}

-- Clocks are read in whole seconds; the service's may be off by more where it does not
-- say its time. A request may arrive a little after its sender gave it up.
local SLACK, WIDE_SLACK, LATE = 2, 60, 15
-- How far a clock may be wrong that nothing is known of.
local DAY = 86400

local function seconds(ms) return ms and ms / 1000 end

--- When a row's request can have arrived, by the service's clock.
local function window(row, got)
  local slack = got.exact and SLACK or WIDE_SLACK
  local now = got.latest or os.time() + got.clock
  local sent, over = seconds(row.service_sent_at), seconds(row.service_answered_at)
  if not sent then
    -- By the clock of a machine, which may have been set meanwhile, or be another one's.
    sent = row.sent_at / 1000 + got.clock
    over = row.answered_at and row.answered_at / 1000 + got.clock
  end
  return { id = row.id, input = row.input, from = sent - slack,
    to = (over or now) + slack + LATE, over = over and over + slack }
end

--- From when on the history is to be read, by the service's clock.
---@param rows table[]
---@param ahead? number     the service's clock less this machine's; nil: not known
---@param policy? table
---@return number
function verdict.since(rows, ahead, policy)
  local at = math.huge
  for _, row in ipairs(rows) do
    at = math.min(at, seconds(row.service_sent_at) or row.sent_at / 1000
      + (ahead or -DAY))
  end
  return at - WIDE_SLACK - (policy and evidence.MARGIN or 0)
end

local function stamp(s) return os.date("!%Y-%m-%dT%H:%M:%SZ", math.floor(s)) end

local function newest(items)
  local most
  for i = 1, #items do
    if not most or items[i].sent_at > most then most = items[i].sent_at end
  end
  return most
end

--- What a person who must decide wants to know.
local function sight(row, got, span, why)
  local last, unreadable = newest(got.items), match.unreadable(span, got.items)
  return ("looked at %s: %d request(s) to %s in the history since %s%s, none of them "
    .. "this one; %s%s%s"):format(stamp(os.time()), #got.items, row.endpoint_id,
    stamp(span.from), got.complete and "" or " (not complete)",
    last and "the newest was sent at " .. stamp(last) or "it shows none at all",
    unreadable > 0 and ("; %d cannot be compared, their payloads are not kept")
      :format(unreadable) or "",
    why and "; not taken as not accepted: " .. why or "")
end

--- Whether the policy takes the evidence for proof: no process is sending the request any
--- more, the time is over by the service's clock, and the history is evidence.
local function assumed(policy, row, got, span, taken)
  local after = policy and policy.assume_not_accepted_after
  if not after then return nil end
  if not row.service_sent_at then
    return nil, "the service's time was not known when it was sent"
  elseif not row.service_answered_at then
    return nil, "that nobody sends it any more was not known before now"
  elseif not got.earliest or got.earliest - span.over < after then
    return nil, "the time of ledger_policy is not over"
  end
  return evidence.absent(span, got, taken)
end

---@class fal.Verdict
---@field row table
---@field kind "found"|"assumed"|"unknown"|"waiting"
---@field item? fal.MatchItem   of found
---@field sight? string         what was seen, when it was not found

--- Decides about the doubtful rows of one endpoint.
---@param doubtful table[]
---@param living table[]      rows that living processes are sending
---@param got fal.History
---@param taken table<string, any>   request ids that rows have
---@param policy? table       client's ledger_policy
---@return fal.Verdict[]
function verdict.of(doubtful, living, got, taken, policy)
  local spans, others, list, used = {}, {}, {}, {}
  for i, row in ipairs(doubtful) do spans[i] = window(row, got) end
  for i, row in ipairs(living) do others[i] = window(row, got) end
  local found, waiting = match.assign(spans, got.items, taken, others)
  for id in next, taken do used[id] = true end
  for _, item in next, found do used[item.request_id] = true end
  for i, row in ipairs(doubtful) do
    local one = { row = row, item = found[row.id], kind = "unknown" }
    if one.item then
      one.kind = "found"
    elseif waiting[row.id] then
      one.kind = "waiting"
    else
      local given_up, why = assumed(policy, row, got, spans[i], used)
      if given_up then one.kind = "assumed" end
      one.sight = sight(row, got, spans[i], why)
    end
    list[i] = one
  end
  return list
end

return verdict
