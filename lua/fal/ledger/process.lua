--- Who writes: this process, told apart from every other one, and whether another one
--- still lives.
-- Within one boot of one machine (and one container) a process is its number and the tick
-- it was started at, which /proc shows for every process. Elsewhere only the last sign of
-- life in the ledger is known.

local core = require "fal.core"

local process = {}

--- Seconds without a sign of life after which a process elsewhere counts as dead. A
--- living one gives a sign at least every process.BEAT seconds while it waits for jobs.
process.LEASE = 120
process.BEAT = 20

local ENOENT, ESRCH = 2, 3

--- Nil, and whether that is because there is no such thing: a file may not be readable
--- for other reasons, such as too many open ones.
local function first_line(path)
  local file, _, code = io.open(path, "r")
  if not file then return nil, code == ENOENT end
  local line
  line, _, code = file:read("*l")
  file:close()
  return line, line == nil and code == ESRCH
end

--- The number and the start tick in a /proc/…/stat line. The command name between them
--- may hold anything, parentheses too.
local function parse_stat(line)
  if not line then return nil end
  local pid, rest = line:match("^(%d+) .*%) (.*)$")
  if not pid then return nil end
  local fields = {}
  for field in rest:gmatch("%S+") do fields[#fields + 1] = field end
  return pid, fields[20], fields[1]
end

process.parse_stat = parse_stat

local function random_hex(bytes)
  return (assert(core.random(bytes)):gsub(".", function(c)
    return ("%02x"):format(c:byte())
  end))
end

--- A name that nobody else has: ordered by time, and not to be guessed.
---@return string
function process.token()
  return ("%08x-%s"):format(os.time() % 2 ^ 32, random_hex(10))
end

---@class fal.LedgerWriter
---@field id string
---@field place string     machine, boot and container; "?" where they cannot be told
---@field pid string
---@field started string   ticks after the boot

--- This process. A new writer for each client: two of them may die apart.
---@return fal.LedgerWriter
function process.self()
  local pid, started = parse_stat(first_line("/proc/self/stat"))
  local host = first_line("/proc/sys/kernel/hostname") or first_line("/etc/hostname")
  local boot = first_line("/proc/sys/kernel/random/boot_id")
  local _, init = parse_stat(first_line("/proc/1/stat"))
  local known = pid and started and host and boot and init
  return {
    id = process.token(), pid = pid or "?", started = started or "?",
    place = known and table.concat({ host, boot, init }, "|") or "?",
  }
end

--- Whether this is still the process that `me` was made in, and not a fork of it.
---@param me fal.LedgerWriter
---@return boolean
function process.is_own(me)
  return me.pid == "?" or parse_stat(first_line("/proc/self/stat")) == me.pid
end

--- Whether a writer's process is over. In doubt it lives.
---@param writer table   place, pid, started, silent (ms)
---@param me fal.LedgerWriter
---@return boolean
function process.is_dead(writer, me)
  if writer.id == me.id then return false end
  if me.place ~= "?" and writer.place == me.place then
    local line, is_gone = first_line("/proc/" .. writer.pid .. "/stat")
    local _, started, state = parse_stat(line)
    if line or is_gone then
      return started ~= writer.started or state == "Z" or state == "X"
    end
  end
  return (tonumber(writer.silent) or 0) > process.LEASE * 1000
end

return process
