--- Shorthand for the tables of the other families: one line a field.
-- Sources there: E.n = the section of the table that the row was taken from, read on
-- fal.ai in August and September 2026. Limits marked ? warn or are left to the service.

local build = {}

local SOURCE = "E.2 V: fal.ai's endpoint types of 2026-08-02 and model pages to 2026-09"
local PRICE_SOURCE = "E.4 F: fal.ai's pages as re-read"
local AS_OF = "2026-09-24"

local function field(kind, name, more)
  local out = { name = name, type = kind, source = SOURCE }
  for k, v in pairs(more or {}) do out[k] = v end
  return out
end

for _, kind in ipairs { "string", "integer", "number", "boolean", "file_url" } do
  build[kind] = function(name, more) return field(kind, name, more) end
end

function build.prompt(more)
  local out = field("string", "prompt", { required = true, min_length = 1 })
  for k, v in pairs(more or {}) do out[k] = v end
  return out
end

function build.enum(name, default, values, more)
  local out = field("string", name, { enum = values, default = default })
  for k, v in pairs(more or {}) do out[k] = v end
  return out
end

function build.aspect(default, values)
  local aliases = {}
  for _, value in ipairs(values) do
    if value == "16:9" then aliases.landscape = value end
    if value == "9:16" then aliases.portrait = value end
  end
  return build.enum("aspect_ratio", default, values, { aliases = aliases })
end

function build.flag(name, default)
  return field("boolean", name, { default = default })
end

function build.list(name, items, more)
  local out = field("array", name, { items = items })
  for k, v in pairs(more or {}) do out[k] = v end
  return out
end

--- A list of file URLs.
function build.files(name, most, required)
  return build.list(name, { type = "file_url" }, {
    max_items = most, required = required,
  })
end

--- Seconds as an integer.
function build.seconds(default, more)
  local out = field("integer", "duration", { default = default, unit = "s" })
  for k, v in pairs(more) do out[k] = v end
  return out
end

--- Seconds spelled as text: "%d" for "8", "%ds" for "8s"; `words` go before the numbers.
function build.spelled_seconds(spelling, default, numbers, words)
  local values = {}
  for _, word in ipairs(words or {}) do values[#values + 1] = word end
  for _, n in ipairs(numbers) do values[#values + 1] = string.format(spelling, n) end
  return field("string", "duration", {
    default = default, unit = "s", spelling = spelling, enum = values,
  })
end

function build.range(first, last, step)
  local out = {}
  for n = first, last, step or 1 do out[#out + 1] = n end
  return out
end

--- `fields` with some replaced (same name), added, or removed (names in `without`).
function build.with(fields, changes, without)
  local gone, changed, out = {}, {}, {}
  for _, name in ipairs(without or {}) do gone[name] = true end
  for _, change in ipairs(changes) do changed[change.name] = change end
  for _, old in ipairs(fields) do
    if not gone[old.name] then
      out[#out + 1] = changed[old.name] or old
      changed[old.name] = nil
    end
  end
  for _, change in ipairs(changes) do
    if changed[change.name] then out[#out + 1] = change end
  end
  return out
end

--- A price by the second; `seconds` is a field, a number, or "source".
function build.per_second(seconds, rates, more)
  local out = {
    per = "second", seconds = seconds, rates = rates, as_of = AS_OF,
    source = PRICE_SOURCE,
  }
  for k, v in pairs(more or {}) do out[k] = v end
  return out
end

--- Rates that depend on `resolution` alone.
function build.by_resolution(rates)
  local names, out = {}, {}
  for name in pairs(rates) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    out[i] = { usd = rates[name], when = { resolution = name } }
  end
  return out
end

--- Rates { name = { silent, with sound } } that depend on `generate_audio` too.
function build.by_resolution_and_sound(rates)
  local names, out = {}, {}
  for name in pairs(rates) do names[#names + 1] = name end
  table.sort(names)
  for _, name in ipairs(names) do
    for i, sound in ipairs { false, true } do
      out[#out + 1] = {
        usd = rates[name][i], when = { resolution = name, generate_audio = sound },
      }
    end
  end
  return out
end

function build.by_sound(silent, sound)
  return {
    { usd = silent, when = { generate_audio = false } },
    { usd = sound, when = { generate_audio = true } },
  }
end

build.video = { { name = "video", type = "file", required = true } }
build.video_and_seed = {
  { name = "video", type = "file", required = true }, { name = "seed", type = "integer" },
}

--- How another family's clip is continued: by the address of its file.
build.by_url = { by = "video_url", from = "video.url" }

return build
