local E = require "fal.error"
local input = require "fal.ledger.input"
local json = require "fal.json"

describe("a kept input", function()
  it("is the same text whatever the order of its names", function()
    assert.are.equal('{"a":[1,{"c":2,"d":3}],"b":8}',
      input.canonical { b = 8, a = { 1, { d = 3, c = 2 } } })
    assert.are.equal(input.canonical(json.decode('{"b":8.0,"a":[],"n":null}', true)),
      input.canonical { a = json.empty_array, b = 8 })
  end)

  it("holds no secret", function()
    local owner = {}
    E.secret("key-id:very-secret-part", owner)
    local text = input.canonical { prompt = "with very-secret-part in it", api_key = "k1",
      openai_api_key = "k2", nested = { { password = "k3", keep = "k" } } }
    assert.are.equal('{"nested":[{"keep":"k"}],"prompt":"with [secret] in it"}', text)
    assert.are.equal('{"prompt":"p"}', input.canonical({ prompt = "p", seed_word = "s" },
      { input = { { name = "seed_word", secret = true } } }))
    E.forget(owner)
  end)

  it("does not change the caller's", function()
    local given = { api_key = "k", list = { 1, 2 } }
    input.canonical(given)
    assert.are.same({ api_key = "k", list = { 1, 2 } }, given)
  end)

  it("stands for a long text by its length and key", function()
    local a = input.canonical { image_url = "data:" .. ("A"):rep(1e6) }
    local b = input.canonical { image_url = "data:" .. ("A"):rep(1e6 - 1) .. "B" }
    assert.is_true(#a < 100)
    assert.are_not.equal(a, b)
  end)

  it("refuses what is no JSON", function()
    local text, err = input.canonical { f = print }
    assert.is_nil(text)
    assert.are.equal("validation", err.kind)
  end)
end)

describe("the key of a text", function()
  it("is the same on every Lua, and in every version", function()
    assert.are.equal(22, #input.hash(""))
    assert.are.equal("0000063656400000636576", input.hash("abc"))
  end)

  it("differs for texts that differ a little", function()
    local seen = {}
    for i = 1, 5000 do
      local key = input.hash('{"prompt":"a cat, take ' .. i .. '"}')
      assert.is_nil(seen[key])
      seen[key] = true
    end
  end)
end)
