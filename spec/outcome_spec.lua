local outcome = require "fal.outcome"

local JOB = { endpoint_id = "acme/demo/x", request_id = "r1" }

local function status(...) return outcome.status(JOB, ...) end

describe("fal.outcome", function()
  it("reads a status and drops its nulls", function()
    local verdict, value = status("response", 202, '{"status":"IN_QUEUE",'
      .. '"queue_position":0,"logs":null,"metrics":{}}')
    assert.equal("status", verdict)
    assert.equal(0, value.queue_position)
    assert.is_nil(value.logs)
    assert.same({}, value.metrics)
  end)

  it("reads a status in brief", function()
    local function brief(...)
      local verdict, value, more = status("brief", ...)
      return { verdict, value.status, more }
    end
    assert.same({ "status", "COMPLETED", 81.5 }, brief("COMPLETED", "r1", 0, 81.5))
    assert.same({ "status", "IN_QUEUE", 3 }, brief("IN_QUEUE", "r1", 3))
    assert.same({ "status", "IN_PROGRESS" }, brief("IN_PROGRESS", "r1"))
  end)

  it("takes unknown status words and mistyped fields as they are", function()
    local verdict, value = status("response", 202, '{"status":"ON_HOLD","logs":5}')
    assert.equal("status", verdict)
    assert.equal("ON_HOLD", value.status)
    assert.is_nil(value.logs)
  end)

  for _, body in ipairs { "", "null", "[]", "7", "<html>", '{"status":7}', "{", '"x"' } do
    it("asks again when 200 comes with " .. ("%q"):format(body), function()
      local verdict, err = status("response", 200, body)
      assert.equal("again", verdict)
      assert.equal("protocol", err.kind)
      assert.equal("r1", err.request_id)
    end)
  end

  local kinds = {
    [400] = { "failed", "validation" }, [401] = { "denied", "auth" },
    [403] = { "denied", "forbidden" }, [404] = { "failed", "not_found" },
    [405] = { "failed", "protocol" }, [408] = { "again", "timeout" },
    [409] = { "again", "protocol" }, [410] = { "failed", "not_found" },
    [429] = { "again", "rate_limit" }, [500] = { "again", "server" },
    [502] = { "again", "server" }, [302] = { "again", "protocol" },
  }
  for code, expected in pairs(kinds) do
    it("reads status " .. code, function()
      local verdict, err = status("response", code, '{"detail":"because"}', {})
      assert.same(expected, { verdict, err.kind })
      assert.equal(code, err.status)
      assert.matches(code == 404 and "does not know the request" or "because",
        tostring(err))
    end)
  end

  for _, code in ipairs { 400, 404, 407, 410, 451 } do
    it("asks again after a page with a " .. code, function()
      for _, read in ipairs { outcome.status, outcome.cancel } do
        local verdict, err = read(JOB, "response", code, "<html>nginx</html>", {})
        assert.same({ "again", "protocol", true }, { verdict, err.kind, err.retryable })
      end
    end)
  end

  it("reads a status whatever success it comes with", function()
    local verdict, value = status("response", 203, '{"status":"IN_PROGRESS"}')
    assert.same({ "status", "IN_PROGRESS" }, { verdict, value.status })
    assert.equal("again", (status("response", 204, "")))
  end)

  it("asks again after transport failures, not after a lasting one", function()
    for _, code in ipairs { "dns", "connect", "tls", "timeout", "stalled", "resend",
      "truncated", "network", "memory", "engine", "new-code" } do
      assert.equal("again", (status("error", code, "why", "no")), code)
    end
    assert.equal("failed", (status("error", "too_large", "why", "yes")))
    local _, err = status("error", "timeout", "60 s", "unknown")
    assert.equal("timeout", err.kind)
    assert.is_nil(err.sent)
    assert.matches("the status could not be read: the time for the exchange ran out",
      tostring(err))
  end)

  it("reads what a cancel was answered", function()
    local function cancel(...) return outcome.cancel(JOB, ...) end
    assert.same({ "done", "CANCELLATION_REQUESTED", true },
      { cancel("response", 200, '{"status":"OK"}') })
    assert.same({ "done", "CANCELLATION_REQUESTED", false },
      { cancel("response", 200, '{"success":true}') })
    assert.same({ "done", "CANCELLATION_REQUESTED", false },
      { cancel("response", 202, '{"status":"CANCELLATION_REQUESTED"}') })
    assert.same({ "done", "ALREADY_COMPLETED", false },
      { cancel("response", 400, '{"status":"ALREADY_COMPLETED"}') })
    local verdict, err = cancel("response", 404, '{"status":"NOT_FOUND"}')
    assert.same({ "failed", "not_found" }, { verdict, err.kind })
    verdict, err = cancel("response", 400, '{"detail":"no"}')
    assert.same({ "failed", "validation" }, { verdict, err.kind })
    assert.equal("again", (cancel("response", 503, "")))
  end)

  it("finds readable text in every shape of body", function()
    assert.equal("x", outcome.detail { detail = "x" })
    assert.equal("y", outcome.detail { detail = { { msg = "y" } } })
    assert.equal("z", outcome.detail { detail = { message = "z" } })
    assert.equal("m", outcome.detail { message = "m" })
    for _, odd in ipairs { {}, { detail = 5 }, { detail = {} }, { detail = { 5 } },
      { detail = { { msg = {} } } } } do
      assert.is_nil(outcome.detail(odd))
    end
    assert.is_nil(outcome.detail("text"))
  end)

  it("says of a file that it has expired, without the query", function()
    local err = outcome.media("https://cdn.test/a.mp4?sig=1", 403)
    assert.equal("forbidden", err.kind)
    assert.matches("https://cdn.test/a.mp4: it has expired", tostring(err))
    assert.is_nil(tostring(err):find("sig=1", 1, true))
    assert.equal("not_found", outcome.media("https://x/a", 404).kind)
    assert.is_true(outcome.media("https://x/a", 503).retryable)
  end)
end)
