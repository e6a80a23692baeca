-- Films of 15 clips whose process is killed again and again, at random moments, until
-- they are finished: nothing may be paid twice, and every file must be that of a run in
-- peace.
--   lua5.4 spec/torture/workflow_kills.lua [kills [ledger|plain [seed [run time]]]]
-- A request in true doubt is settled as a person would do it: by a look at what the
-- service (the simulator's ledger) knows, and only when it does not know the request.

local here = arg[0]:match("^(.*)/spec/torture/[^/]*$") or "."
package.path = ("%s/lua/?.lua;%s/lua/?/init.lua;%s/spec/?.lua;"):format(here, here, here)
  .. package.path
local version = rawget(_G, "jit") and "jit" or _VERSION:match("%d+%.%d+")
package.cpath = ("%s/build/%s/?.so;"):format(here, version) .. package.cpath

local KILLS, LEDGER = tonumber(arg[1] or 300), arg[2] == "ledger"
local SEED, NODES = tonumber(arg[3] or 1), 15
local RUN_TIME = tonumber(arg[4] or 0.15)  -- of a job: the longer, the more lives a film

local core = require "fal.core"
local sim = require "support.sim"

math.randomseed(SEED)

local server

--- A service of its own for each film. They all ask for the same: in one account, within
-- the slack of two clocks, a request in doubt may be found to be the other film's.
local function serve()
  server = sim.start { media = os.getenv("MEDIA") or "ffmpeg", queue_time = 0,
    run_time = RUN_TIME, jitter = 0.5, seed = SEED }
end

local CHILD = ("%s%s %s/spec/torture/workflow_child.lua"):format(
  LEDGER and "LEDGER=1 " or "", os.getenv("LUA") or "lua5.4", here)

local function read(command)
  local pipe = assert(io.popen(command, "r"))
  local output = pipe:read("*a")
  pipe:close()
  return output
end

local top = read("mktemp -d"):gsub("\n", "")

--- One life of the program, ended after so many seconds. Returns what it said, and
--- whether it was killed.
local function live(dir, seconds, more)
  local command = ("%s %s %s %s"):format(CHILD, dir, server.url, more or "")
  if not seconds then return read(command .. " 2>&1"), false end
  local output = read(("{ %s 2>&1 & p=$!; sleep %.4f; kill -9 $p; wait $p; "
    .. "[ $? = 137 ] && echo KILLED; } 2>/dev/null"):format(command, seconds))
  return output, output:find("KILLED", 1, true) ~= nil
end

local function hashes(dir)
  local list = {}
  for path in read("cd " .. dir .. " && ls *.mp4 *.webp *.jpg"):gmatch("%S+") do
    local file = assert(io.open(dir .. "/" .. path, "rb"))
    list[#list + 1] = path .. " " .. core.sha256(file:read("*a"))
    file:close()
  end
  return table.concat(list, "\n"), #list
end

--- Which prompts were accepted, and how often.
local function acceptances()
  local jobs, counts = server:ledger().jobs, {}
  for _, job in ipairs(jobs) do
    local prompt = job.input.prompt
    counts[prompt] = (counts[prompt] or 0) + 1
  end
  return counts, #jobs
end

local totals = { kills = 0, lives = 0, films = 0, accepted = 0, twice = 0, missing = 0,
  different = 0, by_hand = 0, undone = 0 }

local function settle(dir, said)
  for name in said:gmatch("FAILED\t(%S+)\tunknown_submit") do
    if not acceptances()["Clip " .. name] then
      totals.by_hand = totals.by_hand + 1
      live(dir, nil, ("settle %s not_accepted"):format(name))
    end
  end
end

local calm = top .. "/calm"
serve()
assert(live(calm):find("DONE", 1, true))
local wanted, files = hashes(calm)
local _, first = acceptances()
server:stop()
print(("in peace: %d acceptances, %d files"):format(first, files))

--- What of a film that is said to be finished is not as it must be.
local function judge(dir)
  local counts, count = acceptances()
  for prompt, n in pairs(counts) do
    if n > 1 then
      totals.twice = totals.twice + n - 1
      print(("  %s was accepted %d times"):format(prompt, n))
    end
  end
  if count < NODES then totals.missing = totals.missing + NODES - count end
  local got = hashes(dir)
  if got ~= wanted then
    totals.different = totals.different + 1
    print("  the files are not those of a run in peace")
  end
  totals.accepted = totals.accepted + count
end

while totals.kills < KILLS do
  totals.films = totals.films + 1
  local dir, kills, done = top .. "/film" .. totals.films, 0, false
  serve()
  -- Short lives, so that one film dies many times; now and then a longer one.
  while not done do
    local seconds = math.random() < 0.9 and 0.005 + 0.12 * math.random()
      or 0.4 * math.random()
    local enough = totals.kills + kills >= KILLS or kills > 2000
    local said, killed = live(dir, not enough and seconds or nil)
    totals.lives = totals.lives + 1
    kills = kills + (killed and 1 or 0)
    done = said:find("DONE", 1, true) ~= nil
    if not done and not killed then
      settle(dir, said)
      if enough then
        totals.undone = totals.undone + 1
        print("  not finished: " .. said)
        if totals.undone > 50 then os.exit(1) end
      end
    end
  end
  totals.kills = totals.kills + kills
  judge(dir)
  server:stop()
  print(("film %d: %d kills, finished"):format(totals.films, kills))
end

os.execute("rm -rf " .. top)
print(("kills: %d in %d lives of %d films of %d clips%s"):format(totals.kills,
  totals.lives, totals.films, NODES, LEDGER and ", with a ledger" or ""))
print(("acceptances: %d, of which twice: %d, missing: %d; films with other files: %d; "
  .. "settled by hand: %d"):format(totals.accepted, totals.twice, totals.missing,
  totals.different, totals.by_hand))
os.exit(totals.twice + totals.missing + totals.different == 0 and 0 or 1)
