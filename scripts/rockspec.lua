-- rockspec.lua FILE: what a rockspec installs, one "kind<tab>name<tab>path" a line. The
-- rockspec is the only list of modules; `make install` and the checks read it here.
local path = assert(arg[1], "usage: rockspec.lua FILE")
local spec = {}
local setfenv = rawget(_G, "setfenv")
local chunk = assert(loadfile(path, "t", spec))
if setfenv then
  setfenv(chunk, spec)
end
chunk()

local lines = {}
for kind, files in pairs(spec.build.install or {}) do
  for name, file in pairs(files) do
    lines[#lines + 1] = ("%s\t%s\t%s"):format(kind, name, file)
  end
end
table.sort(lines)
print(table.concat(lines, "\n"))
