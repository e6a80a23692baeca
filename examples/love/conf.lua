function love.conf(t)
  t.identity = "lua-fal"         -- the save directory: where pictures and videos go
  t.version = "11.4"
  t.console = true
  t.window.title = "lua-fal"
  t.window.width, t.window.height = 960, 600
  t.modules.audio, t.modules.sound, t.modules.physics = false, false, false
  t.modules.joystick, t.modules.video = false, false
end
