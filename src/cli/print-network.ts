import { FORMATS } from "../report/formats.ts";
import { networkText } from "../scenario/network-text.ts";
import type { Scenario } from "../scenario/scenario.ts";
import { deliver } from "./deliver.ts";
import { EXIT } from "./exit-codes.ts";
import type { Flags } from "./scenario-input.ts";
import type { Streams } from "./streams.ts";

/** Prints the network that flags make, in the notation that --network takes. Nothing is measured. */
export function printNetworkOf(scenario: Scenario, flags: Flags, streams: Streams): Promise<number> {
  const network = networkText(scenario);
  // A line to be copied, also from a pipe.
  const plain = flags.format === undefined && flags.output === undefined;
  if (plain) {
    streams.stdout.write(`${network}\n`);
    return Promise.resolve(EXIT.fine);
  }
  return deliver({ flags, streams, formats: FORMATS }, async () => ({
    exitCode: EXIT.fine,
    document: {
      blocks: [{ kind: "paragraphs", paragraphs: [network] }],
      data: { kind: "values", json: { network }, rows: () => [{ network }] },
    },
  }));
}
