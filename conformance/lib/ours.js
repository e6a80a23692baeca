// lua-fal, each call in a process of its own.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const top = fileURLToPath(new URL("../..", import.meta.url));
const lua = process.env.LUA;
const build = process.env.BUILD ?? "build";

const env = {
  ...process.env,
  LUA_PATH: `${top}lua/?.lua;${top}lua/?/init.lua;;`,
  LUA_CPATH: `${top}${build}/5.4/?.so;;`,
};

/** Makes a call as conformance/ours.lua reads it; gives what lua-fal returned. */
export async function ours(call) {
  const child = spawn(lua, ["conformance/ours.lua"], { cwd: top, env, timeout: 15_000 });
  let out = "";
  let errors = "";
  child.stdout.on("data", (data) => { out += data; });
  child.stderr.on("data", (data) => { errors += data; });
  child.stdin.end(JSON.stringify(call));
  const code = await new Promise((done, fail) => {
    child.on("error", fail);
    child.on("close", done);
  });
  if (code !== 0) throw new Error(`lua-fal ended with ${code}: ${errors}`);
  const answer = JSON.parse(out);
  if (answer.error) throw new Error(`lua-fal: ${answer.error.message}`);
  return answer.value;
}
