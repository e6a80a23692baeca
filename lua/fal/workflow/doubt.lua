--- Requests of which the journal does not know whether the service accepted them: looked
--- for in the account's request history.
-- Found, the job goes on. Not found, it proves nothing: it stays in doubt, unless the
-- user's ledger_policy takes a history that is current for proof (api.md section 2).

local evidence = require "fal.reconcile.evidence"
local history = require "fal.reconcile.history"
local input = require "fal.ledger.input"
local match = require "fal.reconcile.match"

local doubt = {}

-- Clocks are read in whole seconds; the service's may be off by more where it does not
-- say its time. A submit may wait a while for its turn once its intent is written.
local SLACK, WIDE_SLACK, WINDOW = 2, 60, 900

local function span_of(attempt, got)
  local slack = got.exact and SLACK or WIDE_SLACK
  return {
    id = tostring(attempt.number), input = input.canonical(attempt.input),
    from = attempt.at + got.clock - slack,
    to = math.min(os.time(), attempt.at + WINDOW) + got.clock + slack,
  }
end

local function assumed(client, attempt, span, got, taken)
  local policy = client.settings.ledger_policy
  local after = policy and policy.assume_not_accepted_after
  -- Its process ended before this one came to know of the doubt.
  local since = attempt.doubted or math.huge
  span.over = since + got.clock + SLACK
  return after and os.time() - since >= after and evidence.absent(span, got, taken)
end

--- Seconds until the policy may decide; nil: there is none.
---@param client fal.Client
---@param attempt fal.workflow.Attempt
---@return number?
function doubt.wait(client, attempt)
  local policy = client.settings.ledger_policy
  local after = policy and policy.assume_not_accepted_after
  return after and math.max(0, attempt.doubted + after - os.time()) + SLACK + 1 or nil
end

--- States of a ledger's row in which nobody knows.
doubt.IN_DOUBT = { intent = true, sent = true, unknown = true }

local OVER = { refused = true, failed = true, canceled = true }

--- What tells the client's ledger from every other one. Its address does not: a relative
--- path means another file elsewhere.
---@param client fal.Client
---@return string?|false id   false: the client has none
---@return fal.Error? err
function doubt.ledger(client)
  if not client.settings.ledger then return false end
  local ok, err = client.account:open()
  if not ok then return nil, err end
  return client.account.book:id()
end

--- The row of a ledger that tells of an attempt: of its name, its input and of no other
--- attempt. It is looked up and not submitted again: a file that is uploaded anew has
--- another address, and what is sent with it would be other work, to be paid again.
---@param client fal.Client
---@param name string
---@param attempt fal.workflow.Attempt
---@param taken table<string, any>   request ids that other attempts have
---@return fal.LedgerJob|false|nil row   false: there is none; nil: it cannot be read
---@return fal.Error? err
function doubt.row(client, name, attempt, taken)
  local ok, err = client.account:open()
  if not ok then return nil, err end
  local rows
  rows, err = client.account.book:jobs { name = name,
    endpoint_id = attempt.endpoint_id }
  if not rows then return nil, err end
  local wanted = input.canonical(attempt.input)
  for i = #rows, 1, -1 do
    local row = rows[i]
    if not OVER[row.state] and input.canonical(row.input) == wanted
      and not (row.request_id and taken[row.request_id]) then
      return row
    end
  end
  return false
end

--- Looks for a request.
---@param client fal.Client
---@param attempt fal.workflow.Attempt
---@param taken table<string, any>   request ids that other attempts have
---@return "found"|"assumed"|"unknown" verdict
---@return string? detail            the request id; of unknown: what was seen
function doubt.look(client, attempt, taken)
  local margin = client.settings.ledger_policy and evidence.MARGIN or 0
  local got, err = history.read(client, attempt.endpoint_id,
    attempt.at - WIDE_SLACK - margin)
  if not got then return "unknown", "the history could not be read: " .. err.message end
  local span = span_of(attempt, got)
  local found = match.assign({ span }, got.items, taken, {})[span.id]
  if found then return "found", found.request_id end
  if assumed(client, attempt, span, got, taken) then return "assumed" end
  return "unknown", ("the history shows %d other request(s) to %s since then"):format(
    #got.items, attempt.endpoint_id)
end

return doubt
