--- Server-sent events as an iterator.

local E = require "fal.error"
local acceptance = require "fal.acceptance"
local channel = require "fal.channel"
local exchange = require "fal.exchange"
local json = require "fal.json"
local outcome = require "fal.outcome"
local submit = require "fal.submit"

local stream = {}

--- How a stream ended: nil and, unless that is its proper end, an error.
local function ended(ctx, how, kind, a, b, c, d, e)
  local good = kind == "response" and a >= 200 and a < 300
  if good and how.whole and how.begun then return nil end
  if good and how.whole then
    return nil, E.new { kind = "protocol", status = a, sent = "yes",
      endpoint_id = ctx.endpoint_id, body = outcome.object(b),
      message = "the stream ended without an output" }
  end
  -- Before its first event a paid stream is a paid request like any other.
  if how.paid and not how.begun then
    return nil, (select(2, acceptance.run(ctx, kind, a, b, c, d, e)))
  end
  local sent = how.paid and "yes" or nil
  if good then
    return nil, E.new { kind = "network", retryable = true, status = a,
      endpoint_id = ctx.endpoint_id, request_id = ctx.request_id,
      message = how.doing .. ": it ended before the job was completed" }
  elseif kind == "response" then
    return nil, outcome.refusal(ctx, how.doing, a, outcome.object(b), sent)
  elseif d and d >= 300 then
    return nil, outcome.refusal(ctx, how.doing, d, nil, sent)
  end
  return nil, outcome.transport(ctx, how.doing, a, b, sent)
end

--- The output of a model that does not stream comes at once: JSON, or whatever it is.
local function whole(how, kind, status, body)
  local is_answer = kind == "response" and how.whole and not how.begun
  if not is_answer or status < 200 or status >= 300 or status == 202 then return nil end
  local value = body and body ~= "" and how.decode(body) or nil
  if value ~= json.null then return value end
end

--- The task was canceled, or the client closed, in the middle of it.
local function left_alone(ctx, how, err)
  if not how.paid then return err end
  return E.new { kind = err.kind, cause = err.cause, remedy = err.remedy,
    sent = how.begun and "yes" or "unknown", endpoint_id = ctx.endpoint_id,
    message = err.message .. " in the middle of a stream; its connection was closed, "
      .. "which tells the service to stop, but what was done by then may be billed" }
end

local function iterator(client, ctx, how, ch)
  local over, why = false, nil
  local account = how.paid and client.account
  local function finish(...)
    over, why = true, (select(2, ...))
    ch:close()
    if how.on_end then how.on_end(...) end
    return ...
  end
  local function take(kind, a, ...)
    if not kind then return finish(nil, left_alone(ctx, how, a)) end
    if kind == "timer" then return false end
    if kind ~= "event" then
      local output = whole(how, kind, a, (...))
      if output ~= nil then return finish(output) end
      return finish(ended(ctx, how, kind, a, ...))
    end
    how.begun = true
    local value, last = how.decode(a)
    if value == nil then return false end
    if last then return finish(value) end
    return value
  end
  return function()
    while not over do
      if client.closed then return take(nil, client.closed) end
      -- Between two events more time may pass than others wait for a sign of life.
      local value, err = take(ch:receive(account and account:beat()))
      if value or err then return value, err end
    end
    return nil, why  -- of a stream that broke, to all who read it
  end
end

local function not_begun(ctx, how, err)
  if how.paid and not err.sent then
    local _, unsent = submit.unsent(err, ctx.endpoint_id)
    err = unsent
  end
  if how.on_end then how.on_end(nil, err) end
  return nil, err
end

--- Starts a stream and waits for its first event, so that what is refused at once is
--- returned here.
---@param client fal.Client
---@param ctx { endpoint_id: string, request_id?: string }
---@param start fun(engine: fal.core.Engine): integer?, string?
---@param how table   doing: text for errors; decode: fun(data): any, over; whole?: an end
---        after any event is a proper end; paid?, on_end?: fun(output, err)
---@return (fun(): any, fal.Error?)?
---@return fal.Error? err
function stream.open(client, ctx, start, how)
  local closed = client.closed or client.sched:check()
  if closed then return not_begun(ctx, how, closed) end
  local ok, err = client:authorize()
  if ok then ok, err = client.sched:may_wait() end
  if not ok then return not_begun(ctx, how, err) end
  ctx.sent_at = how.paid and os.time() or nil
  local id, message = start(client.engine)
  if not id then
    return not_begun(ctx, how, exchange.not_started(ctx, message, how.paid and "no"))
  end
  local next_event = iterator(client, ctx, how, channel.open(client.sched, id))
  local first
  first, err = next_event()
  if first == nil and err then return nil, err end
  return function()
    if first ~= nil then
      local value = first
      first = nil
      return value
    end
    return next_event()
  end
end

--- Decodes an event of a model: JSON, or the text as it is.
---@param data string
---@return any
function stream.event(data)
  local value, err = json.decode(data, true)
  if err then return data end
  return value
end

return stream
