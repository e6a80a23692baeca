function love.conf(t)
  t.identity = "lua-fal-bench"
  t.window.width, t.window.height, t.window.vsync = 320, 240, 0
  t.modules.audio, t.modules.sound, t.modules.physics = false, false, false
  t.modules.joystick, t.modules.video = false, false
end
