local evidence = require "fal.reconcile.evidence"

local NOW = 1000000

local function item(id, at, input)
  return { request_id = id, sent_at = at, input = input or '{"prompt":"other"}' }
end

local function row(fields)
  local one = { id = "row", input = '{"duration":8,"prompt":"cat"}', from = NOW - 3600,
    to = NOW - 3580, over = NOW - 3590 }
  for name, value in pairs(fields or {}) do one[name] = value end
  return one
end

local function got(items, fields)
  local one = { items = items, odd = {}, complete = true, exact = true, earliest = NOW,
    latest = NOW + 1, clock = 0, from = NOW - 3600 - 960 }
  for name, value in pairs(fields or {}) do one[name] = value end
  return one
end

local LATER = item("later", NOW - 10)

describe("a history that does not show a request", function()
  it("is evidence when it is current and whole, and all else is somebody else's",
    function()
      assert.is_true(evidence.absent(row(), got { LATER, item("r", NOW - 3590) }, {}))
      assert.is_true(evidence.absent(row(),
        got { LATER, item("mine", NOW - 3590, row().input) }, { mine = "another row" }))
      assert.is_true(evidence.absent(row(),
        got { LATER, item("old", NOW - 3600 - 910, row().input) }, {}))
    end)

  local function refuses(why, ...)
    local ok, said = evidence.absent(...)
    assert.is_nil(ok)
    assert.truthy(said:find(why, 1, true), said)
  end

  it("is none when it is not current", function()
    refuses("sent later", row(), got { item("r", NOW - 3595) }, {})
  end)

  it("is none when it does not say the time, or was not read to its end", function()
    local history = got({ LATER }, { complete = false })
    refuses("to its end", row(), history, {})
    history = got { LATER }
    history.earliest = nil
    refuses("time", row(), history, {})
  end)

  it("is none when it shows the address of a file that was sent as bytes", function()
    for _, sent in ipairs { '"data:image/png;base64,AAAA"', '"[20000 bytes, 0f0f]"',
      '["data:image/png;base64,AAAA"]' } do
      refuses("might be this one", row { input = '{"image_url":' .. sent .. "}" },
        got { LATER, item("r", NOW - 3590, '{"image_url":"https://fal.media/1.png"}') },
        {})
    end
    assert.is_true(evidence.absent(row { input = '{"image_url":"https://a.test/1.png"}' },
      got { LATER, item("r", NOW - 3590, '{"image_url":"https://a.test/2.png"}') }, {}))
  end)

  it("is none when it may show less than was asked for", function()
    local old = row { from = NOW - 90000, to = NOW - 89980, over = NOW - 89990 }
    local from = { from = NOW - 90960 }
    refuses("reach back", old, got({ LATER }, from), {})
    assert.is_true(evidence.absent(old, got({ LATER, item("older", NOW - 90500) }, from),
      {}))
    refuses("reach back", row(), got({ LATER }, { from = NOW - 3600 - 60 }), {})
  end)

  it("is none while the same request stands in it without a row", function()
    for _, at in ipairs { NOW - 3600 - 890, NOW - 3580 + 890 } do
      refuses("might be this one", row(), got { LATER, item("r", at, row().input) }, {})
    end
  end)

  it("is none where one that cannot be compared is near", function()
    refuses("might be this one", row(),
      got { LATER, { request_id = "r", sent_at = NOW - 3500 } }, {})
  end)

  it("is none where one does not say when it was sent, or which it is", function()
    local odd = { { request_id = "r", started_at = NOW - 60, input = row().input } }
    refuses("might be this one", row(), got({ LATER }, { odd = odd }), {})
    refuses("might be this one", row(), got({ LATER }, { odd = { {} } }), {})
    odd[1].input = '{"prompt":"dog"}'
    assert.is_true(evidence.absent(row(), got({ LATER }, { odd = odd }), {}))
    odd[1] = { request_id = "r", started_at = NOW - 3600 - 901, input = row().input }
    assert.is_true(evidence.absent(row(), got({ LATER }, { odd = odd }), {}))
  end)
end)

describe("two inputs", function()
  it("differ when they contradict each other", function()
    assert.is_true(evidence.differ('{"prompt":"a"}', '{"prompt":"b"}'))
    assert.is_true(evidence.differ('{"ids":["a"]}', '{"ids":["b"]}'))
  end)

  it("may be the same when one has more fields, or spells a number otherwise", function()
    assert.is_false(evidence.differ('{"prompt":"a"}', '{"prompt":"a"}'))
    assert.is_false(evidence.differ('{"prompt":"a"}', '{"prompt":"a","seed":1}'))
    assert.is_false(evidence.differ('{"n":8,"prompt":"a"}', '{"n":"8","prompt":"a"}'))
    assert.is_false(evidence.differ('{"prompt":" a\\n"}', '{"prompt":"a"}'))
    assert.is_false(evidence.differ('{"token_of_mine":"x"}', '{}'))
  end)
end)
