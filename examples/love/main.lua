-- Sora 2 in a LÖVE program: type a prompt, press Enter, watch it come. Tab picks a
-- finished clip, and the next prompt remixes it. The animation shows when a frame is
-- late.
--
--   export LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;;"
--   export LUA_CPATH="$PWD/build/jit/?.so;;"
--   love examples/love          (FAL_KEY as ever; FAL_BASE_URL for the simulator)

local fal = require "fal"
local meter = require "meter"
local studio = require "studio"
local view = require "view"

local BUDGET = 0.001  -- seconds of a frame that the client may have

local client, shots, frames, screen
local wanted, decoded
local ui = { prompt = "" }
local waiting = {}    -- number of a shot → the shot whose picture is being decoded
local began, ours = nil, 0

--- Calls something of fal's, and counts its time as a part of this frame.
local function timed(fn, ...)
  local now = love.timer.getTime()
  local a, b = fn(...)
  ours = ours + love.timer.getTime() - now
  return a, b
end

local function ask_picture(shot, files)
  waiting[shot.number] = shot
  wanted:push { shot.number, files.thumbnail, files.spritesheet }
end

local function take_picture()
  local got = decoded:pop()
  if not got then return end
  local shot = waiting[got[1]]
  waiting[got[1]] = nil
  if got[2] then shot.image = love.graphics.newImage(got[2]) end
  print(("%d picture: %s"):format(shot.number, got[2] and "shown" or got[3]))
end

--- Prices are looked up when the prompt changes, not with each frame.
local function reprice()
  ui.price, ui.why = nil, nil
  if ui.prompt:find "%S" then
    ui.price, ui.why = timed(shots.price, shots, ui.prompt, ui.source)
  end
end

local function choose(source)
  ui.source = source
  reprice()
end

function love.load()
  io.stdout:setvbuf "line"
  client = assert(fal.client { quiet = true })
  local dir = love.filesystem.getSaveDirectory()
  assert(love.filesystem.createDirectory "")
  shots = studio.new(client, dir, ask_picture)
  frames, screen = meter.new(), view.new()
  wanted, decoded = love.thread.newChannel(), love.thread.newChannel()
  love.thread.newThread("decode.lua"):start(wanted, decoded)
  love.keyboard.setKeyRepeat(true)
  print "ready"
end

function love.update()
  local now = love.timer.getTime()
  if began then frames:add(now - began, ours) end
  began, ours = now, 0
  timed(client.step, client, BUDGET)
  screen.time = now
  take_picture()
end

function love.draw() view.draw(screen, shots.shots, ui, frames) end

function love.textinput(words)
  ui.prompt = ui.prompt .. words
  reprice()
end

local keys = {}

keys["return"] = function()
  if not ui.price then return end
  timed(shots.start, shots, ui.prompt, ui.source)
  view.scroll(screen, shots.shots, math.huge)
  ui.prompt = ""
  choose(nil)
end
keys.kpenter = keys["return"]

function keys.backspace()
  ui.prompt = ui.prompt:gsub("[^\128-\191][\128-\191]*$", "")
  reprice()
end

function keys.escape() choose(nil) end

--- The next finished clip, from the top; after the last one, none.
function keys.tab()
  local passed = ui.source == nil
  for _, shot in ipairs(shots.shots) do
    if passed and shot.clip and shot.clip.remixable then return choose(shot) end
    passed = passed or shot == ui.source
  end
  choose(nil)
end

function love.keypressed(key)
  if keys[key] then keys[key]() end
end

function love.mousepressed(x, y)
  local shot = view.at(screen, shots.shots, x, y)
  if shot and shot.clip and shot.clip.remixable then choose(shot) end
end

function love.wheelmoved(_, by) view.scroll(screen, shots.shots, -40 * by) end

--- Jobs at the service go on; what was left there is named, so that it can be taken up.
function love.quit()
  shots:leave()
  client:close()
  wanted:push(false)
  print(frames:text())
  return false
end
