-- The progress window: one line for each clip that is being made, in the lower right
-- corner. It takes no focus, no key and no line of any file.

local window = {}

local api = vim.api

local WIDTH = 72
local buffer, handle

local function close()
  if handle and api.nvim_win_is_valid(handle) then api.nvim_win_close(handle, true) end
  handle = nil
end

local function place(rows)
  return {
    relative = "editor", anchor = "SE", style = "minimal", border = "rounded",
    row = vim.o.lines - vim.o.cmdheight - 1, col = vim.o.columns,
    width = math.max(1, math.min(WIDTH, vim.o.columns - 4)), height = math.max(1, rows),
    focusable = false,
  }
end

--- Whether the window is there and in the tab that is seen.
local function seen()
  return handle and api.nvim_win_is_valid(handle)
    and api.nvim_win_get_tabpage(handle) == api.nvim_get_current_tabpage()
end

local function draw(lines, marks)
  if not (buffer and api.nvim_buf_is_valid(buffer)) then
    buffer = api.nvim_create_buf(false, true)
    vim.bo[buffer].bufhidden = "hide"
  end
  api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  for row, group in pairs(marks) do
    api.nvim_buf_add_highlight(buffer, -1, group, row - 1, 0, -1)
  end
  local config = place(#lines)
  if seen() then return api.nvim_win_set_config(handle, config) end
  close()
  config.noautocmd = true
  handle = api.nvim_open_win(buffer, false, config)
  -- Menus' colours are made for menus.
  vim.wo[handle].winhighlight = "NormalFloat:Normal,FloatBorder:NonText"
  vim.wo[handle].wrap = false
end

--- Columns of a line.
function window.columns() return place(1).width end

--- Shows lines; none closes the window. Where the editor allows none at this moment (in
--- the command-line window, say) the next call shows what is then.
---@param lines string[]
---@param marks table<integer, string>   highlight groups by line
function window.show(lines, marks)
  if #lines == 0 then pcall(close) else pcall(draw, lines, marks) end
end

return window
