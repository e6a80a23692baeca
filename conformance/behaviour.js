import { readFileSync } from "node:fs";
import { finish } from "./lib/check.js";
import { lifecycle } from "./behaviour/lifecycle.js";
import { errors } from "./behaviour/errors.js";
import { storage } from "./behaviour/storage.js";

const path = new URL("node_modules/@fal-ai/client/package.json", import.meta.url);
const { name, version } = JSON.parse(readFileSync(path));
console.log(`${name} ${version}, Node ${process.version}`);
await lifecycle();
await errors();
await storage();
finish();
