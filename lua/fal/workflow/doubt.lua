--- Requests of which the journal does not know whether the service accepted them: looked
--- for in the account's request history.
-- Found, the job goes on. Not found, it proves nothing: it stays in doubt, unless the
-- user's ledger_policy takes a history that is current for proof (api.md section 2).

local clocks = require "fal.ledger.clock"
local evidence = require "fal.reconcile.evidence"
local history = require "fal.reconcile.history"
local input = require "fal.ledger.input"
local ledgers = require "fal.ledger"
local match = require "fal.reconcile.match"
local service_time = require "fal.reconcile.service_time"

local doubt = {}

--- Sees to it that a run knows the service's time, where a policy will ask for it: this
--- machine's clock may be wrong, and be set before somebody asks.
---@param run fal.workflow.Run
---@param endpoint_id string
---@return boolean? ok
---@return fal.Error? err   kind canceled or closed
function doubt.learn_time(run, endpoint_id)
  local client = run.client
  if not client.settings.ledger_policy then return true end
  run.clock = run.clock or clocks.new(client.now)
  local ok, err = service_time.learn(run, endpoint_id)
  if ok == nil then return nil, err end
  return true
end

--- The service's time: at least, and at most. Nil when it is not known.
---@param run fal.workflow.Run
---@return number? earliest
---@return number? latest
function doubt.time(run)
  if run.clock then return run.clock:read() end
end

-- Clocks are read in whole seconds; the service's may be off by more where it does not
-- say its time. A submit may wait a while for its turn once its intent is written.
local SLACK, WIDE_SLACK, WINDOW = 2, 60, 900

local function span_of(attempt, got)
  local slack = got.exact and SLACK or WIDE_SLACK
  local at = attempt.service_at or attempt.at + got.clock
  return {
    id = tostring(attempt.number), input = input.canonical(attempt.input),
    from = at - slack, to = math.min(os.time() + got.clock, at + WINDOW) + slack,
  }
end

--- By the service's clock alone: what was sent without knowing it is never assumed.
local function assumed(client, attempt, span, got, taken)
  local policy = client.settings.ledger_policy
  local after = policy and policy.assume_not_accepted_after
  -- Its process ended before this one came to know of the doubt.
  local since = attempt.service_doubted
  if not (after and since and attempt.service_at and got.earliest) then return false end
  span.over = since + SLACK
  return got.earliest - since >= after and evidence.absent(span, got, taken)
end

--- Seconds until the policy may decide; nil: it cannot, or there is none.
---@param run fal.workflow.Run
---@param attempt fal.workflow.Attempt
---@return number?
function doubt.wait(run, attempt)
  local policy = run.client.settings.ledger_policy
  local after = policy and policy.assume_not_accepted_after
  local now = attempt.service_at and doubt.time(run)
  if not (after and now and attempt.service_doubted) then return nil end
  return math.max(0, attempt.service_doubted + after - now) + SLACK + 1
end

--- States of a ledger's row in which nobody knows.
doubt.IN_DOUBT = { intent = true, sent = true, unknown = true }

local OVER = { refused = true, failed = true, canceled = true }
local ENDED = { failed = true, canceled = true }

--- What tells the client's ledger from every other one. Its address does not: a relative
--- path means another file elsewhere.
---@param client fal.Client
---@return string?|false id   false: the client has none
---@return fal.Error? err
function doubt.ledger(client)
  if not client.settings.ledger then return false end
  local ok, err = client.account:open(true)
  if not ok then return nil, err end
  return client.account.book:id()
end

--- The row of a ledger that tells of an attempt: of its name, its input and of no other
--- attempt. It is looked up and not submitted again: a file that is uploaded anew has
--- another address, and what is sent with it would be other work, to be paid again.
---@param client fal.Client
---@param name string
---@param attempt fal.workflow.Attempt
---@param requests table<string, fal.workflow.Attempt>   that have request ids
---@return fal.LedgerJob|false|nil row   false: there is none; nil: it cannot be read
---@return fal.Error|fal.LedgerJob|nil err   beside false: a row of the name and that time
---        whose job ended without a result, or that has another input
function doubt.row(client, name, attempt, requests)
  local ok, err = client.account:open(true)
  if not ok then return nil, err end
  local rows
  rows, err = client.account.book:jobs { name = name,
    endpoint_id = attempt.endpoint_id }
  if not rows then return nil, err end
  local wanted, similar = input.canonical(attempt.input), nil
  for i = #rows, 1, -1 do
    local row = rows[i]
    local is_same = input.canonical(row.input) == wanted
    local is_near = math.abs(row.created_at - attempt.at) < WINDOW
    if (requests[row.request_id or ""] or attempt) == attempt then
      -- What a person said of the attempt can be put right, here as there.
      local is_meant = not OVER[row.state] or attempt.by_hand and ledgers.by_hand(row)
      if is_meant and is_same then return row end
      if is_near and (is_meant or is_same and ENDED[row.state]) then similar = row end
    end
  end
  return false, similar
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
    (attempt.service_at or attempt.at) - WIDE_SLACK - margin)
  if not got then return "unknown", "the history could not be read: " .. err.message end
  local span = span_of(attempt, got)
  local found = match.assign({ span }, got.items, taken, {})[span.id]
  if found then return "found", found.request_id end
  if assumed(client, attempt, span, got, taken) then return "assumed" end
  return "unknown", ("the history shows %d other request(s) to %s since then"):format(
    #got.items, attempt.endpoint_id)
end

return doubt
