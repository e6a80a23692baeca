--- Progress of jobs, for people who watch: one row a job with its place in the queue, its
--- stage, the seconds it took, what it costs and its last log line.
-- `progress.line` makes the text and knows no I/O; a board writes it: rows that renew
-- themselves on a terminal, else one plain line whenever something changed.

local text = require "fal.text"

local progress = {}

--- What a row shows.
---@class fal.progress.State
---@field label string
---@field stage string        "in queue, 3 ahead", "generating", …
---@field seconds number      since the row began
---@field cost? number        US dollars
---@field log? string         last log line, as the service wrote it

--- Terminal columns of one character: what East Asian scripts and emoji take twice. An
--- approximation that is never too small, so that a row never wraps.
local function columns_of(char)
  return char >= "\225\132\128" and not char:find("^\226") and 2 or 1
end

local CHARACTER = "[%z\1-\127\194-\244][\128-\191]*"

--- Columns of a terminal that `s` takes.
---@param s string
---@return integer
function progress.width(s)
  local used = 0
  for char in s:gmatch(CHARACTER) do used = used + columns_of(char) end
  return used
end

--- Cuts `s` so that it fits into so many columns of a terminal.
---@param s string
---@param columns integer
---@return string
function progress.fit(s, columns)
  local used, out = 0, {}
  for char in s:gmatch(CHARACTER) do
    local width = columns_of(char)
    if used + width > columns then
      while used >= columns and out[1] do
        used = used - columns_of(table.remove(out))
      end
      if columns > 0 then out[#out + 1] = "…" end
      break
    end
    out[#out + 1] = char
    used = used + width
  end
  return table.concat(out)
end

--- One row as text, without a line break. Labels and logs come from others: what a
--- terminal would obey in them is spelled out.
---@param state fal.progress.State
---@param columns? integer  [unlimited]
---@return string
function progress.line(state, columns)
  local parts = {
    ("%-10s %-20s %6.1f s"):format(
      text.escape(state.label, 40), state.stage, state.seconds),
  }
  if state.cost then
    parts[#parts + 1] = ("$%.2f"):format(state.cost)
  end
  if state.log and state.log ~= "" then
    parts[#parts + 1] = text.escape(state.log, 200)
  end
  local line = table.concat(parts, "  ")
  return columns and progress.fit(line, columns) or line
end

-- What no queue has; figures of the service are taken for what they are otherwise.
local MAX_PLACE = 1e9

--- A status in words; a status word that is new to us is shown as it is.
---@param status table  as `on_queue_update` gets it
---@return string
function progress.stage(status)
  local word = status.status
  if word == "IN_QUEUE" then
    local place = status.queue_position
    if type(place) == "number" and place % 1 == 0 and math.abs(place) < MAX_PLACE then
      return ("in queue, %d ahead"):format(place)
    end
    return "in queue"
  elseif word == "IN_PROGRESS" then
    return "generating"
  elseif word == "COMPLETED" then
    return "fetching the result"
  end
  return text.escape(word, 20)
end

--- What the log says last, or nil.
local function last_log(status)
  local logs = status.logs
  local entry = type(logs) == "table" and logs[#logs]
  local message = type(entry) == "table" and entry.message
  return type(message) == "string" and message or nil
end

---@class fal.progress.Board
local Board = {}
Board.__index = Board

---@class fal.progress.Row
local Row = {}
Row.__index = Row

---@class fal.progress.Options
---@field write fun(s: string)   where the text goes
---@field clock fun(): number    seconds, monotonic
---@field live? boolean          renew the rows in place: a terminal [false]
---@field columns? integer       of the terminal [80]

---@param opts fal.progress.Options
---@return fal.progress.Board
function progress.board(opts)
  return setmetatable({
    write = opts.write,
    clock = opts.clock,
    live = opts.live or false,
    columns = opts.columns or 80,
    rows = {},
    drawn = 0,
  }, Board)
end

--- A new row at the bottom, its clock starting now.
---@param label string
---@param cost? number  US dollars
---@return fal.progress.Row
function Board:row(label, cost)
  local row = setmetatable({
    board = self, label = label, cost = cost, stage = "submitting",
    began = self.clock(), seconds = 0,
  }, Row)
  self.rows[#self.rows + 1] = row
  row:changed()
  return row
end

--- Draws all rows anew, with the time that has passed; on a plain board it does nothing.
--- Call it every so often while jobs wait.
function Board:tick()
  if not self.live then return end
  local now = self.clock()
  -- The last column stays free: some terminals wrap once it is filled.
  local out = { self.drawn > 0 and ("\27[%dA"):format(self.drawn) or "" }
  for _, row in ipairs(self.rows) do
    if not row.ended then row.seconds = now - row.began end
    out[#out + 1] = "\r" .. progress.line(row, self.columns - 1) .. "\27[K\n"
  end
  self.drawn = #self.rows
  self.write(table.concat(out))
end

--- Shows the row's new state.
function Row:changed()
  local board = self.board
  if board.live then return board:tick() end
  if not self.ended then self.seconds = board.clock() - self.began end
  board.write(progress.line(self) .. "\n")
end

--- Takes over a status; fits `on_queue_update` by way of a closure.
---@param status table
function Row:update(status)
  local stage, log = progress.stage(status), last_log(status) or self.log
  if stage == self.stage and log == self.log then return end
  self.stage, self.log = stage, log
  self:changed()
end

--- Shows what happens beside the queue: "downloading".
---@param stage string
function Row:say(stage)
  self.stage = stage
  self:changed()
end

--- Stops the row's clock.
---@param outcome string  "done", "failed: …"
function Row:finish(outcome)
  self.seconds = self.board.clock() - self.began
  self.ended = true
  self.stage, self.log = text.escape(outcome, 60), nil
  self:changed()
end

return progress
