-- A screen of its own for a program with a window: Xvfb, with a keyboard that types and a
-- camera.
--
--   local screen = require("support.desktop").start()
--   local program = screen:run("love examples/love", { FAL_KEY = "a:b" })
--   program:wait_for "ready"      program:type "a cat"      program:key "Return"
--   program:stop()                screen:stop()

local shell = require "support.shell"
local quote = require("support.sim").quote

local must = shell.must

local M = {}
local Screen, Program = {}, {}
Screen.__index, Program.__index = Screen, Program

---@return boolean
function M.available()
  local _, code = shell.run("command -v Xvfb && command -v xdotool && command -v import")
  return code == 0
end

---Ends by itself when the program does, also where nobody stops it.
function M.start()
  local process = assert(io.popen("echo $$; exec Xvfb -displayfd 3 -terminate "
    .. "-nolisten tcp -screen 0 1000x640x24 3>&1 >/dev/null 2>&1", "r"))
  local pid, number = process:read("*l"), process:read("*l")
  assert(number, "Xvfb did not start")
  return setmetatable({ process = process, pid = pid, display = ":" .. number }, Screen)
end

function Screen:stop()
  shell.run("kill " .. self.pid)
  self.process:close()
end

local LONGEST = 120  -- seconds a program may run: a wait for what never comes must end

---Starts a program; what it prints is read line by line.
---@param command string
---@param environment table<string, string>
---@param longest? number   seconds
function Screen:run(command, environment, longest)
  local words = { "DISPLAY=" .. self.display }
  for name, value in pairs(environment) do
    words[#words + 1] = name .. "=" .. quote(value)
  end
  -- LuaJIT's pipes do not tell how a program ended.
  local process = assert(io.popen("timeout -k 5 " .. (longest or LONGEST) .. " env "
    .. table.concat(words, " ") .. " " .. command
    .. " 2>&1 & echo $!; wait $!; echo exit code $?", "r"))
  return setmetatable({
    process = process, pid = process:read("*l"), display = self.display, lines = {},
  }, Program)
end

---Reads on until a line matches; raises with all that was said when none does.
---@return string line
function Program:wait_for(pattern)
  for line in self.process:lines() do
    self.lines[#self.lines + 1] = line
    if line:find(pattern) then return line end
  end
  error("it ended without " .. pattern .. ":\n" .. table.concat(self.lines, "\n"), 2)
end

local function xdotool(self, what)
  return must("DISPLAY=" .. self.display .. " timeout 20 xdotool " .. what)
end

---The window on the screen, given the keyboard.
---@return string id
function Program:window()
  if not self.id then
    self.id = xdotool(self, "search --sync --onlyvisible --name .")
      :match("%d+")
    xdotool(self, "windowfocus --sync " .. self.id)
  end
  return self.id
end

---@return string   { name, x, y, width and height } of the window, as xdotool says it
function Program:describe()
  local id = self:window()
  return xdotool(self, "getwindowname " .. id .. " getwindowgeometry " .. id)
end

function Program:type(text)
  self:window()
  xdotool(self, "type --delay 15 " .. quote(text))
end

function Program:key(name)
  self:window()
  xdotool(self, "key " .. name)
end

---@param path string   of the PNG
function Program:photograph(path)
  must("DISPLAY=" .. self.display .. " timeout 20 import -window " .. self:window() .. " "
    .. quote(path))
end

---Photographs until a piece of the window, "WxH+X+Y", has so many colours.
---@return integer colours   the last count
function Program:wait_for_colours(path, piece, least)
  local colours
  for _ = 1, 50 do
    self:photograph(path)
    colours = tonumber(must(("convert %s -crop %s -format %%k info:"):format(
      quote(path), piece)))
    if colours >= least then break end
  end
  return colours
end

---Asks the program to end and reads what it still says.
---@return string output   all of it, with "exit code N" as its last line
function Program:stop()
  shell.run("kill " .. self.pid)
  for line in self.process:lines() do self.lines[#self.lines + 1] = line end
  self.process:close()
  return table.concat(self.lines, "\n")
end

return M
