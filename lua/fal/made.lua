--- What a client has made, as far as it matters to what is made of that: which clips can
--- be continued, how long they are, what a second of them costs.

local chain = require "fal.chain"
local memory = require "fal.memory"
local models = require "fal.models"
local price = require "fal.price"

local made = {}

--- What is known of the clip that an input continues; nil when nothing is.
---@param client table
---@param definition fal.Definition   of what continues it
---@param input table                  normalised
---@param source? table                the source's output, where the caller has it
---@return table? facts                unmet, seconds, rate
function made.source(client, definition, input, source)
  local rule = definition.chain
  if not rule then return nil end
  return memory.recall(client, "clip", input[rule.by])
    or (source and memory.recall(client, "clip", chain.value(source, rule.from)))
end

-- What is reported beyond it, by mistake or out of malice, would make a price absurd.
local LONGEST = 24 * 3600

--- How long a clip is: what was asked for or, where more is known, what was reported. An
--- extension is longer than what was asked for.
local function length_of(definition, input, output, known)
  local reported = type(output.video) == "table" and output.video.duration
  local plausible = type(reported) == "number" and reported > 0 and reported <= LONGEST
  if not plausible then reported = nil end
  if definition.chain and definition.price and definition.price.seconds ~= "source" then
    return reported
  end
  local asked = price.seconds(definition, input, known)
  return asked and reported and math.max(asked, reported) or asked or reported
end

--- Notes what a job has made, so that a remix of it that would be refused is known, and
--- what it costs.
---@param client table
---@param definition fal.Definition
---@param input table    normalised
---@param output table
function made.remember(client, definition, input, output)
  if definition.character then
    if type(output.name) == "string" then
      memory.remember(client, "character", output.id, { name = output.name })
    end
    return
  end
  local target = definition.remix and models.find(definition.remix)
  if not target then return end
  local known = made.source(client, definition, input)
  local micros, rate = price.of(definition, input, known)
  memory.remember(client, "clip", chain.value(output, target.chain.from), {
    unmet = chain.unmet(target.chain.needs, definition, input),
    seconds = length_of(definition, input, output, known),
    rate = micros and rate,
  })
end

--- The same of an endpoint by its id, where a table is built in for it.
---@param client table
---@param endpoint_id string
---@param input? table    normalised; nil: not known, so that nothing can be said
---@param output any
function made.learn(client, endpoint_id, input, output)
  local definition = input and type(output) == "table" and models.find(endpoint_id)
  if definition then made.remember(client, definition, input, output) end
end

return made
