local failure = require "fal.failure"
local json = require "fal.json"

local JOB = { endpoint_id = "acme/demo/x", request_id = "r1" }
local GATEWAY = { ["x-fal-request-id"] = "r1" }
local COMPLETED = { status = "COMPLETED" }

local function result(status, body, headers, job, hint)
  if type(body) == "table" then body = assert(json.encode(body)) end
  return failure.result(job or JOB, hint, "response", status, body, headers or GATEWAY)
end

local function detail(kind, ctx, loc)
  return { detail = { { loc = loc or { "body", "image_url" }, msg = "bad", type = kind,
    ctx = ctx } } }
end

local SLOWDOWN = tonumber(os.getenv("FAL_TEST_SLOWDOWN")) or 1

describe("fal.failure", function()
  it("hands out the output", function()
    local verdict, output = result(200, '{"video":{"url":"u"},"empty":[]}')
    assert.equal("output", verdict)
    assert.equal("u", output.video.url)
    assert.equal('{"empty":[],"video":{"url":"u"}}', json.encode(output))
  end)

  for _, body in ipairs { "", "<html>", "null", "{" } do
    it("asks again after a success of " .. ("%q"):format(body), function()
      local verdict, err = result(200, body)
      assert.equal("again", verdict)
      assert.equal("protocol", err.kind)
      assert.equal("r1", err.request_id)
      assert.is_nil(err.sent)
      assert.equal(body, err.body)
    end)
  end

  for _, status in ipairs { 409, 425 } do
    it("asks again after a " .. status, function()
      assert.equal("again", (result(status, { detail = "conflict" })))
    end)
  end

  it("polls on while the job is queued", function()
    assert.equal("pending", (result(400, { detail = "Request is still queued" })))
  end)

  it("polls on while the job is not done", function()
    assert.equal("pending", (result(400, { detail = "Request is still in progress" })))
    assert.equal("pending", (result(400,
      { detail = "Request is IN_QUEUE, not completed" })))
    assert.equal("pending", (result(202, "")))
  end)

  local inputs = { "image_too_small", "image_too_large", "image_load_error",
    "file_download_error", "face_detection_error", "file_too_large", "greater_than",
    "less_than_equal", "multiple_of", "sequence_too_short", "sequence_too_long", "one_of",
    "feature_not_supported", "invalid_archive", "archive_file_count_below_minimum",
    "audio_duration_too_long", "video_duration_too_short", "unsupported_image_format",
    "missing", "string_type", "int_parsing", "literal_error", "enum", "value_error",
    "value_error.missing", "json_invalid", "a_type_of_tomorrow" }
  for _, kind in ipairs(inputs) do
    it("blames the input for " .. kind, function()
      local verdict, err = result(422, detail(kind))
      assert.same({ "failed", "validation", false }, { verdict, err.kind, err.retryable })
      assert.equal(kind, err.fields[1].type)
      assert.equal("image_url", err.fields[1].path)
    end)
  end

  local models = {
    { "internal_server_error", 500, true }, { "generation_timeout", 504, true },
    { "downstream_service_error", 400, true }, { "downstream_service_error", 500, true },
    { "downstream_service_unavailable", 500, true }, { "no_media_generated", 422, false },
  }
  for _, case in ipairs(models) do
    it(("says generation for %s with status %d"):format(case[1], case[2]), function()
      local verdict, err = result(case[2], detail(case[1], nil, { "body" }))
      assert.same({ "failed", "generation", case[3] },
        { verdict, err.kind, err.retryable })
    end)
  end

  it("lets moderation outweigh other faults", function()
    local body = { detail = { { loc = { "body", "x" }, msg = "m", type = "missing" },
      { loc = { "body", "prompt" }, msg = "flagged",
        type = "content_policy_violation" } } }
    local _, err = result(422, body)
    assert.equal("content_policy", err.kind)
    assert.is_false(err.retryable)
    assert.matches("moderation refused the request.*prompt: flagged", tostring(err))
  end)

  it("reads a plain detail as the model's word", function()
    local _, err = result(422, { detail = "the sky is wrong" })
    assert.same({ "generation", false }, { err.kind, err.retryable })
    assert.matches("the generation failed: the sky is wrong", tostring(err))
    _, err = result(500, { detail = "Internal Server Error" })
    assert.same({ "generation", true }, { err.kind, err.retryable })
  end)

  for _, kind in ipairs { "runner_disconnected", "RUNNER_SERVER_ERROR", "startup_timeout",
    "request_timeout", "internal_error", "one_of_tomorrow" } do
    it("blames the service for " .. kind, function()
      local verdict, err = result(503, { detail = "gone", error_type = kind })
      assert.same({ "failed", "server", true }, { verdict, err.kind, err.retryable })
      assert.equal(kind:lower(), err.error_type)
      assert.matches("could not run the job: gone", tostring(err))
    end)
  end

  it("takes a 400 for early until the job is completed, unless it names an error",
    function()
      local verdict, said = result(400, { detail = "Request is warming up" })
      assert.same({ "pending", "Request is warming up" }, { verdict, said })
      assert.equal("pending", (result(400, "<html>")))
      assert.equal("failed",
        (result(400, { detail = "Bad input" }, nil, nil, COMPLETED)))
      assert.equal("failed", (result(400, { detail = "x", error_type = "bad_request" })))
      assert.equal("failed", (result(400, detail("downstream_service_error"))))
    end)

  it("shows no secret that an error type echoes", function()
    local E, owner = require "fal.error", {}
    E.secret("Canary-Id:Canary-SECRET", owner)
    local _, err = result(503, { detail = "x" },
      { ["x-fal-error-type"] = "Canary-Id:Canary-SECRET" })
    assert.equal("[secret]", err.error_type)
    E.forget(owner)
  end)

  it("reads a list in words of any length in time that grows with it", function()
    local began = os.clock()
    local fields = failure.fields(detail("one_of",
      { expected = "a, " .. (" "):rep(200000) .. "b" }).detail)
    assert.is_true(os.clock() - began < 2 * SLOWDOWN)
    assert.equal("a", fields[1].allowed[1])
  end)

  it("takes the error type from the header too", function()
    local _, err = result(503, "oops", { ["x-fal-error-type"] = "runner_disconnected" })
    assert.same({ "server", "runner_disconnected" }, { err.kind, err.error_type })
  end)

  it("knows a start timeout of the user's own", function()
    local _, err = result(504, { detail = "Request timed out",
      error_type = "request_timeout" },
      { ["x-fal-request-timeout-type"] = "user", ["x-fal-request-id"] = "r1" })
    assert.same({ "timeout", "yes" }, { err.kind, err.sent })
    assert.matches("did not start within its start_timeout", tostring(err))
  end)

  it("reads 499, and any 4xx after a cancel, as canceled", function()
    local _, err = result(499, { detail = "x", error_type = "client_cancelled" })
    assert.equal("canceled", err.kind)
    local canceled = { endpoint_id = "a/b", request_id = "r1", canceling = true }
    for _, status in ipairs { 404, 410, 422, 400 } do
      _, err = result(status, { detail = "gone" }, nil, canceled, COMPLETED)
      assert.equal("canceled", err.kind)
    end
    _, err = result(499, "", {}, canceled, COMPLETED)
    assert.equal("canceled", err.kind)
    _, err = result(500, { detail = "boom" }, nil, canceled)
    assert.equal("generation", err.kind)
  end)

  it("asks again for the page of an ingress, not for a stored 5xx", function()
    assert.equal("again", (result(502, "<html>nginx</html>", {})))
    assert.equal("again", (result(503, "", {})))
    assert.equal("failed", (result(502, "<html>nginx</html>", GATEWAY)))
    assert.equal("failed", (result(500, { detail = "x" }, {})))
  end)

  for _, status in ipairs { 400, 404, 407, 410, 422, 451, 499 } do
    it("asks again after a " .. status .. " that is not the service's word", function()
      local verdict, err = result(status, "<html>nginx</html>", {}, nil, COMPLETED)
      assert.same({ "again", "protocol", true }, { verdict, err.kind, err.retryable })
      assert.is_nil(err.sent)
      assert.equal("failed", (result(status, "gone", GATEWAY, nil, COMPLETED)))
      assert.equal("failed", (result(status, { message = "gone" }, {}, nil, COMPLETED)))
    end)
  end

  it("knows answers that say nothing about the job", function()
    assert.equal("denied", (result(401, { detail = "no" })))
    assert.equal("denied", (result(403, { detail = "locked" })))
    assert.equal("again", (result(429, { detail = "slow" })))
    local verdict, err = result(302, "")
    assert.same({ "failed", "protocol" }, { verdict, err.kind })
    assert.is_nil(err.sent)
  end)

  it("says that results expire", function()
    local verdict, err = result(404, { status = "NOT_FOUND" })
    assert.same({ "failed", "not_found", "yes" }, { verdict, err.kind, err.sent })
    assert.matches("kept for an hour", tostring(err))
  end)

  it("falls back on what the completed status said", function()
    local _, err = result(404, "", nil, nil,
      { error = "Runner disconnected", error_type = "runner_disconnected" })
    assert.same({ "server", "runner_disconnected" }, { err.kind, err.error_type })
    assert.matches("Runner disconnected", tostring(err))
  end)

  it("writes paths as Lua counts, and lists what is allowed", function()
    local function field(ctx, loc) return failure.fields(detail("t", ctx,
      loc).detail)[1] end
    assert.equal("multi_prompt[2].prompt",
      field(nil, { "body", "multi_prompt", 1, "prompt" }).path)
    assert.equal("", field(nil, { "body" }).path)
    assert.same({ 4, 8, 12 }, field({ expected = { 4, 8, 12 } }).allowed)
    assert.same({ 4, 8, 12 }, field({ expected = "4, 8 or 12" }).allowed)
    assert.same({ "16:9", "9:16" }, field({ expected = "'16:9' or '9:16'" }).allowed)
    assert.same({ "mp4" }, field({ supported_formats = { "mp4" } }).allowed)
    assert.is_nil(field({ expected = 7 }).allowed)
  end)

  it("takes places that are no whole numbers, and any number of them", function()
    local fields = failure.fields(detail("t", nil, { "body", 1.5 }).detail)
    assert.equal("[2.5]", fields[1].path)
    local loc, expected = { "body" }, {}
    for i = 1, 100000 do loc[#loc + 1], expected[i] = "n", "value" .. i end
    local answer = assert(json.encode(detail("one_of", { expected = expected }, loc)))
    local began = os.clock()
    local _, err = failure.result(JOB, nil, "response", 422, answer, GATEWAY)
    assert.is_true(#tostring(err) < 5000)
    assert.is_true(os.clock() - began < 3 * SLOWDOWN)
    assert.is_true(#err.fields[1].path < 1000)
  end)

  local hostile = { {}, { detail = {} }, { detail = { 1, true, "x" } },
    { detail = { { loc = "body", msg = {}, type = 5, ctx = "no" } } },
    { detail = { { loc = { {}, true }, type = {} } } }, { detail = { a = { b = 1 } } },
    { detail = 7 }, { error_type = {} }, { error = { message = 4 } }, { { } },
    { detail = json.null, error_type = json.null } }
  for i, body in ipairs(hostile) do
    for _, status in ipairs { 400, 404, 418, 422, 499, 500, 504 } do
      it(("never raises on hostile body %d with status %d"):format(i, status), function()
        local verdict, err = result(status, body, nil, nil, COMPLETED)
        assert.equal("failed", verdict)
        assert.is_string(tostring(err))
        assert.equal(status, err.status)
      end)
    end
  end
end)
