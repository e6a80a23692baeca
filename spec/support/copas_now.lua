-- A stand-in for today's copas (4.x), which Debian 12 does not package: the part of its
-- interface that a driver meets, with the same meaning. Threads start at once; pause,
-- pauseforever and wakeup; receive on whatever select takes; loop ends when no thread is
-- left.

local socket = require "socket"

local copas = { _VERSION = "stand-in for copas 4" }

local reading, by_signal = {}, {}   -- what select is given, and the thread of each
local sleeping, runnable = {}, {}   -- thread → when; list
local live = 0
local handler = function(err) error(err, 0) end
local READ, PAUSE = {}, {}

local function remove(signal)
  by_signal[signal] = nil
  for i = #reading, 1, -1 do
    if reading[i] == signal then table.remove(reading, i) end
  end
end

local function run(co, ...)
  local ok, first, what = coroutine.resume(co, ...)
  if coroutine.status(co) == "dead" then
    live = live - 1
    if not ok then handler(first, co) end
  elseif what == READ then
    reading[#reading + 1], by_signal[first] = first, co
  elseif what == PAUSE then
    sleeping[co] = first
  else
    error("copas: a thread yielded what copas does not know", 0)
  end
end

function copas.addthread(thread, ...)
  if type(thread) ~= "thread" then thread = coroutine.create(thread) end
  live = live + 1
  run(thread, ...)
  return thread
end

function copas.receive(signal, pattern)
  while true do
    local s, err = signal:receive(pattern)
    if s or err ~= "timeout" then return s, err end
    coroutine.yield(signal, READ)
  end
end

function copas.pause(seconds)
  coroutine.yield(socket.gettime() + (seconds or 0), PAUSE)
end
function copas.pauseforever() coroutine.yield(math.huge, PAUSE) end

function copas.wakeup(co)
  if not sleeping[co] then return end
  sleeping[co] = nil
  runnable[#runnable + 1] = co
end

function copas.setErrorHandler(fn) handler = fn end
function copas.finished() return live == 0 end

local function next_pause(limit)
  local now, left = socket.gettime(), limit
  for co, due in pairs(sleeping) do
    if due <= now then copas.wakeup(co) else left = math.min(left, due - now) end
  end
  return #runnable > 0 and 0 or left
end

function copas.step(timeout)
  local ready = socket.select(reading, {}, next_pause(timeout or 60))
  for i = 1, #ready do
    local co = by_signal[ready[i]]
    remove(ready[i])
    run(co)
  end
  next_pause(0)
  local list = runnable
  runnable = {}
  for i = 1, #list do run(list[i]) end
  return #ready + #list > 0
end

function copas.loop()
  while not copas.finished() do copas.step() end
end

return copas
