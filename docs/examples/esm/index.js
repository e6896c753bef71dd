// Sweeps the keep probability at two widths, prints Δ measured and in theory,
// and draws both into shift.svg.
import { writeFile } from "node:fs/promises";
import { plot, sweep } from "vshift";

const records = [];
for await (const record of sweep({ keep: "0.1:0.9:0.2", width: [64, 512] }, { threads: 2 })) {
  const { scenario, measured, theory, agreement } = record;
  console.log(scenario.keep, scenario.width, measured.shift, theory.shift, agreement.verdict);
  records.push(record);
}
await writeFile("shift.svg", await plot(records, { x: "keep", by: "width" }));
