local json = require "fal.json"
local E = require "fal.error"

local function refused(value, path, why)
  local encoded, err = json.encode(value)
  assert.is_nil(encoded)
  assert.is_true(E.is(err))
  assert.equal("validation", err.kind)
  assert.equal(path, err.fields[1].path)
  assert.matches(why, err.fields[1].message, 1, true)
end

describe("fal.json", function()
  describe("encode", function()
    it("prints whole numbers without point and exponent", function()
      for text, n in pairs {
        ["8"] = 8.0, ["-3"] = -3, ["0"] = -0.0, ["100000000000000"] = 1e14,
        ["9007199254740992"] = 2 ^ 53, ["9007199254740991"] = 2 ^ 53 - 1,
        ["123456789012345"] = 123456789012345,
      } do
        assert.equal(text, json.encode(n))
      end
    end)

    it("prints fractions so that they read back the same", function()
      for _, n in ipairs { 0.1, 1 / 3, 1e-7, 1e300, 2 ^ -1074, 0.30000000000000004 } do
        assert.equal(n, tonumber(json.encode(n)))
      end
      assert.equal("0.1", json.encode(0.1))
    end)

    it("tells empty arrays from empty objects", function()
      assert.equal('{"a":[],"b":[],"c":{}}',
        json.encode { a = json.empty_array, b = json.array(), c = {} })
      assert.equal("[1]", json.encode(json.array { 1 }))
    end)

    it("writes null, booleans and nested values, names in order", function()
      assert.equal('{"a":[true,false,null],"b":{"c":"d"}}',
        json.encode { b = { c = "d" }, a = { true, false, json.null } })
    end)

    it("writes objects with many names, and long texts, whole and in order", function()
      local object, names = {}, {}
      for i = 1, 300 do
        names[i] = ("n%03d"):format((i * 7) % 300)
        object[names[i]] = ("x"):rep(i)
      end
      table.sort(names)
      local parts = {}
      for i = 1, 300 do parts[i] = ('"%s":"%s"'):format(names[i], object[names[i]]) end
      assert.equal("{" .. table.concat(parts, ",") .. "}", json.encode(object))
      assert.equal('{"a":1,"a\\u0000":2,"ab":3}',
        json.encode { ab = 3, ["a\0"] = 2, a = 1 })
    end)

    it("takes the numbers of any whole size that Lua has", function()
      local largest = rawget(math, "maxinteger")
      if largest then assert.equal("9223372036854775807", json.encode(largest)) end
      assert.equal("1e+300", json.encode(1e300))
    end)

    it("escapes what JSON wants escaped and nothing else", function()
      assert.equal('"\\"\\\\/\\n\\t\\u0000\\u001b\\u007fé"',
        json.encode("\"\\/\n\t\0\27\127é"))
    end)

    it("names the path of what cannot be sent", function()
      refused({ a = { { b = print } } }, "a[1].b", "is a function")
      refused({ a = 0 / 0 }, "a", "not a finite number")
      refused({ a = { 1, math.huge } }, "a[2]", "not a finite number")
      refused({ a = { 1, nil, 3 } }, "a", "holes")
      refused({ a = { 1, x = 2 } }, "a", "mixes")
      refused({ a = { [true] = 1 } }, "a", "neither a name nor an index")
      refused({ a = { [1.5] = 1 } }, "a", "neither a name nor an index")
      refused({ a = "ok\255" }, "a", "not valid UTF-8 (byte 3)")
      refused({ ["\255"] = 1 }, "\255", "not valid UTF-8")
      refused({ a = json.array { x = 1 } }, "a", "named members")
      refused(print, "", "is a function")
      refused({ ["a\0b"] = { print } }, "a\0b[1]", "is a function")
    end)

    it("refuses a cycle but not the same table twice", function()
      local loop = {}
      loop.next = { loop }
      refused(loop, "next[1]", "contains itself")
      local twice = { 1 }
      assert.equal('{"a":[1],"b":[1]}', json.encode { a = twice, b = twice })
    end)

    it("refuses to nest beyond its depth", function()
      local deep = {}
      for _ = 1, 200 do deep = { deep } end
      refused(deep, ("[1]"):rep(128), "nested too deeply")
    end)

    it("refuses a local file that nobody uploaded", function()
      refused({ image_url = setmetatable({}, { __name = "fal.file" }) }, "image_url",
        "not uploaded")
    end)

    it("does not follow metamethods of the data", function()
      local proxy = setmetatable({ a = 1 }, { __index = error, __pairs = error })
      assert.equal('{"a":1}', json.encode(proxy))
    end)
  end)

  describe("decode", function()
    it("reads what encode wrote", function()
      local value = { a = { 1, 2.5, "x\0é" }, b = true, c = { d = {} } }
      assert.same(value, json.decode(json.encode(value), true))
    end)

    it("gives null as json.null", function()
      assert.equal(json.null, json.decode('{"a":null}').a)
      assert.equal(json.null, json.decode("null"))
    end)

    it("answers every malformed text with a protocol error", function()
      local bad = {
        "", "{", "[1,]", "nul", "[1] x", "[NaN]", "[0x10]", "[01]", "<html>", "\0",
        '"\\ud80"', '{"a"}', "\239\187\191{}", ("["):rep(129) .. ("]"):rep(129),
        ("["):rep(100000), '["a', '"\\', "Infinity", "[1e]", "{1:2}",
      }
      for _, s in ipairs(bad) do
        local value, err = json.decode(s)
        assert.is_nil(value)
        assert.equal("protocol", err.kind)
        assert.is_nil(json.decode(s, true))
      end
      for _, s in ipairs { false, {}, print } do assert.is_nil(json.decode(s)) end
      assert.equal("protocol", select(2, json.decode(nil)).kind)
    end)

    it("reads a text that was cut in the middle of a character", function()
      local lost = "\239\191\189"
      for text, expected in pairs {
        ['"cut \\ud83d"'] = "cut " .. lost, ['"\\uDE00 cut"'] = lost .. " cut",
        ['"\\ud83d\\ud83d\\ude00\\uD83D"'] = lost .. "\240\159\152\128" .. lost,
        ['"\\\\ud83d\\ude00"'] = "\\ud83d" .. lost,
        ['"\\\\\\ud83d\\\\ud83d"'] = "\\" .. lost .. "\\ud83d",
      } do
        assert.equal(expected, assert(json.decode(text)))
        assert.same({ {}, expected }, (json.decode("[[]," .. text .. "]", true)))
      end
      assert.is_nil((json.decode '{"\\ud83d":'))
    end)

    it("reads a cut text with many backslashes in no time to speak of", function()
      local began = os.clock()
      local value = assert(json.decode('"' .. ("\\\\"):rep(20000) .. '\\ud83d"'))
      assert.equal(("\\"):rep(20000) .. "\239\191\189", value)
      assert.is_true(os.clock() - began < 1, "it took seconds")
    end)

    it("never raises on noise", function()
      local seed = 42
      local function random(n)
        seed = (seed * 16807) % 2147483647
        return seed % n + 1
      end
      local atoms = {
        "{", "}", "[", "]", ",", ":", '"', "\\", "1", "e", "null", " ", "\255",
      }
      for _ = 1, 2000 do
        local parts = {}
        for i = 1, random(20) do parts[i] = atoms[random(#atoms)] end
        local s = table.concat(parts)
        local value, err = json.decode(s, true)
        assert.is_true(value ~= nil or E.is(err), s)
      end
    end)

    it("lets the last of equal keys count", function()
      assert.equal(2, json.decode('{"a":1,"a":2}').a)
    end)

    it("keeps [] an array when asked to be exact, wherever it stands", function()
      for _, s in ipairs {
        "[]", "{}", '{"a":[],"b":{}}', "[[],{},[[]]]", '{"[]":{},"a":["[]"]}',
        '{"a\\"[]":[],"b":"\\\\"}', '{"a[0]":{},"a[]":[1]}', '{"x":"[ ]","y":[]}',
        '["[]","\\\\",[]]',
      } do
        assert.equal(s, json.encode(json.decode(s, true)))
      end
      assert.equal('{"a":[]}', json.encode(json.decode('{"a":[ \n ]}', true)))
    end)

    it("gives whole numbers as integers when exact, where Lua has them", function()
      local value = json.decode('{"w":1280,"d":8.0,"f":0.5,"big":1e300}', true)
      assert.equal("1280", tostring(value.w))
      assert.equal("8", tostring(value.d))
      assert.equal(0.5, value.f)
      assert.equal(1e300, value.big)
    end)

    it("keeps seeds exact", function()
      assert.equal("9007199254740991", json.encode(json.decode("9007199254740991")))
    end)
  end)

  it("uses the arrays of a lua-cjson that has them", function()
    local real, saved = package.loaded["cjson"], package.loaded["fal.json"]
    local array_mt, empty_array_mt, keeps = {}, {}, nil
    package.loaded["fal.json"], package.loaded["cjson"] = nil, {
      new = function()
        local instance = real.new()
        instance.array_mt, instance.empty_array_mt = array_mt, empty_array_mt
        instance.empty_array = io.stdout  -- any userdata will do
        function instance.decode_array_with_array_mt(on) keeps = on end
        return instance
      end,
    }
    local newer = require "fal.json"
    package.loaded["cjson"], package.loaded["fal.json"] = real, saved
    assert.is_true(keeps)
    assert.equal(array_mt, getmetatable(newer.empty_array))
    assert.equal("[[],[],[],{}]", newer.encode {
      io.stdout, setmetatable({}, array_mt), setmetatable({}, empty_array_mt), {},
    })
  end)

  it("is_array knows marked and filled lists", function()
    assert.is_true(json.is_array(json.empty_array))
    assert.is_true(json.is_array({ 1 }))
    assert.is_false(json.is_array({}))
    assert.is_false(json.is_array({ a = 1 }))
    assert.is_false(json.is_array("a"))
  end)
end)
