-- What a job will come to: how long it waits and runs, what it costs, its answer.
--
-- Words in a prompt that force an outcome, for clients that cannot reach /__sim:
--   sim:content_policy   422, the service's moderation
--   sim:internal_error   500, an error of the model
--   sim:runner_lost      503, error_type runner_disconnected, also in the status

local json = require("fal.sim.json")
local prices = require("fal.sim.prices")
local random = require("fal.sim.random")
local sora2 = require("fal.sim.sora2")

local M = {}

local LONG_BODY = 10240   -- bytes from which a result is kept for six minutes only
local LOGS = {
  "Loading the model", "Rendering frames: 20%", "Rendering frames: 40%",
  "Rendering frames: 60%", "Rendering frames: 80%", "Encoding the video",
}

local function detail(status, faults)
  return { status = status, units = 0, body = '{"detail":' .. json.list(faults) .. "}" }
end

local function model_error(status, type, message, loc, url)
  return detail(status, { { loc = loc, msg = message, type = type,
    url = url and "https://docs.fal.ai/errors/#" .. type or nil } })
end

---An error of the service around the model; the status answer knows it too.
function M.infrastructure(status, error_type, message, headers)
  return {
    status = status, units = 0, error = message, error_type = error_type,
    headers = headers or {},
    body = json.encode({ detail = message, error_type = error_type }),
  }
end

local words = {
  ["sim:content_policy"] = function()
    return model_error(422, "content_policy_violation",
      "The content could not be processed because it contained material flagged by a "
      .. "content checker.", { "body", "prompt" }, true)
  end,
  ["sim:internal_error"] = function()
    return model_error(500, "internal_server_error", "Internal server error", { "body" },
      true)
  end,
  ["sim:runner_lost"] = function()
    return M.infrastructure(503, "runner_disconnected", "Runner disconnected")
  end,
}

local function by_word(prompt)
  for word, outcome in pairs(words) do
    if prompt:find(word, 1, true) then
      return outcome()
    end
  end
end

local function by_script(script)
  local outcome = script and script.outcome
  if not outcome then
    return nil
  end
  local status_error = script.status_error
  local body = outcome.body
  if type(body) ~= "string" then
    body = body ~= nil and json.encode(body) or '{"detail":"scripted"}'
  end
  local known = status_error or {}
  if known == true then
    known = { error = "Scripted failure", error_type = "internal_error" }
  end
  return {
    status = outcome.status or 200, body = body, scripted = true,
    units = (outcome.status or 200) >= 300 and 0 or nil,
    headers = outcome.headers or {}, error = known.error, error_type = known.error_type,
  }
end

local function jitter(sim, purpose, n, seconds)
  local amount = sim.options.jitter
  return seconds * (1 + amount * (2 * random.fraction(sim.options.seed, purpose, n) - 1))
end

local function context_of(sim, job)
  return {
    generation = job.script and job.script.errors or sim.options.errors,
    file_missing = function(url)
      local path = url:match("^https?://[^/]+(/cdn/files/.*)$")
      return path ~= nil and not sim.files:find(path)
    end,
    character_known = function(id)
      local owner = sim.characters[id]
      return owner ~= nil and owner.key == job.key
    end,
  }
end

local function plan_sora2(sim, job)
  local context = context_of(sim, job)
  local faults = sora2.judge(job.endpoint, job.input, context)
  local parent
  if #faults == 0 and sora2.endpoints[job.endpoint].remix then
    local video = sim.videos[job.input.video_id]
    if not video or video.key ~= job.key or video.deleted then
      faults = sora2.no_parent(context.generation, job.input.video_id)
    else
      parent = video
    end
  end
  if #faults > 0 then
    return detail(422, faults)
  end
  job.clip = sora2.plan(job.endpoint, job.input, parent)
  job.clip.parent = parent and job.input.video_id
  job.cost = job.clip.cost
end

local function plan_generic(sim, job)
  local input = type(job.input) == "table" and job.input or {}
  local price = prices[job.endpoint]
  job.cost = price and price.flat or sim.options.price
  job.clip = {
    prompt = type(input.prompt) == "string" and input.prompt or job.endpoint,
    width = 1280, height = 720, seconds = tonumber(input.duration) or 4, deleted = true,
  }
  if job.clip.seconds < 1 or job.clip.seconds > 30 then
    job.clip.seconds = 4
  end
end

local function fail_of(sim, job)
  if job.app == "fal-ai/sora-2" and not sora2.endpoints[job.endpoint] then
    return { status = 404, units = 0,
      body = json.encode({ detail = "Path /" .. job.path .. " not found" }) }
  end
  local failure
  if sora2.endpoints[job.endpoint] then
    failure = plan_sora2(sim, job)
  else
    plan_generic(sim, job)
  end
  return by_script(job.script) or failure
    or by_word(job.clip and job.clip.prompt or "")
