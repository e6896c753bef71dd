/** Reads records as one does without a compiled check: the schema is compiled by ajv, then each line is checked and its id printed. */
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

const [file = ""] = process.argv.slice(2);
const schema = JSON.parse(readFileSync("dist/schema/record.json", "utf8"));
const isRecord = new Ajv2020().compile<{ readonly id: string }>(schema);
for (const line of readFileSync(file, "utf8").trim().split("\n")) {
  const record: unknown = JSON.parse(line);
  if (!isRecord(record)) throw new Error(JSON.stringify(isRecord.errors));
  process.stdout.write(`${record.id}\n`);
}
