-- The ffmpeg command line for a clip with its prompt drawn on it. Pure.

local M = {}

M.FPS = 24
M.suffix = { video = ".mp4", thumbnail = ".webp", spritesheet = ".jpg" }

local SHEET_FRAMES = 8

---The prompt in lines that fit the picture, control characters out of the way.
---@return string text   for drawtext's textfile
function M.wrap(prompt, width, height)
  local per_line = math.floor(width / (height / 18) / 0.62)
  if width < height then
    per_line = math.floor(width / (width / 18) / 0.62)
  end
  local lines, line, length = {}, {}, 0
  for word in prompt:gsub("%c", " "):gmatch("%S+") do
    local size = select(2, word:gsub("[^\128-\191]", ""))
    if length > 0 and length + 1 + size > per_line then
      lines[#lines + 1] = table.concat(line, " ")
      line, length = {}, 0
    end
    line[#line + 1] = word
    length = length + size + 1
    if #lines == 12 then
      line = { "…" }
      break
    end
  end
  lines[#lines + 1] = table.concat(line, " ")
  return table.concat(lines, "\n")
end

local function colour(prompt)
  local h = 7
  for i = 1, #prompt do
    h = (h * 31 + prompt:byte(i)) % 65521
  end
  return string.format("0x%02x%02x%02x", 24 + h % 64, 24 + math.floor(h / 64) % 64,
    48 + math.floor(h / 4096) % 64)
end

---@param spec table    width, height, seconds, prompt
---@param base string   path without suffix; base..".txt" holds the text
---@return string[] argv
function M.command(spec, base)
  local size = math.floor(math.min(spec.width, spec.height) / 18)
  local graph = table.concat({
    "color=c=", colour(spec.prompt), ":s=", spec.width, "x", spec.height,
    ":r=", M.FPS, ":d=", spec.seconds,
    ",drawtext=textfile=", base, ".txt:expansion=none:fontcolor=white:line_spacing=8",
    ":fontsize=", size, ":x=(w-text_w)/2:y=(h-text_h)/2",
    ",drawtext=text='%{pts\\:hms}':fontcolor=gray:fontsize=", math.floor(size / 2),
    ":x=mod(t*60\\,w-text_w):y=h-2*text_h",
    ",format=yuv420p,split=3[v][a][b];[a]scale=iw/2:-2[t];",
    "[b]fps=", SHEET_FRAMES / spec.seconds, ",scale=iw/4:-2,tile=4x2[s]",
  })
  return {
    "ffmpeg", "-hide_banner", "-loglevel", "error", "-nostdin", "-y",
    "-filter_complex", graph,
    "-map", "[v]", "-c:v", "libx264", "-preset", "ultrafast", "-threads", "2",
    "-movflags", "+faststart", base .. M.suffix.video,
    "-map", "[t]", "-frames:v", "1", "-c:v", "libwebp", base .. M.suffix.thumbnail,
    "-map", "[s]", "-frames:v", "1", base .. M.suffix.spritesheet,
  }
end

return M
