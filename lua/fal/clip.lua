--- A clip: an endpoint's output, with methods.
-- The output table itself gets a metatable, so `pairs` and JSON see what the service sent
-- and a field of the service always wins over a name of ours.

local E = require "fal.error"
local chain = require "fal.chain"
local models = require "fal.models"
local options = require "fal.options"
local text = require "fal.text"

local clip = {}

---@class fal.Clip
---@field video fal.MediaFile
---@field video_id? string
---@field thumbnail? fal.MediaFile
---@field spritesheet? fal.MediaFile
---@field job fal.Job        the job that made it
---@field endpoint_id string the endpoint that made it
---@field input table        what it was made from, as it was sent
---@field parent? fal.Clip   the clip that it is a remix of
---@field remixable boolean  false: a remix would be refused
local methods = {}

--- Options of a job; whatever else is given to `remix` is a field of its input.
local JOB_OPTIONS = {
  logs = true, on_enqueue = true, on_queue_update = true, timeout = true, mode = true,
  priority = true, start_timeout = true, hint = true, headers = true, storage = true,
  extra = true, allow_legacy = true,
}

--- The endpoint that continues this clip, the value that names it there; or why not.
local function continuation(self)
  local mt = getmetatable(self)
  local target = mt.definition.remix and models.find(mt.definition.remix)
  if not target then
    return nil, nil, E.new {
      kind = "not_remixable", sent = "no", endpoint_id = mt.definition.id,
      message = "no endpoint is known that continues clips of this one",
      remedy = "Pass the clip's video.url to an endpoint that takes a video.",
    }
  end
  local value = chain.value(self, target.chain.from)
  if not value then
    return nil, nil, E.new {
      kind = "not_remixable", sent = "no", endpoint_id = target.id,
      message = "the output has no " .. target.chain.from .. " to continue from",
      remedy = "Look at the output: the service may have left it out.",
    }
  end
  local unmet = chain.unmet(target.chain.needs, mt.definition, mt.input)
  if unmet then
    return nil, nil, chain.refusal(target.id, "clip " .. value, unmet)
  end
  return target, value
end

local computed = {}
function computed.remixable(self) return continuation(self) ~= nil end
function computed.job(_, mt) return mt.job end
function computed.input(_, mt) return mt.input end
function computed.parent(_, mt) return mt.parent end
function computed.endpoint_id(_, mt) return mt.definition.id end

--- Splits what was given to `remix` into fields of the input and options of the job.
local function split(target, prompt, opts)
  local input, job_options, known = {}, {}, {}
  for _, field in ipairs(target.input) do known[field.name] = true end
  for name, value in pairs(opts or {}) do
    if known[name] and not JOB_OPTIONS[name] then input[name] = value
    else job_options[name] = value end
  end
  if type(prompt) == "table" then
    for name, value in pairs(prompt) do input[name] = value end
  else
    input.prompt = prompt
  end
  return input, job_options
end

--- A new clip made from this one, by the endpoint that its own one names.
---@param prompt string|table  the change to make, or the fields of the whole input
---@param opts? fal.CallOptions|table   options of the job, and fields of the input:
---                            clip:remix("At dusk", { delete_video = false })
---@return fal.Clip? clip
---@return fal.Job|fal.Error job_or_err    kind not_remixable: nothing was sent
function methods:remix(prompt, opts)
  options.receiver(self, "fal.clip", "clip:remix")
  local target, value, err = continuation(self)
  if not target then return nil, err end
  if type(prompt) ~= "string" and type(prompt) ~= "table" then
    error("remix: a prompt or a table of fields expected, got " .. type(prompt), 2)
  end
  local mt = getmetatable(self)
  local input, job_options = split(target, prompt, opts)
  input[target.chain.by] = value
  job_options.source = self
  return require("fal.endpoint").new(mt.client, target)(input, job_options)
end

local function file_of(self, name)
  local url = chain.value(rawget(self, name), "url")
  if url then return url end
  return nil, E.new {
    kind = "not_found", endpoint_id = getmetatable(self).definition.id,
    message = "the output has no " .. tostring(name) .. " to download",
    remedy = "Only the video itself is always there.",
  }
end

--- The video first: it is what was paid for.
local function ordered(paths)
  local names = {}
  for name in pairs(paths) do names[#names + 1] = name end
  table.sort(names, function(a, b)
    if (a == "video") ~= (b == "video") then return a == "video" end
    return a < b
  end)
  return names
end

--- The size that the output tells is what has to arrive: cut files have been seen
--- (fal-protocol.md section 9.4).
local function expecting(self, name, opts)
  local size = rawget(self, name).file_size
  if type(size) ~= "number" or size < 1 or size % 1 ~= 0 or opts and opts.expect then
    return opts
  end
  local copy = { expect = { size = size } }
  for key, value in pairs(opts or {}) do copy[key] = value end
  return copy
end

--- Downloads the clip, or several of its files: { video = path, thumbnail = path }.
---@param where string|table<string, string>
---@param opts? fal.DownloadOptions
---@return string|table<string, string>|nil paths  in the shape of `where`
---@return table info_or_err                        infos in the same shape
function methods:download(where, opts)
  options.receiver(self, "fal.clip", "clip:download")
  local client = getmetatable(self).client
  if type(where) == "string" then
    local url, err = file_of(self, "video")
    if not url then return nil, err end
    return client:download(url, where, expecting(self, "video", opts))
  elseif type(where) ~= "table" then
    error("download: a path or a table of paths expected, got " .. type(where), 2)
  end
  local names, urls, paths, infos = ordered(where), {}, {}, {}
  for i, name in ipairs(names) do
    local url, err = file_of(self, name)
    if not url then return nil, err end
    urls[i] = url
  end
  for i, name in ipairs(names) do
    local path, info = client:download(urls[i], where[name],
      expecting(self, name, opts))
    if not path then return nil, info end
    paths[name], infos[name] = path, info
  end
  return paths, infos
end

local function index(self, name)
  local compute = computed[name]
  if compute then return compute(self, getmetatable(self)) end
  return methods[name]
end

local function show(self)
  local id = rawget(self, "video_id") or chain.value(self, "video.url") or "?"
  local endpoint_id = getmetatable(self).definition.id
  return "clip " .. text.escape(id, 200) .. " (" .. endpoint_id .. ")"
end

---@param x any
---@return boolean
function clip.is(x)
  local mt = type(x) == "table" and getmetatable(x)
  return type(mt) == "table" and mt.__name == "fal.clip"
end

--- Makes a clip of an output. Facts live in a metatable of its own, not in a table beside
--- it: without ephemerons (5.1, LuaJIT) a clip and its job would keep each other alive.
---@param output table
---@param facts table  client, definition, input (normalised), job?, parent?
---@return fal.Clip
function clip.new(output, facts)
  return setmetatable(output, {
    __name = "fal.clip", __index = index, __tostring = show, client = facts.client,
    definition = facts.definition, input = facts.input, job = facts.job,
    parent = facts.parent,
  })
end

return clip
