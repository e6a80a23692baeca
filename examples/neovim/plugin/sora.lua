-- Sora 2 in Neovim:
--
--   :Sora {prompt}          a new clip
--   :SoraRemix {prompt}     a remix of the last clip; :3SoraRemix {prompt} of clip 3
--
--   export LUA_PATH="$PWD/lua/?.lua;$PWD/lua/?/init.lua;;"
--   export LUA_CPATH="$PWD/build/jit/?.so;;"
--   nvim --cmd "set rtp+=$PWD/examples/neovim"
--
-- Clips go to g:sora_dir [stdpath("data")/sora], with a log of request ids beside them.
-- One sitting may spend g:sora_budget dollars [5]. The key is FAL_KEY's, as ever;
-- FAL_BASE_URL leads to the simulator.

local command = vim.api.nvim_create_user_command

command("Sora", function(called) require("sora").make(called.args) end,
  { nargs = "+", desc = "Generate a clip with Sora 2" })
command("SoraRemix",
  function(called) require("sora").remix(called.count, called.args) end,
  { nargs = "+", count = 0, desc = "Remix the last clip, or the one of that number" })

vim.api.nvim_create_autocmd("VimLeavePre", {
  callback = function()
    local sora = package.loaded["sora"]
    if sora then sora.leave() end
  end,
})
