local E = require "fal.error"

local KINDS = {
  "validation", "content_policy", "auth", "forbidden", "not_found", "rate_limit",
  "network", "timeout", "server", "protocol", "unknown_submit", "generation", "canceled",
  "budget", "price_unknown", "not_remixable", "closed", "file",
  "task",  -- beyond the contract: a task's body raised something
}

describe("fal.error", function()
  it("knows the kinds of the contract and no others", function()
    local expected, actual = {}, {}
    for _, kind in ipairs(KINDS) do expected[kind] = true end
    for kind in pairs(E.kinds) do actual[kind] = true end
    assert.same(expected, actual)
  end)

  it("raises for an unknown kind, field or value of sent", function()
    assert.error_matches(function() E.new { kind = "oops" } end, "error kind 'oops'")
    assert.error_matches(function() E.new { kind = "auth", colour = 1 } end, "'colour'")
    assert.error_matches(function() E.new { kind = "auth", sent = "maybe" } end,
      "sent must")
  end)

  it("reads as a paragraph: what, which job, what to do", function()
    local err = E.new {
      kind = "timeout", message = "no result in 30 s.", status = 504,
      endpoint_id = "a/b/c", request_id = "r-1",
    }
    assert.equal("fal: no result in 30 s (endpoint a/b/c, request r-1, HTTP 504). "
      .. "Try again with more time.", tostring(err))
  end)

  it("gives every kind a remedy of its own", function()
    local seen = {}
    for _, kind in ipairs(KINDS) do
      local err = E.new { kind = kind, message = "x" }
      local remedy = tostring(err):match("^fal: x%. (.+)$")
      assert.truthy(remedy, kind)
      assert.is_nil(seen[remedy])
      seen[remedy] = kind
    end
  end)

  it("lets a remedy replace the kind's", function()
    local err = E.new { kind = "auth", message = "x", remedy = "Do y." }
    assert.equal("fal: x. Do y.", tostring(err))
  end)

  it("names every faulty field with what is allowed and what is nearest", function()
    local err = E.new {
      kind = "validation", message = "refused", fields = {
        { path = "duration", message = "is 7", allowed = { 4, 8 }, suggestion = 8 },
        { path = "prompt", message = "is required" },
      },
    }
    assert.matches("refused: duration: is 7 (allowed: 4, 8; nearest: 8); "
      .. "prompt: is required.", tostring(err), 1, true)
  end)

  it("counts the fields that it does not show", function()
    local fields = {}
    for i = 1, 25 do fields[i] = { path = "f" .. i, message = "bad" } end
    local shown = tostring(E.new { kind = "validation", message = "x", fields = fields })
    assert.matches("f20: bad; 5 more.", shown, 1, true)
    assert.is_nil(shown:find("f21", 1, true))
  end)

  it("counts the allowed values that it does not show", function()
    local allowed = {}
    for i = 1, 200000 do allowed[i] = "value" .. i end
    local shown = tostring(E.new { kind = "validation", message = "x",
      fields = { { path = "f", message = "bad", allowed = allowed } } })
    assert.is_true(#shown < 3000)
    assert.matches("value50, 199950 more", shown, 1, true)
  end)

  it("concatenates on either side", function()
    local err = E.new { kind = "closed", message = "x" }
    assert.equal("a " .. tostring(err), "a " .. err)
    assert.equal(tostring(err) .. " b", err .. " b")
    assert.equal(tostring(err) .. tostring(err), err .. err)
  end)

  it("has a boolean retryable and leaves sent out where nothing was paid", function()
    local err = E.new { kind = "network", message = "x", retryable = 1 }
    assert.is_true(err.retryable)
    assert.is_false(E.new({ kind = "network", message = "x" }).retryable)
    assert.is_nil(err.sent)
  end)

  it("tells its own from any other table", function()
    assert.is_true(E.is(E.new { kind = "file" }))
    assert.is_false(E.is({ kind = "file" }))
    assert.is_false(E.is("file"))
    assert.is_false(E.is(nil))
  end)

  it("spells out control bytes, escape sequences and re-ordering marks", function()
    local shown = tostring(E.new {
      kind = "server", message = "a\27[31mb\nc\0d\226\128\174e\255", endpoint_id = "x\7y",
      fields = { { path = "p\27", message = "m\27]0;", allowed = { "v\27" } } },
      cause = "low\27[2J",
    })
    assert.is_nil(shown:find("%c"))
    assert.matches("a\\x1b[31mb c\\x00d\\xe2\\x80\\xaee\\xff", shown, 1, true)
  end)

  it("keeps a giant message short", function()
    local shown = tostring(E.new { kind = "server", message = ("é"):rep(1000000) })
    assert.is_true(#shown < 3000)
    assert.truthy(require("fal.text").length(shown))
  end)

  it("does not raise for odd values in fields of the service", function()
    local err = E.new {
      kind = "validation", message = "x", endpoint_id = "a", body = { {} },
      fields = {
        { path = {}, message = { 1 }, allowed = { {}, print }, suggestion = {} }, {},
      },
    }
    assert.matches("^fal: x", tostring(err))
  end)

  describe("secrets", function()
    local owner
    before_each(function() owner = {} end)
    after_each(function() E.forget(owner) end)

    it("are masked in message, fields, body and cause", function()
      E.secret("id-1:topsecretvalue", owner)
      local err = E.new {
        kind = "auth", message = "bad id-1:topsecretvalue", cause = "saw topsecretvalue",
        fields = { { path = "a", message = "topsecretvalue" } },
        body = { topsecretvalue = { "x topsecretvalue y" } },
      }
      assert.equal("bad [secret]", err.message)
      assert.same({ ["[secret]"] = { "x [secret] y" } }, err.body)
      assert.is_nil(tostring(err):find("topsecret", 1, true))
    end)

    it("are masked in every string of an error", function()
      E.secret("topsecretvalue", owner)
      local err = E.new { kind = "auth", message = "x", error_type = "topsecretvalue",
        endpoint_id = "a/topsecretvalue", request_id = "topsecretvalue",
        remedy = "Do topsecretvalue." }
      assert.same({ "[secret]", "a/[secret]", "[secret]", "Do [secret]." },
        { err.error_type, err.endpoint_id, err.request_id, err.remedy })
    end)

    it("are masked as often as they turn up, in time that grows with the text", function()
      E.secret("topsecretvalue", owner)
      local began = os.clock()
      assert.equal(("[secret],"):rep(200000), E.redact(("topsecretvalue,"):rep(200000)))
      assert.is_true(os.clock() - began < 5)
    end)

    it("are bounded: an owner's newest ones count", function()
      E.secret("the-own-secret", owner)
      for i = 1, 1000 do
        E.secret(("user-secret-%04d"):format(i), owner)
        E.secret("the-own-secret", owner)
      end
      assert.equal("[secret] [secret] user-secret-0001",
        E.redact("the-own-secret user-secret-1000 user-secret-0001"))
    end)

    it("are masked in a message that is cut in their middle", function()
      E.secret("id-1:topsecretvalue", owner)
      local message = ("x"):rep(1990) .. "id-1:topsecretvalue"
      local err = E.new { kind = "auth", message = message }
      assert.is_nil(tostring(err):find("id-1", 1, true))
    end)

    it("are masked when they turn up after the error was made", function()
      local err = E.new { kind = "auth", message = "latesecret" }
      E.secret("latesecret", owner)
      assert.is_nil(tostring(err):find("latesecret", 1, true))
    end)

    it("mask patterns' magic characters as themselves", function()
      E.secret("a%d+[x]", owner)
      assert.equal("[secret] a1x", E.redact("a%d+[x] a1x"))
    end)

    it("leave the caller's own tables as they were", function()
      E.secret("topsecretvalue", owner)
      local body = { "topsecretvalue" }
      body.self = body
      local err = E.new { kind = "auth", message = "x", body = body }
      assert.equal("topsecretvalue", body[1])
      assert.equal(err.body, err.body.self)
    end)

    it("are forgotten with their owner", function()
      E.secret("shortlived", owner)
      assert.equal("[secret]", E.redact("shortlived"))
      E.forget(owner)
      assert.equal("shortlived", E.redact("shortlived"))
      E.secret("shortlived", {})
      collectgarbage()
      collectgarbage()
      assert.equal("shortlived", E.redact("shortlived"))
    end)
  end)

  describe("assert", function()
    it("hands values through", function()
      assert.same({ 1, nil, 3, n = 3 },
        { n = select("#", E.assert(1, nil, 3)), E.assert(1, nil, 3) })
    end)

    it("raises what reads as the error", function()
      local err = E.new { kind = "closed", message = "shut" }
      local ok, raised = pcall(E.assert, nil, err)
      assert.is_false(ok)
      assert.equal(tostring(err), tostring(raised))
    end)

    it("has plain assert's text without a message", function()
      local _, raised = pcall(E.assert, false)
      assert.equal("assertion failed!", raised)
    end)

    it("prints the paragraph when a script ends with it, on every Lua", function()
      local source = "package.path = 'lua/?.lua;' .. package.path; "
        .. "local E = require 'fal.error'; "
        .. "E.assert(nil, E.new { kind = 'closed', message = 'the door is shut' })"
      local tried = 0
      for _, lua in ipairs { "lua5.1", "lua5.2", "lua5.3", "lua5.4", "luajit", "lua" } do
        local pipe = io.popen("command -v " .. lua .. " >/dev/null && " .. lua .. ' -e "'
          .. source .. '" 2>&1 || echo ended')
        local out = pipe:read("*a")
        pipe:close()
        if out ~= "ended\n" then
          tried = tried + 1
          assert.matches("fal: the door is shut. Make a new client.", out, 1, true)
        end
      end
      assert.is_true(tried > 0)
    end)
  end)
end)
