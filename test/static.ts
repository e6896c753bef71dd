// What `npm test` checks before it runs tests: that the package is built, then style, unused code, types and what is packed.
import { buildUnlessFresh } from "./fresh-build.ts";
import { sideBySide } from "./side-by-side.ts";

buildUnlessFresh();
const isGood = await sideBySide([
  { name: "package", command: ["npm", "run", "--silent", "lint:package", "--ignore-scripts"] },
  { name: "types", command: ["npm", "run", "--silent", "typecheck"] },
  { name: "lint", command: ["npm", "run", "--silent", "lint"] },
]);
if (!isGood) process.exitCode = 1;
