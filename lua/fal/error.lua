--- Typed errors: one closed list of kinds, one shape, one way to read.
-- Expected failures are returned as `nil, err`. `err` is a table for programs and one
-- readable paragraph for people: what happened, to which job, what can be done.

local interpreted = require "fal.interpreted"
local text = require "fal.text"

local E = {}

--- Every kind with its default remedy. Kinds are part of the public contract (api.md
--- section 6); texts are not, so match on `err.kind`.
E.kinds = {
  validation = "Correct the input; nothing is charged for a refused request.",
  content_policy = "Rewrite the prompt or use another image; the same input will be "
    .. "refused again.",
  auth = "Check the API key (FAL_KEY, or fal.configure{ credentials = \"id:secret\" }).",
  forbidden = "Check the account: it may be locked, out of balance, or without access "
    .. "to this endpoint.",
  not_found = "Check the endpoint id and the request id; results expire.",
  rate_limit = "Wait and try again, or lower max_in_flight or requests_per_second.",
  network = "Check the connection and try again.",
  timeout = "Try again with more time.",
  server = "The fault is the service's; try again later.",
  protocol = "Check base_url and any proxy between here and the service.",
  unknown_submit = "Look for the request in the account's request history before "
    .. "submitting again: a second submit may be paid twice.",
  generation = "Change the input or try again; a job that failed may be billed all the "
    .. "same.",
  canceled = "Submit again if the result is still wanted.",
  budget = "Raise the client's budget or choose a cheaper input.",
  price_unknown = "Look up the price on the model's page; no estimate can be given here.",
  not_remixable = "Make the source with delete_video = false and remix that one.",
  closed = "Make a new client.",
  file = "Check the path, the permissions and the free space.",
  task = "See the traceback in the error's cause.",
}

local SENT = { no = true, yes = true, unknown = true }
local NAMES = {
  kind = true, message = true, status = true, endpoint_id = true, request_id = true,
  retryable = true, sent = true, fields = true, body = true, cause = true,
  remedy = true, error_type = true, retry_after = true,
}
local MAX_MESSAGE, MAX_PART, MAX_FIELDS = 2000, 300, 20
local MAX_ALLOWED = 50
local SHORTEST_SECRET = 4  -- masking shorter ones would only garble text
local MAX_SECRETS = 64     -- of one owner: every error is searched for all of them

-- The last line of defence: nothing should carry a secret this far, but a server may echo
-- one. Weak by owner, so that a client that is collected takes its key along.
local secrets = setmetatable({}, { __mode = "k" })

