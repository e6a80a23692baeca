--- Keeps LuaJIT from compiling a function that a finalizer may come to.
-- Where a check in a compiled `pairs` loop fails there, LuaJIT 2.1 (seen with that of
-- March 2022) enters the loop again and again: within a finalizer it compiles no other
-- way, and so it hangs.

local jit = rawget(_G, "jit")

---@generic T: function
---@param fn T
---@return T fn
return function(fn)
  if jit then jit.off(fn) end
  return fn
end
