import { EXIT } from "../exit-codes.ts";
import type { Flags } from "../scenario-input.ts";
import type { Streams } from "../streams.ts";

export type Shell = keyof typeof SCRIPTS;

/** What writes the script of a shell. */
const SCRIPTS = {
  bash: async () => (await import("../completion/bash.ts")).bashScript,
  zsh: async () => (await import("../completion/zsh.ts")).zshScript,
  fish: async () => (await import("../completion/fish.ts")).fishScript,
  powershell: async () => (await import("../completion/powershell.ts")).powershellScript,
};

/** `vshift completion`: the script that completes command lines in a shell. Returns the exit code. */
export async function completionCommand(_: Flags, { stdout }: Streams, [shell]: readonly string[]): Promise<number> {
  const { completedProgram } = await import("../completion/completed.ts");
  const script = await SCRIPTS[shell as Shell]();
  stdout.write(script(completedProgram()));
  return EXIT.fine;
}
