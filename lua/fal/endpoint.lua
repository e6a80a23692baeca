--- A callable endpoint: an id, its validation table and its price.
-- Whatever can be known to fail is refused here, before anything is spent.

local E = require "fal.error"
local chain = require "fal.chain"
local clip = require "fal.clip"
local file = require "fal.file"
local job_options = require "fal.job_options"
local made = require "fal.made"
local memory = require "fal.memory"
local models = require "fal.models"
local options = require "fal.options"
local price = require "fal.price"
local retired = require "fal.retired"
local schema = require "fal.schema"

local endpoint = {}

--- Options that end here; the rest is the client's.
local OWN_OPTIONS = { extra = true, allow_legacy = true, source = true }
-- Also of what only asks: the same table can be given to the estimate and to the call.
local CALL = job_options.beside_input(job_options.SUBSCRIBE)
local SUBMIT = job_options.beside_input(job_options.SUBMIT)

local function guard_secrets(client, definition, input)
  for _, field in ipairs(definition.input) do
    local value = field.secret and input[field.name]
    if type(value) == "string" then E.secret(value, client) end
  end
end

--- Refuses to continue a clip that this client knows to be gone, never one that it does
--- not know.
local function check_source(definition, input, known)
  local rule = definition.chain
  local unmet = rule and rule.needs and known and known.unmet
  if not unmet then return nil end
  return chain.refusal(definition.id, tostring(input[rule.by]), unmet)
end

