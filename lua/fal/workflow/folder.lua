--- A workflow's folder: one run in it at a time, in all processes.

local E = require "fal.error"
local core = require "fal.core"
local journal = require "fal.workflow.journal"

local folder = {}

---@param film fal.Workflow
---@return string path
function folder.journal(film) return film.dir .. "/workflow.jsonl" end

local function folder_error(film, message, cause)
  return E.new { kind = "file", sent = "no", cause = cause,
    message = message .. " (" .. film.dir .. ")" }
end

---@param film fal.Workflow
---@return boolean? ok
---@return fal.Error? err
function folder.make(film)
  local ok, why = core.make_folder(film.dir)
  if ok then return true end
  return nil, folder_error(film, "the workflow's folder cannot be made", why)
end

--- Writes a file anew; the one that is there is replaced at once, or stays as it is.
---@param path string
---@param bytes string
---@return boolean? ok
---@return string? why
function folder.replace(path, bytes)
  local fresh = path .. ".new"
  local file, why = io.open(fresh, "wb")
  if not file then return nil, why end
  local ok
  ok, why = file:write(bytes)
  local closed, problem = file:close()
  if ok and closed then
    ok, why = os.rename(fresh, path)
    if ok then return true end
  end
  os.remove(fresh)
  return nil, why or problem
end

-- The system ends the lock with the process, however that ends.
local function lock(film)
  local ok, err = folder.make(film)
  if not ok then return nil, err end
  local file, why = io.open(film.dir .. "/lock", "ab")
  if not file then
    return nil, folder_error(film, "the workflow's folder cannot be written to", why)
  end
  ok, why = core.lock(file)
  if ok then return file end
  file:close()
  if ok == false then
    return nil, E.new { kind = "file", sent = "no", retryable = true,
      message = "the workflow is being run already (" .. film.dir .. ")",
      remedy = "Wait for that run to end, or give this workflow a folder of its own." }
  end
  return nil, folder_error(film, "the workflow's folder cannot be locked", why)
end

--- Calls `fn(journal)` with the journal open for writing and nobody else's.
---@param film fal.Workflow
---@param fn fun(book: fal.workflow.Journal): any, any
---@return any ...   what it returned; nil and an error of kind file or closed
function folder.exclusively(film, fn)
  -- What waits only once it has begun would go on without its caller.
  local ok, err = film.client.sched:may_wait()
  if not ok then return nil, err end
  local locked
  locked, err = lock(film)
  if not locked then return nil, err end
  local book, value
  book, err = journal.open(film.client, film.dir, folder.journal(film))
  if book then
    -- Tasks that write to it keep others out, also when the caller is collected.
    book.locked = locked
    value, err = fn(book)
  end
  locked:close()
  return value, err
end

return folder
