--- Something that is done when its owner is garbage. Tables have no finalizer on PUC 5.1
--- and LuaJIT; there it is a userdata's.

local newproxy = rawget(_G, "newproxy")

local guard = {}

--- The younger of two objects that become garbage together ends first: a guard that is to
--- use something must be made after it.
---@param fn fun()   errors in it end there; for its loops see fal.interpreted
---@return any guard  to be kept by the owner
function guard.new(fn)
  local function finalize() pcall(fn) end
  if not newproxy then return setmetatable({}, { __gc = finalize }) end
  local made = newproxy(true)
  getmetatable(made).__gc = finalize
  return made
end

return guard
