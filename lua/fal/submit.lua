--- The paid POST: at most one acceptance, whatever happens on the way.

local E = require "fal.error"
local acceptance = require "fal.acceptance"
local budget = require "fal.budget"
local endpoint = require "fal.endpoint"
local exchange = require "fal.exchange"
local file = require "fal.file"
local json = require "fal.json"
local url = require "fal.url"
local wait = require "fal.wait"

local submit = {}

-- Seconds past its deadline in which a submit that is on its way may still be answered: a
-- job whose id is known can be canceled at once.
local GRACE = 2

local MAX_HEADERS = 40  -- below what the core takes

-- Set by this client or by the transport; a second one would be ambiguous at best.
local RESERVED = {
  authorization = true, ["content-type"] = true, ["content-length"] = true, host = true,
  accept = true, ["transfer-encoding"] = true, connection = true, expect = true,
}

local function has(list, name)
  for i = 1, #list do
    if list[i]:match("^[^:]+"):lower() == name then return true end
  end
  return false
end

local function user_headers(list, headers, what)
  for name, value in next, headers do
    if type(name) ~= "string" or not name:find("^[%w!#$%%&'*+%-.^_`|~]+$") then
      error(what .. ": headers: " .. ("%q"):format(tostring(name))
        .. " is no header name", 4)
    elseif RESERVED[name:lower()] then
      error(what .. ": headers: '" .. name .. "' cannot be set", 4)
    elseif has(list, name:lower()) then
      error(what .. ": headers: '" .. name
        .. "' is set already, by an option or in other letters", 4)
    elseif type(value) == "number" then
      value = tostring(value)
    elseif type(value) ~= "string" or value:find("%c") then
      error(what .. ": headers: the value of '" .. name
        .. "' must be a string without control characters", 4)
    end
    list[#list + 1] = name .. ": " .. value
  end
end

local function one_line(what, name, value)
  if value:find("%c") then
    error(("%s: option '%s' must not hold control characters"):format(what, name), 4)
  end
  return value
end

--- Header lines of what a user may set, behind those given.
---@param what string   for messages
---@param opts table    start_timeout, hint, storage, headers
---@param ... string    header lines
---@return string[]
function submit.headers(what, opts, ...)
  local list = { ... }
  if opts.start_timeout then
    -- The host's locale may have a comma in place of the point.
    list[#list + 1] = ("X-Fal-Request-Start-Timeout: %.14g"):format(opts.start_timeout)
      :gsub(",", ".")
  end
  if opts.hint then
    list[#list + 1] = "X-Fal-Runner-Hint: " .. one_line(what, "hint", opts.hint)
  end
  local lifetime = opts.storage and opts.storage.expires_in
  if lifetime then
    -- The service takes 0 for "for ever"; its own clients send 60 for "at once".
    if lifetime == 0 then lifetime = 60 end
    list[#list + 1] = ("X-Fal-Object-Lifecycle-Preference: "
      .. '{"expiration_duration_seconds":%.0f}'):format(math.ceil(lifetime))
  end
  if opts.headers then user_headers(list, opts.headers, what) end
  if #list > MAX_HEADERS then
    error(("%s: headers: more than %d are not sent"):format(what, MAX_HEADERS), 3)
  end
  return list
end

--- A webhook's URL with a token in it, by which what arrives there names its row in the
--- ledger even when the answer to the submit was lost.
local function with_token(address, token)
  if not address or not token then return address end
  local before, fragment = address:match("^([^#]*)(.*)$")
  return before .. (before:find("?", 1, true) and "&" or "?") .. "fal_token=" .. token
    .. fragment
end

---@param opts table   webhook_url, max_queue_length
---@param token? string   the request's id in the ledger
---@return string?
function submit.query(opts, token)
  local address = opts.webhook_url
  if address and not address:find("^https?://[%w%[]") then
    error("option 'webhook_url' must be the https:// address of a server that fal.ai can "
      .. "reach", 4)
  end
  return url.query("fal_webhook", with_token(opts.webhook_url, token),
    "fal_max_queue_length", opts.max_queue_length
      and ("%.0f"):format(opts.max_queue_length))
end

-- The official client says the priority always. As a rule it is all there is to say.
local PRIORITY = { normal = "X-Fal-Queue-Priority: normal",
  low = "X-Fal-Queue-Priority: low" }
local USUAL, BRIEF = {}, {}
for name, line in next, PRIORITY do
  USUAL[name], BRIEF[name] = { headers = { line } }, { headers = { line }, brief = true }
end

--- What goes along with the submit of a job, as engine:submit takes it.
---@param what string   for messages
---@param opts table
---@param token? string   as of submit.query
---@param brief? boolean   nobody wants to see the answer itself
---@return fal.core.Submit extra   not to be changed
function submit.extra(what, opts, token, brief)
  local priority = opts.priority or "normal"
  if not (opts.start_timeout or opts.hint or opts.storage or opts.headers
    or opts.webhook_url or opts.max_queue_length) then
    return (brief and BRIEF or USUAL)[priority]
  end
  return { headers = submit.headers(what, opts, PRIORITY[priority]),
    query = submit.query(opts, token), brief = brief }
end

--- Without a table nothing is checked, so extra fields are fields like all others.
local function with_extra(input, extra)
  local all = {}
  for name, value in next, input do all[name] = value end
  for name, value in next, extra do all[name] = value end
  return all
end

--- Writes the input. Files come last: nothing is uploaded for an input that is refused;
--- and as a rule there is none, so that the first attempt does.
---@return string? body
---@return any input   or the error
local function write(client, input, endpoint_id)
  local body, err = json.encode(input)
  if body then return body, input end
  local resolved, failed = file.resolve(client, input, endpoint_id)
  if resolved == nil then return nil, failed end
  if resolved ~= input then body, err = json.encode(resolved) end
  if body then return body, resolved end
  err.endpoint_id = endpoint_id
  return nil, err
end

--- What is sent: ids checked, input validated where a table is known, JSON written.
--- Nothing is sent here.
---@param client fal.Client
---@param endpoint_id string
---@param opts table   input, validated, extra, allow_legacy
---@return table? prepared   { endpoint_id, app_id, requests_url, input (as sent), body,
---        price_micros?, definition? }
---@return fal.Error? err
function submit.prepare(client, endpoint_id, opts)
  local id, app_id = url.endpoint(endpoint_id)
  if not id then
    return nil, E.new { kind = "validation", sent = "no", message = app_id }
  end
  local input, price_micros, definition = opts.input or {}, opts.price_micros, nil
  if not opts.validated then
    local ready, err = endpoint.prepare(client, id, opts)
    if err then return nil, err end
    if ready then
      input, price_micros, definition = ready.input, ready.price_micros, ready.definition
    elseif json.is_array(input) then
      return nil, E.new { kind = "validation", sent = "no", endpoint_id = id,
        message = "the input is a list, where an endpoint takes values by name" }
    elseif opts.extra then
      input = with_extra(input, opts.extra)
    end
  end
  if opts.max_price then
    -- A ceiling holds without a budget, too.
    local allowed, err = budget.price(id, price_micros, opts.max_price, false)
    if not allowed then return nil, err end
  end
  local body, sent = write(client, input, id)
  if not body then return nil, sent end
  return { endpoint_id = id, app_id = app_id, input = sent, body = body,
    requests_url = client.settings.queue_url .. "/" .. app_id .. "/requests/",
    price_micros = price_micros, definition = definition }
end

local function unsent(err, endpoint_id)
  return nil, E.new { kind = err.kind, message = err.message, remedy = err.remedy,
    cause = err.cause, sent = "no", endpoint_id = endpoint_id }
end

submit.unsent = unsent

local ORPHANED = "; if the service accepts it, the job is canceled there"
local DROPPED = "; its connection was closed, which tells the service to stop, but what "
  .. "was done by then may be billed"

--- The task was canceled, the time ran out, or the client closed, with the POST on its
--- way. `ctx.left_behind` says that the orphan will see the outcome.
local function left_alone(ctx, err)
  local late = err == wait.EXPIRED
  local kind = late and "timeout" or err.kind
  local message = late and "the time ran out while the request was on its way"
    or kind == "canceled" and "the task was canceled while its request was on the way"
    or "the client was closed while a request was on its way; whether the service "
      .. "accepted it is not known"
  local remedy
  if kind == "closed" or late then
    remedy = ("Before submitting again, look for a request to %s sent at %s in the "
      .. "request history."):format(ctx.endpoint_id, acceptance.time_of(ctx))
  end
  if kind ~= "closed" then
    ctx.left_behind = ctx.orphan ~= nil
    message = message .. (ctx.orphan and ORPHANED or DROPPED)
  end
  return nil, E.new { kind = kind, sent = "unknown", endpoint_id = ctx.endpoint_id,
    message = message, remedy = remedy }
end

local function expired(ctx)
  return nil, E.new {
    kind = "timeout", sent = "no", retryable = true, endpoint_id = ctx.endpoint_id,
    message = "the time ran out before the request was accepted; nothing was accepted",
  }
end

local function is_over(client, deadline)
  return deadline and client.now() >= deadline
end

local function take(ctx, kind, a, b, c, d, e)
  if not kind then return "stopped", a end
  return ctx.read(ctx, kind, a, b, c, d, e)
end

--- Sends until accepted, refused, or doubtful.
---@param client fal.Client
---@param ctx table   endpoint_id; read(ctx, …) the reader; start(ctx, engine) → id;
---        orphan(ctx, …) takes the outcome when nobody waits for it any more [the
---        exchange is aborted], which ctx.left_behind then tells; before() waits for what
---        must be durable before an attempt leaves; after() is told that an attempt was
---        certainly not accepted and another one will follow
---@param deadline? number   no attempt begins past it; one that is under way has a grace
---@return string? verdict   nil and an error when there is no acceptance
---@return any value
function submit.send(client, ctx, deadline)
  local attempt = 0
  while true do
    local ok, err = client.sched:may_wait()
    if not ok then return unsent(err, ctx.endpoint_id) end
    if is_over(client, deadline) then return expired(ctx) end
    if ctx.before then
      ok, err = ctx.before()
      if not ok then return nil, err end
      -- A ledger may be locked for seconds.
      if is_over(client, deadline) then return expired(ctx) end
    end
    ctx.sent_at = os.time()
    attempt = attempt + 1
    -- Before it is: between the start and the wait nothing of the user's may run.
    if client.settings.logger then
      client:log("info", "submit.sent", { endpoint_id = ctx.endpoint_id,
        attempt = attempt })
      -- The logger may have closed it, or canceled the task.
      ok, err = client.sched:may_wait()
      if not ok then return unsent(err, ctx.endpoint_id) end
    end
    local id, message = ctx:start(client.engine)
    if not id then
      if client.sched:check() then return unsent(client.sched.closed, ctx.endpoint_id) end
      return nil, exchange.not_started(ctx, message, "no")
    end
    if client.account then client.account:stay(ctx, id) end
    local heir = ctx.orphan and ctx or nil
    local verdict, value, headers = take(ctx, client.sched:await(id, heir,
      heir and deadline and deadline + GRACE))
    if ctx.beat then client.sched:drop_timer(ctx.beat) end
    if verdict == "stopped" then return left_alone(ctx, value) end
    if verdict == "failed" then return nil, value end
    if verdict ~= "again" then return verdict, value end
    if attempt >= client.settings.retry.max_attempts then return nil, value end
    if ctx.after then ctx.after() end
    ok, err = exchange.pause(client, attempt, value, headers, deadline)
    if not ok then return unsent(err, ctx.endpoint_id) end
  end
end

--- The synchronous host: one POST, whose answer is the output.
---@param client fal.Client
---@param prepared table   of submit.prepare
---@param headers string[]
---@param seconds number   for the exchange
---@param record? fal.Record
---@return any output
---@return fal.Error? err
function submit.run(client, prepared, headers, seconds, record)
  local ctx = { endpoint_id = prepared.endpoint_id, read = acceptance.run }
  if record then
    function ctx.read(self, kind, a, b, c, ...)
      if kind == "response" then record:heard(b, c) end
      return acceptance.run(self, kind, a, b, c, ...)
    end
  end
  function ctx.start(_, engine)
    return engine:request {
      method = "POST", url = client.settings.run_url .. "/" .. prepared.endpoint_id,
      headers = headers, body = prepared.body, auth = true, once = true,
      timeout = seconds,
    }
  end
  local verdict, value = submit.send(client, ctx)
  if verdict == "output" then return value end
  if verdict == "pending" then
    return nil, E.new { kind = "protocol", status = 202, sent = "yes",
      endpoint_id = ctx.endpoint_id,
      message = "the synchronous host answered without an output" }
  end
  return nil, value
end

return submit
