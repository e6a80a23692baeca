local facts = require "support.sora2_facts"
local json = require "fal.json"
local models = require "fal.models"
local price = require "fal.price"
local schema = require "fal.schema"

local function each_definition(visit)
  for _, family in ipairs(models.families()) do
    for _, definition in ipairs(models.family(family)) do visit(definition, family) end
  end
end

local function by_name(definition)
  local out = {}
  for _, field in ipairs(definition.input) do out[field.name] = field end
  return out
end

local function sorted(map)
  local keys = {}
  for key in pairs(map) do keys[#keys + 1] = key end
  table.sort(keys)
  return keys
end

--- A generator of our own: the same numbers on every Lua.
local function generator(seed)
  return function(n)
    seed = (seed * 16807) % 2147483647
    return seed % n + 1
  end
end

describe("fal.models", function()
  it("finds every definition by its id, and no other", function()
    local count = 0
    each_definition(function(definition)
      assert.equal(definition, models.find(definition.id))
      count = count + 1
    end)
    assert.is_true(count > 80)
    for _, id in ipairs { "fal-ai/sora-2", "fal-ai/flux/dev", "", "fal-ai/sora-2/x" } do
      assert.is_nil(models.find(id))
    end
    assert.is_nil(models.find(nil))
    assert.is_nil(models.family("nobody"))
  end)

  it("reads no family before it is asked for", function()
    local saved = {}
    for name, module in pairs(package.loaded) do
      if name:find("^fal%.models") then saved[name] = module end
    end
    for name in pairs(saved) do package.loaded[name] = nil end
    local loaded = {}
    require("fal.models").find("fal-ai/sora-2/characters")
    for name in pairs(package.loaded) do
      if name:find("^fal%.models%.") then loaded[#loaded + 1] = name end
      if name:find("^fal%.models") then package.loaded[name] = nil end
    end
    for name, module in pairs(saved) do package.loaded[name] = module end
    assert.same({ "fal.models.sora2" }, loaded)
  end)

  it("names only endpoints that it knows", function()
    each_definition(function(definition, family)
      assert.equal(family, definition.family)
      local remix = definition.remix and models.find(definition.remix)
      if definition.remix then assert.is_table(remix.chain, definition.id) end
      for _, id in ipairs(definition.alternatives or {}) do
        assert.is_table(models.find(id), id)
      end
    end)
  end)

  it("chains by a field that the endpoint has", function()
    each_definition(function(definition)
      if definition.chain then
        assert.is_table(by_name(definition)[definition.chain.by], definition.id)
      end
    end)
  end)

  it("gives every field a source and a wire type, and no name twice", function()
    each_definition(function(definition)
      local seen = {}
      for _, field in ipairs(definition.input) do
        assert.is_string(field.source, definition.id .. " " .. field.name)
        assert.is_nil(seen[field.name], definition.id .. " " .. field.name)
        seen[field.name] = true
      end
    end)
  end)

  it("has defaults that its own tables allow", function()
    each_definition(function(definition)
      for _, field in ipairs(definition.input) do
        if field.default ~= nil then
          local one = { id = "one", input = { field } }
          local copy, err = schema.validate(one, { [field.name] = field.default })
          assert(copy, definition.id .. " " .. field.name .. ": " .. tostring(err))
          assert.same(field.default, copy[field.name])
        end
      end
    end)
  end)

  it("accepts each value of each enum and sends it as it is", function()
    each_definition(function(definition)
      for _, field in ipairs(definition.input) do
        for _, value in ipairs(field.enum or {}) do
          local one = { id = "one", input = { field } }
          assert.equal(value, schema.validate(one, { [field.name] = value })[field.name])
        end
      end
    end)
  end)

  it("prices only by fields and values that exist, with a date", function()
    each_definition(function(definition)
      local rule, fields = definition.price, by_name(definition)
      if not rule then return end
      assert.matches("^%d%d%d%d%-%d%d%-%d%d$", rule.as_of)
      assert.is_string(rule.source)
      if type(rule.seconds) == "string" and rule.seconds ~= "source" then
        assert.is_table(fields[rule.seconds], definition.id)
      end
      for _, rate in ipairs(rule.rates) do
        for name, value in pairs(rate.when or {}) do
          local one = { id = "one", input = { fields[name] } }
          assert.same({ [name] = value }, schema.validate(one, { [name] = value }))
        end
      end
    end)
  end)

  it("spells seconds as each family wants them", function()
    local wants = {
      ["fal-ai/veo3.1"] = '"8s"', ["fal-ai/kling-video/v3/pro/text-to-video"] = '"8"',
      ["bytedance/seedance-2.0/text-to-video"] = '"8"',
      ["alibaba/wan-3.0/text-to-video"] = "8", ["fal-ai/ltx-2.3/text-to-video"] = "8",
      ["xai/grok-imagine-video/text-to-video"] = "8", ["minimax/h3/text-to-video"] = "8",
      ["alibaba/happy-horse/v1.1/text-to-video"] = "8",
      ["google/gemini-omni-flash"] = "8", ["blackforestlabs/flux-3/text-to-video"] = "8",
      ["lightricks/ltx-2.5/text-to-video/pro"] = "8",
      ["fal-ai/sora-2/text-to-video"] = "8",
    }
    for id, wire in pairs(wants) do
      for _, given in ipairs { 8, 8.0, "8", "8s" } do
        local input = { prompt = "x", duration = given }
        local copy = assert(schema.validate(models.find(id), input))
        assert.equal('{"duration":' .. wire .. ',"prompt":"x"}', json.encode(copy))
      end
    end
  end)

  it("lets Kling have a prompt or shots, not both and not neither", function()
    local kling = models.find("fal-ai/kling-video/v3/pro/text-to-video")
    local shots = { { prompt = "a", duration = 3 } }
    assert.is_table(schema.validate(kling, { prompt = "x" }))
    local copy = schema.validate(kling, { multi_prompt = shots })
    assert.same("3", copy.multi_prompt[1].duration)
    assert.is_nil((schema.validate(kling, { prompt = "x", multi_prompt = shots })))
    assert.is_nil((schema.validate(kling, {})))
  end)

  it("sends Wan's null duration, which means something", function()
    local wan = models.find("alibaba/wan-3.0/text-to-video")
    local copy = schema.validate(wan, { prompt = "x", duration = json.null })
    assert.equal('{"duration":null,"prompt":"x"}', json.encode(copy))
    assert.equal(30 * 200000, price.of(wan, copy))
  end)

  describe("of Sora 2", function()
    local URL = "https://a.b/c.png"
    local VALUES = {
      prompt = "A cat", image_url = URL, video_id = "video_1", video_url = URL,
      name = "Mossy",
    }

    local function minimal(fact)
      local input = {}
      for _, name in ipairs(fact.required) do input[name] = VALUES[name] end
      return input
    end

    local function each(visit)
      for _, id in ipairs(sorted(facts)) do visit(facts[id], models.find(id), id) end
    end

    it("have the documented fields, defaults and requirements", function()
      each(function(fact, definition, id)
        local fields = by_name(definition)
        for _, name in ipairs(sorted(fact.enums)) do
          assert.same(fact.enums[name], fields[name].enum, id .. " " .. name)
        end
        local defaults, required, names = {}, {}, {}
        for name, field in pairs(fields) do
          defaults[name] = field.default
          if field.required then required[#required + 1] = name end
          if not field.legacy then names[name] = true end
        end
        assert.same(fact.defaults, defaults)
        table.sort(required)
        local expected = {}
        for i, name in ipairs(fact.required) do expected[i] = name end
        table.sort(expected)
        assert.same(expected, required)
        local documented = {}
        for _, name in ipairs(fact.required) do documented[name] = true end
        for name in pairs(fact.enums) do documented[name] = true end
        for _, name in ipairs(fact.flags) do documented[name] = true end
        if fact.characters then documented.character_ids = true end
        assert.same(documented, names, id)
      end)
    end)

    it("are marked retired and know alternatives", function()
      each(function(_, definition)
        assert.equal("retired", definition.status)
        assert.equal("2026-09-24", definition.since)
        assert.is_true(#definition.alternatives > 2)
      end)
    end)

    --- Spellings of a value and what they all send.
    local function spellings(name, value, pick)
      if name == "duration" then
        local all = {
          value, value + 0.0, tostring(value), value .. "s", " " .. value .. " ",
        }
        return all[pick(#all)]
      elseif name == "aspect_ratio" and value ~= "auto" then
        local all = { value, value == "16:9" and "landscape" or "Portrait" }
        return all[pick(#all)]
      elseif name == "resolution" then
        local all = { value, value:upper() }
        return all[pick(#all)]
      end
      return value
    end

    local function random_valid(fact, pick)
      local input, wire = minimal(fact), minimal(fact)
      for _, name in ipairs(sorted(fact.enums)) do
        if pick(2) == 1 then
          local value = fact.enums[name][pick(#fact.enums[name])]
          input[name], wire[name] = spellings(name, value, pick), value
        end
      end
      for _, name in ipairs(fact.flags) do
        local all = { { true, true }, { "false", false }, { 0, false }, { "yes", true } }
        local choice = all[pick(#all)]
        if pick(2) == 1 then input[name], wire[name] = choice[1], choice[2] end
      end
      if fact.characters and pick(3) == 1 then
        local all = { { "c1", { "c1" } }, { { "c1", "c2" }, { "c1", "c2" } }, { {}, {} } }
        local choice = all[pick(#all)]
        input.character_ids, wire.character_ids = choice[1], json.array(choice[2])
      end
      if pick(4) == 1 then input[fact.flags[1] or "nothing"] = nil end
      if fact.flags[1] and input[fact.flags[1]] == nil then wire[fact.flags[1]] = nil end
      return input, wire
    end

    it("accept whatever a source calls valid, and send the right JSON", function()
      local pick = generator(20251006)
      each(function(fact, definition, id)
        for _ = 1, 200 do
          local input, wire = random_valid(fact, pick)
          local before = json.encode(input)
          local copy, err = schema.validate(definition, input)
          assert(copy, id .. " refused " .. before .. ": " .. tostring(err))
          assert.equal(json.encode(wire), json.encode(copy))
          assert.equal(before, json.encode(input), "the input was changed")
          assert.equal(json.encode(copy), json.encode(schema.validate(definition, copy)))
        end
      end)
    end)

    local function corruptions(fact)
      local list = {}
      local function add(path, name, value) list[#list + 1] = { path, name, value } end
      for _, name in ipairs(fact.required) do
        add(name, name, nil)
        add(name, name, "")
        add(name, name, 5)
        add(name, name, {})
        add(name, name, "\255")
        add(name, name, json.null)
      end
      if fact.enums.duration then
        for _, value in ipairs { 5, "7", 8.5, "", 0, -4, 24, "8m", true, {}, 0 / 0 } do
          add("duration", "duration", value)
        end
        for _, value in ipairs { "1:1", "", 16, {} } do
          add("aspect_ratio", "aspect_ratio", value)
        end
        add("character_ids", "character_ids", { "a", "b", "c" })
        add("character_ids[2]", "character_ids", { "a", 7 })
        add("character_ids", "character_ids", 7)
      end
      for _, name in ipairs(fact.flags) do add(name, name, "perhaps") end
      add("no_such_field", "no_such_field", 1)
      add("seed", "seed", 1)
      return list
    end

    it("refuse every corruption with its path, and with all others at once", function()
      local pick = generator(20260924)
      each(function(fact, definition, id)
        for _, corruption in ipairs(corruptions(fact)) do
          local path, name, value = corruption[1], corruption[2], corruption[3]
          local input = random_valid(fact, pick)
          input[name] = value
          local copy, err = schema.validate(definition, input)
          assert.is_nil(copy, id .. " accepted " .. path .. " = " .. tostring(value))
          assert.equal(1, #err.fields, id .. " " .. path)
          assert.equal(path, err.fields[1].path)
          assert.matches(path, tostring(err), 1, true)
          input.another_one = 1
          assert.equal(2, #select(2, schema.validate(definition, input)).fields)
        end
      end)
    end)

    it("refuse what only other endpoints of the family know", function()
      local t2v = models.find("fal-ai/sora-2/text-to-video")
      local _, err = schema.validate(t2v, { prompt = "x", aspect_ratio = "auto" })
      assert.equal("aspect_ratio", err.fields[1].path)
      local remix = models.find("fal-ai/sora-2/video-to-video/remix")
      _, err = schema.validate(remix, { prompt = "x", video_id = "v", duration = 8 })
      assert.equal("duration", err.fields[1].path)
      local i2v = models.find("fal-ai/sora-2/image-to-video")
      _, err = schema.validate(i2v, {
        prompt = "x", image_url = URL, resolution = "1080p",
      })
      assert.equal("resolution", err.fields[1].path)
    end)

    it("warn where the sources only advise", function()
      local t2v = models.find("fal-ai/sora-2/text-to-video")
      local function warnings(definition, input)
        local copy, err, list = schema.validate(definition, input)
        assert(copy, err)
        return list, copy
      end
      assert.equal(0, #warnings(t2v, { prompt = ("é"):rep(5000) }))
      assert.equal(1, #warnings(t2v, { prompt = ("é"):rep(5001) }))
      assert.equal(1, #warnings(t2v, { prompt = "x", resolution = "480p" }))
      assert.equal("1080p", select(2, warnings(t2v, { prompt = "x",
        resolution = "1080P" })).resolution)
      assert.equal(1, #warnings(t2v, { prompt = "x", model = "sora-3" }))
      local pro = models.find("fal-ai/sora-2/text-to-video/pro")
      local list, copy = warnings(pro, { prompt = "x", model = "sora-2" })
      assert.equal(1, #list)
      assert.is_nil(copy.model)
      local remix = models.find("fal-ai/sora-2/video-to-video/remix")
      assert.equal(1, #warnings(remix, { prompt = "x", video_id = "abc" }))
      assert.equal(0, #warnings(remix, { prompt = "x", video_id = "video_123" }))
    end)

    it("keep api_key behind an explicit opt-in", function()
      local t2v = models.find("fal-ai/sora-2/text-to-video")
      local input = { prompt = "x", api_key = "sk-very-secret" }
      local copy, err = schema.validate(t2v, input)
      assert.is_nil(copy)
      assert.is_nil(tostring(err):find("sk-very-secret", 1, true))
      assert.equal("sk-very-secret",
        schema.validate(t2v, input, { allow_legacy = true }).api_key)
    end)

    it("cost what the documents say", function()
      each(function(fact, definition, id)
        for _, size in ipairs(sorted(fact.usd_per_second or {})) do
          for _, seconds in ipairs(fact.enums.duration) do
            local input = minimal(fact)
            input.resolution, input.duration = size, seconds
            local usd = fact.usd_per_second[size] * seconds
            assert.equal(math.floor(usd * 1000000 + 0.5), (price.of(definition, input)),
              id .. " " .. size)
          end
        end
      end)
    end)
  end)
end)
