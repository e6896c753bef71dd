import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { BARE_NODE, type Case, CURRENT, node, ofBuilds } from "../harness/case.ts";
import { temporaryFolder } from "../harness/temporary-folder.ts";

/** One record, read and checked: what each command that reads records pays at its start. */
export const RECORDS: Case = {
  id: "records",
  title: "One record: `vshift records one.ndjson`",
  timesRounds: 4,
  contestants(equipment) {
    const file = join(temporaryFolder(), "one.ndjson");
    const measured = spawnSync(process.execPath, [
      CURRENT.program,
      "simulate",
      "--samples",
      "20000",
      "--format",
      "ndjson",
    ]);
    writeFileSync(file, measured.stdout);
    const { id } = JSON.parse(String(measured.stdout));
    // Whoever reads a record prints it, or its id.
    const answer = ({ stdout }: { readonly stdout: string }) => {
      if (!stdout.includes(id)) throw new Error(`a contestant read another record: ${stdout.slice(0, 400)}`);
      return {};
    };
    return [
      BARE_NODE,
      ...ofBuilds(equipment, (vshift) => {
        const command = vshift("records", file, "--format", "ndjson");
        return { command, trial: command, answer };
      }),
      {
        id: "ajv",
        title: "ajv, compiled at run time",
        command: node(join(equipment.bundles, "ajv-records.mjs"), file),
        answer,
      },
    ];
  },
};
