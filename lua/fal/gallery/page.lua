--- The gallery's page: data in, HTML out. Pure.
-- Whatever was written by others (names, prompts, errors, answers) is text here: spelled
-- out where a terminal or a reader could be misled, then escaped. The page asks nobody
-- for anything: its policy allows its own style, its own script and local media.

local core = require "fal.core"
local file = require "fal.file"
local json = require "fal.json"
local script = require "fal.gallery.script"
local style = require "fal.gallery.style"
local text = require "fal.text"

local page = {}

local FAN = 4          -- as many leaves of one clip are laid out as a block
local MOST = 120       -- places of a block that are there from the start

local ESCAPES = { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;", ['"'] = "&quot;",
  ["'"] = "&#39;" }

--- Text as HTML shows it, within an element or an attribute's quotes.
---@param s any
---@return string
function page.escape(s) return (text.escape(s):gsub("[&<>\"']", ESCAPES)) end

local escape = page.escape

--- Text for the script's data: line breaks stay, everything else is spelled out.
---@param s any
---@return string
function page.clean(s)
  local lines = {}
  for line in (tostring(s):gsub("\r\n?", "\n") .. "\n"):gmatch("(.-)\n") do
    lines[#lines + 1] = text.escape(line)
  end
  return table.concat(lines, "\n")
end

--- A content hash as a content security policy wants it.
local function source(content)
  local bytes = core.sha256(content):gsub("%x%x", function(hex)
    return string.char(tonumber(hex, 16))
  end)
  return "'sha256-" .. file.base64(bytes) .. "'"
end

local POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; img-src 'self' "
  .. "file:; media-src 'self' file:; style-src %s; script-src %s"

---@class fal.gallery.Node
---@field name string
---@field state "done"|"failed"|"running"|"unknown"|"missing"
---@field label string          the state in words
---@field prompt string
---@field parent? integer       the clip it was made from: its place in the list, from 0
---@field children integer[]
---@field uses integer[]        other nodes that went into it
---@field character boolean
---@field video? string         paths from the page
---@field thumbnail? string
---@field sheet? string
---@field error? string
---@field span? string          length of the clip
---@field cost string
---@field took string
---@field settings string[][]   { name, value }
---@field facts string[][]

--- A card's place; the script fills it when it comes near, for a thousand of them whole
--- would take a browser most of a second to read.
local function card(out, node, number)
  if out.pause then out.pause() end
  out[#out + 1] = ('<article class="card %s" id="n%d" data-n="%d" tabindex="-1" '
    .. 'aria-label="%s, %s"></article>'):format(node.state, number, number,
    escape(node.name), node.label)
end

local branch

local function all_leaves(nodes, list)
  for _, n in ipairs(list) do
    if #nodes[n + 1].children > 0 then return false end
  end
  return true
end

--- Of a long list the script adds the rest, once the page is open.
local function grid(out, nodes, list, class)
  local rest = #list > MOST and table.concat(list, ",", MOST + 1)
  out[#out + 1] = ('<ul class="%s"%s>'):format(class,
    rest and ' data-rest="' .. rest .. '"' or "")
  for i = 1, math.min(#list, MOST) do
    out[#out + 1] = "<li>"
    card(out, nodes[list[i] + 1], list[i])
    out[#out + 1] = "</li>"
  end
  out[#out + 1] = "</ul>"
end

local function children(out, nodes, list)
  if #list >= FAN and all_leaves(nodes, list) then
    return grid(out, nodes, list, "fan")
  end
  out[#out + 1] = '<ul class="kids">'
  for _, n in ipairs(list) do branch(out, nodes, n) end
  out[#out + 1] = "</ul>"
end

--- A chain lies in one row, however long it is; what branches off its end hangs there.
function branch(out, nodes, n)
  out[#out + 1] = '<li class="branch"><ol class="run">'
  while true do
    out[#out + 1] = "<li>"
    card(out, nodes[n + 1], n)
    out[#out + 1] = "</li>"
    local kids = nodes[n + 1].children
    if #kids ~= 1 then break end
    n = kids[1]
  end
  out[#out + 1] = "</ol>"
  if #nodes[n + 1].children > 0 then children(out, nodes, nodes[n + 1].children) end
  out[#out + 1] = "</li>"
end

local function section(out, title, fill)
  out[#out + 1] = "<section><h2>" .. title .. "</h2>"
  fill()
  out[#out + 1] = "</section>"
end

local function body(out, nodes)
  local trees, loose, characters = {}, {}, {}
  for i, node in ipairs(nodes) do
    local list = node.character and characters or #node.children > 0 and trees or loose
    if not node.parent then list[#list + 1] = i - 1 end
  end
  if #nodes == 0 then out[#out + 1] = '<p class="empty">No clips yet.</p>' end
  if #trees > 0 then
    section(out, "Clips", function()
      out[#out + 1] = '<ul class="roots">'
      for _, n in ipairs(trees) do branch(out, nodes, n) end
      out[#out + 1] = "</ul>"
    end)
  end
  if #loose > 0 then
    section(out, #trees > 0 and "Single clips" or "Clips", function()
      grid(out, nodes, loose, "loose")
    end)
  end
  if #characters > 0 then
    section(out, "Characters", function() grid(out, nodes, characters, "loose") end)
  end
end

local KEYS = {
  { "← ↑ → ↓", "move between clips; in the viewer: neighbours, up to the parent, down" },
  { "Space", "play in place; in the viewer: play or pause" },
  { "Enter", "open the viewer" }, { "c", "compare with the parent, side by side" },
  { "/", "search" }, { "n p", "next, previous" }, { "t", "light or dark" },
  { "Esc", "close, stop" }, { "?", "this help" },
}

local function dialogs(out)
  out[#out + 1] = [[<dialog class="viewer" id="viewer" aria-labelledby="title"><header>
<h2 id="title" tabindex="-1"></h2>
<button type="button" id="compare" aria-pressed="false">Compare</button>
<button type="button" id="before" aria-label="Previous clip">←</button>
<button type="button" id="after" aria-label="Next clip">→</button>
<button type="button" id="close" aria-label="Close">✕</button></header>
<div class="trail" id="trail"></div><div class="stage" id="stage"></div>
<div class="deck"><button type="button" id="play">Play</button>
<input id="seek" type="range" min="0" max="1000" value="0" aria-label="Position">
<output id="clock"></output></div><div class="about" id="about"></div></dialog>
<dialog class="viewer help" id="help" aria-label="Keys"><div class="keys">]]
  for _, key in ipairs(KEYS) do
    out[#out + 1] = ("<span><kbd>%s</kbd></span><span>%s</span>"):format(key[1], key[2])
  end
  out[#out + 1] = "</div></dialog>"
end

---@class fal.gallery.Film
---@field name string
---@field sums string[][]       { value, what }
---@field nodes fal.gallery.Node[]

--- Makes the page.
---@param film fal.gallery.Film
---@param pause? fun()   called before each card
---@return string? html
---@return fal.Error? err   kind validation: a text is no UTF-8 even after cleaning
function page.render(film, pause)
  local data, err = json.encode { nodes = json.array(film.nodes) }
  if not data then return nil, err end
  local title = escape(film.name)
  local out = { '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
    '<meta http-equiv="Content-Security-Policy" content="',
    POLICY:format(source(style), source(script)), '">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer"><title>', title, "</title><style>",
    style, '</style></head><body><header class="bar"><h1>', title,
    '</h1><p class="sums">' }
  out.pause = pause
  for _, sum in ipairs(film.sums) do
    out[#out + 1] = ("<span><b>%s</b> %s</span>"):format(escape(sum[1]), escape(sum[2]))
  end
  out[#out + 1] = '</p><div class="tools"><span id="found" aria-live="polite"></span>'
    .. '<input id="search" type="search" placeholder="Search" aria-label="Search clips">'
    .. '<button type="button" id="theme" aria-label="Light or dark"></button>'
    .. '<button type="button" id="keys" aria-label="Keys">?</button></div></header><main>'
  body(out, film.nodes)
  out[#out + 1] = "</main>"
  dialogs(out)
  out[#out + 1] = '<script type="application/json" id="film">'
  out[#out + 1] = data:gsub("[<>&]", { ["<"] = "\\u003c", [">"] = "\\u003e",
    ["&"] = "\\u0026" })
  out[#out + 1] = "</script><script>"
  out[#out + 1] = script
  out[#out + 1] = "</script></body></html>\n"
  return table.concat(out)
end

return page
