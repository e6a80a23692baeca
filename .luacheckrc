-- "min": only what Lua 5.1 to 5.4 and LuaJIT all have.
std = "min"
max_line_length = 90
exclude_files = { "build", "out", "types", "conformance/node_modules", ".luarocks", "lua_modules" }

files["spec"] = { std = "min+busted", globals = { "io" } }
files["bench"] = { std = "max" }
files["examples/love"] = { std = "luajit+love" }
files["examples/neovim"] = { std = "luajit", globals = { "vim" } }
files["bench/neovim"] = { std = "luajit", globals = { "vim" } }
files["bench/love"] = { std = "luajit+love" }
files["*.rockspec"] = { std = "rockspec" }
files[".luacheckrc"] = { std = "luacheckrc" }
files[".busted"] = { std = "min" }
