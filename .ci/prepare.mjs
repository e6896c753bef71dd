// Builds after `npm ci`, and before the package is packed or published.
//
// `npx vshift` in this folder makes npm link the package and prepare it once more, each time with npm 10. What is built
// already will do there: it saves seconds, and leaves dist/ alone while something else reads it.
import { execSync } from "node:child_process";
import { existsSync } from "node:fs";

const isRunByNpx = process.env.npm_command === "exec";
if (!isRunByNpx || !existsSync("dist/bin/vshift.cjs")) execSync("npm run build", { stdio: "inherit" });
