--- What is known of a workflow's earlier runs: the journal's records, added up. Pure.
-- An attempt is one paid submit. Its life: intent → accepted → done; or it ends as failed
-- (refused, or failed at the service); or nobody knows (doubt): an intent that no answer
-- follows in the journal is in doubt, since the process may have died with the request
-- on its way.

local state = {}

---@class fal.workflow.Attempt
---@field number integer
---@field key string         the node's identity
---@field name string        the node's name then
---@field work? string        the name that its ledger knows the work by
---@field endpoint_id string
---@field input table        as it was sent, without secrets
---@field state "doubt"|"accepted"|"done"|"failed"|"discarded"
---@field asked? integer     micro-dollars that it may cost
---@field micros? integer    the same; once it ended, what it did cost
---@field at number          seconds since 1970
---@field ledger? string     the ledger that its request was recorded in
---@field doubted? number    since when it is known to be in doubt
---@field service_at? number       when it was sent, by the service's clock, at least
---@field service_doubted? number  … and doubted, at most
---@field request_id? string
---@field by_hand? true      a person said what became of it
---@field gone? true         the service does not know the request, or no longer
---@field output? any
---@field seconds? number    from submit to result
---@field error? { kind: string, message: string }
---@field files table<string, { path: string, from?: string }>   by name of the output

---@class fal.workflow.State
---@field attempts table<string, fal.workflow.Attempt[]>   by key
---@field list table<integer, fal.workflow.Attempt>        by number
---@field names table<string, true>
---@field requests table<string, fal.workflow.Attempt>     by request id
---@field takes table<string, integer[]>
local State = {}
State.__index = State

---@return fal.workflow.State
function state.new()
  return setmetatable({ attempts = {}, list = {}, names = {}, requests = {},
    takes = {}, called = {}, free = {} }, State)
end

local readers = {}

function readers.intent(self, record)
  local attempt = {
    number = record.a, key = record.k, name = record.n, endpoint_id = record.e,
    input = record.i, asked = record.m, micros = record.m, at = record.at,
    ledger = record.l, work = record.w, service_at = record.s, state = "doubt",
    files = {},
  }
  if record.b then
    self.takes[record.b] = self.takes[record.b] or {}
    table.insert(self.takes[record.b], record.take)
  end
  self.list[record.a] = attempt
  self.names[record.n] = true
  self.called[record.k], self.free[record.k] = record.n, nil
  self.attempts[record.k] = self.attempts[record.k] or {}
  table.insert(self.attempts[record.k], attempt)
end

--- A person's word may be put right by another one.
local function take_back(self, attempt)
  if attempt.request_id then
    self.requests[attempt.request_id] = nil
    attempt.request_id = nil
  end
end

function readers.accepted(self, record, attempt)
  take_back(self, attempt)
  attempt.state, attempt.request_id, attempt.error = "accepted", record.r, nil
  attempt.micros, attempt.by_hand, attempt.gone = attempt.asked, record.hand, record.gone
  self.requests[record.r] = attempt
end

function readers.doubt(_, record, attempt)
  attempt.state, attempt.error, attempt.doubted = "doubt", record.err, record.at
  attempt.service_doubted = record.s
end

function readers.failed(self, record, attempt)
  if record.hand then
    take_back(self, attempt)
    attempt.by_hand = true
  end
  attempt.state, attempt.error = "failed", record.err
  attempt.micros, attempt.seconds = record.m or 0, record.sec
end

function readers.done(_, record, attempt)
  attempt.state, attempt.output, attempt.seconds = "done", record.o, record.sec
  attempt.ended = record.at
end

function readers.name(self, record, attempt)
  self.called[attempt.key], self.free[attempt.key] = record.n, nil
  self.names[record.n] = true
end

function readers.free(self, _, attempt) self.free[attempt.key] = true end

function readers.discarded(_, _, attempt) attempt.state = "discarded" end

function readers.file(_, record, attempt)
  attempt.files[record.f] = { path = record.p, from = record.from }
end

-- What a record must hold, and what it may. Taken as it is, a damaged one would raise
-- later, with requests on their way.
local MUST = {
  intent = { a = "number", k = "string", n = "string", e = "string", i = "table",
    at = "number" },
  accepted = { r = "string" }, name = { n = "string" },
  file = { f = "string", p = "string" },
}
local MAY = { m = "number", s = "number", at = "number", sec = "number", take = "number",
  b = "string", w = "string", err = "table", from = "string" }

local function fault(self, record)
  for field, wanted in next, MUST[record.t] or {} do
    if type(record[field]) ~= wanted then return field .. " is no " .. wanted end
  end
  for field, wanted in next, MAY do
    local value = record[field]
    if value ~= nil and type(value) ~= wanted then return field .. " is no " .. wanted end
  end
  if record.t == "intent" and record.a ~= #self.list + 1 then
    return ("attempt %s follows attempt %d"):format(record.a, #self.list)
  end
end

--- Adds one record. Of a kind that is not known, a newer version wrote it.
---@param record table
---@return boolean? ok
---@return string? why
function State:add(record)
  local reader = type(record) == "table" and readers[record.t]
  if not reader then return nil, "it holds a record that is not known" end
  local attempt = record.t ~= "intent" and self.list[record.a] or nil
  if record.t ~= "intent" and not attempt then
    return nil, "it tells of an attempt that it does not hold"
  end
  local why = fault(self, record)
  if why then return nil, why end
  reader(self, record, attempt)
  return true
end

--- Dollars are committed when they were paid, or may yet be.
---@return integer micros
function State:committed()
  local sum = 0
  for _, attempt in ipairs(self.list) do sum = sum + (attempt.micros or 0) end
  return sum
end

--- As the planner wants it.
---@return fal.workflow.Known
function State:known()
  return { attempts = self.attempts, list = self.list, takes = self.takes,
    names = self.names, called = self.called, free = self.free,
    committed = self:committed() }
end

return state
