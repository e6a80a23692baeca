-- The clips of this sitting: each is asked for, watched, fetched, in a coroutine of its
-- own that waits while one types.

local fal = require "fal"
local progress = require "fal.progress"
local text = require "fal.text"
local window = require "sora.window"

local sora = { clips = {} }

local SECONDS = 4      -- of a clip
local LINGER = 8       -- seconds that a finished one stays in the window
local REDRAW = 100     -- milliseconds between two pictures of the window

local client, models, dir
local drawing = false

--- One line, short enough that the editor does not stop to ask for Enter. Later: within a
--- command an error message would end whatever called the command.
local function message(line, level)
  line = text.escape(line):gsub("%s+", " ")
  vim.schedule(function()
    vim.notify(progress.fit(line, math.max(20, vim.v.echospace)),
      level or vim.log.levels.INFO)
  end)
end

--- What must not be lost when the editor ends: request ids, errors in full, files.
local function note(clip, words)
  local log = io.open(dir .. "/sora.log", "a")
  if not log then return end
  log:write(("%s %d %s\n"):format(os.date "%Y-%m-%d %H:%M:%S", clip.number,
    text.escape(words)))
  log:close()
end

local function cell(words, columns)
  words = progress.fit(words, columns)
  return words .. (" "):rep(columns - progress.width(words))
end

local TIME_AND_PRICE = 18  -- columns

local function row(clip)
  local columns = window.columns() - TIME_AND_PRICE
  local left = math.max(1, math.floor(columns * 0.55))
  local seconds = ((clip.ended or vim.loop.hrtime()) - clip.began) / 1e9
  return progress.fit(("%s %s%7.1f s  $%.2f"):format(
    cell(("%d %s"):format(clip.number, clip.prompt), left),
    cell(not clip.ended and clip.log or clip.stage, math.max(1, columns - left)),
    seconds, clip.price), window.columns())
end

local function draw()
  drawing = false
  local lines, marks = {}, {}
  for _, clip in ipairs(sora.clips) do
    if not clip.hidden then
      lines[#lines + 1] = row(clip)
      marks[#lines] = clip.err and "ErrorMsg" or nil
    end
  end
  window.show(lines, marks)
end

--- Many changes at once are one picture.
local function redraw()
  if drawing then return end
  drawing = true
  vim.defer_fn(draw, REDRAW)
end

local function stage(clip, words)
  clip.stage = words
  redraw()
end

local function finish(clip, words)
  clip.ended = vim.loop.hrtime()
  stage(clip, words)
  vim.defer_fn(function()
    clip.hidden = true
    redraw()
  end, LINGER * 1000)
end

local function failed(clip, err)
  -- The editor ends; the job goes on. One without an id may have been accepted, too.
  if err.kind == "closed" and (clip.request_id or err.sent ~= "unknown") then return end
  clip.err = tostring(err)
  note(clip, clip.err)
  finish(clip, "failed")
  message(("Sora %d: %s"):format(clip.number, err.message), vim.log.levels.ERROR)
end

local function fetch(clip)
  local path = ("%s/%s-%d.mp4"):format(dir, os.date "%Y%m%d-%H%M%S", clip.number)
  stage(clip, "downloading")
  local file, err = clip.output:download(path, {
    on_progress = function(done, total)
      if total > 0 then stage(clip, ("downloading, %d%%"):format(100 * done / total)) end
    end,
  })
  if not file then return failed(clip, err) end
  clip.file = file
  note(clip, "saved " .. file)
  finish(clip, "done")
  message(("Sora %d: %s"):format(clip.number, vim.fn.fnamemodify(file, ":~:.")))
end

local function watch(clip, status)
  local logs = status.logs
  local last = type(logs) == "table" and logs[#logs]
  if type(last) == "table" then clip.log = text.escape(last.message, 200) end
  stage(clip, progress.stage(status))
end

local function options(clip)
  return {
    logs = true,
    on_enqueue = function(request_id)
      clip.request_id = request_id
      note(clip, ("%s %s: %s"):format(clip.endpoint.id, request_id, clip.prompt))
    end,
    on_queue_update = function(status) watch(clip, status) end,
  }
end

--- Asks for the clip and waits for it, in a coroutine.
local function run(clip)
  local output, err = clip.endpoint(clip.input, options(clip))
  if not output then return failed(clip, err) end
  clip.output, clip.log = output, nil
  fetch(clip)
end

--- Made when it is first needed: a start of the editor costs nothing.
local function ready()
  if client then return true end
  dir = vim.g.sora_dir or vim.fn.stdpath "data" .. "/sora"
  if vim.fn.mkdir(dir, "p") == 0 then
    return message("Sora: cannot make the folder " .. dir, vim.log.levels.ERROR)
  end
  local err
  client, err = fal.client { budget = vim.g.sora_budget or 5 }
  if not client then return message(tostring(err), vim.log.levels.ERROR) end
  require "fal.drivers.neovim" (client)
  models = require("fal.sora2").with(client)
  return true
end

--- What is refused is said at once, before anything is sent.
local function start(endpoint, input)
  local valid, price, err
  valid, err = endpoint:validate(input)
  if valid then price, err = endpoint:estimate(input) end
  if not price then return message("Sora: " .. err.message, vim.log.levels.ERROR) end
  local clip = { number = #sora.clips + 1, prompt = text.escape(input.prompt),
    endpoint = endpoint, input = input, price = price, began = vim.loop.hrtime() }
  sora.clips[clip.number] = clip
  stage(clip, "submitting")
  client:spawn(run, clip)
end

--- A new clip. It is kept at the service, so that it can be remixed.
---@param prompt string
function sora.make(prompt)
  if not ready() then return end
  start(models.text_to_video,
    { prompt = prompt, duration = SECONDS, delete_video = false })
end

--- A remix of a clip of this sitting.
---@param number integer   0: the last one that is done
---@param prompt string
function sora.remix(number, prompt)
  if not ready() then return end
  local source
  for _, clip in ipairs(sora.clips) do
    if clip.output and (number == 0 or clip.number == number) then source = clip end
  end
  if not source then
    return message(number == 0 and "Sora: there is no clip to remix yet"
      or ("Sora: clip %d cannot be remixed: it is not done"):format(number),
      vim.log.levels.ERROR)
  end
  start(models.remix,
    { video_id = source.output.video_id, prompt = prompt, delete_video = false })
end

--- The editor ends. Jobs at the service go on: their request ids are in the log.
function sora.leave()
  if client then client:close() end
end

return sora
