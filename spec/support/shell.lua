-- Commands of the shell, for what specs start.

local M = {}

---@return string text   stdout and stderr, without the white space at the end
---@return integer code
function M.run(command)
  local process = assert(io.popen("( " .. command .. " ) 2>&1; echo \" $?\"", "r"))
  local text, code = process:read("*a"):match("^(.*) (%d+)\n$")
  process:close()
  return (text:gsub("%s+$", "")), tonumber(code)
end

---Raises with what the command said when it fails.
---@return string text
function M.must(command)
  local text, code = M.run(command)
  if code ~= 0 then error(command .. ": " .. text, 3) end
  return text
end

return M
