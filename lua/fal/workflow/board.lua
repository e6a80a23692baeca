--- A workflow's progress for people who watch: on a terminal one line for each node that
--- runs and a total below, redrawn in place; elsewhere a plain line for each change.

local progress = require "fal.progress"
local text = require "fal.text"

local board = {}

local MOST = 16        -- rows at a time; a taller picture could not be redrawn
local TICK = 0.1       -- seconds between two pictures
local LABEL = 24
local FRAMES = { "⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏" }
local MARKS = { done = "✓", cached = "=", failed = "✗", skipped = "-" }
local OVER = { done = true, cached = true, failed = true, skipped = true }

---@class fal.workflow.Board
local Board = {}
Board.__index = Board

---@param opts table   write: fun(s), clock: fun(), to_pay: dollars; columns: of the
---        terminal; nil: it is none
---@return fal.workflow.Board
function board.new(opts)
  return setmetatable({
    write = opts.write, clock = opts.clock, columns = opts.columns,
    to_pay = opts.to_pay, rows = {}, index = {}, drawn = 0, began = opts.clock(),
  }, Board)
end

local function label(name)
  local short = progress.fit(text.escape(name, 200), LABEL)
  return short .. (" "):rep(LABEL - progress.width(short))
end

local function line(mark, view, seconds)
  local parts = { ("%s %s  %-22s %6.1f s"):format(mark, label(view.name),
    progress.fit(view.stage, 40), seconds) }
  if view.cost then parts[#parts + 1] = ("$%.2f"):format(view.cost) end
  local why = view.state == "failed" and view.error
  if why then parts[#parts + 1] = text.escape(why.message or why, 200) end
  return table.concat(parts, "  ")
end

local function total(self, counts)
  local all, over = 0, 0
  for state, n in next, counts do
    all = all + n
    if OVER[state] then over = over + n end
  end
  local width = 20
  local filled = all > 0 and math.floor(width * over / all) or width
  local parts = { ("[%s%s] %d of %d"):format(("#"):rep(filled),
    ("."):rep(width - filled), over, all), ("$%.2f to pay"):format(self.to_pay),
    ("%.0f s"):format(self.clock() - self.began) }
  for _, state in ipairs { "failed", "skipped" } do
    if counts[state] > 0 then
      table.insert(parts, 2, ("%d %s"):format(counts[state], state))
    end
  end
  return table.concat(parts, ", ")
end

local function show(self, above)
  local out = { self.drawn > 0 and ("\27[%dA"):format(self.drawn) or "" }
  local function put(s)
    out[#out + 1] = "\r" .. progress.fit(s, self.columns - 1) .. "\27[K\n"
  end
  for _, s in ipairs(above) do put(s) end
  local now, count = self.clock(), math.min(#self.rows, MOST)
  local frame = FRAMES[math.floor(now * 10) % #FRAMES + 1]
  for i = 1, count do
    local row = self.rows[i]
    put(line(frame, row.view, now - row.began))
  end
  if #self.rows > count then put(("  and %d more"):format(#self.rows - count)) end
  put(total(self, self.counts))
  out[#out + 1] = "\27[J"
  self.drawn = count + (#self.rows > count and 1 or 0) + 1
  self.write(table.concat(out))
end

--- Draws the picture anew; call it every so often while jobs wait.
function Board:tick()
  if self.columns and self.counts then show(self, {}) end
end

--- What an earlier run left may have the name of a node.
local function key_of(view) return view.attempt or view.name end

local function remove(self, row)
  self.index[key_of(row.view)] = nil
  for i, one in ipairs(self.rows) do
    if one == row then return table.remove(self.rows, i) end
  end
end

--- Takes in a change: fits a run's on_progress by way of a closure.
---@param view fal.workflow.View
---@param counts table<string, integer>
function Board:update(view, counts)
  self.counts = counts
  local row = self.index[key_of(view)]
  local now = self.clock()
  if OVER[view.state] and view.stage ~= "fetching files" then
    if row then remove(self, row) end
    local last = line(MARKS[view.state], view, row and now - row.began or 0)
    if self.columns then return show(self, view.state == "cached" and {} or { last }) end
    if view.state ~= "cached" then self.write(last .. "\n") end
    return
  end
  if not row then
    row = { view = view, began = now }
    self.index[key_of(view)] = row
    self.rows[#self.rows + 1] = row
  end
  if self.columns then return end
  if view.stage ~= row.stage then self.write(line(" ", view, now - row.began) .. "\n") end
  row.stage = view.stage
end

--- The last word: the total on a line of its own.
function Board:finish()
  if not self.counts then return end
  if self.columns then return show(self, {}) end
  self.write(total(self, self.counts) .. "\n")
end

board.TICK = TICK

return board
