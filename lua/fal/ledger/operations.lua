--- What the ledger's writer can be asked to do within a transaction. Each returns what is
--- true when it went well; nil, a message and a code when it did not. What the operation
--- itself came to is noted in it: `changed`, `taken`, `err`.

local budget = require "fal.budget"
local interpreted = require "fal.interpreted"
local ledger = require "fal.ledger"
local store = require "fal.ledger.store"

local operations = {}

--- Adds a row, unless the budget forbids it or the work is somebody's already. An insert
--- that is repeated after a lost connection may have been committed the first time.
function operations.insert(db, op, batch)
  local row = op.row
  if op.repeated then
    local there, message, code = store.get(db, row.id)
    if there or code then return there and true, message, code end
  end
  if op.once then
    local taken, message, code = store.has_work(db, row)
    if taken == nil then return nil, message, code end
    op.taken = taken
    if taken then return true end
  end
  if op.limit then
    local committed = batch.committed
    if not committed then
      local message, code
      committed, message, code = store.committed(db)
      if not committed then return nil, message, code end
      batch.committed = committed
    end
    if committed + row.cost > op.limit then
      op.err = budget.exceeded(row.endpoint_id, row.cost, op.limit, committed)
      return true
    end
    batch.committed = committed + row.cost
  end
  return store.insert(db, row)
end

--- Whether a row is already what an update wanted: one that is repeated after a lost
--- connection may have been committed the first time.
local function is_so(db, op)
  local row, message, code = store.get(db, op.id)
  if code then return nil, message, code end
  for name, value in next, op.known or op.fields do
    if not row or (value ~= store.NULL and row[name] ~= value) then return false end
  end
  return true
end
interpreted(is_so)

--- Changes a row; op.known is what tells that somebody wrote the same before.
function operations.update(db, op)
  local changed, message, code = store.update(db, op.id, op.fields, op.only)
  if changed == 0 and (op.repeated or op.known) then
    local so
    so, message, code = is_so(db, op)
    if so == nil then return nil, message, code end
    changed = so and 1 or 0
  end
  op.changed = changed
  return changed, message, code
end

function operations.file(db, op) return store.add_file(db, op.file) end

--- A transaction of its own for the sign of life that any takes along.
function operations.sign() return true end

function operations.sign_off(db, op)
  return store.sign_off(db, op.id, ledger.now(), op.service_now)
end

return operations