local function keep(list, s)
  for i = 1, #list do
    if list[i] == s then
      table.remove(list, i)
      break
    end
  end
  list[#list + 1] = s
  if #list > MAX_SECRETS then table.remove(list, 1) end
end

--- Masks `s`, and the part after its colon, in every error made from now on, or until its
--- owner has named 64 others since.
---@param s string
---@param owner? table  the secret is forgotten with it [never forgotten]
function E.secret(s, owner)
  owner = owner or E
  local list = secrets[owner] or {}
  secrets[owner] = list
  local half = s:match(":(.+)$")
  if #s >= SHORTEST_SECRET then keep(list, s) end
  if half and #half >= 2 * SHORTEST_SECRET then keep(list, half) end
end

--- Forgets the secrets of `owner`.
---@param owner table
function E.forget(owner) secrets[owner] = nil end

--- Longest first: a secret that contains another one is masked whole.
local function all_secrets()
  local list = {}
  for _, own in pairs(secrets) do
    for i = 1, #own do list[#list + 1] = own[i] end
  end
  table.sort(list, function(a, b) return #a > #b end)
  return list
end
interpreted(all_secrets)

local function mask_one(s, secret)
  local from, to = s:find(secret, 1, true)
  if not from then return s end
  local parts, rest = {}, 1
  while from do
    parts[#parts + 1] = s:sub(rest, from - 1)
    rest = to + 1
    from, to = s:find(secret, rest, true)
  end
  parts[#parts + 1] = s:sub(rest)
  return table.concat(parts, "[secret]")
end

local function mask(s, list)
  for i = 1, #list do s = mask_one(s, list[i]) end
  return s
end

--- `s` with every registered secret shown as "[secret]".
---@param s string
---@return string
function E.redact(s) return mask(s, all_secrets()) end

--- The same for a decoded body: a copy, since the original may be the caller's.
local function mask_value(value, list, seen)
  if type(value) == "string" then return mask(value, list) end
  if type(value) ~= "table" or E.is(value) then return value end
  if seen[value] then return seen[value] end
  local copy = setmetatable({}, getmetatable(value))
  seen[value] = copy
  for k, v in next, value do
    rawset(copy, mask_value(k, list, seen), mask_value(v, list, seen))
  end
  return copy
end
interpreted(mask_value)

local function show(s) return text.escape(s, MAX_PART) end

local function all_allowed(list)
  local names = {}
  for i = 1, math.min(#list, MAX_ALLOWED) do names[i] = show(list[i]) end
  if #list > MAX_ALLOWED then
    names[#names + 1] = (#list - MAX_ALLOWED) .. " more"
  end
  return text.cut(table.concat(names, ", "), MAX_MESSAGE)
end

local function one_field(field)
  local notes = {}
  if type(field.allowed) == "table" and #field.allowed > 0 then
    local allowed = all_allowed(field.allowed)
    local said = tostring(field.message):find(allowed, 1, true)
    notes[1] = not said and "allowed: " .. allowed or nil
  end
  if field.suggestion ~= nil then
    notes[#notes + 1] = "nearest: " .. show(field.suggestion)
  end
  local line = show(field.message or "refused")
  if field.path and field.path ~= "" then line = show(field.path) .. ": " .. line end
  if #notes > 0 then line = line .. " (" .. table.concat(notes, "; ") .. ")" end
  return line
end

local function all_fields(fields)
  local lines = {}
  for i = 1, math.min(#fields, MAX_FIELDS) do lines[i] = one_field(fields[i]) end
  if #fields > MAX_FIELDS then
    lines[#lines + 1] = (#fields - MAX_FIELDS) .. " more"
  end
  return table.concat(lines, "; ")
end

local function job_of(err)
  local parts = {}
  if err.endpoint_id then parts[1] = "endpoint " .. show(err.endpoint_id) end
  if err.request_id then parts[#parts + 1] = "request " .. show(err.request_id) end
  if err.status then parts[#parts + 1] = "HTTP " .. show(err.status) end
  return #parts > 0 and " (" .. table.concat(parts, ", ") .. ")" or ""
end

local function sentence(s) return (s:gsub("[%s.]+$", "")) .. "." end

local function read(err)
  local message = text.escape(err.message, MAX_MESSAGE):gsub("[%s.]+$", "")
  local parts = { "fal: " .. message .. job_of(err) }
  if err.fields and #err.fields > 0 then
    parts[1] = parts[1] .. ": " .. all_fields(err.fields)
  end
  parts[1] = sentence(parts[1])
  if err.cause ~= nil then
    local cause = E.is(err.cause) and err.cause.message or err.cause
    parts[#parts + 1] = sentence("Cause: " .. show(cause))
  end
  parts[#parts + 1] = err.remedy or E.kinds[err.kind]
  return E.redact(table.concat(parts, " "))
end

local mt = {
  __name = "fal.error",
  __tostring = read,
  __concat = function(a, b) return tostring(a) .. tostring(b) end,
}

---@class fal.Error
---@field kind fal.ErrorKind
---@field message string       what happened, without the job and the remedy
---@field retryable boolean    trying the same again may succeed
---@field sent? "no"|"yes"|"unknown"  whether the service may have accepted a paid submit;
---                            nil where no paid submit was involved
---@field status? integer      HTTP
---@field endpoint_id? string
---@field request_id? string
---@field fields? fal.FieldFault[]
---@field body? any            the decoded answer
---@field cause? any           the error or text below this one
---@field remedy? string       what the user can do, where the kind's advice is too vague
---@field error_type? string   fal.ai's own name for it
---@field retry_after? number  seconds the service asked to wait

---@param fields fal.Error  unknown names, kinds and values of `sent` raise
---@return fal.Error
function E.new(fields)
  local err = {}
  for name, value in next, fields do
    if not NAMES[name] then error("unknown error field '" .. tostring(name) .. "'", 2) end
    err[name] = value
  end
  if not E.kinds[err.kind] then
    error("unknown error kind '" .. tostring(err.kind) .. "'", 2)
  end
  if err.sent ~= nil and not SENT[err.sent] then
    error("sent must be \"no\", \"yes\", \"unknown\" or nil", 2)
  end
  local list = all_secrets()
  err.message = mask(tostring(err.message or err.kind), list)
  err.retryable = err.retryable and true or false
  if #list > 0 then
    for name, value in next, err do
      if name ~= "message" then err[name] = mask_value(value, list, {}) end
    end
  end
  return setmetatable(err, mt)
end
interpreted(E.new)

---@param x any
---@return boolean
function E.is(x) return type(x) == "table" and getmetatable(x) == mt end

-- PUC 5.1's stand-alone prints "(error object is not a string)" for anything but a
-- string, and its `assert` takes nothing else.
local strings_only = _VERSION == "Lua 5.1" and not rawget(_G, "jit")

--- `assert` that prints an error object readably on every Lua. On PUC 5.1 the error is
--- raised as text; everywhere else as the object, so that `pcall` gives it back.
---@generic T
---@param value T?
---@param ... any
---@return T, any ...
function E.assert(value, ...)
  if value then return value, ... end
  local err = ...
  if err == nil then err = "assertion failed!" end
  if strings_only then err = tostring(err) end
  error(err, 0)
end

return E
