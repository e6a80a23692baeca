local suggest = require "fal.suggest"

describe("fal.suggest", function()
  local names = { "prompt", "duration", "aspect_ratio", "image_url" }

  it("finds the name that was meant", function()
    for word, meant in pairs {
      duratoin = "duration", Prompt = "prompt", aspectratio = "aspect_ratio",
      image = "image_url", promt = "prompt",
    } do
      assert.equal(meant, suggest.nearest(word, names))
    end
  end)

  it("suggests nothing for a word that is far from all", function()
    assert.is_nil(suggest.nearest("colour", names))
    assert.is_nil(suggest.nearest("", names))
  end)

  it("ignores words that are no names", function()
    assert.is_nil(suggest.nearest(("x"):rep(100000), names))
    assert.is_nil(suggest.nearest(5, names))
    assert.is_nil(suggest.nearest("prompt", {}))
  end)
end)
