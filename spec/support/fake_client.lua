--- A client over the fake engine, and answers for it.

local client = require "fal.client"
local fake = require "support.fake_core"
local schedule = require "fal.schedule"

local M = {}

M.KEY = "canary-id:canary-secret-0123456789"

---@param answers table<string, function|table[]>|function  by verb: outcomes, or a
---        function of the request and how many of its kind there were with it
---@param opts? table
---@return fal.Client client
---@return table core
function M.new(answers, opts)
  local counts = {}
  local core = fake.new(function(request)
    local verb = request.verb
    counts[verb] = (counts[verb] or 0) + 1
    local answer = type(answers) == "table" and answers[verb] or answers
    if type(answer) == "function" then return answer(request, counts[verb]) end
    return answer
  end)
  opts = opts or {}
  if opts.credentials == nil then opts.credentials = M.KEY end
  local made = client.new(opts, { core = core, getenv = function() end })
  made.random = schedule.random(1)   -- not by the wall clock: each run is like the last
  return made, core
end

local json = fake.json
M.json = json

--- Answers of a job that is accepted, polled `polls` times and done.
function M.lifecycle(id, polls, output)
  local done = polls or 2
  return {
    submit = function(_, n) return fake.submitted((id or "r") .. n) end,
    status = function(_, n)
      if n < done then return { json(202, '{"status":"IN_PROGRESS","logs":null}') } end
      return { json(200, '{"status":"COMPLETED","logs":null,"metrics":{}}') }
    end,
    result = { json(200, output or '{"n":1}') },
    cancel = { json(202, '{"status":"CANCELLATION_REQUESTED"}') },
  }
end

--- How many requests of a verb there were.
function M.count(core, verb)
  local n = 0
  for _, request in ipairs(core.requests) do
    if request.verb == verb then n = n + 1 end
  end
  return n
end

return M
