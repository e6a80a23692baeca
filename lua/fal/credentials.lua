--- Where the API key comes from. It lives in a closure and in the engine, in no field.

local E = require "fal.error"

local credentials = {}

local HOW = "set FAL_KEY to the key from fal.ai/dashboard/keys (\"id:secret\"), or pass "
  .. "credentials = \"id:secret\""

local function refuse(message)
  return nil, E.new { kind = "auth", message = message,
    remedy = HOW:gsub("^%l", string.upper) .. "." }
end

local function trim(s) return (s:gsub("^%s+", ""):gsub("%s+$", "")) end

--- Secret files end with a newline as a rule, so white space around a key is no fault.
---@param value any
---@return string? key
---@return fal.Error? err   kind auth; never quotes the key
function credentials.check(value)
  if type(value) ~= "string" then
    return refuse("no API key: credentials gave " .. type(value))
  end
  local key = trim(value)
  if key == "" then return refuse("no API key: it is empty") end
  if key:find("[^\33-\126]") then
    return refuse("the API key holds white space, control or non-ASCII characters")
  end
  if not key:find("^[^:]+:.+$") then
    return refuse("the API key does not read \"id:secret\"")
  end
  return key
end

--- FAL_KEY wins, else FAL_KEY_ID and FAL_KEY_SECRET (fal-protocol.md section 2.1).
---@param getenv fun(name: string): string?
---@return string? key
---@return fal.Error? err
function credentials.from_environment(getenv)
  local whole = getenv("FAL_KEY")
  if whole and trim(whole) ~= "" then return credentials.check(whole) end
  local id, secret = getenv("FAL_KEY_ID"), getenv("FAL_KEY_SECRET")
  if id and secret then return credentials.check(trim(id) .. ":" .. trim(secret)) end
  return refuse("no API key: neither credentials nor FAL_KEY is set")
end

--- A method of its owner that sees to it that the engine has the key.
---@param option string|fun(): string|nil
---@param engine fal.core.Engine
---@param owner table    the key is masked in errors for as long as this lives; its
---        `has_key` tells that the engine has one
---@param getenv? fun(name: string): string?
---@return fun(self: table, again?: boolean): boolean|nil, fal.Error|nil   with `again`, a
---        function is asked anew; then `true, true` says that the key is another one
function credentials.holder(option, engine, owner, getenv)
  local current
  local changeable = option ~= nil and type(option) ~= "string"
  local function ask()
    if option == nil then return credentials.from_environment(getenv or os.getenv) end
    if type(option) == "string" then return credentials.check(option) end
    local value, err = option()
    if value == nil and E.is(err) then return nil, err end
    return credentials.check(value)
  end
  return function(_, again)
    if current and not (again and changeable) then return true end
    local key, err = ask()
    if not key then return nil, err end
    if owner.closed then return nil, owner.closed end  -- by the function that was asked
    if key == current then return true end
    E.secret(key, owner)
    local ok, message = engine:set_key(key)
    if not ok and message == "out of memory" then
      return nil, E.new { kind = "network", retryable = true, cause = message,
        message = "the API key could not be handed to the engine: " .. message }
    end
    if not ok then return refuse("the API key cannot be used: " .. tostring(message)) end
    current, owner.has_key = key, true
    return true, true
  end
end

return credentials
