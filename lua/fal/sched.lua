--- Who waits for what: the scheduler of one client.
-- Only coroutines that a scheduler started are ever yielded: a task of another client
-- parks there (fal.guest). Plain code (the main chunk, a coroutine of somebody else)
-- drives the loop until its wait is over; a host's coroutine waits in its host's way when
-- client.driver says so:
--
--     driver.running()       whether the present coroutine is the host's to suspend
--     driver.wait(register)  suspends it until the function that `register` is called
--                            with has been called (from within client:step); false when
--                            the host has nothing left that could bring that about
--     driver.changed()       optional: outside of client:step something was begun, so
--                            that client:timeout() may have come nearer
--     driver.refuse()        optional: why the present caller must not wait: it would
--                            stop the host. Raised before anything is begun
--     driver.detach()        optional: the client is about to close its descriptor
--     driver.say(lines, bad) optional: shows what would else go to stderr; bad: an error
--
-- No user code runs under pcall: PUC 5.1 cannot yield across it. The status that
-- coroutine.resume returns says the same.

local E = require "fal.error"
local guest = require "fal.guest"
local interpreted = require "fal.interpreted"
local wait = require "fal.wait"

local unpack = rawget(table, "unpack") or rawget(_G, "unpack")

local sched = {}

---@class fal.Driver
---@field running fun(): boolean
---@field wait fun(register: fun(resume: fun())): boolean?
---@field changed? fun()
---@field refuse? fun(): string?
---@field detach? fun()
---@field say? fun(lines: string[], bad: boolean)

---@class fal.Scheduler
local Scheduler = {}
Scheduler.__index = Scheduler
wait.extend(Scheduler)

local PARK, PROBE, DEADLOCK = wait.PARK, wait.PROBE, wait.DEADLOCK
sched.DEADLOCK = DEADLOCK

-- Resumes within resumes; every Lua has a limit on C levels. A task that waits within a
-- coroutine of its own drives the others from there. The deepest serves transfers only,
-- and the tasks that are due wait for it; one that waits for a task may go a bit deeper.
local MAX_DEPTH = wait.MAX_DEPTH
local resume, type = coroutine.resume, type

---@param engine fal.core.Engine
---@param now fun(): number   the monotonic clock
---@param owner { driver?: fal.Driver, report: fun(self, err: fal.Error) }   the client;
---        report takes the error of a task that nobody awaits
---@param roomy? fun(n: integer): table, integer   an empty table with room for so many
---        members at the least, and for how many
---@return fal.Scheduler
function sched.new(engine, now, owner, roomy)
  return setmetatable({
    engine = engine, now = now, owner = owner,
    roomy = roomy or function(n) return {}, n end,
    early = false,     -- or id → what came of it before it had a waiter
    waiters = {},      -- id → task | function | id to abort | false | what has put()
    pending = 0,       -- entries of waiters
    room = 0,          -- how many more ids it takes
    tasks = {},        -- those that live, in any order
    active = false,    -- or the task that was resumed last and has not yielded since
    live = 0, orphans = 0,
    ready = {}, head = 1, tail = 0,
    held = {},         -- id → guard of a channel that is full
    hosted = {},       -- boxes whose wait a driver keeps
    failed = {}, first_failed = 1, last_failed = 0,
    depth = 0, max_depth = MAX_DEPTH,
    closed = false,    -- or the error that says why
    stopped = false,   -- and all who waited have been told
    turning = false,   -- a turn is under way
    unwaiting = false, -- or who is called that must not wait
    hosts = false,     -- or the schedulers whose tasks wait here
  }, Scheduler)
end

--- Why nothing more is done here; false: go on. In a forked child the connections and the
--- tasks are the parent's, which goes on with them: none of them is touched or resumed.
---@return fal.Error|false
function Scheduler:check()
  if not self.closed and self.engine:forked() then
    self.closed = E.new { kind = "closed",
      message = "the client belongs to the process that this one was forked from",
      remedy = "Make another client in the child." }
    self.owner.closed = self.closed
    self.waiters, self.pending, self.hosted = {}, 0, {}
    self.ready, self.head, self.tail = {}, 1, 0
    self.failed, self.first_failed, self.last_failed = {}, 1, 0
  end
  return self.closed
end

--- Makes the descriptor that a host watches turn readable while tasks are ready: the
--- engine knows nothing of them.
local function poke(self)
  if not self.lent or self.poked or self.closed then return end
  local function gone() self.poked = nil end
  local id = self.engine:timer(0)
  if not id then return end
  self.poked = id
  self:watch(id, gone)
end

local function changed(self)
  if self.hosts then guest.changed(self) end
  local driver = self.owner.driver
  if driver and driver.changed and not self.turning then driver.changed() end
