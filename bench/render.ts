/** Writes RESULTS.md and results.svg from results.json anew, without running anything: `npm run bench:render`. */
import { render } from "./harness/render.ts";
import { readResults } from "./harness/results.ts";

await render(await readResults());
