import { spawn } from "node:child_process";

/** A command, and what a line about it calls it. */
export interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

/** Runs commands at the same time, and shows what those wrote that failed, and the last line of the others. Whether all ended well. */
export async function sideBySide(steps: readonly Step[]): Promise<boolean> {
  const codes = await Promise.all(steps.map(ended));
  return codes.every((code) => code === 0);
}

async function ended({ name, command: [file = "", ...args] }: Step): Promise<number | null> {
  const began = performance.now();
  const child = spawn(file, args, { shell: process.platform === "win32", stdio: ["ignore", "pipe", "pipe"] });
  const output: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => output.push(piece));
  const code = await new Promise<number | null>((resolve, reject) => child.on("error", reject).on("close", resolve));
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const text = Buffer.concat(output).toString().trimEnd();
  const last = text.split("\n").findLast((line) => /\w/.test(line)) ?? "fine";
  if (code === 0) process.stdout.write(`✓ ${name}, ${seconds} s: ${last}\n`);
  else process.stdout.write(`✗ ${name}, ${seconds} s\n${text}\n`);
  return code;
}
