--- Where the files of results lie in a workflow's folder, and how they get there.
-- A file is fetched under its request's id and then moved to its node's name; the journal
-- knows of each move before it is made. A file that has to give way to a newer one goes
-- to earlier/: it was paid for. Names in the service's answers never become paths.

local E = require "fal.error"
local core = require "fal.core"
local name_of = require "fal.workflow.name"
local url = require "fal.url"

local media = {}

--- What a file may be called, by its content type.
local EXTENSIONS = {
  ["video/mp4"] = "mp4", ["video/webm"] = "webm", ["video/quicktime"] = "mov",
  ["image/webp"] = "webp", ["image/jpeg"] = "jpg", ["image/png"] = "png",
  ["image/gif"] = "gif", ["audio/mpeg"] = "mp3", ["audio/wav"] = "wav",
  ["image/x-exr"] = "exr",
}

--- The fields of an output: of an endpoint without a table, those that look like files.
---@param definition fal.Definition
---@param output any
---@return { name: string, type?: string, required?: boolean }[]
function media.fields(definition, output)
  if definition.output then return definition.output end
  local list = {}
  for name, value in next, type(output) == "table" and output or {} do
    if type(name) == "string" and type(value) == "table" then
      list[#list + 1] = { name = name, type = "file" }
    end
  end
  table.sort(list, function(a, b) return a.name < b.name end)
  return list
end

--- The files of an output: name, URL, size where it is told, extension. The one that was
--- paid for comes first.
---@param definition fal.Definition
---@param output any
---@return table[] files   name, url, size?, extension, required
function media.files(definition, output)
  local list = {}
  for _, field in ipairs(media.fields(definition, output)) do
    local value = field.type == "file" and type(output) == "table" and output[field.name]
    if type(value) == "table" and type(value.url) == "string" then
      local kind = tostring(value.content_type or ""):lower():match("^[^;%s]+")
      local size = value.file_size
      list[#list + 1] = {
        name = field.name, url = value.url, required = field.required or false,
        size = type(size) == "number" and size > 0 and size % 1 == 0 and size or nil,
        extension = EXTENSIONS[kind] or (field.name == "video" and "mp4" or "bin"),
      }
    end
  end
  return list
end

--- A file that an endpoint always puts out and this output has not.
---@param definition fal.Definition
---@param output any
---@return string? name
function media.lacks(definition, output)
  local there = {}
  for _, file in ipairs(media.files(definition, output)) do there[file.name] = true end
  for _, field in ipairs(definition.output or {}) do
    if field.type == "file" and field.required and not there[field.name] then
      return field.name
    end
  end
end

--- The name of a node's file: the video has the node's own, others say what they are.
---@param stem string
---@param file { name: string, extension: string }
---@return string
function media.name(stem, file)
  if file.name == "video" then return stem .. "." .. file.extension end
  return ("%s.%s.%s"):format(stem, name_of.plain(file.name), file.extension)
end

---@class fal.workflow.Media
local Media = {}
Media.__index = Media

--- One such move at a time: a name may have to be freed by moving somebody else's file.
local function alone(self, fn, ...)
  local sched = self.client.sched
  while self.moving do
    local ok, err = sched:park(self.waiting)
    if not ok then return nil, err end
  end
  self.moving = true
  local ok, err = fn(self, ...)
  self.moving = false
  sched:wake(self.waiting)
  return ok, err
end

local function exists(path)
  local file = io.open(path, "rb")
  if file then file:close() end
  return file ~= nil
end

--- Request ids may hold a colon, which is no letter of a file's name everywhere.
local function by_request(attempt, file)
  return (attempt.request_id:gsub("[^%w_-]", "_")) .. "." .. name_of.plain(file.name)
end

---@param dir string
---@param known fal.workflow.State
---@param client? fal.Client               nil, as the journal: for looking only
---@param journal? fal.workflow.Journal
---@return fal.workflow.Media
function media.new(dir, known, client, journal)
  local self = setmetatable({ dir = dir, client = client, journal = journal, owners = {},
    waiting = {} }, Media)
  for _, attempt in ipairs(known.list) do
    for field, place in next, attempt.files do
      self.owners[place.path] = { attempt, field }
    end
  end
  return self
end

---@param path string   in the folder
---@return string
function Media:full(path) return self.dir .. "/" .. path end

--- Where a result's file lies; nil: it was not fetched yet, or was taken away.
---@param attempt fal.workflow.Attempt
---@param field string
---@return string? path   in the folder
function Media:find(attempt, field)
  local place = attempt.files[field]
  if not place then return nil end
  if exists(self:full(place.path)) then return place.path end
  -- The process ended between the record of the move and the move; unless somebody else
  -- has the place by now: then it was made, and the file was taken away since.
  local other = place.from and self.owners[place.from]
  if place.from and not (other and other[1] ~= attempt)
    and exists(self:full(place.from)) then
    return place.from
  end
  return nil
end

local move

--- Makes a path free. A file that is nobody's is kept as well: its owner may be a person.
local function vacate(self, path)
  if not exists(self:full(path)) then return true end
  local owner = self.owners[path]
  local attempt, field = owner and owner[1], owner and owner[2]
  if attempt and self:find(attempt, field) == path then
    local stem, rest = path:match("([^/.]+)(%.[^/]+)$")
    return move(self, attempt, field, path, ("earlier/%s-%s%s"):format(stem or path,
      name_of.short(attempt.request_id), rest or ""))
  end
  core.make_folder(self:full("earlier"))
  local number = 1
  local function place()
    return self:full(("earlier/found-%d-%s"):format(number, path))
  end
  while exists(place()) do number = number + 1 end
  return os.rename(self:full(path), place())
end

function move(self, attempt, field, from, to)
  if to:find("^earlier/") then core.make_folder(self:full("earlier")) end
  local ok, why = self.journal:add { t = "file", a = attempt.number, f = field, p = to,
    from = from }
  if not ok then return nil, why end
  self.owners[to] = { attempt, field }
  return os.rename(self:full(from), self:full(to))
end

local function place(self, attempt, field, part, to)
  local from = self:find(attempt, field) or part
  if from == to then return true end
  local ok, why = vacate(self, to)
  if not ok then return nil, why end
  return move(self, attempt, field, from, to)
end

local function failure(path, why)
  if E.is(why) then return nil, why end
  return nil, E.new { kind = "file", cause = why,
    message = "a finished file could not be moved to " .. path }
end

--- No result is empty: taken for one, it would never be asked for again.
local function emptied(path, address)
  os.remove(path)
  return nil, E.new { kind = "protocol", retryable = true,
    message = "the file at " .. url.shown(address) .. " came without a single byte",
    remedy = "Run the film again." }
end

--- Fetches one file, unless it is there, and gives it the name that it has now.
---@param attempt fal.workflow.Attempt
---@param file table   of media.files
---@param to string    of media.name
---@param on_progress? fun(done: integer, total: integer)
---@return string? path   in the folder
---@return fal.Error? err
function Media:fetch(attempt, file, to, on_progress)
  local part = "parts/" .. by_request(attempt, file)
  if not self:find(attempt, file.name) and not exists(self:full(part)) then
    core.make_folder(self:full("parts"))
    local path, info = self.client:download(file.url, self:full(part), {
      resume = true, on_progress = on_progress,
      expect = file.size and { size = file.size } or nil,
    })
    if not path then return nil, info end
    if info.size == 0 then return emptied(path, file.url) end
  end
  local ok, why
  if not self:find(attempt, file.name) and not exists(self:full(to)) then
    -- Nobody else wants the one name or has the other: such moves share their syncs.
    ok, why = move(self, attempt, file.name, part, to)
  else
    ok, why = alone(self, place, attempt, file.name, part, to)
  end
  if not ok then return failure(self:full(to), why) end
  return to
end

--- Moves that were recorded when an earlier run ended, and not made: before somebody
--- else's file gets the name that one still has.
---@param pause fun()   called for each file
function Media:finish_moves(pause)
  for path, owner in next, self.owners do
    local attempt, field = owner[1], owner[2]
    pause()
    if attempt.files[field].path == path then
      local at = self:find(attempt, field)
      if at and at ~= path then
        if path:find("^earlier/") then core.make_folder(self:full("earlier")) end
        os.rename(self:full(at), self:full(path))
      end
    end
  end
end

--- Takes away the folder for unfinished files, when it is empty.
function Media:tidy() os.remove(self:full("parts")) end

return media
