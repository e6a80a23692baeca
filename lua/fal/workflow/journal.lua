--- The journal of a workflow: a file of JSON lines to which records are added, each on
--- the disk before what it tells of is acted upon.
-- Records of tasks that run side by side share one write and one sync. A line that was
-- not finished was never acted upon, so it is dropped; anything else that cannot be read
-- stops the workflow, for it might hide a paid request.

local E = require "fal.error"
local core = require "fal.core"
local json = require "fal.json"
local state = require "fal.workflow.state"

local journal = {}

local HEADER = { t = "fal.workflow", v = 1 }

local function failure(path, doing, cause, remedy)
  return E.new { kind = "file", sent = "no", cause = cause,
    message = ("%s (%s)"):format(doing, path), remedy = remedy }
end

local function is_header(record)
  return type(record) == "table" and record.t == HEADER.t and record.v == HEADER.v
end

local function damaged(path, number, why)
  return nil, failure(path, ("line %d of the workflow's journal cannot be understood, "
    .. "and without it something might be paid twice; nothing was sent"):format(number),
    why,
    "Restore the file, or begin in a new folder. A newer version of fal may have written "
      .. "it.")
end

local STRIDE = 64   -- lines between two turns of the others

--- Reads a journal.
---@param path string
---@param pause? fun()                 called every few lines: a long one takes a while
---@return fal.workflow.State? state   an empty one when there is no such file
---@return fal.Error|string[] lines    its whole lines
---@return boolean? torn               the last line was not finished
function journal.read(path, pause)
  local known, lines = state.new(), {}
  local file, why, code = io.open(path, "rb")
  if not file then
    if code == 2 then return known, lines, false end
    return nil, failure(path, "the workflow's journal cannot be read", why)
  end
  local all, problem = file:read("*a")
  file:close()
  if not all then
    return nil, failure(path, "the workflow's journal cannot be read", problem)
  end
  for line in all:gmatch("([^\n]*)\n") do
    local record = json.decode(line, true)
    lines[#lines + 1] = line
    if pause and #lines % STRIDE == 0 then pause() end
    if #lines == 1 then
      if not is_header(record) then return damaged(path, 1, "it is no journal") end
    else
      local ok, cause = known:add(record)
      if not ok then return damaged(path, #lines, cause) end
    end
  end
  return known, lines, all ~= "" and all:sub(-1) ~= "\n"
end

---@class fal.workflow.Journal
---@field state fal.workflow.State
---@field locked? file*   the folder's lock
local Journal = {}
Journal.__index = Journal

--- What a record tells of is written first; a cancel that came meanwhile ends the task's
--- next wait.
local function keep(client, err)
  local task = client.sched:current()
  if task and err and err.kind == "canceled" then task.cancel_next = err end
end

--- What the disk has done is heard by nobody: the wait was over, and the host waited.
local HEIR = { orphan = function() end }

--- Waits until a file is on the disk while others go on; where waiting is over (its task
--- was canceled, the client closed), the host waits with it.
local function sync(client, file)
  if client.closed then return core.sync(file) end
  local id, problem = client.engine:sync(file)
  if id == false then return nil, problem end
  if not id then return core.sync(file) end
  local kind, ok, why = client.sched:await(id, HEIR)
  if kind then return ok, why end
  keep(client, ok)
  return core.sync(file)
end

--- `client`: where others may go on meanwhile.
local function write_file(path, mode, bytes, client)
  local file, why = io.open(path, mode)
  if not file then return nil, why end
  local ok
  ok, why = file:write(bytes)
  if ok and client then
    ok, why = sync(client, file)
  elseif ok then
    ok, why = core.sync(file)
  end
  local closed, problem = file:close()
  if not ok then return nil, why end
  return closed, problem
end

-- Compiled, LuaJIT repeats a write or flush that failed, in the interpreter; the second
-- time the buffer is empty, and that is no failure.
local jit = rawget(_G, "jit")
if jit then jit.off(write_file) end

local function sync_folder(path, client)
  local folder = io.open(path, "rb")
  if not folder then return end
  if client then sync(client, folder) else core.sync(folder) end
  folder:close()
end

--- The whole journal anew: when it is first made, and after a write that went wrong. Then
--- nobody else may write meanwhile, so it has no client to wait with.
local function rewrite(self, client)
  local fresh = self.path .. ".new"
  local ok, why = write_file(fresh, "wb", table.concat(self.lines, "\n") .. "\n", client)
  if ok then ok, why = os.rename(fresh, self.path) end
  if not ok then
    os.remove(fresh)
    return nil, why
  end
  sync_folder(self.dir, client)
  return true
end

--- Opens a journal for writing; the caller holds the folder's lock.
---@param client fal.Client
---@param dir string
---@param path string   in it
---@return fal.workflow.Journal?
---@return fal.Error? err   kind file
function journal.open(client, dir, path)
  local known, lines, torn = journal.read(path, function() client:sleep(0) end)
  if not known then return nil, lines end
  local self = setmetatable({ client = client, dir = dir, path = path, state = known,
    lines = lines, broken = torn or #lines == 0 }, Journal)
  if #lines == 0 then lines[1] = json.encode(HEADER) end
  local ok, why = true, nil
  if self.broken then ok, why = rewrite(self, client) end
  if not ok then
    return nil, failure(path, "the workflow's journal cannot be written; nothing was "
      .. "sent", why)
  end
  self.broken = false
  return self
end

--- Once something could not be written, only the whole anew mends it.
local function flush(self, from)
  local ok, why
  if self.broken then
    ok, why = rewrite(self)
    self.broken = not ok
  else
    ok, why = write_file(self.path, "ab",
      table.concat(self.lines, "\n", from) .. "\n", self.client)
    self.broken = self.broken or not ok
  end
  if ok then return true end
  return nil, failure(self.path, "the workflow's journal cannot be written", why,
    "Check that the folder is writable and the disk has space, then run it again.")
end

--- Parks until `is_over()`, through a cancel.
---@return fal.Error? err   canceled; closed: it was not waited for
local function outwait(self, ticket, is_over)
  local stopped
  while not is_over() do
    local ok, err = self.client.sched:park(ticket)
    if not ok then
      stopped = err
      if err.kind ~= "canceled" then break end
    end
  end
  return stopped
end

--- Records, and waits until it is on the disk. What could not be written is written with
--- the next record; the state knows it in any case, since it did happen.
---@param record table
---@return boolean? ok
---@return fal.Error? err   kind file; validation: it is no JSON, or makes no sense here
function Journal:add(record)
  local line, err = json.encode(record)
  if not line then return nil, err end
  local ok, why = self.state:add(record)
  if not ok then
    -- Written, it would keep the whole journal from being read.
    return nil, E.new { kind = "validation", sent = "no", cause = why,
      message = "a record was kept out of the workflow's journal (" .. self.path .. ")" }
  end
  self.lines[#self.lines + 1] = line
  local batch = self.batch
  if batch then
    local stopped = outwait(self, batch.waiting, function() return batch.done end)
    if not batch.done then return nil, stopped end
    keep(self.client, stopped)
    return batch.ok, batch.err
  end
  batch = { from = #self.lines, waiting = {} }
  self.batch = batch
  -- One turn for the others to join, and as long as the batch before is being written.
  -- However that wait ends, the batch is written.
  local _, stopped = self.client:sleep(0)
  while self.writing do
    local before = self.writing
    local ended = outwait(self, before, function() return self.writing ~= before end)
    stopped = ended or stopped
    if self.writing == before then break end
  end
  self.batch = nil
  local writing = self.writing or {}
  self.writing = writing
  batch.ok, batch.err = flush(self, batch.from)
  batch.done = true
  if self.writing == writing then self.writing = nil end
  self.client.sched:wake(writing)
  self.client.sched:wake(batch.waiting)
  keep(self.client, stopped)
  return batch.ok, batch.err
end

return journal
