import { type Case, ofBuilds, ofTorch } from "../harness/case.ts";

const MODEL = "test/model/data/cnnel-drop-0.5-s0.pt2";
const DATA = "test/model/data/mnist-test.npz";
const INPUTS = 256;
const MASKS = 64;

/** A trained model, measured by data; its passes in PyTorch. Answers are compared with vshift's. */
export const AUDIT: Case = {
  id: "audit",
  title:
    "An audit with data: a small convolutional network with dropout in front of three of its four norms, " +
    `${INPUTS} inputs without noise and with ${MASKS} masks each`,
  contestants(equipment) {
    let first: readonly number[] | undefined;
    /** The same inputs, and so many masks that no Δ is off by a hundredth. */
    const checked = (shifts: readonly number[]) => {
      first ??= shifts;
      const isClose = first.every((wanted, norm) => Math.abs((shifts[norm] ?? Number.NaN) / wanted - 1) < 0.02);
      if (!isClose || shifts.length !== first.length) throw new Error(`Δ of ${shifts} instead of ${first}`);
      return {};
    };
    const amount = ["--inputs", String(INPUTS), "--masks", String(MASKS)];
    return [
      ...ofBuilds(equipment, (vshift) => ({
        command: vshift("audit", MODEL, "--data", `${DATA}#x`, ...amount, "--threads", "2", "--format", "json"),
        // 1: norms are shifted.
        exitCodes: [1],
        answer({ stdout }) {
          const { norms }: { readonly norms: readonly { readonly measured: { readonly ratio: number } }[] } =
            JSON.parse(stdout);
          return checked(norms.map(({ measured }) => measured.ratio));
        },
      })),
      ...ofTorch(equipment, {
        script: "torch_audit.py",
        args: [MODEL, DATA, ...amount],
        answer: ({ stdout }) => checked(JSON.parse(stdout).shifts),
      }),
    ];
  },
};