end

--- Lua makes a table as large as what is in it, and one that is full anew for almost
--- every id that comes where another one went. So this one gets room to spare, in time.
local function make_room(self)
  local waiters, room = self.roomy(self.pending + math.floor(self.pending / 4) + 64)
  for id, waiter in next, self.waiters do waiters[id] = waiter end
  self.waiters, self.room = waiters, room - self.pending
end
interpreted(make_room)

function Scheduler:watch(id, waiter)
  local room = self.room
  if room <= 0 then
    make_room(self)
    room = self.room
  end
  self.room = room - 1
  self.waiters[id] = waiter
  self.pending = self.pending + 1
  if self.early then self:bring(id) end
  if not self.turning then changed(self) end
end

local Orphan = {}
Orphan.__index = Orphan

--- A transfer whose outcome nobody waits for any more, and that must not be lost.
function Scheduler:leave(id, abandon)
  local orphan = setmetatable({ abandon = abandon }, Orphan)
  self.orphans = self.orphans + 1
  if self.waiters[id] == nil then return self:watch(id, orphan) end
  self.waiters[id] = orphan
  changed(self)
end

--- A driver learns in a step that nothing is left, so that there is one more.
function Scheduler:settled()
  if self.live > 0 or self.pending > 0 or self.turning then return end
  if not self.owner.driver then return end
  poke(self)
  changed(self)
end

local function all_ended(self)
  if self.live == 0 and self.orphans == 0 and self.at_end then self:wake(self.at_end) end
end

function Orphan:put(owner, ...)
  owner.orphans = owner.orphans - 1
  self.abandon:orphan(...)
  all_ended(owner)
end

