--- The last that a ledger's writer has to write: what is known and not yet durable, what
--- will not be sent after all, and that it is no more. Pure.

local interpreted = require "fal.interpreted"
local ledger = require "fal.ledger"

local farewell = {}

--- A submit was recorded, and is not sent.
---@param me fal.LedgerWriter
---@param id string
---@param err { kind: string, message: string }   why
---@return table op
function farewell.never_sent(me, id, err)
  return { kind = "update", id = id, only = { writer = me.id, state = { "sent" } },
    fields = { state = "refused", cost = 0, settled = 0, updated_at = ledger.now(),
      ended_at = ledger.now(), error_kind = err.kind,
      error = "never sent: " .. err.message } }
end

local CLOSED = { kind = "closed", message = "the client was closed" }

--- Takes the operations that are left, but for submits, which do not leave any more.
---@param writer fal.LedgerJournal
---@return table[] ops
function farewell.ops(writer)
  local ops = writer.backlog or {}
  writer.backlog = nil
  for _, op in ipairs(writer.ops) do
    if op.kind ~= "insert" and not op.leaves then ops[#ops + 1] = op end
  end
  for id in next, writer.unstarted do
    ops[#ops + 1] = farewell.never_sent(writer.me, id, CLOSED)
  end
  -- Without a sign of life this writer has no rows either.
  if writer.signed_at > -math.huge then
    local _, service_now = writer.clock:stamp()
    ops[#ops + 1] = { kind = "sign_off", id = writer.me.id, service_now = service_now }
  end
  return ops
end
interpreted(farewell.ops)

return farewell
