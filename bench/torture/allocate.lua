-- Every allocation of a client's life fails in turn, Lua's own or those of the C side:
-- what comes of it is a memory error or nil and an error, no crash, no leak, nothing paid
-- twice.
--
--   lua bench/torture/allocate.lua [lua|c [STEP [FIRST [WINDOW]]]]
--
-- STEP 1 is all of them. WINDOW allocations in a row fail, since Lua tries again after an
-- emergency collection [3 of Lua, 1 of C]; "all" fails all from there on. TRACE=1 tells
-- where a leak came from. With the Lua that runs this file; the work is in allocate.c.

package.path = "./?.lua;" .. package.path
local lib = require "bench.torture.lib"
local start_sim = require("support.sim").start

local M = {}

local WINDOW = { lua = 3, c = 1 }

--- Whether this system has what it takes: the simulation of failures is glibc's business.
function M.available()
  if os.getenv("ASAN_OPTIONS") then return false, "a sanitizer has an allocator too" end
  local libc = lib.run("ldd --version")
  if not libc:find("GLIBC", 1, true) and not libc:find("GNU libc", 1, true) then
    return false, "it needs glibc"
  end
  return true
end

local function home() return (os.getenv("BUILD") or "build") .. "/" .. lib.VERSION end

local function host()
  local path = home() .. "/allocate"
  lib.must("make -s " .. path)
  return path
end

---@return { tries: integer, bad: integer, twice: integer, text: string }
function M.run(side, step, first, window, print)
  local sim = start_sim { queue_time = 0, run_time = 0.001, media = "bundled" }
  local folder = lib.must("mktemp -d")
  local text = lib.run(("CORE=./%s/?.so %s %s --step %d --first %d --window %d %s %s")
    :format(home(), host(), side, step, first,
      window == "all" and 1e9 or window or WINDOW[side], sim.url, folder))
  local twice = 0
  for _, ids in pairs(lib.accepted(sim)) do
    if #ids > 1 then twice = twice + 1 end
  end
  sim:stop()
  lib.run("rm -rf " .. folder)
  local tries, bad = text:match("(%d+) of %d+ allocations .-, (%d+) NOT OK$")
  local tally, names = {}, {}
  for name, n in text:gmatch("\n%+ (%S+) (%d+)") do
    tally[name] = (tally[name] or 0) + n
  end
  for name, n in pairs(tally) do names[#names + 1] = ("%s %d"):format(name, n) end
  table.sort(names)
  local found = ("\n" .. text):gsub("\n%+ [^\n]*", ""):sub(2)
  print(("%s (%s, %s in a row), %d accepted twice"):format(found, lib.VERSION,
    tostring(window or WINDOW[side]), twice))
  print("what calls came to: " .. table.concat(names, ", "))
  return { tries = tonumber(tries) or 0, bad = tonumber(bad) or -1, twice = twice,
    text = found }
end

function M.good(all) return all.tries > 0 and all.bad == 0 and all.twice == 0 end

if arg and arg[0] and arg[0]:find("allocate%.lua$") then
  local good = true
  for _, side in ipairs(arg[1] and { arg[1] } or { "lua", "c" }) do
    good = M.good(M.run(side, tonumber(arg[2] or 1), tonumber(arg[3] or 1),
      tonumber(arg[4]) or arg[4], print)) and good
  end
  os.exit(good and 0 or 1)
end

return M
