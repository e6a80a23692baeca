local json = require "fal.json"
local schema = require "fal.schema"

local function definition(fields, more)
  local out = { id = "test/endpoint", input = fields }
  for k, v in pairs(more or {}) do out[k] = v end
  return out
end

local function one(field) field.name = "x" return definition { field } end

local function accepts(def, value, wire)
  local copy, err = schema.validate(def, { x = value })
  assert.is_nil(err)
  assert.same(wire, copy.x)
end

local function refuses(def, value, kind, suggestion)
  local copy, err = schema.validate(def, { x = value })
  assert.is_nil(copy)
  assert.equal("validation", err.kind)
  assert.equal("no", err.sent)
  assert.equal(1, #err.fields)
  assert.equal("x", err.fields[1].path)
  assert.equal(kind, err.fields[1].type)
  assert.equal(suggestion, err.fields[1].suggestion)
  return err.fields[1]
end

describe("fal.schema", function()
  it("takes no time for long texts that are nothing", function()
    local function long(s) return s:rep(100000) end
    local spaces, started = long " ", os.clock()
    local enum = one { type = "string", enum = { "16:9" } }
    local flag, seconds = one { type = "boolean" }, one { type = "integer", unit = "s" }
    for _, value in ipairs { "a" .. spaces .. "b", spaces, spaces .. "a" } do
      refuses(enum, value, "enum")
      refuses(flag, value, "type")
      refuses(seconds, value, "type")
    end
    accepts(enum, spaces .. "16:9" .. spaces, "16:9")
    refuses(seconds, long "1" .. spaces .. "!", "type")
    refuses(one { type = "string", enum = { "8s" }, unit = "s", spelling = "%ds" },
      long "1" .. spaces .. "!", "enum")
    refuses(one { type = "file_url" }, "https://" .. long "a" .. " ", "url")
    assert.is_true(os.clock() - started < 2)
  end)

  it("takes no time for a thousand names that it does not know", function()
    local names, input = {}, {}
    for i = 1, 10 do names[i] = { name = "field_number_" .. i, type = "string" } end
    for i = 1, 3000 do input[("x"):rep(50) .. i] = 1 end
    local started = os.clock()
    local _, err = schema.validate(definition(names), input)
    assert.equal(3000, #err.fields)
    assert.is_true(os.clock() - started < 2)
    _, err = schema.validate(definition(names), { field_numbre_3 = "x" })
    assert.equal("field_number_3", err.fields[1].suggestion)
  end)

  describe("integers", function()
    local duration = one { type = "integer", unit = "s", enum = { 4, 8, 12 } }

    it("are read from numbers, digits and seconds", function()
      for _, value in ipairs { 8, 8.0, "8", "8s", " 8 ", "8S", "8.0", "8 s" } do
        accepts(duration, value, 8)
      end
      local copy = schema.validate(duration, { x = 8.0 })
      assert.equal('{"x":8}', json.encode(copy))
    end)

    it("outside of the enum are refused with the nearest one", function()
      assert.same({ 4, 8, 12 }, refuses(duration, 7, "enum", 8).allowed)
      refuses(duration, "7", "enum", 8)
      refuses(duration, 100, "enum", 12)
      refuses(duration, -1, "enum", 4)
      refuses(duration, "5s", "enum", 4)
    end)

    it("that are none are refused", function()
      refuses(duration, 8.5, "type", 8)
      refuses(duration, "", "enum")
      refuses(duration, "8m", "enum")
      refuses(duration, "0x8", "enum")
      refuses(duration, "eight", "enum")
      refuses(duration, {}, "type")
      refuses(duration, true, "type")
      refuses(duration, 0 / 0, "type")
      refuses(duration, math.huge, "type", 4)
      refuses(duration, ("9"):rep(400), "enum")
    end)

    it("keep to a range, whose nearest end is suggested", function()
      local ranged = one { type = "integer", min = 2, max = 30 }
      accepts(ranged, 2, 2)
      accepts(ranged, "30", 30)
      refuses(ranged, 1, "range", 2)
      refuses(ranged, 31, "range", 30)
      refuses(ranged, 2.5, "type")
      refuses(ranged, "8s", "type")
    end)

    it("may stand beside words", function()
      local mixed = one {
        type = "integer", unit = "s", min = 5, max = 20, words = { "auto" },
      }
      accepts(mixed, "auto", "auto")
      accepts(mixed, "AUTO", "auto")
      accepts(mixed, "7s", 7)
      refuses(mixed, 4, "range", 5)
      local listed = one { type = "integer", enum = { 6, 8 }, words = { "auto" } }
      accepts(listed, "Auto", "auto")
      accepts(listed, "6", 6)
      refuses(listed, 7, "enum", 6)
    end)
  end)

  describe("strings", function()
    it("that spell seconds take every spelling", function()
      local veo = one {
        type = "string", unit = "s", spelling = "%ds", enum = { "4s", "8s" },
      }
      local kling = one {
        type = "string", unit = "s", spelling = "%d", enum = { "5", "10" },
      }
      for _, value in ipairs { 8, 8.0, "8", "8s", " 8S " } do
        accepts(veo, value, "8s")
      end
      for _, value in ipairs { 10, "10", "10s", 10.0 } do accepts(kling, value, "10") end
      refuses(veo, 5, "enum", "4s")
      refuses(kling, "9s", "enum", "10")
      for _, value in ipairs { math.huge, -math.huge, 1e20 } do
        refuses(kling, value, "type", "5")
      end
      refuses(kling, "99999999999999999999", "enum", "5")
    end)

    it("of an enum match whatever their case, and through aliases", function()
      local ratio = one {
        type = "string", enum = { "16:9", "9:16", "Auto" },
        aliases = { landscape = "16:9" },
      }
      accepts(ratio, "16:9", "16:9")
      accepts(ratio, "AUTO", "Auto")
      accepts(ratio, " landscape ", "16:9")
      accepts(ratio, "Landscape", "16:9")
      refuses(ratio, "16x9", "enum", "16:9")
      refuses(ratio, "", "enum")
      refuses(ratio, 169, "type")
    end)

    it("of an open enum pass with a warning", function()
      local open = one { type = "string", enum = { "720p" }, open = true }
      local copy, _, warnings = schema.validate(open, { x = "480p" })
      assert.equal("480p", copy.x)
      assert.matches('x is "480p", which no document lists (720p)', warnings[1], 1, true)
      refuses(open, "", "enum")
      refuses(open, " ", "enum")
      refuses(open, "\255", "enum")
      accepts(open, "X9", "X9")
      accepts(one { type = "string", enum = { "720p" }, open = true, lower_case = true },
        " 1080P ", "1080p")
    end)

    it("are counted in characters", function()
      local name = one { type = "string", min_length = 1, max_length = 3 }
      accepts(name, "äöü", "äöü")
      refuses(name, "äöüa", "length")
      refuses(name, "", "length")
      refuses(name, "a\255", "encoding")
      refuses(name, 5, "type")
    end)

    it("warn past a soft limit, and only past it", function()
      local prompt = one { type = "string", soft_max_length = 5 }
      assert.same({}, select(3, schema.validate(prompt, { x = "ééééé" })))
      local _, _, warnings = schema.validate(prompt, { x = "éééééé" })
      assert.matches("x has 6 characters", warnings[1])
    end)
  end)

  it("reads booleans as people write them", function()
    local flag = one { type = "boolean" }
    for _, value in ipairs { true, "true", "TRUE", "yes", "on", 1, "1", " True " } do
      accepts(flag, value, true)
    end
    for _, value in ipairs { false, "false", "no", "off", 0, "0" } do
      accepts(flag, value, false)
    end
    refuses(flag, "maybe", "type")
    refuses(flag, 2, "type")
    refuses(flag, {}, "type")
  end)

  it("reads numbers within their range", function()
    local scale = one { type = "number", min = 0, max = 1 }
    accepts(scale, 0.5, 0.5)
    accepts(scale, "0.5", 0.5)
    refuses(scale, 2, "range", 1)
    refuses(scale, "1e", "type")
    refuses(scale, 0 / 0, "type")
    refuses(one { type = "number" }, math.huge, "type")
  end)

  describe("files", function()
    local image = one { type = "file_url", soft_max_bytes = 30 }

    it("are URLs, data URIs and fal.file objects", function()
      for _, url in ipairs {
        "https://a.b/c.png", "http://127.0.0.1:80/x?y=z", "HTTPS://A/",
        "data:image/png;base64,AA==", "https://a.b/ü.png", "data:,x",
      } do
        accepts(image, url, url)
      end
      local file = setmetatable({}, { __name = "fal.file" })
      assert.equal(file, schema.validate(image, { x = file }).x)
    end)

    it("are nothing else", function()
      for _, url in ipairs {
        "", "http://", "https:///x", "ftp://a/b", "s3://a/b", "https://a b/", "data:",
        "javascript:1", "https://a/\n", "file:///etc/passwd",
      } do
        refuses(image, url, "url")
      end
      refuses(image, "https://a/\255", "encoding")
      refuses(image, { url = "https://a/b" }, "type")
    end)

    it("that are paths get the way to upload them suggested", function()
      refuses(image, "photo.png", "url", 'fal.file "photo.png"')
    end)

    it("warn when a data URI is large", function()
      local large = "data:image/png;base64," .. ("A"):rep(100)
      assert.equal(1, #select(3, schema.validate(image, { x = large })))
      local url = "https://a.b/" .. ("a"):rep(100)
      assert.equal(0, #select(3, schema.validate(image, { x = url })))
    end)
  end)

  describe("arrays", function()
    local ids = one {
      type = "array", max_items = 2, items = { type = "string", min_length = 1 },
    }

    it("wrap a single string and stay arrays when empty", function()
      accepts(ids, "a", { "a" })
      for _, empty in ipairs { {}, json.empty_array } do
        assert.equal('{"x":[]}', json.encode(schema.validate(ids, { x = empty })))
      end
    end)

    it("are bounded and have neither holes nor names", function()
      refuses(ids, { "a", "b", "c" }, "length")
      refuses(ids, { [2] = "b" }, "type")
      refuses(ids, { "a", x = 1 }, "type")
      refuses(ids, 5, "type")
    end)

    it("name the faulty item", function()
      local _, err = schema.validate(ids, { x = { "a", "" } })
      assert.equal("x[2]", err.fields[1].path)
    end)
  end)

  it("checks objects in arrays, faults by full path", function()
    local def = definition {
      {
        name = "shots", type = "array", items = {
          type = "object", fields = {
            { name = "prompt", type = "string", required = true, min_length = 1 },
            { name = "seconds", type = "integer", enum = { 1, 2 } },
          },
        },
      },
    }
    assert.same({ shots = { { prompt = "a", seconds = 2 } } },
      schema.validate(def, { shots = { { prompt = "a", seconds = "2" } } }))
    local _, err = schema.validate(def, {
      shots = { { prompt = "", seconds = 3 }, { promt = "x" }, "y" },
    })
    local paths = {}
    for i, fault in ipairs(err.fields) do paths[i] = fault.path .. " " .. fault.type end
    assert.same({
      "shots[1].prompt length", "shots[1].seconds enum", "shots[2].prompt missing",
      "shots[2].promt unknown", "shots[3] type",
    }, paths)
  end)

  describe("names", function()
    local def = definition({
      { name = "prompt", type = "string", required = true },
      { name = "start_image_url", type = "file_url", mistaken = { "image_url" } },
      { name = "old_key", type = "string", legacy = true },
    }, { ignored = { model = "is not sent" } })

    it("that are unknown are refused with the nearest", function()
      local _, err = schema.validate(def, { prompt = "x", promtp = 1 })
      assert.equal("promtp", err.fields[1].path)
      assert.equal("prompt", err.fields[1].suggestion)
    end)

    it("of other endpoints get this one's name suggested", function()
      local _, err = schema.validate(def, { prompt = "x", image_url = "https://a/b" })
      assert.equal("start_image_url", err.fields[1].suggestion)
    end)

    it("far from all get the list", function()
      local _, err = schema.validate(def, { prompt = "x", zzz = 1 })
      assert.same({ "prompt", "start_image_url" }, err.fields[1].allowed)
    end)

    it("that are indices are refused", function()
      local _, err = schema.validate(def, { "a prompt" })
      assert.same({ "prompt", "[1]" }, { err.fields[1].path, err.fields[2].path })
    end)

    it("that are ignored are left out with a warning", function()
      local copy, _, warnings = schema.validate(def, { prompt = "x", model = "m" })
      assert.same({ prompt = "x" }, copy)
      assert.same({ "model is not sent" }, warnings)
    end)

    it("of legacy fields need allow_legacy, and the fault says so", function()
      local _, err = schema.validate(def, { prompt = "x", old_key = "k" })
      assert.equal("legacy", err.fields[1].type)
      assert.matches("allow_legacy = true", err.fields[1].message, 1, true)
      local copy, _, warnings = schema.validate(def, { prompt = "x", old_key = "k" },
        { allow_legacy = true })
      assert.equal("k", copy.old_key)
      assert.equal(1, #warnings)
    end)

    it("in extra pass unchecked, known or not, and satisfy what is required", function()
      assert.same({ prompt = 5, anything = { 1 } },
        schema.validate(def, {}, { extra = { prompt = 5, anything = { 1 } } }))
    end)
  end)

  it("leaves out optional null and refuses required null", function()
    local def = definition {
      { name = "a", type = "string", required = true },
      { name = "b", type = "string" },
      { name = "c", type = "integer", nullable = true },
    }
    local copy = schema.validate(def, { a = "x", b = json.null, c = json.null })
    assert.same({ a = "x", c = json.null }, copy)
    local _, err = schema.validate(def, { a = json.null })
    assert.equal("missing", err.fields[1].type)
  end)

  describe("rules", function()
    local function with(rule)
      return definition({
        { name = "a", type = "string" }, { name = "b", type = "string" },
        { name = "n", type = "integer" },
        { name = "fps", type = "integer", enum = { 24, 25, 50 }, default = 25 },
        { name = "l", type = "array", items = { type = "string" } },
        { name = "m", type = "array", items = { type = "string" } },
      }, { rules = { rule } })
    end
    local function path(def, input)
      local _, err = schema.validate(def, input)
      return err and err.fields[1].path .. " " .. err.fields[1].type
    end

    it("exactly_one", function()
      local def = with { "exactly_one", "a", "b" }
      assert.is_nil(path(def, { a = "x" }))
      assert.is_nil(path(def, { b = "x" }))
      assert.equal("a missing", path(def, {}))
      assert.equal("b exclusive", path(def, { a = "x", b = "y" }))
    end)

    it("at_most_items counts arrays together", function()
      local def = with { "at_most_items", 3, "l", "m" }
      assert.is_nil(path(def, { l = { "a", "b" }, m = { "c" } }))
      assert.equal("m length", path(def, { l = { "a", "b" }, m = { "c", "d" } }))
    end)

    it("above asks for other values, defaults counted", function()
      local def = with { "above", "n", 10, requires = { fps = 25 } }
      assert.is_nil(path(def, { n = 12 }))
      assert.is_nil(path(def, { n = 10, fps = 50 }))
      assert.equal("fps range", path(def, { n = 12, fps = 50 }))
    end)
  end)

  it("reports every fault at once, in the table's order", function()
    local def = definition {
      { name = "a", type = "string", required = true },
      { name = "b", type = "integer", enum = { 1, 2 } },
      { name = "c", type = "boolean" },
    }
    local _, err = schema.validate(def, {
      b = 3, c = "x", z = 1, y = 1, x = 1, w = 1, v = 1, u = 1,
    })
    local paths = {}
    for i, fault in ipairs(err.fields) do paths[i] = fault.path end
    assert.same({ "a", "b", "c", "u", "v", "w", "x", "y", "z" }, paths)
    assert.equal("test/endpoint", err.endpoint_id)
  end)

  it("survives cyclic and hostile input", function()
    local def = definition {
      {
        name = "a", type = "array",
        items = { type = "array", items = { type = "string" } },
      },
    }
    local loop = {}
    loop[1] = loop
    local copy, err = schema.validate(def, { a = loop })
    assert.is_nil(copy)
    assert.equal("a[1][1]", err.fields[1].path)
    assert.is_string(tostring(err))
    copy = schema.validate(def, { [{}] = 1, [print] = 2, [0 / 1] = 3, ["\27[2J"] = 4 })
    assert.is_nil(copy)
  end)

  it("raises for a table that names an unknown type", function()
    assert.error_matches(function()
      schema.validate(one { type = "strnig" }, {})
    end, "unknown type 'strnig'")
  end)

  it("lets a definition be collected", function()
    local weak = setmetatable({}, { __mode = "k" })
    do
      local def = one { type = "string" }
      schema.validate(def, { x = "a" })
      weak[def] = true
    end
    collectgarbage()
    collectgarbage()
    assert.is_nil(next(weak))
  end)
end)
