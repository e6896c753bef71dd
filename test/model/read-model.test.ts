import { zipSync } from "fflate/browser";
import { describe, expect, it } from "vitest";
import { readModel } from "../../src/model/read-model.ts";
import { trained } from "../check/trained.ts";
import { ascii } from "../tensor/files.ts";
import { refusalOf } from "./archive.ts";
import { kfun } from "./keras-archive.ts";
import { exported } from "./onnx-models.ts";

const LINE = 'torch.export.save(torch.export.export(model.eval(), (x,)), "model.pt2")';

it.each(["model.pt2", "a.b/MODEL.PT2", "c:\\x\\model.pt2"])("%s is read by its ending", async (file) => {
  expect((await readModel({ file, bytes: trained("tab") })).writer).toBe("torch 2.15.0");
});

it.each(["model.onnx", "a.b/MODEL.ONNX"])("%s is read by its ending", async (file) => {
  expect((await readModel({ file, bytes: exported("tab") })).writer).toBe("pytorch 2.15.0 (ONNX)");
});

it.each(["m.keras", "M.KERAS", "m.h5", "m.hdf5"])("%s is read by its ending", async (file) => {
  const bytes = kfun(file.toLowerCase().endsWith(".keras") ? "keras" : "h5");
  expect((await readModel({ file, bytes })).writer).toBe("keras 3.15.1");
});

describe("a file of another kind is one line with the way out", () => {
  it.each([
    ["m.pt", /is a pickle, which can run code/],
    ["m.PTH", /is a pickle, which can run code/],
    ["m.ckpt", /is a pickle, which can run code/],
    ["pytorch_model.bin", /is a pickle, which can run code/],
    ["m.ts", /TorchScript/],
    ["m.torchscript", /TorchScript/],
    ["m.safetensors", /not the layers/],
    ["m.gguf", /has the file extension \.gguf/],
    ["model", /has no file extension/],
    ["a.pt2/model", /has no file extension/],
  ])("%s", async (file, problem) => {
    const refusal = await refusalOf(trained("tab"), file);
    expect(refusal).toMatch(problem);
    expect(refusal).toContain(LINE);
    expect(refusal).not.toContain("\n");
  });

  it("saved_model.pb, for which PyTorch's line is no way out", async () => {
    const refusal = await refusalOf(ascii("x"), "saved_model.pb");
    expect(refusal).toMatch(/is a SavedModel of TensorFlow, .*; save a Keras model with model\.save\("m\.keras"\)/);
    expect(refusal).not.toContain(LINE);
  });
});

/** An archive of a program alone. */
function archive(program: string): Uint8Array {
  return zipSync({ "m/models/model.json": ascii(program) }, { level: 0 });
}

describe("content that is not what the ending .pt2 says is one line with the next step", () => {
  it.each<readonly [string, Uint8Array, RegExp]>([
    ["nothing", ascii(""), /^m\.pt2: is empty;/],
    ["text", ascii("no archive at all, but text"), /^m\.pt2: is not a zip archive/],
    [
      "an export of torch 2.7",
      zipSync({ "serialized_exported_program.json": ascii("{}"), "serialized_state_dict.pt": ascii("") }),
      /^m\.pt2: was exported by torch before 2\.8, which pickles weights; export it again with torch 2\.8 or later$/,
    ],
    [
      "a pickle of torch.save",
      zipSync({ "m/data.pkl": ascii("") }),
      /^m\.pt2: is a pickle of torch\.save .*export\.save/,
    ],
    [
      "any other archive",
      zipSync({ "readme.txt": ascii("x") }),
      /without an exported program; save it with torch\.exp/,
    ],
    ["two models", zipSync({ "m/models/a.json": ascii("{}"), "m/models/b.json": ascii("{}") }), /holds 2 models/],
    [
      "a compressed program",
      zipSync({ "m/models/model.json": ascii(" ".repeat(100)) }),
      /^m\.pt2: m\/models\/model\.json: is compressed, and torch stores its members as they are; export it again/,
    ],
    ["a program that is no JSON", archive("{"), /^m\.pt2: models\/model\.json: is not/],
    ["a program of nothing", archive("[]"), /: it is not a JSON object; export/],
    ["nesting without end", archive("[".repeat(200) + "]".repeat(200)), /is nested deeper than 100 levels/],
    [
      "a program above the limit",
      zipSync({ "m/models/model.json": new Uint8Array(2 ** 25 + 1) }),
      /has 33554433 bytes, above the limit of 33554432/,
    ],
  ])("%s", async (_, content, message) => {
    expect(await refusalOf(content)).toMatch(message);
  });
});
