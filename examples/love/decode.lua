-- A thread of LÖVE's: pictures are decoded here, so that no frame waits for one.
-- Takes { id, path… } and gives { id, ImageData } of the first that can be read, or
-- { id, false, why }; ends at a false.
require "love.image"
local ffi = require "ffi"

local wanted, done = ...

-- LÖVE reads no WebP, which Sora 2's thumbnails are; libwebp does where it is installed.
local webp
for _, name in ipairs { "webp", "libwebp.so.7", "libwebp.dll" } do
  local ok, library = pcall(ffi.load, name)
  if ok then webp = library break end
end
ffi.cdef [[
  int WebPGetInfo(const char *data, size_t size, int *width, int *height);
  char *WebPDecodeRGBAInto(const char *data, size_t size, char *out, size_t room,
    int stride);
]]

local LARGEST = 4096  -- pixels of a side: a hostile picture must not take all memory

local function from_webp(bytes)
  if not webp then error("no libwebp here", 0) end
  local size = ffi.new "int[2]"
  if webp.WebPGetInfo(bytes, #bytes, size, size + 1) == 0 then
    error("not a WebP picture", 0)
  elseif size[0] > LARGEST or size[1] > LARGEST then
    error("too large a picture", 0)
  end
  local image = love.image.newImageData(size[0], size[1])
  local room, out = image:getSize(), ffi.cast("char *", image:getFFIPointer())
  if webp.WebPDecodeRGBAInto(bytes, #bytes, out, room, size[0] * 4) == nil then
    error("a broken WebP picture", 0)
  end
  return image
end

local function read(path)
  local file = assert(io.open(path, "rb"))
  local bytes = file:read "*a"
  file:close()
  if bytes:sub(1, 4) == "RIFF" then return from_webp(bytes) end
  return love.image.newImageData(love.filesystem.newFileData(bytes, path))
end

while true do
  local job = wanted:demand()
  if not job then break end
  local why = "no picture"
  local image
  for i = 2, #job do
    local ok, got = pcall(read, job[i])
    if ok then image = got break end
    why = tostring(got)
  end
  done:push { job[1], image or false, why }
end
