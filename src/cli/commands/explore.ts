import { VshiftError } from "../../errors.ts";
import { firstState } from "../../explorer/first-state.ts";
import { parseNetwork } from "../../notation/parse.ts";
import { printNetwork } from "../../notation/print.ts";
import { NO_VARIABLES, parseVariables } from "../../notation/variables.ts";
import { grouped } from "../../report/numbers.ts";
import { isArrayName } from "../../scenario/arrays.ts";
import { FIELDS, GRID_TABLE } from "../../scenario/fields.ts";
import { filesOfNetwork } from "../../scenario/network-files.ts";
import type { Scenario } from "../../scenario/scenario.ts";
import { EXIT } from "../exit-codes.ts";
import { deliveryTo, isStandard } from "../output.ts";
import { sayOn } from "../say.ts";
import { type Flags, requireOneValueEach, saidOfVariables, scenarioFrom } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

/** Where the page goes if nobody says where. */
export const EXPLORER_FILE = "vshift-explorer.html";

/** `vshift explore`: writes a page that measures what its controls say. Returns the exit code. */
export async function exploreCommand(flags: Flags, streams: Streams): Promise<number> {
  const output = (flags.output as string | undefined) ?? EXPLORER_FILE;
  requireFileToOpen(flags, output);
  const { layer, stack, network } = parted(flags);
  const { scenario } = await scenarioFrom(layer, GRID_TABLE);
  requireNoFiles(scenario);
  const state = firstState(scenario, { ...stack, ...network });
  const delivery = deliveryTo(output, streams.stdout);
  try {
    const { explorerPage } = await import("../../explorer/page.ts");
    const { version } = flags.origin as { readonly version: string };
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

/** Flags of the layer, of the stack of figure 4, and of the network of figure 5, which are three scenarios. */
function parted({ network, ...flags }: Flags) {
  const ofStack = Object.entries(FIELDS).flatMap(([name, { group }]) => (group === "Stack:" ? [name] : []));
  const isOfStack = (name: string) => ofStack.includes(name) && flags[name] !== undefined;
  const stack = Object.fromEntries(
    Object.entries(flags).flatMap(([name, value]) => (isOfStack(name) ? [[name, String(value)]] : [])),
  );
  const layer: Flags = Object.fromEntries(Object.entries(flags).filter(([name]) => !isOfStack(name)));
  if (typeof network !== "string") return { layer, stack, network: {} };
  const { variables: _, ...withoutVariables } = layer;
  return { layer: withoutVariables, stack, network: { network: canonical(network, flags) } };
}

/** The network with the values of its variables, as the page shows it. */
function canonical(network: string, flags: Flags): string {
  const said = saidOfVariables(flags);
  if (said !== undefined) requireOneValueEach(said);
  const text = printNetwork(parseNetwork(network, said === undefined ? NO_VARIABLES : parseVariables(said)));
  const [file] = Object.values(filesOfNetwork(text)).flat();
  if (file !== undefined) throw fileOnPage("network", file);
  return text;
}

function requireNoFiles({ activation, testActivation, weights, files }: Scenario): void {
  for (const [field, name] of Object.entries({ activation, testActivation, weights })) {
    if (name !== null && isArrayName(name)) throw fileOnPage(field, name);
  }
  if (files !== null) throw fileOnPage("network", files);
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
