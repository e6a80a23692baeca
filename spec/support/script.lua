-- Runs a Lua script as a user would: in a process and a directory of its own, on the
-- VM under test (and under valgrind or a sanitizer where the specs run under one),
-- against a simulator.
--
--   local script = require "support.script"
--   local dir = script.directory()
--   local output, code = script.run("examples/pro.lua", { dir = dir, base_url = url })

local sim = require "support.sim"

local M = {}

local function read(command)
  local pipe = assert(io.popen(command, "r"))
  local output = pipe:read("*a")
  pipe:close()
  return output
end

local HERE = read("pwd"):gsub("\n$", "")
-- The C modules of this VM: the runner puts their folder first.
local CPATH = HERE .. "/" .. assert(package.cpath:match("^%./([^;]+)"), package.cpath)
M.HERE, M.CPATH = HERE, CPATH

---A new empty directory; `remove` takes it away.
function M.directory()
  return (read("mktemp -d"):gsub("\n$", ""))
end

function M.remove(dir)
  os.execute("rm -rf " .. sim.quote(dir))
end

---@return string?   the bytes of a file; nil when it is not there
function M.contents(path)
  local file = io.open(path, "rb")
  if not file then return nil end
  local bytes = file:read("*a")
  file:close()
  return bytes
end

function M.put(path, bytes)
  local file = assert(io.open(path, "wb"))
  file:write(bytes)
  file:close()
end

---@param path string   of the script, from the project's folder or absolute
---@param opts { dir: string, base_url?: string, arguments?: string, env?: string }   env:
---        further assignments, as the shell takes them
---@return string output   stdout and stderr
---@return integer code
function M.run(path, opts)
  if path:sub(1, 1) ~= "/" then path = HERE .. "/" .. path end
  local environment = {
    "FAL_BASE_URL=" .. sim.quote(opts.base_url or ""),
    "LUA_PATH=" .. sim.quote(("%s/lua/?.lua;%s/lua/?/init.lua;;"):format(HERE, HERE)),
    "LUA_CPATH=" .. sim.quote(CPATH .. ";;"), opts.env,
  }
  local command = ("cd %s && env -u LUA_PATH_5_4 -u LUA_CPATH_5_4 %s %s %s %s %s 2>&1; "
    .. "echo \"exit code $?\""):format(sim.quote(opts.dir),
    table.concat(environment, " "), os.getenv("WRAP") or "",
    os.getenv("LUA") or arg[-1] or "lua5.4", sim.quote(path), opts.arguments or "")
  local output, code = read(command):match("^(.*)exit code (%d+)\n$")
  return output, tonumber(code)
end

---@return boolean  whether it is there and begins as an mp4 does
function M.is_mp4(path)
  local file = io.open(path, "rb")
  if not file then return false end
  local head = file:read(8)
  file:close()
  return head ~= nil and head:sub(5) == "ftyp"
end

return M
