import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { audit } from "../../src/check/audit.ts";
import { VshiftError } from "../../src/errors.ts";
import { vshift } from "../cli/in-process.ts";

const FILE = "test/model/data/pointnet-drop-0.5-s0.pt2";

it("gives what the command line gives as JSON", async () => {
  const { stdout } = await vshift(["audit", FILE, "--format", "json"]);
  expect(JSON.parse(JSON.stringify(await audit({ file: FILE, bytes: readFileSync(FILE) })))).toEqual(
    JSON.parse(stdout),
  );
});

it("has the verdict of the tolerance", async () => {
  // Its norms have 0.81 and 0.77.
  const file = "test/model/data/mlp-drop-0.5-s0.pt2";
  const model = { file, bytes: readFileSync(file) };
  expect((await audit(model)).verdict).toBe("shifted");
  expect((await audit(model, { tolerance: 0.25 })).verdict).toBe("clean");
});

it.each([0, -0.1, 0.6, Number.NaN])("a tolerance of %f is refused", async (tolerance) => {
  const refused = audit({ file: FILE, bytes: readFileSync(FILE) }, { tolerance });
  await expect(refused).rejects.toThrow(VshiftError);
  await expect(refused).rejects.toThrow(`tolerance: ${tolerance} is not a number above 0 and up to 0.5; try 0.05`);
});

it("an export to ONNX has lost its dropout, and is told where to take it from", async () => {
  const file = "test/model/data/tab-drop-0.5-s0.eval.onnx";
  await expect(audit({ file, bytes: readFileSync(file) })).rejects.toThrow(
    `${file}: contains no noise, because its export to ONNX removed Dropout; add \`noiseFrom\` model.pt2, the same network as torch.export.save writes it`,
  );
});
