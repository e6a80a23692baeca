-- The shots of this sitting: each is asked for, watched, fetched. Knows nothing of LÖVE;
-- what it waits for goes on in tasks, a bit with each client:step.

local progress = require "fal.progress"
local text = require "fal.text"

local studio = {}

local Studio = {}
Studio.__index = Studio

local SECONDS = 4

---@param client fal.Client
---@param dir string   where files go
---@param picture fun(shot: table, files: table)   told when a shot's pictures are there
function studio.new(client, dir, picture)
  return setmetatable({
    client = client, dir = dir, picture = picture, shots = {},
    sora = require("fal.sora2").with(client), began = os.date "%Y%m%d-%H%M%S",
  }, Studio)
end

--- Says what became of a shot, on the screen and in the terminal.
local function say(shot, stage)
  if stage == shot.stage then return end
  shot.stage = stage
  print(("%d %s"):format(shot.number, stage))
end

local function failed(shot, err)
  -- The program ends, the job goes on. One without an id may have been accepted, too.
  if err.kind == "closed" and (shot.request_id or err.sent ~= "unknown") then return end
  shot.err, shot.ended = text.escape(tostring(err)), true
  say(shot, "failed")
  print(shot.err)
end

local function path(self, shot, suffix)
  return ("%s/%s-%d.%s"):format(self.dir, self.began, shot.number, suffix)
end

--- A picture is nice to have: a clip without one is whole all the same.
local function fetch_pictures(self, shot)
  local files = {}
  for name, suffix in pairs { thumbnail = "webp", spritesheet = "jpg" } do
    if type(rawget(shot.clip, name)) == "table" then
      local got = shot.clip:download { [name] = path(self, shot, suffix) }
      files[name] = got and got[name]
    end
  end
  self.picture(shot, files)
end

local function fetch_video(self, shot)
  say(shot, "downloading")
  local file, err = shot.clip:download(path(self, shot, "mp4"), {
    on_progress = function(done, total)
      shot.share = total > 0 and done / total or 0
    end,
  })
  if not file then return failed(shot, err) end
  shot.file, shot.ended = file, true
  say(shot, "done")
end

local function watch(shot, status)
  local logs = status.logs
  local entry = type(logs) == "table" and logs[#logs]
  if type(entry) == "table" then shot.log = text.escape(entry.message, 200) end
  say(shot, progress.stage(status))
end

local function make(self, shot)
  local opts = {
    logs = true,
    on_enqueue = function(request_id)
      shot.request_id = request_id
      print(("%d request id: %s"):format(shot.number, request_id))
    end,
    on_queue_update = function(status) watch(shot, status) end,
  }
  local clip, err
  if shot.source then
    -- A clip is kept at the service, so that it can be remixed in turn.
    opts.delete_video = false
    clip, err = shot.source.clip:remix(shot.prompt, opts)
  else
    clip, err = self.sora.text_to_video(
      { prompt = shot.prompt, duration = SECONDS, delete_video = false }, opts)
  end
  if not clip then return failed(shot, err) end
  shot.clip = clip
  self.client:spawn(fetch_pictures, self, shot)
  fetch_video(self, shot)
end

--- What the next shot would cost; nil and why when it would be refused.
---@param prompt string
---@param source? table   the shot to remix
---@return number? dollars
---@return string? why
function Studio:price(prompt, source)
  local dollars, err
  if source then
    dollars, err = self.sora.remix:estimate {
      video_id = source.clip.video_id, prompt = prompt, delete_video = false }
  else
    dollars, err = self.sora.text_to_video:estimate {
      prompt = prompt, duration = SECONDS, delete_video = false }
  end
  return dollars, err and text.escape(err.message)
end

--- Starts a shot. It stands behind what it was made of, and behind that one's others.
---@param prompt string
---@param source? table   the shot to remix
---@return table shot
function Studio:start(prompt, source)
  local shots = self.shots
  local shot = { number = #shots + 1, prompt = prompt, source = source, share = 0,
    depth = source and source.depth + 1 or 0 }
  local place = #shots + 1
  if source then
    for i = 1, #shots do if shots[i] == source then place = i + 1 end end
    while shots[place] and shots[place].depth > source.depth do place = place + 1 end
  end
  table.insert(shots, place, shot)
  print(("%d %s: %s"):format(shot.number,
    source and "remix of " .. source.number or "new", text.escape(prompt)))
  say(shot, "submitting")
  self.client:spawn(make, self, shot)
  return shot
end

--- How to come back to what is not done when the program ends.
function Studio:leave()
  for _, shot in ipairs(self.shots) do
    if shot.request_id and not shot.ended then
      local endpoint = shot.source and self.sora.remix or self.sora.text_to_video
      print(("%d goes on: fal.job(%q, %q):wait()"):format(shot.number, endpoint.id,
        shot.request_id))
    end
  end
end

return studio
