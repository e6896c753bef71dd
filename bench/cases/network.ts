import { workOfGraph } from "../../src/notation/work.ts";
import { writtenNetwork } from "../../src/scenario/define-network.ts";
import { type Case, CURRENT, node, ofBuilds, ofTorch } from "../harness/case.ts";
import { finish } from "../harness/child-process.ts";

const CHANNELS = 64;
const SIDE = 16;
const BLOCKS = 4;
const DROP = 0.3;
const BATCHES = 16;
const BATCH_SIZE = 64;

const block = `residual(bn relu conv(${CHANNELS}, 3) bn relu dropout(${DROP}) conv(${CHANNELS}, 3))`;
const network = `input(${CHANNELS}x${SIDE}x${SIDE}) conv(${CHANNELS}, 3) repeat(${BLOCKS}, ${block}) bn`;
const sizes = ["--batches", String(BATCHES), "--batch-size", String(BATCH_SIZE)];

/** A convolutional network as text, and the same passes in PyTorch's modules. Answers are compared with theory. */
export const NETWORK: Case = {
  id: "network",
  title:
    `A wide residual network: \`${network}\`, ${BATCHES} mini-batches of ${BATCH_SIZE}, ` +
    "each during training and at test time",
  multiplyAdds: 2 * BATCHES * BATCH_SIZE * workOfGraph(writtenNetwork(network).graph).steps,
  contestants(equipment) {
    const expected = theory();
    return [
      ...ofBuilds(equipment, (vshift) => ({
        command: vshift("simulate", "--network", network, ...sizes, "--threads", "2", "--format", "json"),
        exitCodes: [0, 3],
        async answer({ stdout }) {
          const records: readonly { readonly measured: { readonly shift: number } }[] = JSON.parse(stdout);
          return checked(
            records.map(({ measured }) => measured.shift),
            await expected,
          );
        },
      })),
      ...ofTorch(equipment, {
        script: "torch_network.py",
        args: [
          ...["--channels", String(CHANNELS), "--side", String(SIDE), "--blocks", String(BLOCKS)],
          ...["--drop", String(DROP), ...sizes],
        ],
        answer: async ({ stdout }) => checked(JSON.parse(stdout).shifts, await expected),
      }),
    ];
  },
};

async function theory(): Promise<readonly number[]> {
  const { stdout } = await finish(node(CURRENT.program, "theory", "--network", network, "--format", "json"));
  const { positions }: { readonly positions: readonly { readonly theory: { readonly shift: number } }[] } =
    JSON.parse(stdout);
  return positions.map(({ theory: { shift } }) => shift);
}

/** One network differs from the limit of wide layers by some percent: 0.9 % was measured, and 2 % of PyTorch's. */
const FARTHEST = 0.05;

function checked(shifts: readonly number[], expected: readonly number[]) {
  if (shifts.length !== expected.length) throw new Error(`${shifts.length} norms instead of ${expected.length}`);
  for (const [index, wanted] of expected.entries()) {
    const shift = shifts[index] ?? Number.NaN;
    if (!(Math.abs(Math.log(shift / wanted)) < FARTHEST))
      throw new Error(`norm ${index + 1} has ${shift}, theory ${wanted}`);
  }
  return {};
}
