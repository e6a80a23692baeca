--- The user's functions that are called while a job is waited for. What one raises ends
--- the wait, and the job goes on: the error has to say which one that was. No pcall could
--- tell, since the function may wait.

local callback = {}

local running = coroutine.running

-- Coroutine → job, both weak: a job leads to its client and to that one's coroutines, and
-- PUC 5.1 and LuaJIT would keep such a circle. The coroutine's stack holds the job.
local within = setmetatable({}, { __mode = "kv" })

--- What coroutine.create takes: it wants no object that can be called.
---@param fn any
---@return function
function callback.plain(fn)
  if type(fn) == "function" then return fn end
  return function(...) return fn(...) end
end

---@param job fal.Job
---@param fn function
function callback.call(job, fn, ...)
  local co = running()
  if not co then return fn(...) end  -- PUC 5.1's main thread
  local outer = within[co]
  within[co] = job
  fn(...)
  within[co] = outer
end

--- Whether it died in a callback: of one whose error was caught, `within` still tells.
local function is_within(co)
  local level = 0
  while true do
    local info = debug.getinfo(co, level, "f")
    if not info then return false end
    if info.func == callback.call then return true end
    level = level + 1
  end
end

--- What to do about the job in whose callback a coroutine died.
---@param co thread
---@return fal.Job?
---@return string? remedy
function callback.job(co)
  local job = within[co]
  if not job or not is_within(co) then return nil end
  return job, ("It was raised in a callback of this job, which goes on; take it up again "
    .. "with fal.job(%q, %q):wait()."):format(job.endpoint_id, job.request_id)
end

return callback
