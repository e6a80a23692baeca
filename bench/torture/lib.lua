-- What the harnesses share: paths, shell commands, random numbers that a seed repeats.

package.path = "./lua/?.lua;./lua/?/init.lua;./spec/?.lua;" .. package.path

local M = {}

M.LUA = os.getenv("LUA") or arg and arg[-1] or "lua5.4"
M.VERSION = rawget(_G, "jit") and "jit" or _VERSION:match("%d+%.%d+")
package.cpath = "./" .. (os.getenv("BUILD") or "build") .. "/" .. M.VERSION .. "/?.so;"
  .. package.cpath

M.quote = require("support.sim").quote

--- Runs a shell command.
---@return string output   with a final line break cut off
---@return integer code
function M.run(command)
  local process = assert(io.popen("exec 2>/dev/null; ( " .. command
    .. " ) 2>&1; echo \" $?\"", "r"))
  local text, code = process:read("*a"):match("^(.*) (%d+)\n$")
  process:close()
  return (text:gsub("\n$", "")), tonumber(code)
end

function M.must(command)
  local text, code = M.run(command)
  if code ~= 0 then error(command .. ": " .. text, 2) end
  return text
end

--- A generator of numbers from 0 to n - 1.
function M.random(seed)
  local state = seed % 2147483648
  return function(n)
    state = (state * 1103515245 + 12345) % 2147483648
    return math.floor(state / 65536 * n / 32768)
  end
end

--- Repeats a command until `M.stop(pid)`, or until this process is no more: killed, it
--- stops nothing.
function M.start(command)
  return M.must("PARENT=$PPID setsid sh -c " .. M.quote("while kill -0 $PARENT; do "
    .. command .. "; done") .. " >/dev/null 2>&1 & echo $!")
end

function M.stop(pid) M.run("kill -9 -" .. pid) end

--- What the simulator accepted, by a text that stands in the prompt.
function M.accepted(sim)
  local by_prompt = {}
  for _, job in ipairs(sim:ledger().jobs) do
    local prompt = job.input.prompt or "?"
    local list = by_prompt[prompt] or {}
    by_prompt[prompt] = list
    list[#list + 1] = job.request_id
  end
  return by_prompt
end

return M
