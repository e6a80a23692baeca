-- A file of prompts becomes a film, with a table of costs and a question before it
-- starts.
--   batch.lua prompts.jsonl|prompts.csv [--yes]
-- JSON Lines: one object a line, fields of the endpoint's input, and "name".
-- CSV: the first line names the fields: name,prompt,duration,aspect_ratio
local fal = require "fal"
local sora = require "fal.sora2"
local json = require "fal.json"
local text = require "fal.text"

local path, agreed = arg[1], arg[2] == "--yes"
if not path then
  io.stderr:write("usage: batch.lua prompts.jsonl|prompts.csv [--yes]\n")
  os.exit(2)
end

local function fail(message, ...)
  io.stderr:write("batch.lua: ", message:format(...), "\n")
  os.exit(1)
end

--- The cells of the CSV record that begins at `from` (RFC 4180), and where the next one
--- begins: quoted cells may hold commas, quotes ("") and line breaks.
local function record(s, from)
  local cells = {}
  while true do
    local cell, next_at
    if s:sub(from, from) == '"' then
      local parts, at = {}, from + 1
      while true do
        local quote = s:find('"', at, true) or fail("a quoted cell does not end")
        parts[#parts + 1] = s:sub(at, quote - 1)
        at = quote + 2
        if s:sub(quote + 1, quote + 1) ~= '"' then
          next_at = quote + 1
          if s:find("^[^,\r\n]", next_at) then
            fail("a quote within a quoted cell is written twice: %s",
              text.escape(s:sub(from, next_at), 60))
          end
          break
        end
      end
      cell = table.concat(parts, '"')
    else
      next_at = s:find("[,\r\n]", from) or #s + 1
      cell = s:sub(from, next_at - 1)
    end
    cells[#cells + 1] = cell
    if s:sub(next_at, next_at) ~= "," then
      return cells, s:match("^\r?\n?()", next_at)
    end
    from = next_at + 1
  end
end

local function read_csv(s)
  local names, at = record(s, 1)
  local rows = {}
  while at <= #s do
    local cells, following = record(s, at)
    local row = {}
    at = following
    for i, cell in ipairs(cells) do
      if cell ~= "" then
        row[names[i] or fail("no field is named for the cell %q; quote what holds commas",
          text.escape(cell, 60))] = cell
      end
    end
    if next(row) then rows[#rows + 1] = row end
  end
  return rows
end

local function read_lines(s)
  local rows, number = {}, 0
  for line in s:gmatch("[^\n]+") do
    number = number + 1
    if line:find("%S") then
      local row, err = json.decode(line)
      if type(row) ~= "table" then
        fail("line %d is no JSON object: %s", number,
          text.escape(err and err.cause or line, 200))
      end
      rows[#rows + 1] = row
    end
  end
  return rows
end

local file, why = io.open(path, "rb")
local content = file and file:read("*a")
if not content then fail("%s cannot be read: %s", path, why or "it is no file") end
file:close()
content = content:gsub("^\239\187\191", "")
local rows = (path:lower():find("%.csv$") and read_csv or read_lines)(content)
if #rows == 0 then fail("%s holds no prompts", path) end

local title = path:match("([^/]+)%.%w+$") or "batch"
local film = require("fal.workflow").new(title, { dir = "out/" .. title })
local row_of = {}
for i, row in ipairs(rows) do
  local name = tostring(row.name or ("clip %03d"):format(i))
  row.name = nil
  if row_of[name] then
    fail("rows %d and %d have the same name: %s", row_of[name], i, text.escape(name, 60))
  elseif #name > 200 or not text.length(name) then
    fail("row %d has a name that is too long, or no UTF-8", i)
  end
  row_of[name] = i
  film:clip(name, sora.text_to_video, row)
end

local plan = fal.assert(film:plan())
for _, node in ipairs(plan.nodes) do
  print(("%-24s %-8s $%6.2f  %s"):format(text.escape(node.name, 24), node.state,
    node.cost, text.escape(node.input.prompt, 60)))
end
print(("%d clips, $%.2f in all, $%.2f to pay now"):format(#plan.nodes, plan.cost,
  plan.to_pay))

if plan.to_pay > 0 and not agreed then
  io.write("Go on? [y/N] ")
  io.flush()
  local answer = io.read("*l")
  if not answer or not answer:lower():find("^y") then
    print("Nothing was sent.")
    os.exit(1)
  end
end

local report = fal.assert(film:run { progress = true })
for name, view in pairs(report.nodes) do
  if view.error then print(text.escape(name, 40), view.error) end
end
print(("%d made, %d there before, %d failed; see out/%s/index.html"):format(
  report.counts.done, report.counts.cached, report.counts.failed, title))
if report.counts.failed > 0 then os.exit(1) end
