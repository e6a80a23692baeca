-- The files behind the URLs: rendered by ffmpeg in child processes, or one small clip for
-- all. Files live in a private directory that goes away with the simulator.

local clip = require("fal.sim.clip")
local httpd = require("fal.sim.httpd")
local render = require("fal.sim.render")

local M = {}
M.__index = M

local TYPES = {
  video = "video/mp4", thumbnail = "image/webp", spritesheet = "image/jpeg",
}

local function write(path, bytes)
  local file = assert(io.open(path, "wb"))
  assert(file:write(bytes))
  file:close()
end

local function size_of(path)
  local file = io.open(path, "rb")
  if not file then
    return nil
  end
  local size = file:seek("end")
  file:close()
  return size
end

local function on_path(program)
  for dir in (os.getenv("PATH") or ""):gmatch("[^:]+") do
    local file = io.open(dir .. "/" .. program)
    if file then
      file:close()
      return true
    end
  end
  return false
end

---@param mode "auto"|"ffmpeg"|"bundled"|"none"
---@param workers integer   ffmpeg processes at once
function M.new(mode, workers)
  if mode == "auto" then
    mode = on_path("ffmpeg") and "ffmpeg" or "bundled"
  elseif mode == "ffmpeg" and not on_path("ffmpeg") then
    return nil, "ffmpeg is not installed"
  end
  local dir = httpd.mkdtemp((os.getenv("TMPDIR") or "/tmp") .. "/fal-sim-XXXXXX")
  if not dir then
    return nil, "no temporary directory can be made"
  end
  local self = setmetatable({
    mode = mode, dir = dir, workers = workers, cache = {}, busy = {}, running = 0,
    queue = {}, first = 1, last = 0, written = {}, count = 0,
  }, M)
  self.bundled = self:store_bundled()
  return self
end

---@return string path   of a new file with these bytes
function M:store(bytes)
  self.count = self.count + 1
  local path = self.dir .. "/" .. self.count
  write(path, bytes)
  self.written[path] = true
  return path
end

function M:forget(path)
  if self.written[path] then
    self.written[path] = nil
    os.remove(path)
  end
end

function M:store_bundled()
  local set = {
    width = clip.width, height = clip.height, seconds = clip.seconds, fps = clip.fps,
  }
  for name, content_type in pairs(TYPES) do
    local bytes = clip.bytes(name)
    set[name] = { path = self:store(bytes), size = #bytes, content_type = content_type }
  end
  return set
end

local function finished(self, spec, base)
  local set = {
    width = spec.width, height = spec.height, seconds = spec.seconds, fps = render.FPS,
  }
  for name, content_type in pairs(TYPES) do
    local path = base .. render.suffix[name]
    local size = size_of(path)
    if not size or size == 0 then
      return nil
    end
    set[name] = { path = path, size = size, content_type = content_type }
    self.written[path] = true
  end
  return set
end

local function settle(entry, set)
  entry.set = set
  for _, waiting in ipairs(entry.waiting) do
    waiting(set)
  end
  entry.waiting = {}
end

local function start(self, entry)
  self.count = self.count + 1
  local base = self.dir .. "/" .. self.count
  local spec = entry.spec
  write(base .. ".txt", render.wrap(spec.prompt, spec.width, spec.height))
  self.written[base .. ".txt"] = true
  local pid = httpd.spawn(render.command(spec, base))
  entry.base = base
  if pid > 0 then
    self.busy[pid] = entry
    self.running = self.running + 1
  else
    settle(entry, self.bundled)
  end
end

local function start_more(self)
  while self.running < self.workers and self.queue[self.first] do
    local entry = self.queue[self.first]
    self.queue[self.first] = nil
    self.first = self.first + 1
    start(self, entry)
  end
end

---Asks for the files of a clip; `done(set | nil)` may be called at once.
---@param spec table   width, height, seconds, prompt
function M:request(spec, done)
  if self.mode ~= "ffmpeg" then
    return done(self.mode == "bundled" and self.bundled or nil)
  end
  local key = table.concat({ spec.width, spec.height, spec.seconds, spec.prompt }, "/")
  local entry = self.cache[key]
  if entry and entry.set then
    return done(entry.set)
  end
  if not entry then
    entry = { spec = spec, waiting = {} }
    self.cache[key] = entry
    self.last = self.last + 1
    self.queue[self.last] = entry
  end
  entry.waiting[#entry.waiting + 1] = done
  start_more(self)
end

---Collects children that have ended. A failed one falls back to the bundled clip, said
---once: a machine without fonts must still give videos.
function M:reap()
  local pid, status = httpd.reap()
  while pid do
    local entry = self.busy[pid]
    if entry then
      self.busy[pid] = nil
      self.running = self.running - 1
      local set = status == 0 and finished(self, entry.spec, entry.base)
      if not set and not self.warned then
        self.warned = true
        io.stderr:write("fal-sim: ffmpeg failed (status ", status,
          "); the bundled clip is served instead\n")
      end
      settle(entry, set or self.bundled)
    end
    pid, status = httpd.reap()
  end
  start_more(self)
end

function M:waiting()
  return self.running > 0
end

function M:close()
  for pid, entry in pairs(self.busy) do
    httpd.kill(pid)
    for _, suffix in pairs(render.suffix) do
      os.remove(entry.base .. suffix)
    end
  end
  for path in pairs(self.written) do
    os.remove(path)
  end
  os.remove(self.dir)
end

return M
