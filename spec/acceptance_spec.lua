local acceptance = require "fal.acceptance"

local CTX = { endpoint_id = "acme/demo/x", sent_at = 1767323045 }
local ID = { ["x-fal-request-id"] = "r-header" }

local function submit(...) return acceptance.submit(CTX, ...) end
local function response(status, body, headers)
  return submit("response", status, body, headers or {}, "yes")
end

local function failed(kind, sent, verdict, err)
  assert.same({ "failed", kind, sent }, { verdict, err.kind, err.sent })
  assert.is_false(err.retryable)
  return err
end

describe("fal.acceptance", function()
  it("takes the request id of the body", function()
    local verdict, answer = response(200,
      '{"request_id":"r1","status_url":"https://q/s"}', ID)
    assert.equal("accepted", verdict)
    assert.same({ "r1", "https://q/s" }, { answer.request_id, answer.status_url })
  end)

  describe("of a usual answer in brief", function()
    local function brief(address, record)
      local ctx = { endpoint_id = "acme/demo/x", requests_url = "https://q/a/requests/",
        record = record }
      local verdict, answer = acceptance.submit(ctx, "brief", "IN_QUEUE", "r1", 3, nil,
        address)
      assert.equal("accepted", verdict)
      return answer
    end

    it("drops the addresses that the engine composes itself", function()
      assert.same({ request_id = "r1", status = "IN_QUEUE", queue_position = 3 },
        brief "https://q/a/requests/r1")
    end)

    it("keeps other addresses, and all for a ledger", function()
      assert.equal("https://q/b/r1/cancel", brief("https://q/b/r1").cancel_url)
      assert.equal("https://q/a/requests/r1/status",
        brief("https://q/a/requests/r1", {}).status_url)
      assert.is_nil(brief("nowhere").status_url)
    end)
  end)

  it("leaves out addresses that nothing could use", function()
    for _, odd in ipairs { [["https://q/\u0000s"]], [["s"]], "7",
      '"https://q/' .. ("x"):rep(3000) .. '"' } do
      local verdict, answer = response(200, ('{"request_id":"r1","status_url":%s,'
        .. '"response_url":%s,"cancel_url":%s}'):format(odd, odd, odd))
      assert.equal("accepted", verdict)
      assert.same({ request_id = "r1" }, answer)
    end
  end)

  for _, body in ipairs { "", "<html>", "{", "[]", "null", '{"request_id":7}',
    '{"request_id":"../../etc"}', '{"request_id":""}' } do
    it("takes the header's id when the body is " .. ("%q"):format(body), function()
      local verdict, answer = response(200, body, ID)
      assert.same({ "accepted", "r-header" }, { verdict, answer.request_id })
    end)

    it("does not know without any id when the body is " .. ("%q"):format(body), function()
      local err = failed("unknown_submit", "unknown", response(200, body))
      assert.equal("protocol", err.cause.kind)
    end)
  end

  it("takes the header's id when the body was cut", function()
    local verdict, answer = submit("error", "truncated", "cut", "yes", 200, ID)
    assert.same({ "accepted", "r-header" }, { verdict, answer.request_id })
    failed("unknown_submit", "unknown", submit("error", "truncated", "cut", "yes", 200,
      {}))
  end)

  for _, code in ipairs { "dns", "connect", "tls", "timeout", "network" } do
    it("sends again after " .. code .. " before the first byte", function()
      local verdict, err = submit("error", code, "why", "no")
      assert.same({ "again", "no", true }, { verdict, err.sent, err.retryable })
      assert.equal(code == "timeout" and "timeout" or "network", err.kind)
    end)
  end

  for _, code in ipairs { "timeout", "network", "resend", "stalled", "protocol",
    "too_large", "aborted" } do
    it("never sends again after " .. code .. " with the outcome unknown", function()
      local err = failed("unknown_submit", "unknown", submit("error", code, "why",
        "unknown"))
      assert.matches("the answer was lost", tostring(err))
      assert.matches("request to acme/demo/x sent at 2026%-01%-02T03:04:05Z",
        tostring(err))
      assert.matches("dashboard/requests", tostring(err))
      assert.matches("paid twice", tostring(err))
    end)
  end

  it("does not come back after a 429 that may be somebody else's, or names a request",
    function()
      local doubtful = {
        { "error", "truncated", "cut", "yes", 429, {} },
        { "response", 429, "<html>slow down</html>", {}, "yes" },
        { "response", 429, '{"detail":"slow","request_id":"abc-1"}', {}, "yes" },
        { "response", 429, '{"detail":"slow","request_id":17}', {}, "yes" },
        { "response", 429, '{"detail":"slow","request_id":"a/b"}', {}, "yes" },
        { "response", 429, "[]", {}, "yes" },
        { "response", 429, '{"detail":"slo', {}, "yes" },
      }
      for _, o in ipairs(doubtful) do
        local verdict, err = submit(o[1], o[2], o[3], o[4], o[5], o[6])
        assert.same({ "failed", "unknown_submit", "unknown" },
          { verdict, err.kind, err.sent })
      end
    end)

  it("comes back after a 429 in fal.ai's own words", function()
    local verdict, err, headers = response(429,
      '{"detail":"slow down","request_id":null}',
      { ["retry-after"] = "2" })
    assert.same({ "again", "rate_limit", "no" }, { verdict, err.kind, err.sent })
    assert.equal("2", headers["retry-after"])
    assert.equal("again", (response(429, '{"error_type":"rate_limit"}')))
    assert.equal("again", (response(429, "{}")))
    assert.equal("again", (response(429, "")))
  end)

  local refusals = { [400] = "validation", [401] = "auth", [402] = "forbidden",
    [403] = "forbidden", [404] = "not_found", [405] = "protocol", [410] = "not_found",
    [413] = "validation", [422] = "validation" }
  for status, kind in pairs(refusals) do
    it("is refused by " .. status .. " in fal.ai's own words", function()
      local err = failed(kind, "no", response(status, '{"detail":"because"}', ID))
      assert.matches("the request was not accepted: because", tostring(err))
    end)

    it("may have been accepted when " .. status .. " comes without JSON", function()
      failed(kind, "unknown", response(status, "<html>proxy</html>"))
    end)

    it("does not know when " .. status .. " names a request", function()
      local err = failed("unknown_submit", "unknown",
        response(status, '{"request_id":"r9"}'))
      assert.equal("r9", err.request_id)
      err = failed("unknown_submit", "unknown",
        response(status, '{"detail":"x","request_id":17}', ID))
      assert.equal("r-header", err.request_id)
    end)

    it("may have been accepted when " .. status .. " gives no reason", function()
      for _, body in ipairs { "{}", "[]", '[{"detail":"x"}]' } do
        failed(kind, "unknown", response(status, body))
      end
    end)
  end

  it("reads the faults of a 422 at the submit", function()
    local err = failed("validation", "no", response(422,
      '{"detail":[{"loc":["body","prompt"],"msg":"field required","type":"missing"}]}'))
    assert.equal("prompt", err.fields[1].path)
  end)

  for _, status in ipairs { 408, 409, 418, 500, 502, 503, 504, 507 } do
    it("never sends again after " .. status, function()
      failed("unknown_submit", "unknown", response(status, "<html>"))
      local err = failed("unknown_submit", "unknown",
        response(status, '{"detail":"boom"}', ID))
      assert.equal("r-header", err.request_id)
      assert.matches("boom", tostring(err))
    end)
  end

  it("does not follow a redirect", function()
    local err = failed("protocol", "unknown", response(307, "",
      { location = "https://x" }))
    assert.matches("redirect", tostring(err))
  end)

  describe("of the synchronous host", function()
    local function run(...) return acceptance.run(CTX, ...) end

    it("takes the output", function()
      local verdict, output = run("response", 200, '{"a":1}', {}, "yes")
      assert.same({ "output", 1 }, { verdict, output.a })
    end)

    it("sends again only what cannot have been accepted", function()
      assert.equal("again", (run("error", "connect", "why", "no")))
      assert.equal("again", (run("response", 429, '{"detail":"x"}', {}, "yes")))
      -- It cannot be asked for again, so what is no JSON comes whole.
      local text = ("RIFF"):rep(1000)
      assert.equal(text, failed("protocol", "yes", run("response", 200, text, {}, "yes"))
        .body)
      failed("unknown_submit", "unknown", run("error", "timeout", "why", "unknown"))
      failed("unknown_submit", "unknown", run("error", "truncated", "why", "yes", 200,
        ID))
      failed("unknown_submit", "unknown", run("response", 502, "<html>", {}, "yes"))
    end)

    it("never sends again what the model refused itself, and may have billed", function()
      local billed = { ["x-fal-billable-units"] = "4" }
      for _, status in ipairs { 400, 422, 429 } do
        local err = failed("generation", "yes", run("response", status,
          '{"detail":"the model is not happy"}', billed, "yes"))
        assert.matches("may be billed", tostring(err))
      end
      failed("generation", "yes", run("response", 422, '{"detail":"no"}', {}, "yes"))
      local none = { ["x-fal-billable-units"] = "0" }
      failed("validation", "no", run("response", 400, '{"detail":"x"}', none, "yes"))
    end)

    it("reads the model's own errors", function()
      local _, err = run("response", 422, '{"detail":[{"loc":["body","x"],"msg":"m",'
        .. '"type":"content_policy_violation"}]}', ID, "yes")
      assert.same({ "content_policy", "yes" }, { err.kind, err.sent })
      _, err = run("response", 503, '{"detail":"x","error_type":"runner_disconnected"}',
        ID, "yes")
      assert.equal("server", err.kind)
    end)
  end)
end)
