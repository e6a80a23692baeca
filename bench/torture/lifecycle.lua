-- One whole life of a client, for bench/torture/allocate.c, which makes allocations fail
-- in the middle of it. Returns that life, a function that closes what is left of it, a
-- list of what was unexpected, and a tally of how the calls ended.

local url, tag, folder = ...

local APP = "acme/demo"

-- How a call may end where memory is out. A kind of error that blames somebody else has
-- no place here; but libcurl, where it has no memory for it, sends a request without its
-- query, and so an upload without its signature.
local KINDS = { task = true, forbidden = true, file = true, network = true, closed = true,
  unknown_submit = true, protocol = true, canceled = true }

local OUT = "not enough memory"

local findings, tally = {}, {}
local client

local function count(what)
  tally[what] = (tally[what] or 0) + 1
end

local function judge(what, value, err)
  if value ~= nil then
    count("value")
  elseif type(err) == "table" and KINDS[err.kind] then
    count(err.kind)
    if err.kind == "task" and not tostring(err.cause):find(OUT, 1, true) then
      findings[#findings + 1] = what .. ": " .. tostring(err.cause)
    end
  else
    findings[#findings + 1] = what .. " ended with " .. tostring(err)
  end
  return value, err
end

local function input(name) return { prompt = tag .. name } end

local STEPS = {
  function()
    local updates = 0
    judge("subscribe", client:subscribe(APP, { input = input "a", logs = true,
      on_queue_update = function() updates = updates + 1 end }))
  end,
  function()
    judge("streaming", client:subscribe(APP, { input = input "b", logs = true,
      mode = "streaming" }))
  end,
  function()
    local job = judge("submit", client.queue:submit(APP, { input = input "c" }))
    if not job then return end
    judge("cancel", job:cancel())
    judge("status", job:status { logs = true })
    client:job(APP, job.request_id)
  end,
  function() judge("run", client:run(APP, { input = input "d" })) end,
  function()
    local nextup = judge("stream", client:stream(APP, { input = input "e" }))
    if nextup then judge("event", nextup()) end
  end,
  function()
    judge("download", client:download(url .. "/cdn/__blob/3000", folder .. "/file"))
  end,
  function() judge("upload", client:upload { data = "some bytes" }) end,
  function()
    judge("map", client:map({ 1, 2 }, function(i) return client:sleep(i / 4000) end))
  end,
  function()
    local task = judge("spawn", client:spawn(function() return client:sleep(60) end))
    if not task then return end
    task:cancel()
    local _, err = task:await()
    if err.kind ~= "canceled" then judge("await", nil, err) end
  end,
  function()
    client:step(0)
    client:fd()
    client:timeout()
  end,
}

local function live()
  local fal = require "fal"
  local err
  client, err = fal.client { base_url = url, credentials = "id:secret", quiet = true,
    max_connections = 4, request_timeout = 5,
    poll = { initial = 0.001, factor = 1.5, max = 0.002, jitter = 0 },
    retry = { max_attempts = 2, base_delay = 0.001, max_delay = 0.002 } }
  if not judge("client", client, err) then return end
  for i = 1, #STEPS do STEPS[i]() end
end

local function close()
  if not client then return end
  client:close()
  if client:sleep(1) then findings[#findings + 1] = "a closed client sleeps" end
end

return live, close, findings, tally
