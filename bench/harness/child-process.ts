import { spawn } from "node:child_process";

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

export interface Finished {
  /** Of wall time, from before the process was started until all that it wrote was read. */
  readonly seconds: number;
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables that a machine may set and that change a contestant's time: certificates to read, a BLAS kernel to use. */
const UNSET = ["NODE_EXTRA_CA_CERTS", "NODE_OPTIONS", "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OMP_NUM_THREADS"];

const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !UNSET.includes(name)));

/** Runs a command to its end. Rejects when it cannot be started. */
export function finish({ file, args }: Command): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const started = process.hrtime.bigint();
    const child = spawn(file, args, { env: environment, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (exitCode) => {
      resolve({ seconds: Number(process.hrtime.bigint() - started) / 1e9, exitCode, stdout, stderr });
    });
  });
}
