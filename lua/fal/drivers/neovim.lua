--- Neovim: coroutines wait for a client while one types.
--
--     require("fal.drivers.neovim")(client)
--     client:spawn(function() … vim.api … end)      or any coroutine of a plugin
--
-- The client's turns come by vim.schedule, never in a fast event: what is resumed there
-- may call all of vim.api. The main thread cannot wait, since that would stop the editor.

local progress = require "fal.progress"
local uv_driver = require "fal.drivers.uv"

-- What one turn may take of the time in which keys are read; and, when that was not
-- enough, what the keys have for themselves: a large download comes slower for it.
local BUDGET, REST = 0.001, 0.004

local REFUSED = "in Neovim only coroutines can wait for fal: call this within "
  .. "client:spawn(function() … end), or in a coroutine of yours"

--- Standard error is the screen here. An error is shown in full, as the editor shows its
--- own; what is only worth knowing must not make it ask for Enter, and is cut.
local function show(vim, lines, bad)
  local levels = vim.log.levels
  local text = "fal: " .. table.concat(lines, "\n")
  if bad then return vim.notify(text, levels.ERROR) end
  vim.notify(progress.fit(text, math.max(20, vim.v.echospace)), levels.WARN)
end

--- Lets coroutines of Neovim wait for a client.
---@param client fal.Client
---@return fal.Client client
return function(client)
  local vim = rawget(_G, "vim")
  local uv = vim and (vim.uv or vim.loop)
  if not uv then error("fal.drivers.neovim: this is not Neovim", 2) end
  return uv_driver.attach(client, {
    name = "fal.drivers.neovim", uv = uv, later = vim.schedule, away = true,
    budget = BUDGET, rest = REST,
    refuse = function() return REFUSED end,
    say = function(lines, bad)
      vim.schedule(function() show(vim, lines, bad) end)
    end,
  })
end