--- What comes of the orphans will not be seen: they are told so.
function Scheduler:disown()
  if self.closed then return end
  local left = {}
  for _, w in next, self.waiters do
    if getmetatable(w) == Orphan then left[#left + 1] = w end
  end
  for i = 1, #left do
    left[i].abandon:orphan("error", "aborted", "the client was closed before it came",
      "unknown")
  end
end
interpreted(Scheduler.disown)

--- A wait for `id` is over; there was one.
local function forget(self, id)
  self.waiters[id] = nil
  local pending = self.pending - 1
  self.pending = pending
  if pending == 0 then self:settled() end
end

function Scheduler:drop_timer(id)
  if self.closed then return end
  self.engine:abort(id)
  if self.waiters[id] ~= nil then forget(self, id) end
end

--- Gives a transfer up; how it ended no longer matters to anybody.
function Scheduler:drop(id)
  if self.closed or self.waiters[id] == nil then return end
  self.waiters[id] = false
  self.engine:abort(id)
end

--- Queues a suspended task; it is resumed with true, or nil and `why`.
function Scheduler:make_ready(task, why)
  -- What may find no memory comes before what counts on it, here and below.
  self.ready[self.tail + 1] = task
  task.parked, task.why, task.queued = nil, why, true
  self.tail = self.tail + 1
  if not self.turning then poke(self) end
  changed(self)
end

--- Ends the wait of whoever is in `list`: tasks, and boxes of plain code.
function Scheduler:wake(list)
  for i = 1, #list do
    local w = list[i]
    list[i] = nil
    if w.co then
      -- A task that was canceled meanwhile may be waiting elsewhere by now.
      if w.parked == list then self:make_ready(w) end
    else
      w.done, self.hosted[w] = true, nil
      if w.resume then w.resume() end
    end
  end
end

--- After a resume: did the task end, park, or just yield?
local function after_resume(self, task, outer, inside, ok, first, ...)
  if first == PROBE then
    return after_resume(self, task, outer, inside, resume(task.co))
  end
  self.depth, self.active, wait.inside = self.depth - 1, outer, inside
  if first == PARK and ok then return end
  if coroutine.status(task.co) == "dead" then return task:finish(ok, first, ...) end
  -- A closed client drops a task that only yields: it would never come to its end.
  if not self.closed then self:make_ready(task) end
end

local function resume_task(self, task, ...)
  local outer, inside = self.active, wait.inside
  self.depth, self.active, wait.inside = self.depth + 1, task, self
  return after_resume(self, task, outer, inside, resume(task.co, ...))
end

Scheduler.resume = resume_task

local function pack(...) return { n = select("#", ...), ... } end

--- Resumes a task with what it waits for; later, where resumes are too deep. Of one whose
--- coroutine was closed, a paid request goes on as if the task were canceled.
function Scheduler:hand(task, ...)
  local abandon = task.abandon
  task.abandon = nil
  if abandon and coroutine.status(task.co) == "dead" then
    if ... then abandon:orphan(...) end
    return task:finish(false, "its coroutine was closed while it waited")
  end
  if self.depth < self.max_depth then return resume_task(self, task, ...) end
  local outcome = pack(...)
  self:make_ready(task)
  task.outcome = outcome
end

function Scheduler:may_start() return self.depth < MAX_DEPTH and not self.unwaiting end

local function run_ready(self)
  local task = self.ready[self.head]
  self.ready[self.head] = nil
  self.head = self.head + 1
  if self.head > self.tail then self.head, self.tail = 1, 0 end
  if task.done then return end
  local why, outcome = task.why, task.outcome
  task.why, task.queued, task.outcome = nil, nil, nil
  if task.args then return task:start() end
  if outcome then
    -- It came before the cancel did: it may be the answer to a paid request.
    if why and not self.closed then task.cancel_next = why end
    return self:resume(task, unpack(outcome, 1, outcome.n))
  end
  if why then return self:resume(task, nil, why) end
  return self:resume(task, true)
end

--- To one who is no task: a transfer that has its deadline, a function, a taker.
local function tell(self, w, ...)
  local what = type(w)
  if what == "number" then return self.engine:abort(w) end
  if what == "function" then return w(...) end
  return w:put(self, ...)
end

local MAX_EARLY = 8   -- of what comes early, the latest: somebody may yet wait for it

local function make_place(early)
  local count, oldest = 0, nil
  for id in next, early do
    count, oldest = count + 1, math.min(id, oldest or id)
  end
  if count >= MAX_EARLY then early[oldest] = nil end
end

--- It came before anybody waits for it: between the start of a transfer and the wait Lua
--- may collect, and a finalizer of the user's may step. Or nobody ever will, since where
--- it was started nothing could wait.
local function keep(self, id, ...)
  self.early = self.early or {}
  local list = self.early[id]
  if not list then
    make_place(self.early)
    list = {}
    self.early[id] = list
  end
  list[#list + 1] = pack(...)
  return true
end

--- Hands on what the engine said of a transfer or timer: a kind and up to five values.
local function deliver(self, id, kind, a, b, c, d, e)
  if not id then return false end
  local w = self.waiters[id]
  if w == nil then return keep(self, id, kind, a, b, c, d, e) end
  if kind ~= "event" then forget(self, id) end
  if not w then return true end
  if type(w) ~= "table" or not w.co then
    tell(self, w, kind, a, b, c, d, e)
  elseif not w.abandon and self.depth < self.max_depth then
    resume_task(self, w, kind, a, b, c, d, e)
  else
    self:hand(w, kind, a, b, c, d, e)
  end
  return true
end

--- Somebody waits for it now: he gets what came early once he does.
function Scheduler:bring(id)
  local list = self.early[id]
  if not list then return end
  self.early[id] = nil
  if next(self.early) == nil then self.early = false end
  self:arm(0, function()
    for i = 1, #list do deliver(self, id, unpack(list[i], 1, list[i].n)) end
  end)
end

local function over(self, limit, box)
  return self.closed or box and box.done or limit and self.now() >= limit
end

--- One round: the tasks that were ready, then what finished below, one at a time. At
--- least one of each, or a host with a small budget would see neither ever.
---@return boolean did   whether there was anything to do
function Scheduler:turn(limit, box)
  -- Counted: a queue that runs empty begins anew at its first place.
  local did, left, outer = false, self.tail - self.head + 1, self.turning
  self.turning = true
  while left > 0 and self.ready[self.head] and self.depth < self.max_depth do
    did, left = true, left - 1
    run_ready(self)
    if self:check() or over(self, limit, box) then break end
  end
  local engine = self.engine
  while not self.closed and not (box and box.done) and deliver(self, engine:next()) do
    did = true
    if limit and self.now() >= limit then break end
  end
  self.turning = outer
  return did
end

local function report_failed(self, before)
  while self.first_failed <= self.last_failed do
    local task = self.failed[self.first_failed]
    if before and task.failed_at > before then return end
    self.failed[self.first_failed] = nil
    self.first_failed = self.first_failed + 1
    if not task.observed then
      task.observed = true
      self.owner:report(task.err)
    end
  end
  self.first_failed, self.last_failed = 1, 0
end

--- Reports the tasks that failed and that nobody will await, since the end has come.
function Scheduler:report_left() report_failed(self) end

--- Remembers a task that raised, for a while: somebody may still await it.
function Scheduler:note_failure(task)
  task.failed_at = self.now()
  self.failed[self.last_failed + 1] = task
  self.last_failed = self.last_failed + 1
  if self.stopped then report_failed(self) end  -- no step comes any more
end

local GRACE = 5  -- seconds in which somebody may yet come to await a failed task

--- Reports the tasks that failed a while ago; nobody will await them any more.
function Scheduler:report_old()
  if self.first_failed <= self.last_failed then
    report_failed(self, self.now() - GRACE)
  end
end

--- The sockets for `share` seconds, then the tasks until `limit`, for `least` seconds
--- whatever the sockets took. No time given: each until nothing is ready.
---@return boolean? more   the sockets stopped for somebody, and all who were to have a
---        turn had one
local function round(self, now, share, limit, least)
  local has_tasks = self.head <= self.tail
  local more = self:advance(0, share)
  if self.closed or not (more or has_tasks) then return false end
  local met = limit and self.now()
  self:turn(limit and math.max(limit, met + least))
  -- They stop in the middle of their share: before it nothing was left to do, and a task
  -- that sleeps for no time would have one turn after the other.
  return limit and met - now > share / 3 and not self.closed and self.head > self.tail
end

--- Does what is ready, for about `budget` seconds, and never waits.
---@param budget? number   seconds [until nothing is ready]
---@return integer live    tasks and transfers; 0: nothing is left to do
function Scheduler:step(budget)
  if self.closed then return 0 end
  if self.unwaiting then error(self.unwaiting .. " must not call step", 3) end
  if self.depth == 0 then self.turning = false end  -- a turn that raised left it set
  -- Half for the sockets, or a quarter when somebody waits for his turn: what libcurl
  -- began it finishes, and a TLS handshake takes a millisecond. The tasks have a quarter
  -- whatever it took. Of what they leave of the first half the sockets have some more: it
  -- would be lost, and what is begun later than that ends too late.
  local quarter = budget and budget / 4
  local now = budget and self.now()
  local first, limit = budget and now + 2 * quarter, budget and now + budget
  local more = round(self, now, budget and (self.head <= self.tail and 1 or 2) * quarter,
    limit, quarter)
  while more do
    now = self.now()
    if now >= first then break end
    more = round(self, now, first + quarter - now, limit, 0)
  end
  if self.closed then return 0 end
  if self.head <= self.tail then
    poke(self)
  elseif self.poked then
    self:drop_timer(self.poked)
    self.poked = nil
  end
  if self.live + self.pending == 0 and self.owner.driver then
    report_failed(self)  -- no step comes until something is begun
  else
    self:report_old()
  end
  return self.live + self.pending
end

--- Runs until no task is left, nor a submit that a canceled one left behind: what that
--- brings is canceled at the service. Raises when the tasks that are left wait for each
--- other.
function Scheduler:loop()
  if self:current() then error("loop: a task cannot wait for all tasks", 3) end
  self.at_end = self.at_end or {}
  while self.live > 0 or self.orphans > 0 do
    local ok, err = self:park(self.at_end)
    if not ok and err == DEADLOCK then
      error(("deadlock: %d task(s) wait for something that nothing will bring")
        :format(self.live), 3)
    end
    if not ok then break end
  end
  report_failed(self)
end

--- A task begins.
function Scheduler:begun(task)
  task.at = self.live + 1
  self.tasks[task.at] = task
  self.live = task.at
end

--- A task ended.
function Scheduler:ended(task)
  local last = self.tasks[self.live]
  self.tasks[task.at], last.at = last, task.at
  self.tasks[self.live] = nil
  self.live = self.live - 1
  all_ended(self)
  self:settled()
end

--- A descriptor that turns readable when there is work.
---@return integer?
function Scheduler:fd()
  if self:check() then return nil end
  self.lent = true
  if self.head <= self.tail then poke(self) end
  return self.engine:fd()
end

---@return number? seconds   nil: nothing to wait for
function Scheduler:timeout()
  if self:check() then return nil end
  if self.head <= self.tail then return 0 end
  return self.engine:timeout()
end

local function stop(self)
  self.waiters, self.pending = {}, 0
  local waiting = {}
  for _, task in next, self.tasks do
    if coroutine.status(task.co) == "suspended" then waiting[#waiting + 1] = task end
  end
  for i = 1, #waiting do
    local task = waiting[i]
    if task.queued then task.why = self.closed else self:make_ready(task, self.closed) end
  end
  while self.head <= self.tail do run_ready(self) end
  for box in next, self.hosted do
    if box.resume then box.resume() end
  end
  self.stopped = true
  report_failed(self)
end
interpreted(stop)

--- The engine can no longer work: delivers what it still has to say, and ends all else.
function Scheduler:fail(err)
  while not self.closed and deliver(self, self.engine:next()) do end
  if self.closed then return end
  self.closed = err
  stop(self)
end

--- Ends every wait with kind closed; total and idempotent.
function Scheduler:close()
  local stopped = self.closed
  self.closed = stopped
    or E.new { kind = "closed", message = "the client is closed" }
  self.engine:close()
  if not stopped then stop(self) end
end

return sched
