--- Content types: from the first bytes, which cannot lie, else from the name. Pure.

local mime = {}

--- How many bytes `of` wants to see.
mime.HEAD = 512

local OTHER = "application/octet-stream"

local MAGIC = {
  { "\137PNG\r\n\26\n", "image/png" }, { "\255\216\255", "image/jpeg" },
  { "GIF87a", "image/gif" }, { "GIF89a", "image/gif" }, { "BM", "image/bmp", 14 },
  { "II*\0", "image/tiff" }, { "MM\0*", "image/tiff" }, { "OggS", "audio/ogg" },
  { "fLaC", "audio/flac" }, { "ID3", "audio/mpeg" }, { "%PDF-", "application/pdf" },
  { "glTF", "model/gltf-binary" }, { "PK\3\4", "application/zip" },
}

-- ISO base media files say by their brand what they are.
local BRANDS = {
  ["qt  "] = "video/quicktime", ["M4A "] = "audio/mp4", ["M4B "] = "audio/mp4",
  avif = "image/avif", avis = "image/avif", heic = "image/heic", heix = "image/heic",
  mif1 = "image/heif", msf1 = "image/heif",
}

local RIFF = { WEBP = "image/webp", WAVE = "audio/wav", ["AVI "] = "video/x-msvideo" }

local NAMES = {
  png = "image/png", jpg = "image/jpeg", jpeg = "image/jpeg", gif = "image/gif",
  webp = "image/webp", avif = "image/avif", heic = "image/heic", bmp = "image/bmp",
  tif = "image/tiff", tiff = "image/tiff", svg = "image/svg+xml", mp4 = "video/mp4",
  mov = "video/quicktime", webm = "video/webm",
  mkv = "video/x-matroska", avi = "video/x-msvideo", mp3 = "audio/mpeg",
  wav = "audio/wav", ogg = "audio/ogg", flac = "audio/flac",
  m4a = "audio/mp4", aac = "audio/aac", txt = "text/plain", csv = "text/csv",
  json = "application/json", zip = "application/zip", pdf = "application/pdf",
  glb = "model/gltf-binary", gltf = "model/gltf+json", obj = "model/obj",
}

local function by_bytes(head)
  for i = 1, #MAGIC do
    local magic = MAGIC[i]
    if head:sub(1, #magic[1]) == magic[1] and #head >= (magic[3] or 0) then
      return magic[2]
    end
  end
  if head:sub(1, 4) == "RIFF" then return RIFF[head:sub(9, 12)] end
  if head:sub(5, 8) == "ftyp" then return BRANDS[head:sub(9, 12)] or "video/mp4" end
  if head:sub(1, 4) == "\26\69\223\163" then
    return head:find("webm", 1, true) and "video/webm" or "video/x-matroska"
  end
  -- An MPEG audio frame of layer III: eleven set bits, any version, then the layer.
  local a, b = head:byte(1, 2)
  local layer = b and b % 8
  if a == 255 and b and b >= 0xE0 and (layer == 2 or layer == 3) then
    return "audio/mpeg"
  end
end

--- The content type of a file that begins with `head` and is called `name`.
---@param head string
---@param name? string
---@return string
function mime.of(head, name)
  local extension = name and name:match("%.(%w+)$")
  return by_bytes(head) or (extension and NAMES[extension:lower()]) or OTHER
end

--- The end of a name for a content type; "bin" where none is known.
---@param content_type string
---@return string
function mime.extension(content_type)
  local best
  for extension, known in next, NAMES do
    -- The shortest, then the first by name: the same every time.
    if known == content_type and (not best or #extension < #best
      or #extension == #best and extension < best) then
      best = extension
    end
  end
  return best or "bin"
end

return mime
