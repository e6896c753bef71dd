import { VshiftError } from "../../errors.ts";
import { firstState } from "../../explorer/first-state.ts";
import type { Origin } from "../../report/html/page.ts";
import { grouped } from "../../report/numbers.ts";
import { isArrayName } from "../../scenario/arrays.ts";
import { GRID_TABLE } from "../../scenario/fields.ts";
import { filesOfNetwork } from "../../scenario/network-files.ts";
import type { ScenarioInput } from "../../scenario/scenario.ts";
import { EXIT } from "../exit-codes.ts";
import { deliveryTo, isStandard } from "../output.ts";
import { sayOn } from "../say.ts";
import { type Flags, inputFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** Where the page goes if nobody says where. */
const EXPLORER_FILE = "vshift-explorer.html";

/** `vshift explore`: writes a page that measures what its controls say. Returns the exit code. */
export async function exploreCommand(flags: Flags, streams: Streams): Promise<number> {
  const output = (flags.output as string | undefined) ?? EXPLORER_FILE;
  requireFileToOpen(flags, output);
  const { input, located } = await inputFrom(flags, GRID_TABLE);
  const state = located(() => {
    requireNoFiles(input);
    return firstState(input);
  });
  const delivery = deliveryTo(output, streams.stdout);
  try {
    const { explorerPage } = await import("../../explorer/page.ts");
    const { version } = await (flags.origin as () => Promise<Origin>)();
    const page = await explorerPage(state, version);
    delivery.write(page);
    delivery.finish();
    if (isStandard(output)) return EXIT.fine;
    const say = sayOn(streams, flags);
    if (flags.open !== true) {
      say(`wrote ${output} (${grouped(Math.ceil(page.length / 1000))} kB); open it in a browser`);
      return EXIT.fine;
    }
    const { openInBrowser } = await import("../open-in-browser.ts");
    const obstacle = await openInBrowser(output);
    say(obstacle === undefined ? `opened ${output}` : `wrote ${output}; no browser could be started (${obstacle})`);
    return EXIT.fine;
  } catch (error) {
    delivery.abandon();
    throw error;
  }
}

function requireNoFiles(input: ScenarioInput): void {
  const { activation, testActivation, weights, network } = input;
  for (const [field, name] of Object.entries({ activation, testActivation, weights })) {
    if (typeof name === "string" && isArrayName(name)) throw fileOnPage(field, name);
  }
  const [file] = Object.values(filesOfNetwork(network)).flat();
  if (file !== undefined) throw fileOnPage("network", file);
}

function fileOnPage(field: string, file: string): VshiftError {
  return new VshiftError({
    code: "conflicting-fields",
    field,
    problem: `${file} is a file, and the page has none`,
    hint: "use vshift simulate, or a distribution",
  });
}

function requireFileToOpen({ open }: Flags, output: string): void {
  if (open !== true || !isStandard(output)) return;
  throw new VshiftError({
    code: "conflicting-fields",
    field: "--open",
    problem: "needs a file, and --output - is standard output",
    hint: "leave one of them out",
  });
}
