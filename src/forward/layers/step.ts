import type { Kernel } from "../../kernel/kernel.ts";
import type { Pass } from "../pass.ts";

/** What a node does in a pass, with the mini-batch of a number. */
export type Step = (batch: number, pass: Pass) => void;

/** What the layers of a network are made with. */
export interface StepSetting {
  readonly kernel: Kernel;
  readonly seed: string;
}
