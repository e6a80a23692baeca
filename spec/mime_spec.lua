local mime = require "fal.mime"

describe("fal.mime", function()
  local HEADS = {
    ["\137PNG\r\n\26\nrest"] = "image/png", ["\255\216\255\224"] = "image/jpeg",
    ["GIF89a.."] = "image/gif", ["RIFF\1\2\3\4WEBPVP8 "] = "image/webp",
    ["RIFF\1\2\3\4WAVEfmt "] = "audio/wav", ["\0\0\0\32ftypisom"] = "video/mp4",
    ["\0\0\0\20ftypqt  "] = "video/quicktime", ["\0\0\0\32ftypavif"] = "image/avif",
    ["\26\69\223\163\1\66\130\132webm"] = "video/webm",
    ["\26\69\223\163\1\66\130\136matroska"] = "video/x-matroska",
    ["ID3\4"] = "audio/mpeg",
    ["\255\251\144\0"] = "audio/mpeg", ["OggS\0"] = "audio/ogg",
    ["%PDF-1.7"] = "application/pdf",
  }

  for head, expected in pairs(HEADS) do
    it("knows " .. expected .. " by its bytes, whatever the name", function()
      assert.equal(expected, mime.of(head, "a.txt"))
    end)
  end

  it("goes by the name where the bytes say nothing", function()
    assert.equal("image/svg+xml", mime.of("<svg>", "dir.d/A.SVG"))
    assert.equal("text/plain", mime.of("hello", "a.b.txt"))
  end)

  it("calls everything else bytes", function()
    for _, name in ipairs { "a", "a.unknown", "", ".hidden" } do
      assert.equal("application/octet-stream", mime.of("hello", name))
    end
    assert.equal("application/octet-stream", mime.of("", nil))
    assert.equal("application/octet-stream", mime.of("RIFF\1\2\3\4XXXX"))
    assert.equal("application/octet-stream", mime.of("\255\254a\0"))
  end)

  it("finds the usual end of a name", function()
    assert.same({ "jpg", "mp4", "png", "bin" }, { mime.extension "image/jpeg",
      mime.extension "video/mp4", mime.extension "image/png", mime.extension "x/y" })
  end)
end)
