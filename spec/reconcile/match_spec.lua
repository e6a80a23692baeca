local match = require "fal.reconcile.match"

local function row(id, from, to, input)
  return { id = id, from = from, to = to, input = input or "{}" }
end

local function item(id, at, input)
  return { request_id = id, sent_at = at, input = input or "{}" }
end

local function ids(found)
  local out = {}
  for id, one in pairs(found) do out[id] = one.request_id end
  return out
end

describe("times of the service", function()
  it("are read with fractions and zones", function()
    assert.are.equal(0, match.seconds("1970-01-01T00:00:00Z"))
    assert.are.equal(951827696.25, match.seconds("2000-02-29T12:34:56.25Z"))
    assert.are.equal(951827696 - 7200, match.seconds("2000-02-29T12:34:56+02:00"))
    assert.are.equal(4107542400, match.seconds("2100-03-01 00:00:00"))
  end)

  it("are nil when they are none", function()
    assert.is_nil(match.seconds("yesterday"))
    assert.is_nil(match.seconds("2000-02-29T12:34:56 CET"))
    assert.is_nil(match.seconds(nil))
    assert.is_nil(match.http_seconds("now"))
  end)

  it("come from HTTP dates too", function()
    assert.are.equal(784111777, match.http_seconds("Sun, 06 Nov 1994 08:49:37 GMT"))
  end)
end)

describe("matching rows with the history", function()
  it("finds a request by input and time", function()
    local found = match.assign({ row("a", 10, 20) },
      { item("other", 15, "[]"), item("early", 9), item("r", 15), item("late", 21) },
      {}, {})
    assert.are.same({ a = "r" }, ids(found))
  end)

  it("never gives one request to two rows", function()
    local found = match.assign({ row("a", 10, 20), row("b", 10, 20) }, { item("r", 15) },
      {}, {})
    assert.are.same({ a = "r" }, ids(found))
  end)

  it("leaves requests alone that a row has already", function()
    local found = match.assign({ row("a", 10, 20) }, { item("r", 15) }, { r = "z" }, {})
    assert.are.same({}, ids(found))
  end)

  it("finds as many as there are, whatever their order", function()
    local found = match.assign({ row("b", 12, 22), row("a", 10, 20) },
      { item("r2", 21), item("r1", 13) }, {}, {})
    assert.are.same({ a = "r1", b = "r2" }, ids(found))
  end)

  it("waits where a living process may own the request", function()
    local found, waiting = match.assign({ row("a", 10, 20) }, { item("r", 15) }, {},
      { row("l", 18, 30) })
    assert.are.same({}, ids(found))
    assert.are.same({ a = true }, waiting)
  end)

  it("does not wait for living processes with other work", function()
    local _, waiting = match.assign({ row("a", 10, 20) }, {}, {},
      { row("l", 18, 30, "[1]"), row("m", 21, 30) })
    assert.are.same({}, waiting)
  end)

  it("cannot compare what the history keeps no payload of", function()
    local items = { { request_id = "r", sent_at = 15 },
      { request_id = "s", sent_at = 99 } }
    assert.are.same({}, ids(match.assign({ row("a", 10, 20) }, items, {}, {})))
    assert.are.equal(1, match.unreadable(row("a", 10, 20), items))
  end)

  -- Greedy assignment against trying everything, on small random cases.
  it("assigns as many rows as any assignment could", function()
    local state = 7
    local function random(n)
      state = (state * 1103515245 + 12345) % 2147483648
      return math.floor(state / 65536) % n
    end
    local function best(rows, items, i, used)
      if i > #rows then return 0 end
      local most = best(rows, items, i + 1, used)
      for k, one in ipairs(items) do
        if not used[k] and one.sent_at >= rows[i].from and one.sent_at <= rows[i].to then
          used[k] = true
          most = math.max(most, 1 + best(rows, items, i + 1, used))
          used[k] = nil
        end
      end
      return most
    end
    for _ = 1, 300 do
      local rows, items = {}, {}
      for k = 1, 1 + random(4) do
        local from = random(12)
        rows[k] = row("a" .. k, from, from + 5)
      end
      for k = 1, random(6) do items[k] = item("r" .. k, random(20)) end
      local count, seen = 0, {}
      for _, one in pairs(match.assign(rows, items, {}, {})) do
        assert.is_nil(seen[one.request_id])
        seen[one.request_id] = true
        count = count + 1
      end
      assert.are.equal(best(rows, items, 1, {}), count)
    end
  end)
end)

describe("a history", function()
  it("is current when it knows a later request", function()
    assert.is_true(match.is_current({ item("r", 5), item("s", 11) }, 10))
    assert.is_false(match.is_current({ item("r", 5), item("s", 10) }, 10))
    assert.is_false(match.is_current({}, 10))
  end)
end)
