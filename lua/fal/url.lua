--- Endpoint ids and URLs: taken apart, checked, put together. Pure.

local url = {}

-- fal.ai's grammar: [namespace/]owner/alias[/path…] (fal-protocol.md section 1.2).
local NAMESPACES = { workflows = true, comfy = true }
local MAX_ID = 512

local function segments(id)
  local list = {}
  for part in (id .. "/"):gmatch("([^/]*)/") do
    -- Dots would climb in the path; the core takes no other characters either.
    if part == "" or part == "." or part == ".." or part:find("[^%w%-%._]") then
      return nil
    end
    list[#list + 1] = part
  end
  return list
end

local function split(id)
  if #id > MAX_ID then return nil, "the endpoint id is too long" end
  id = id:gsub("^/", "")
  local owner, alias = id:match("^(%d+)%-([%w%-]+)$")
  if owner then id = owner .. "/" .. alias end
  local parts = segments(id)
  local depth = parts and NAMESPACES[parts[1]] and 3 or 2
  if not parts or #parts < depth then
    return nil, "an endpoint id reads \"owner/alias\" or \"owner/alias/path\", not \""
      .. id .. "\""
  end
  return id, table.concat(parts, "/", 1, depth)
end

-- A program asks for the same few ids again and again.
local MAX_SPLIT = 256
local split_ids, split_count = {}, 0

--- Checks an endpoint id and splits it. The legacy form "4242-demo-app" is rewritten to
--- "4242/demo-app", as the official clients do.
---@param id string
---@return string? endpoint_id  as it is sent
---@return string app_id        without the sub-path; or what is wrong
function url.endpoint(id)
  local known = split_ids[id]
  if known then return known[1], known[2] end
  local endpoint_id, app_id = split(id)
  if not endpoint_id then return nil, app_id end
  if split_count >= MAX_SPLIT then split_ids, split_count = {}, 0 end
  split_ids[id], split_count = { endpoint_id, app_id }, split_count + 1
  return endpoint_id, app_id
end

--- A request id that may stand in a path.
---@param id any
---@return boolean
function url.is_request_id(id)
  return type(id) == "string" and #id <= 200 and id:find("^[%w%-_.:]+$") ~= nil
    and not id:find("^%.+$")
end

---@param s string
---@return string
function url.escape(s)
  return (s:gsub("[^%w%-%._~]", function(c) return ("%%%02X"):format(c:byte()) end))
end

--- A query string without "?" from names and values in turn; nil values are left out.
---@return string? query  nil when nothing is left
function url.query(...)
  local list = {}
  for i = 1, select("#", ...), 2 do
    local name, value = (select(i, ...)), (select(i + 1, ...))
    if value ~= nil then
      list[#list + 1] = url.escape(name) .. "=" .. url.escape(tostring(value))
    end
  end
  return #list > 0 and table.concat(list, "&") or nil
end

local function is_loopback(host)
  return host == "localhost" or host == "[::1]"
    or host:find("^127%.%d+%.%d+%.%d+$") ~= nil
end

---@param s any
---@return { scheme: string, host: string, path: string, loopback: boolean }?
---@return string? why
function url.parse(s)
  if type(s) ~= "string" then return nil, "is not a string" end
  if s:find("[%c%s]") then return nil, "holds white space or control characters" end
  local scheme, authority, path = s:match("^(%a[%w+.-]*)://([^/?#]*)(.*)$")
  if not scheme then return nil, "is no URL with a scheme" end
  if authority:find("@", 1, true) then return nil, "holds a user name" end
  local host = authority:match("^(%[[%x:.]+%])") or authority:match("^([^:]*)")
  local port = authority:sub(#host + 1)
  if host == "" or not (port == "" or port:find("^:%d+$")) then
    return nil, "has no host"
  end
  host = host:lower()
  return { scheme = scheme:lower(), host = host, path = path,
    loopback = is_loopback(host) }
end

local MAX_URL = 2048

--- Whether an address that came back is one that the engine and a ledger can take; where
--- it points to, the engine judges.
---@param s any
---@return boolean
function url.is_usable(s)
  return type(s) == "string" and #s <= MAX_URL and url.parse(s) ~= nil
end

--- An address for requests that carry the key: https, or http to this machine.
---@param s any
---@return string? url  without a slash at its end
---@return string? why
function url.base(s)
  local parts, why = url.parse(s)
  if not parts then return nil, why end
  if parts.scheme ~= "https" and not (parts.scheme == "http" and parts.loopback) then
    return nil, "must be https (plain http goes to loopback addresses only)"
  end
  if parts.path:find("[?#]") then return nil, "must not have a query or fragment" end
  return (s:gsub("/+$", ""))
end

--- A URL to show: without query and fragment, which may carry signatures, and without a
--- user's name and password.
---@param s string
---@return string
function url.shown(s)
  return (s:gsub("^(%a[%w+.-]*://)[^/]*@", "%1…@"):gsub("[?#].*$", ""))
end

return url