--- A character works by its name in the prompt; the id alone does nothing.
local function check_characters(client, input, warnings)
  local ids = input.character_ids
  if type(ids) ~= "table" or type(input.prompt) ~= "string" then return end
  for _, id in ipairs(ids) do
    local known = memory.recall(client, "character", id)
    if known and not input.prompt:find(known.name, 1, true) then
      warnings[#warnings + 1] = "prompt does not name the character " .. known.name
        .. " (" .. id .. "), so it will not appear"
    end
  end
end

local function check(client, definition, input, opts)
  local copy, err, warnings = schema.validate(definition, input, opts)
  if not copy then return nil, err end
  local known = made.source(client, definition, copy, opts.source)
  local refusal = check_source(definition, copy, known)
  if refusal then return nil, refusal end
  check_characters(client, copy, warnings)
  local micros = price.of(definition, copy, known)
  return {
    input = copy, definition = definition, price_micros = micros, warnings = warnings,
  }
end

---@class fal.Prepared
---@field input table            normalised
---@field definition table
---@field price_micros? integer  the most it can cost, micro-dollars; nil: unknown
---@field warnings string[]

local function prepare(client, definition, input, opts)
  retired.announce(client, definition)
  local prepared, err = check(client, definition, input, opts)
  if not prepared then return nil, err end
  guard_secrets(client, definition, prepared.input)
  for _, text in ipairs(prepared.warnings) do
    client:notice(definition.id .. ":" .. text, definition.id .. ": " .. text)
  end
  return prepared
end

--- Everything that is done to an input before it is sent.
---@param client table
---@param endpoint_id string
---@param opts { input?: table, extra?: table, allow_legacy?: boolean }
---@return fal.Prepared? prepared   nil without an error: no table is built in for it, so
---        that the input is sent unchecked
---@return fal.Error? err  kinds validation, not_remixable
function endpoint.prepare(client, endpoint_id, opts)
  local definition = models.find(endpoint_id)
  if not definition then return nil end
  return prepare(client, definition, opts.input or {}, opts)
end

--- Turns what the service answered into what the caller gets: a clip where there is a
--- video. Whatever shape the answer has, it is handed on.
---@param client table
---@param definition table
---@param input table      normalised
---@param output any
---@param job? table
---@param parent? fal.Clip
---@return any
function endpoint.output(client, definition, input, output, job, parent)
  if type(output) ~= "table" or clip.is(output) then return output end
  made.remember(client, definition, input, output)
  if type(output.video) ~= "table" then return output end
  return clip.new(output, {
    client = client, definition = definition, input = input, job = job, parent = parent,
  })
end

--- What may be called is one of its kinds; see types/fal/models.lua.
---@class fal.Endpoint
---@field id string
---@field input fal.Field[]   the validation table, in order
---@field definition fal.Definition   all that is known of it
local methods = {}

--- Metatable of a table of endpoints: what a colon makes the first argument of a call.
endpoint.GROUP = {}

local function expect_tables(input, opts, level)
  if getmetatable(input) == endpoint.GROUP then
    error("an endpoint is called with a dot: sora.remix{ … }, not sora:remix{ … }",
      level + 1)
  end
  if type(input) ~= "table" then
    error("input: a table of named values expected, got " .. type(input), level + 1)
  elseif opts ~= nil and type(opts) ~= "table" then
    error("options: a table expected, got " .. type(opts), level + 1)
  end
end

--- The client, made on first use for the default one.
local function client_of(self)
  local client = getmetatable(self).client
  if type(client) == "function" then return client() end
  return client
end

local function forward(prepared, opts)
  local out = {}
  for name, value in pairs(opts) do
    if not OWN_OPTIONS[name] then out[name] = value end
  end
  out.input, out.validated = prepared.input, true
  out.price_micros = prepared.price_micros
  return out
end

local function begin(self, input, opts)
  local client, err = client_of(self)
  if not client then return nil, err end
  local prepared
  prepared, err = prepare(client, self.definition, input, opts)
  if not prepared then return nil, err end
  -- Here already, so that a clip's input is what was sent.
  prepared.input, err = file.resolve(client, prepared.input, self.id)
  if not prepared.input then return nil, err end
  return client, prepared
end

--- Submits, waits, and returns the result.
---@param input table
---@param opts? fal.CallOptions
---@return any output  a clip where there is a video
---@return table job_or_err
local function call(self, input, opts)
  expect_tables(input, opts, 2)
  -- Before anything is uploaded, and as the caller's mistake.
  opts = options.check(self.id, opts, CALL, 2)
  local client, prepared = begin(self, input, opts)
  if not client then return nil, prepared end
  local output, job = client:subscribe(self.id, forward(prepared, opts))
  if output == nil then return nil, job end
  return endpoint.output(client, self.definition, prepared.input, output, job,
    opts.source), job
end

--- A job that was submitted by itself ends in the same clip as a call.
local function finishing(job, finish)
  for _, name in ipairs { "wait", "result" } do
    local plain = job[name]
    job[name] = function(...)
      local output, err = plain(...)
      if output == nil then return nil, err end
      return finish(output)
    end
  end
  return job
end

--- Submits and returns at once; the job's output is what a call would have returned.
---@param input table
---@param opts? fal.JobOptions
---@return fal.Job? job
---@return fal.Error? err
function methods:submit(input, opts)
  options.receiver(self, "fal.endpoint", "endpoint:submit")
  expect_tables(input, opts, 2)
  opts = options.check("endpoint:submit", opts, SUBMIT, 2)
  local client, prepared = begin(self, input, opts)
  if not client then return nil, prepared end
  local job, err = client.queue:submit(self.id, forward(prepared, opts))
  if not job then return nil, err end
  local function finish(output)
    return endpoint.output(client, self.definition, prepared.input, output, job)
  end
  return finishing(job, finish)
end

--- Checks an input; nothing is sent.
---@param input table
---@param opts? fal.CallOptions   of these: extra, allow_legacy
---@return table? normalised
---@return fal.Error? err  kind validation, with every fault
function methods:validate(input, opts)
  options.receiver(self, "fal.endpoint", "endpoint:validate")
  expect_tables(input, opts, 2)
  opts = options.check("endpoint:validate", opts, CALL, 2)
  local copy, err = schema.validate(self.definition, input, opts)
  return copy, err
end

--- What is sent although a document speaks against it.
---@param input table
---@param opts? fal.CallOptions   of these: extra, allow_legacy
---@return string[]? warnings
---@return fal.Error? err
function methods:warnings(input, opts)
  options.receiver(self, "fal.endpoint", "endpoint:warnings")
  expect_tables(input, opts, 2)
  opts = options.check("endpoint:warnings", opts, CALL, 2)
  local copy, err, warnings = schema.validate(self.definition, input, opts)
  if not copy then return nil, err end
  return warnings
end

--- Only a chained input is priced by what its client knows; nothing else needs one.
local function known_source(self, copy, opts)
  if not self.definition.chain then return nil end
  local client = client_of(self)
  return client and made.source(client, self.definition, copy, opts.source)
end

--- What an input will cost at most. Where the service chooses (a size or length of
--- "auto"), it is the dearest choice; a remix is as long as its source.
---@param input table
---@param opts? fal.CallOptions   of these: extra, allow_legacy
---@return number? dollars
---@return fal.Error? err  kinds validation, price_unknown
function methods:estimate(input, opts)
  options.receiver(self, "fal.endpoint", "endpoint:estimate")
  expect_tables(input, opts, 2)
  opts = options.check("endpoint:estimate", opts, CALL, 2)
  local copy, err = schema.validate(self.definition, input, opts)
  if not copy then return nil, err end
  local micros, reason = price.of(self.definition, copy, known_source(self, copy, opts))
  if micros then return micros / 1000000 end
  return nil, E.new {
    kind = "price_unknown", sent = "no", endpoint_id = self.id,
    message = "the price of this input is not known: " .. reason,
  }
end

--- Builds the object of a definition.
---@param client table|fun(): table?, fal.Error?  or a function that finds it when needed
---@param definition table
---@return fal.Endpoint
function endpoint.new(client, definition)
  return setmetatable({
    id = definition.id, input = definition.input, definition = definition,
  }, {
    __name = "fal.endpoint", __index = methods, __call = call, client = client,
    __tostring = function(self) return "endpoint " .. self.id end,
  })
end

return endpoint
