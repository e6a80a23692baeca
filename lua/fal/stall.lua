--- A call that drives the loop by itself, made where somebody else's loop is running: it
--- does what it should, and that loop stands still meanwhile. This says so, once.

local stall = {}

local loaded = package.loaded

local IN_TASK = "call it within client:spawn(function() … end)"

local function driver(name)
  return ('call require "fal.drivers.%s" (client) first, and it waits in its way'):format(
    name)
end

--- By host: whether it is the one whose loop would stand still, and what to do.
local HOSTS = {
  { "luv's loop", driver "luv", function()
    local uv = loaded.luv
    return uv and uv.loop_mode and uv.loop_mode() ~= nil
  end },
  { "the cqueues controller", driver "cqueues", function()
    local cqueues = loaded.cqueues
    return cqueues and cqueues.running() ~= nil
  end },
  { "copas' loop", driver "copas", function()
    if not loaded.copas then return false end
    local co, is_main = coroutine.running()
    return co ~= nil and not is_main
  end },
  { "the editor", driver "neovim" .. "; then " .. IN_TASK, function()
    local vim = rawget(_G, "vim")
    return vim and vim.api and #vim.api.nvim_list_uis() > 0
  end },
  { "the game", IN_TASK .. " and client:step(0.001) in love.update", function()
    local love = rawget(_G, "love")
    return love and love.window and love.window.isOpen()
  end },
}

--- The loop that would stand still, and the remedy.
---@return string? name
---@return string? remedy
function stall.host()
  for i = 1, #HOSTS do
    local name, remedy, is_here = HOSTS[i][1], HOSTS[i][2], HOSTS[i][3]
    local ok, here = pcall(is_here)
    if ok and here then return name, remedy end
  end
end

--- To be called before a client without a driver drives its own loop.
---@param client fal.Client
function stall.tell(client)
  local name, remedy = stall.host()
  if not name then return end
  client:notice("stall", ("%s stands still until this call is done: %s"):format(name,
    remedy))
end

return stall
