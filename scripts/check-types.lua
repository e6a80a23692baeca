-- check-types: are the annotations whole, and do they say what the code does? No language
-- server is to be had everywhere, so this asks what one would stumble over:
--   each annotation can be read, and each type that it mentions is declared somewhere;
--   each public function says all its parameters, in order, and what it returns;
--   each class of options has the very names and values that the code accepts;
--   what is made from the code is up to date.

package.path = "./lua/?.lua;./lua/?/init.lua;./spec/?.lua;" .. package.path
local annotations = dofile "scripts/annotations.lua"

local faults = {}
local function fault(where, text, ...)
  faults[#faults + 1] = where .. ": " .. text:format(...)
end

-- --- what is declared ------------------------------------------------------------------

local files, classes, aliases = {}, {}, {}

local function read_all()
  local list = io.popen "find lua/fal types -name '*.lua' ! -path 'lua/fal/sim/*' | sort"
  for path in list:lines() do
    local file = assert(io.open(path))
    files[path] = annotations.read(file:read "a")
    file:close()
    for _, class in ipairs(files[path].classes) do
      local known = classes[class.name]
      if known and #class.order > 0 and #known.order > 0 then
        fault(path .. ":" .. class.line, "class %s has its fields elsewhere", class.name)
      end
      if not known or #class.order > 0 then classes[class.name] = class end
    end
    for name, type in pairs(files[path].aliases) do aliases[name] = type end
  end
  list:close()
end

local function check_mentions()
  for path, file in pairs(files) do
    for _, bad in ipairs(file.faults) do
      fault(path .. ":" .. bad.line, "%s", bad.text)
    end
    for _, mention in ipairs(file.mentions) do
      local name = mention.name
      if not (classes[name] or aliases[name] or annotations.BUILT_IN[name]
        or file.generics[name]) then
        fault(path .. ":" .. mention.line, "there is no type %s", name)
      end
    end
  end
end

-- --- public functions ------------------------------------------------------------------

-- Methods of these classes, and functions of these modules (file → its local).
local PUBLIC = {}
for name in ([[fal fal.Client fal.Queue fal.Job fal.Task fal.Endpoint fal.Clip
  fal.Workflow fal.workflow.Handle fal.Ledger fal.progress.Board
  fal.progress.Row fal.core.Engine]]):gmatch "%S+" do
  PUBLIC[name] = true
end
local MODULES = {
  ["lua/fal/workflow.lua"] = "workflow", ["lua/fal/progress.lua"] = "progress",
  ["lua/fal/sora2.lua"] = "sora", ["lua/fal/openapi.lua"] = "openapi",
  ["lua/fal/webhook.lua"] = "webhook", ["lua/fal/client.lua"] = "client",
  ["types/fal/core.lua"] = "core",
}
-- Called by other files of ours, and by nobody else.
local INTERNAL = { ["fal.Job.ended"] = true, ["fal.Task.finish"] = true,
  ["fal.Task.start"] = true, ["fal.progress.Row.changed"] = true }

local function is_public(path, one)
  if one.class and one.method or one.class == "fal" then
    return PUBLIC[one.class] and not INTERNAL[one.class .. "." .. one.name]
  end
  return MODULES[path] == one.owner or one.owner == "" and path:find "^lua/fal/drivers/"
end

local function check_function(where, one)
  local said = {}
  for _, param in ipairs(one.doc.params) do said[#said + 1] = param.name end
  if table.concat(said, ", ") ~= table.concat(one.params, ", ") then
    fault(where, "%s takes (%s), its annotations say (%s)", one.name,
      table.concat(one.params, ", "), table.concat(said, ", "))
  end
  if one.returns and #one.doc.returns == 0 then
    fault(where, "%s does not say what it returns", one.name)
  end
end

local function check_functions()
  local found = {}
  for path, file in pairs(files) do
    for _, one in ipairs(file.functions) do
      if is_public(path, one) then
        found[one.class or path] = true
        check_function(path .. ":" .. one.line, one)
      end
    end
  end
  for name in pairs(PUBLIC) do
    if not found[name] then fault("scripts/check-types.lua", "no method of %s", name) end
  end
end

-- --- options ---------------------------------------------------------------------------

-- The code's words for what an option may be, and the annotations'.
local KINDS = { string = "string", boolean = "boolean", seconds = "number",
  dollars = "number", positive = "number", start = "number", factor = "number",
  share = "number", count = "integer", size = "integer" }

-- Passed from one layer to the next below the public functions.
local HANDED_DOWN = { validated = true, price_micros = true, source = true,
  intent = true }

local function fields_of(name, into)
  into = into or {}
  local class = classes[name]
  for _, parent in ipairs(class and class.parents or {}) do fields_of(parent, into) end
  for field, what in pairs(class and class.fields or {}) do into[field] = what end
  return into
end

--- The names and literals that a type allows, aliases replaced by what they stand for.
local function words_of(type, into)
  into = into or {}
  for _, unit in ipairs(type.units) do
    local alias = unit.kind == "name" and aliases[unit.name]
    if alias then words_of(alias, into)
    else into[unit.name or unit.value or unit.kind] = true end
  end
  return into
end

local compare

local function agrees(rule, field, where)
  local words = words_of(field.type)
  if rule == "any" then return true end
  if rule == "function" then return words["function"] end
  if rule == "table" then
    for word in pairs(words) do
      if word == "table" or classes[word] then return true end
    end
    return false
  elseif type(rule) == "string" then
    return words[KINDS[rule] or rule]
  elseif rule.fields then
    local name = next(words)
    if not classes[name] then return false end
    compare(rule.fields, name, where)
    return true
  end
  local wanted = {}
  for _, word in ipairs(rule) do wanted['"' .. word .. '"'] = true end
  for word in pairs(words) do if not wanted[word] then return false end end
  for word in pairs(wanted) do if not words[word] then return false end end
  return true
end

compare = function(spec, class, where)
  local fields = fields_of(class)
  for name, rule in pairs(spec) do
    if not HANDED_DOWN[name] then
      if not fields[name] then
        fault(where, "%s lacks the option %s", class, name)
      elseif not agrees(rule, fields[name], where) then
        fault(where, "%s.%s does not say what the code accepts", class, name)
      end
    end
  end
  for name in pairs(fields) do
    if not spec[name] then
      fault(where, "%s has %s, which the code refuses", class, name)
    end
  end
end

local function find(path, owner, name)
  for _, one in ipairs(files[path].functions) do
    if one.owner == owner and one.name == name then return one end
  end
end

--- The class that a function's parameter is said to be.
local function class_of(path, owner, name, param)
  local one = find(path, owner, name)
  for _, said in ipairs(one and one.doc.params or {}) do
    if said.name == param then
      for _, unit in ipairs(said.type.units) do
        if classes[unit.name] then return unit.name end
      end
    end
  end
end

local reached, spec_seen = {}, nil

--- Puts a recorder in place of options.check: calls then end where options are looked at.
local function record()
  require("fal.options").check = function(_, _, spec)
    local site = debug.getinfo(2, "Sl")
    reached[site.short_src:gsub("^%./", "") .. ":" .. site.currentline] = true
    spec_seen = spec
    error "recorded"
  end
end

--- Calls a function that looks at options, and compares them with the annotation of its
--- parameter, or with a class.
local function probe(path, owner, name, param, call, known_class)
  spec_seen = nil
  pcall(call)
  local where = path .. " " .. owner .. "." .. name
  local class = known_class or class_of(path, owner, name, param)
  if not class then
    fault(where, "%s is not said to be of a class", param)
  elseif not spec_seen then
    fault(where, "the probe of scripts/check-types.lua does not reach options.check")
  else
    compare(spec_seen, class, where)
  end
end

local function check_options()
  -- Nothing is sent, so no core has to have been built.
  package.loaded["fal.core"] = { json = function() return "{}" end }
  local fake = require "support.fake_core"
  package.loaded["fal.core"] = fake.new()
  local client_of, job_of = require "fal.client", require "fal.job"
  local client = client_of.new({}, { core = fake.new() })
  local job = job_of.new { client = client, endpoint_id = "acme/demo",
    app_id = "acme/demo", request_id = "r1" }
  local fal, workflow = require "fal", require "fal.workflow"
  local film = workflow.new("film", { client = client })
  local sora = require("fal.sora2").with(client)
  local base = film:clip("base", sora.text_to_video, { prompt = "x" })
  local ledger = require("fal.ledger").at "never-opened.db"
  local CLIENT, QUEUE, JOB = "lua/fal/client.lua", "lua/fal/queue.lua", "lua/fal/job.lua"
  local FILM, LEDGER = "lua/fal/workflow.lua", "lua/fal/ledger.lua"
  record()
  probe("lua/fal/init.lua", "fal", "client", "opts", function() fal.client {} end)
  probe("lua/fal/init.lua", "fal", "configure", "opts", function() fal.configure {} end)
  probe(CLIENT, "client", "new", "opts", function() client_of.new {} end)
  for _, verb in ipairs { "subscribe", "run", "stream" } do
    probe(CLIENT, "Client", verb, "opts", function() client[verb](client, "a/b", {}) end)
  end
  probe(CLIENT, "Client", "download", "opts", function()
    client:download("u", "p", {})
  end)
  probe(CLIENT, "Client", "upload", "opts", function() client:upload("p", {}) end)
  probe(CLIENT, "Client", "map", "opts", function() client:map({}, print, {}) end)
  for _, verb in ipairs { "submit", "status", "result", "cancel", "stream_status" } do
    probe(QUEUE, "Queue", verb, "opts", function()
      client.queue[verb](client.queue, "a/b", {})
    end)
  end
  local ENDPOINT = "lua/fal/endpoint.lua"
  -- Its annotations are the overloads that scripts/make-types.lua writes.
  probe(ENDPOINT, "endpoint", "call", "opts", function()
    sora.text_to_video({ prompt = "x" }, {})
  end, "fal.CallOptions")
  probe(ENDPOINT, "methods", "submit", "opts", function()
    sora.text_to_video:submit({ prompt = "x" }, {})
  end)
  for _, verb in ipairs { "validate", "warnings", "estimate" } do
    probe(ENDPOINT, "methods", verb, "opts", function()
      sora.text_to_video[verb](sora.text_to_video, { prompt = "x" }, {})
    end)
  end
  for _, verb in ipairs { "wait", "status", "updates" } do
    probe(JOB, "Job", verb, "opts", function() job[verb](job, {}) end)
  end
  probe("lua/fal/init.lua", "fal", "file", "opts", function() fal.file("p", {}) end)
  probe(FILM, "workflow", "new", "opts", function() workflow.new("x", {}) end)
  probe(FILM, "workflow", "load", "opts", function() workflow.load("x", {}) end)
  probe(FILM, "Film", "clip", "opts", function()
    film:clip("a", sora.text_to_video, { prompt = "x" }, {})
  end)
  probe(FILM, "Handle", "remix", "opts", function() base:remix("b", "x", {}) end)
  probe(FILM, "Film", "run", "opts", function() film:run {} end)
  probe(LEDGER, "Ledger", "jobs", "filter", function() ledger:jobs {} end)
  probe(LEDGER, "Ledger", "spent", "opts", function() ledger:spent {} end)
end

-- Looked at without a class: the bytes of an upload stand in a parameter's union.
local NESTED = { ['options.check("upload", source, BYTES, 2)'] = true }

--- Each place that checks options must have been reached, or a class is missing.
local function check_reach()
  for path in pairs(files) do
    local n = 0
    for line in io.lines(path) do
      n = n + 1
      local call = line:match "options%.check%(.*$"
      if call and not line:find "^function" and path ~= "lua/fal/options.lua"
        and not reached[path .. ":" .. n] and not NESTED[call] then
        fault(path .. ":" .. n, "these options have no class: give the parameter one in "
          .. "types/fal/options.lua, and scripts/check-types.lua a probe")
      end
    end
  end
end

local function check_kinds()
  local said, real = words_of(aliases["fal.ErrorKind"]), require("fal.error").kinds
  for kind in pairs(real) do
    if not said['"' .. kind .. '"'] then fault("fal.ErrorKind", "lacks %s", kind) end
  end
  for word in pairs(said) do
    if not real[word:sub(2, -2)] then fault("fal.ErrorKind", "has %s", word) end
  end
end

read_all()
check_mentions()
check_functions()
check_kinds()
for _, path in ipairs(assert(loadfile "scripts/make-types.lua")("check").stale()) do
  fault(path, "no longer what the code says; run: lua5.4 scripts/make-types.lua")
end
check_options()
check_reach()

table.sort(faults)
for _, text in ipairs(faults) do print(text) end
os.exit(#faults == 0)
