--- The same work was asked for before: what becomes of asking again. Pure.
-- Named work is one piece of work: paid for once, whoever asks, until it is asked for
-- `again`. Work without a name may be wanted twice on purpose (another take of a prompt):
-- only what a dead process left unfinished is taken up, once for each asking; but while
-- nobody knows whether a request was accepted, the same one is never simply sent anew.

local again = {}

local STEP = {
  fetched = "result", completed = "job", accepted = "job", sent = "doubt",
  unknown = "doubt", intent = "replace",
}

-- Of several rows the most advanced one serves.
local RANK = { result = 1, job = 2, wait = 3, doubt = 4, replace = 5 }

local function step_named(row, is_living)
  local sending = row.state == "intent" or row.state == "sent"
  if sending and is_living(row) then return "wait" end
  return STEP[row.state]
end

local function step_unnamed(row, is_living)
  if row.state == "unknown" then return "doubt" end
  if row.state == "fetched" or is_living(row) then return nil end
  return STEP[row.state]
end

---@param rows table[]     of this endpoint and input, not refused, failed or canceled
---@param name? string     the caller's name for the work
---@param is_living fun(row: table): boolean   the process that wrote the row lives
---@return "result"|"job"|"wait"|"doubt"|"replace"|nil step   nil: it is new work.
---        result: stored; job: it runs, or is done; wait: somebody is sending it; doubt:
---        nobody knows whether it was accepted; replace: it certainly never left
---@return table? row
function again.plan(rows, name, is_living)
  local best, chosen
  for i = 1, #rows do
    local row = rows[i]
    if row.name == name then
      local step = (name and step_named or step_unnamed)(row, is_living)
      if step and (not best or RANK[step] < RANK[best]) then best, chosen = step, row end
    end
  end
  return best, chosen
end

return again
