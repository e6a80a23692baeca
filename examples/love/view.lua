-- Draws the window: the prompt above, the shots below, what keeps moving at the right.

local text = require "fal.text"

local view = {}

local MARGIN, TOP, HEIGHT, GAP, INDENT = 16, 132, 108, 10, 36
local PICTURE = 160
local g = love.graphics

local INK, FAINT, ACCENT, BAD = { 0.92, 0.92, 0.95 }, { 0.55, 0.57, 0.65 },
  { 0.45, 0.75, 1 }, { 1, 0.5, 0.45 }

local function colour(c, alpha) g.setColor(c[1], c[2], c[3], alpha or 1) end

function view.new()
  return { small = g.newFont(13), large = g.newFont(18), scroll = 0, time = 0 }
end

local function label(v, font, ink, words, x, y, width)
  g.setFont(v[font])
  colour(ink)
  g.printf(words, x, y, width)
end

--- Turns evenly, so that the eye sees at once when a frame is late.
local function animation(v)
  g.push()
  g.translate(g.getWidth() - 60, 56)
  g.rotate(v.time)
  for i = 1, 12 do
    colour(ACCENT, i / 12)
    g.circle("fill", 32, 0, 2 + i / 4)
    g.rotate(math.pi / 6)
  end
  g.pop()
end

local function frame_graph(v, meter)
  local x, bottom, full = g.getWidth() - 360, 90, 60
  local line = {}
  for i, height in ipairs(meter:heights(full / 0.0334, full)) do
    line[#line + 1] = x + i
    line[#line + 1] = bottom - height
  end
  colour(FAINT, 0.5)
  g.line(x, bottom - full / 2, x + 240, bottom - full / 2)
  colour(ACCENT)
  if #line >= 4 then g.line(line) end
  label(v, "small", FAINT, "16.7 ms", x - 60, bottom - full / 2 - 8, 60)
  label(v, "small", INK, meter:text(), x - 80, 98, 428)
end

--- The end of the prompt: the lines that there is room for.
local function typed(v, prompt, width)
  local _, lines = v.large:getWrap("> " .. prompt, width)
  return table.concat(lines, "\n", math.max(1, #lines - 1))
end

local function header(v, ui)
  local width = g.getWidth() - 460
  label(v, "small", FAINT, ui.source and "Remix of " .. ui.source.number
    .. " (Tab: another, Esc: a new clip)" or "New clip (Tab: remix a finished one)",
    MARGIN, 14, width)
  local cursor = v.time % 2 < 1 and "|" or ""
  label(v, "large", INK, typed(v, text.escape(ui.prompt) .. cursor, width), MARGIN, 36,
    width)
  local hint = ui.why or ui.price and ("Enter: make it for $%.2f"):format(ui.price) or ""
  label(v, "small", ui.why and BAD or FAINT, hint, MARGIN, 98, width - 80)
end

local function place(v, i, shot)
  local x = MARGIN + math.min(shot.depth, 6) * INDENT
  return x, TOP + (i - 1) * (HEIGHT + GAP) - v.scroll, g.getWidth() - x - MARGIN
end

local function picture(v, shot, x, y)
  local image = shot.image
  if image then
    g.setColor(1, 1, 1)
    local scale = math.min(PICTURE / image:getWidth(), 90 / image:getHeight())
    g.draw(image, x + (PICTURE - image:getWidth() * scale) / 2,
      y + (90 - image:getHeight() * scale) / 2, 0, scale)
  else
    colour(FAINT, 0.25)
    g.rectangle("fill", x, y, PICTURE, 90, 4)
    local words = shot.ended and (shot.err and "no clip" or "no picture") or "…"
    label(v, "small", FAINT, words, x + 8, y + 36, PICTURE - 16)
  end
end

local function bar(v, shot, x, y, width)
  colour(FAINT, 0.3)
  g.rectangle("fill", x, y, width, 5, 2)
  colour(ACCENT)
  if shot.clip then
    g.rectangle("fill", x, y, width * math.min(shot.share, 1), 5, 2)
  else
    local at = (v.time * 0.4) % 1
    g.rectangle("fill", x + at * (width - 60), y, 60, 5, 2)
  end
end

local function card(v, shot, x, y, width, chosen)
  colour(INK, chosen and 0.16 or 0.07)
  g.rectangle("fill", x, y, width, HEIGHT, 6)
  if shot.source then
    colour(FAINT)
    g.line(x - 18, y - GAP, x - 18, y + 30, x, y + 30)
  end
  picture(v, shot, x + 9, y + 9)
  local left, room = x + PICTURE + 24, width - PICTURE - 40
  label(v, "small", FAINT, shot.source and ("%d, a remix of %d"):format(shot.number,
    shot.source.number) or tostring(shot.number), left, y + 8, room)
  g.setScissor(left, math.max(0, y + 24), room, 22)
  label(v, "large", INK, text.escape(shot.prompt, 300), left, y + 24, 10000)
  g.setScissor()
  label(v, "small", shot.err and BAD or ACCENT, shot.err and text.cut(shot.err, 220)
    or shot.stage, left, y + 50, room)
  if not shot.ended then
    bar(v, shot, left, y + 74, room)
    g.setScissor(left, math.max(0, y + 82), room, 20)
    label(v, "small", FAINT, shot.log or "", left, y + 84, 10000)
    g.setScissor()
  elseif shot.file then
    label(v, "small", FAINT, shot.file, left, y + 84, room)
  end
end

--- The shot that is drawn at this point.
function view.at(v, shots, px, py)
  for i, shot in ipairs(shots) do
    local x, y, width = place(v, i, shot)
    if py > TOP and px >= x and px < x + width and py >= y and py < y + HEIGHT then
      return shot
    end
  end
end

--- Keeps the scroll position within what there is.
function view.scroll(v, shots, by)
  local most = TOP + #shots * (HEIGHT + GAP) - g.getHeight()
  v.scroll = math.max(0, math.min(v.scroll + by, most))
end

function view.draw(v, shots, ui, meter)
  g.clear(0.09, 0.1, 0.13)
  for i, shot in ipairs(shots) do
    local x, y, width = place(v, i, shot)
    if y > -HEIGHT and y < g.getHeight() then
      card(v, shot, x, y, width, shot == ui.source)
    end
  end
  g.setColor(0.09, 0.1, 0.13)
  g.rectangle("fill", 0, 0, g.getWidth(), TOP - GAP)
  header(v, ui)
  frame_graph(v, meter)
  animation(v)
end

return view
