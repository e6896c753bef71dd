// Builds vshift, one folder up, after `npm ci` or `npm install`.
import { execSync } from "node:child_process";
import { fileURLToPath } from "node:url";

execSync("npm run build", { cwd: fileURLToPath(new URL("..", import.meta.url)), stdio: "inherit" });
