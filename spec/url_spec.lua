local url = require "fal.url"

describe("fal.url", function()
  local ids = {
    { "fal-ai/flux/dev", "fal-ai/flux" },
    { "fal-ai/flux", "fal-ai/flux" },
    { "acme/video/text-to-video/pro", "acme/video" },
    { "workflows/jane/poster/run", "workflows/jane/poster" },
    { "comfy/jane/upscale", "comfy/jane/upscale" },
    { "/acme/demo", "acme/demo" },
  }
  for _, case in ipairs(ids) do
    it("takes the app part of " .. case[1], function()
      local id, app = url.endpoint(case[1])
      assert.equal(case[1]:gsub("^/", ""), id)
      assert.equal(case[2], app)
    end)
  end

  it("rewrites the legacy form as the official clients do", function()
    assert.same({ "4242/demo-app", "4242/demo-app" }, { url.endpoint("4242-demo-app") })
  end)

  for _, bad in ipairs { "", "acme", "workflows/jane", "acme//demo", "acme/../demo",
    "acme/./x", "acme/demo@c/x", "acme/demo:x", "acme/~x", "acme/a+b",
    "acme/demo/", "acme/de mo", "acme/demo?x=1", "acme/demo#x", "acme/d%2e",
    "https://queue.fal.run/acme/demo", "acme/demo\n", ("a/"):rep(400) .. "a" } do
    it("refuses the id " .. ("%q"):format(bad:sub(1, 40)), function()
      local id, why = url.endpoint(bad)
      assert.is_nil(id)
      assert.is_string(why)
    end)
  end

  it("knows which request ids may stand in a path", function()
    assert.is_true(url.is_request_id("01990000-aaaa-7bbb-8ccc-000000000001"))
    for _, bad in ipairs { "", "..", "a/b", "a?b", "a b", "a%2f", "a\n",
      ("x"):rep(201) } do
      assert.is_false(url.is_request_id(bad), bad)
    end
    assert.is_false(url.is_request_id(7))
  end)

  it("escapes everything but unreserved characters", function()
    assert.equal("a-b.c_d~9", url.escape("a-b.c_d~9"))
    assert.equal("https%3A%2F%2Fx%2F%3Fa%3D1%26b%3D%C3%BC",
      url.escape("https://x/?a=1&b=\195\188"))
  end)

  it("leaves nil values out of a query", function()
    assert.equal("a=1&c=x%20y", url.query("a", 1, "b", nil, "c", "x y"))
    assert.is_nil(url.query("a", nil))
  end)

  it("lets the key travel over https, and over http to this machine only", function()
    assert.equal("https://queue.fal.run", url.base("https://queue.fal.run/"))
    assert.equal("http://127.0.0.1:80/x", url.base("http://127.0.0.1:80/x//"))
    assert.equal("http://localhost:1", url.base("http://localhost:1"))
    assert.equal("http://[::1]:9", url.base("http://[::1]:9"))
    for _, bad in ipairs { "http://queue.fal.run", "http://127.0.0.1.evil.test",
      "http://localhost.evil.test", "ftp://x", "queue.fal.run", "https://",
      "https://u:p@x", "https://x?a", "https://x#a", "https://x:abc", "https://x\n" } do
      local base, why = url.base(bad)
      assert.is_nil(base, bad)
      assert.is_string(why)
    end
  end)

  it("shows a URL without what may be signed", function()
    assert.equal("https://x/a", url.shown("https://x/a?sig=1#f"))
    assert.equal("https://…@x/a@b", url.shown("https://user:pa55word@x/a@b"))
    assert.equal("https://…@x/a", url.shown("https://user:pa?55word@x/a"))
  end)
end)
