-- The command line of fal-sim.

local argparse = require("argparse")
local json = require("fal.sim.json")

local M = {}

local function number(least)
  return function(text)
    local value = tonumber(text)
    if not value or value < least then
      return nil, "'" .. text .. "' is not a number of at least " .. least
    end
    return value
  end
end

local function port(text)
  local value = tonumber(text)
  if not value or value % 1 ~= 0 or value < 0 or value > 65535 then
    return nil, "'" .. text .. "' is not a port: a whole number from 0 to 65535"
  end
  return value
end

local function one_of(...)
  local allowed = { ... }
  return function(text)
    for _, value in ipairs(allowed) do
      if value == text then
        return text
      end
    end
    return nil, "'" .. text .. "' is not one of " .. table.concat(allowed, ", ")
  end
end

local function fault(text)
  local value, message = json.decode(text)
  if type(value) ~= "table" then
    return nil, "a fault must be a JSON object or array: " .. tostring(message)
  end
  return value
end

local function parser()
  local p = argparse("fal-sim", "A local server that speaks fal.ai's protocol.",
    "Hosts: /queue (queue.fal.run), /run (fal.run), /rest (rest.fal.ai), /cdn (media), "
    .. "/api (api.fal.ai), /__sim (control). docs/simulator.md tells the rest.")
  p:option("--port", "TCP port; 0: any free one", 8080, port)
  p:option("--host", "IPv4 address to listen on", "127.0.0.1")
  p:option("--connections", "connections it holds at most", 16000, number(1))
  p:flag("--parent", "end when the process that started it ends")
  p:option("--queue-time", "virtual seconds a job waits", 1, number(0))
  p:option("--run-time", "virtual seconds a job runs", 3, number(0))
  p:option("--jitter", "share of these times that varies, 0 to 1", 0, number(0))
  p:option("--ahead", "jobs of others ahead of a new one (default: 0 to 4, by the seed)",
    nil, number(0))
  p:option("--concurrency", "jobs that run at once; 0: all", 0, number(0))
  p:option("--run-limit", "synchronous runs at once before 429", nil, number(0))
  p:option("--seed", "same seed, same ids and times", 1, number(0))
  p:option("--speed", "virtual seconds for each real one", 1, number(0.001))
  p:flag("--fall-back", "every job goes back to the queue once")
  p:option("--cancel", "what a cancel does to a running job: honour or ignore", "honour",
    one_of("honour", "ignore"))
  p:option("--errors", "shape of validation errors: new or old", "new",
    one_of("new", "old"))
  p:option("--key", "a valid key id:secret (default: any)"):count("*"):target("keys")
  p:option("--unknown", "an endpoint id or app that does not exist"):count("*")
  p:option("--balance", "dollars before submits get 403", nil, number(0))
  p:option("--locked", "reason for which every submit gets 403")
  p:option("--price", "dollars for a job of an endpoint without a price", 0, number(0))
  p:option("--history-lag", "virtual seconds until requests show in the history", 0,
    number(0))
  p:option("--media", "auto, ffmpeg, bundled or none", "auto",
    one_of("auto", "ffmpeg", "bundled", "none"))
  p:option("--workers", "ffmpeg processes at once", 2, number(1))
  p:option("--keepalive", "seconds between comments on a stream", 15, number(0.01))
  p:option("--split", "bytes of a stream sent at a time", nil, number(1))
  p:option("--keep", "requests kept for /__sim/requests", 200, number(0))
  p:option("--max-body", "bytes a request body may have", 134217728, number(1))
  p:option("--keep-body", "a longer body is counted, not kept: uploads of any size",
    nil, number(512))
  p:option("--fault", "a fault, or an array of them, as JSON", nil, fault):count("*")
  return p
end

---@param args string[]
---@return table options
function M.parse(args)
  local options = parser():parse(args)
  options.first_balance = options.balance
  options.faults = {}
  for _, item in ipairs(options.fault) do
    for _, rule in ipairs(item[1] and item or { item }) do
      options.faults[#options.faults + 1] = rule
    end
  end
  return options
end

return M
