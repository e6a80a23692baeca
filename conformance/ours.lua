-- One call of lua-fal, told on stdin as JSON: verb, endpoint, input, options, request_id.
-- What it returned goes to stdout as JSON { value } or { error }.

local fal = require "fal"
local json = require "fal.json"

local call = assert(json.decode(io.read "*a", true))
local client = assert(fal.client { quiet = true,
  poll = { initial = 0.05, factor = 1, max = 0.05, jitter = 0 } })

local options = call.options or {}
options.input = call.input

local function last(iterator, err)
  if not iterator then return nil, err end
  local value
  for item, broken in iterator do
    value, err = item, broken
  end
  if err then return nil, err end
  return value
end

local verbs = {}

function verbs.submit()
  local job, err = client.queue:submit(call.endpoint, options)
  return job and { request_id = job.request_id }, err
end

function verbs.status()
  return client.queue:status(call.endpoint,
    { request_id = call.request_id, logs = options.logs })
end

function verbs.stream_status()
  return last(client.queue:stream_status(call.endpoint,
    { request_id = call.request_id, logs = options.logs }))
end

function verbs.result()
  return client.queue:result(call.endpoint, { request_id = call.request_id })
end

function verbs.cancel()
  return client.queue:cancel(call.endpoint, { request_id = call.request_id })
end

function verbs.subscribe() return client:subscribe(call.endpoint, options) end

function verbs.run() return client:run(call.endpoint, options) end

function verbs.stream() return last(client:stream(call.endpoint, options)) end

function verbs.upload()
  local file = call.input
  return client:upload({ data = ("x"):rep(file.size), file_name = file.file_name,
    content_type = file.content_type }, { expires_in = call.options.expires_in })
end

-- Where a client goes that is told no address.
function verbs.hosts()
  local settings = require("fal.settings").resolve("hosts", {}, function() end)
  return { queue = settings.queue_url, run = settings.run_url, rest = settings.rest_url }
end

local value, err = verbs[call.verb]()
if value == nil then
  err = { kind = err.kind, message = tostring(err) }
else
  err = nil
end
io.write(assert(json.encode { value = value, error = err }))
client:close()