end

---Decides everything about a fresh job but the moments it starts and ends.
function M.plan(sim, job)
  local script, options = job.script or {}, sim.options
  job.cost = 0
  job.queue_time = script.queue_time or jitter(sim, "queue", job.n, options.queue_time)
  job.run_time = script.run_time or jitter(sim, "run", job.n, options.run_time)
  job.ahead = options.ahead
    or math.floor(random.fraction(options.seed, "ahead", job.n) * 5)
  job.logs = script.logs or LOGS
  job.ignores_cancel = (script.cancel or options.cancel) == "ignore"
  job.failure = fail_of(sim, job)
  if job.failure and not job.failure.scripted then
    job.run_time = job.run_time / 10
  end
  if script.fall_back or options.fall_back then
    job.falls_at, job.fall_time = 0.4 * job.run_time, 0.5 * math.max(job.queue_time, 0.2)
    job.run_time = job.run_time + job.fall_time
  end
  job.expires_after = tonumber((job.lifecycle or ""):match(
    '"expiration_duration_seconds"%s*:%s*(%d+)'))
  if job.expires_after == 0 then
    job.expires_after = nil
  end
end

-- --- success ---------------------------------------------------------------------------

local function file_entry(sim, job, set, name, extension)
  local token = random.hex(sim.options.seed, name, job.n, 16)
  local bucket = random.hex(sim.options.seed, "bucket", job.n, 6)
  local file = set and set[name]
  local path = "/cdn/files/b/" .. bucket .. "/" .. token .. "_" .. name .. extension
  sim.files:add(path, file and {
    path = file.path, size = file.size, content_type = file.content_type,
    etag = '"' .. token .. '"', job = job,
    expires = job.expires_after and job.ended + job.expires_after,
  } or nil)
  local text = json.encode({
    content_type = file and file.content_type, file_size = file and file.size,
    file_name = token .. "_" .. name .. extension,
  }):sub(2)
  return function(base)
    return '{"url":' .. json.quote(base .. path) .. "," .. text
  end
end

local function video_entry(sim, job, set)
  local make = file_entry(sim, job, set, "video", ".mp4")
  if not set then
    return make
  end
  local facts = json.encode({
    width = set.width, height = set.height, duration = set.seconds, fps = set.fps,
    num_frames = set.seconds * set.fps,
  }):sub(2)
  return function(base)
    return make(base):sub(1, -2) .. "," .. facts
  end
end

local function sora2_body(sim, job)
  local seed = sim.options.seed
  if job.clip.character then
    local id = "char_" .. random.hex(seed, "character", job.n, 32)
    sim.characters[id] = { key = job.key, name = job.clip.character }
    return json.encode({ id = id, name = job.clip.character })
  end
  local id = "video_" .. random.hex(seed, "sora", job.n, 48)
  local clip = job.clip
  job.video_id = id
  sim.videos[id] = {
    key = job.key, deleted = clip.deleted, width = clip.width, height = clip.height,
    seconds = clip.seconds,
  }
  local video = video_entry(sim, job, job.media)
  local thumbnail = file_entry(sim, job, job.media, "thumbnail", ".webp")
  local spritesheet = file_entry(sim, job, job.media, "spritesheet", ".jpg")
  return function(base)
    return '{"video":' .. video(base) .. ',"video_id":"' .. id .. '","thumbnail":'
      .. thumbnail(base) .. ',"spritesheet":' .. spritesheet(base) .. "}"
  end
end

local function generic_body(sim, job)
  local video = video_entry(sim, job, job.media)
  return function(base)
    return '{"input":' .. (job.raw ~= "" and job.raw or "null") .. ',"video":'
      .. video(base) .. "}"
  end
end

local function units_of(job)
  local price = prices[job.endpoint]
  if not price then
    return 1
  end
  local units = price.unit_price > 0 and job.cost / price.unit_price or 1
  return math.floor(units * 1e8 + 0.5) / 1e8
end

---The outcome of a job that has run. Called once, when it ends.
function M.outcome(sim, job)
  local outcome = job.failure
  if not outcome then
    local body = sora2.endpoints[job.endpoint] and sora2_body or generic_body
    outcome = { status = 200, body = body(sim, job) }
  end
  outcome.units = outcome.units or units_of(job)
  job.billed = outcome.status < 300
  local body = type(outcome.body) == "function" and outcome.body("") or outcome.body
  job.keep = #body >= LONG_BODY and 360 or 3600
  return outcome
end

---The outcome of a job that was canceled.
function M.canceled()
  return M.infrastructure(499, "client_cancelled", "Request was cancelled by the client")
end

---The outcome of a job that did not start in time.
function M.start_timeout()
  return M.infrastructure(504, "request_timeout",
    "The request did not start within the time its caller allowed",
    { ["X-Fal-Request-Timeout-Type"] = "user" })
end

return M
