-- Runs Lua inside a real Neovim without a screen, as a plugin would.
--
--   local nvim = require "support.nvim"
--   local lines, output = nvim.run([[ tell(1 + 1); done() ]], { base_url = sim.url })
--
-- The chunk has `client` (with its driver), `tell(value)`, which becomes one of `lines`,
-- and `done()`, which ends the editor. What the editor shows itself is in `output`.

local script = require "support.script"
local quote = require("support.sim").quote

local M = {}

local PRELUDE = [[
local lines = assert(io.open(os.getenv "NVIM_LINES", "w"))
function tell(value) lines:write(tostring(value), "\n"); lines:flush() end
function done() vim.cmd "qall!" end
local fal = require "fal"
if os.getenv "FAL_BASE_URL" then
  client = assert(fal.client { poll = { initial = 0.02, factor = 1.2, max = 0.05 } })
  require("fal.drivers.neovim")(client)
end
]]

---@return boolean
function M.available()
  local found = os.execute "command -v nvim >/dev/null"
  return found == true or found == 0
end

local LONGEST = 60  -- seconds; an editor that waits for what never comes must end

--- The shell command that starts an editor with this project's modules on its paths.
---@param options string
---@param environment table<string, string>
---@return string
function M.command(options, environment)
  local words = {}
  for name, value in pairs(environment) do
    words[#words + 1] = name .. "=" .. quote(value)
  end
  local path = ("%s/lua/?.lua;%s/lua/?/init.lua;;"):format(script.HERE, script.HERE)
  return ("env %s LUA_PATH=%s LUA_CPATH=%s nvim -u NONE -i NONE -n %s"):format(
    table.concat(words, " "), quote(path), quote(script.CPATH .. ";;"), options)
end

---@param chunk string
---@param options? { base_url?: string, environment?: table<string, string> }
---@return string[] lines
---@return string output
---@return integer code
function M.run(chunk, options)
  options = options or {}
  local dir = script.directory()
  local file = assert(io.open(dir .. "/chunk.lua", "w"))
  assert(file:write(PRELUDE, chunk))
  assert(file:close())
  local environment = { NVIM_LINES = dir .. "/lines", XDG_DATA_HOME = dir,
    XDG_STATE_HOME = dir, XDG_CONFIG_HOME = dir }
  environment.FAL_BASE_URL = options.base_url
  for name, value in pairs(options.environment or {}) do environment[name] = value end
  local command = M.command("--headless -c "
    .. quote("luafile " .. dir .. "/chunk.lua"), environment)
  local pipe = assert(io.popen("timeout -k 5 " .. LONGEST .. " " .. command
    .. " 2>&1 </dev/null; echo \" $?\"", "r"))
  local output, code = pipe:read("*a"):match("^(.*) (%d+)\n$")
  pipe:close()
  local lines = {}
  local told = io.open(dir .. "/lines", "r")
  if told then
    for line in told:lines() do lines[#lines + 1] = line end
    told:close()
  end
  script.remove(dir)
  return lines, output, tonumber(code)
end

return M
