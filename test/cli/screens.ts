import { copyFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ndjson } from "../../src/report/json.ts";
import { SAMPLE_RECORDS } from "../report/sample-records.ts";

/** Files that the commands below read, each beside its source. */
const FILES = {
  "bn.csv": "test/check/data/torch-swapped.csv",
  "per_channel.csv": "test/check/data/per_channel.csv",
  "model.npz": "test/tensor/data/model.npz",
  "mlp.pt2": "test/model/data/mlp-drop-0.5-s0.pt2",
};

/** Puts the files that the commands read into a folder. */
export function withFiles(cwd: string): string {
  writeFileSync(join(cwd, "s.ndjson"), SAMPLE_RECORDS.slice(0, 7).map(ndjson).join(""));
  for (const [name, source] of Object.entries(FILES)) copyFileSync(resolve(source), join(cwd, name));
  return cwd;
}

/** The commonest commands, whose screens docs/SCREENS.md shows. They make nothing but their screen. */
export const COMMONEST: readonly string[] = [
  "simulate --p 0.5 --d 512",
  "simulate --drop 0.3 --activation relu --rho 0.2 --layer linear --alignment 8",
  "theory --activation relu --drop 0.3",
  "theory --network 'input(512) bn relu dropout(0.3) linear(512) bn'",
  "sweep --p 0.1:0.9:0.2 --d 64,256",
  "sweep --layer linear --rho 0.2 --d 32..128*2 --repeats 5",
  "stack --p 0.5 --depth 4 --d 64",
  "stack --p 0.5 --depth 4 --d 64 --compare",
  "check --p 0.1:0.9:0.2 --d 64,256",
  "check --keep 0.7 --d 64 --mean 0.5 --layer linear --neurons 32 --measured bn.csv",
  "solve --shift 0.9 --solve-for keep --activation relu",
  "weights model.npz --rho 0.2",
  "audit mlp.pt2",
  "paper",
];

/** Results that look different from those, so that every block, column and remark is on a screen. */
export const OTHERS: readonly string[] = [
  "simulate --p 0.5 --samples 300",
  "simulate --p 1 --d 8",
  "simulate --activation relu --mean -3 --rho 1 --d 2 --samples 5120",
  "simulate --noise uout --beta 0.1 --activation lognormal --layer linear --neurons 1 --samples 2048",
  "simulate --noise spatial --channel-size 49 --layer linear --preset keras --samples 2048",
  "simulate --noise gaussian --d 64 --samples 4096",
  "simulate --noise alpha --d 64 --samples 4096",
  `simulate --d 8 --samples 2048 --seed ${"x".repeat(40)}`,
  "theory --noise alpha --layer linear --weights he",
  "theory --network 'input(8x8x8) maxpool(2) bn conv(16, 3) dropout(0.5) relu layernorm as last maxpool(2) bn relu'",
  "theory --noise dropconnect --layer linear --rho 0.2 --weight-mean 0.1",
  "sweep --p 0.1,0.5 --noise bernoulli,gaussian --d 16,64 --rho 0,0.2 --layer none,linear --mean 0,1 --samples 2048",
  "sweep --p 0.1:0.9:0.1 --d 8,16,32 --samples 2048",
  "sweep --seed a,b --layer linear --d 8,16 --neurons 2 --samples 2048",
  "sweep --p 0.1:0.9:0.1 --d 8,16,32 --dry-run --threads 2",
  "stack --p 0.5,0.9 --depth 2 --d 16",
  "stack --depth 3 --d 16 --norm group --groups 4 --norm-at 1,3 --noise-at 2 --residual",
  "stack --p 0.9 --depth 2 --d 16 --compare",
  "stack --p 0.1 --depth 10 --d 16 --confidence 0.999999",
  "check --p 0.5 --d 16 --samples 512",
  "check --p 0.1:0.9:0.1 --d 8,16,32 --plan --threads 2",
  "check --drop 0.5 --d 64 --measured 1.57,1.0",
  "check --drop 0.5 --d 64 --measured per_channel.csv",
  "solve --shift 0.9 --solve-for width --rho 0.2 --layer linear --weight-mean 0.1",
  "weights model.npz --name fc.weight",
  "records s.ndjson",
  "check s.ndjson",
];
