import { excerpt, invalidFile } from "../tensor/file-error.ts";
import { elementCount } from "../tensor/shape.ts";

/** The program of a .pt2 archive: calls of operations, in order. Every value is checked for its type; names are not looked up. */
export interface Program {
  /** "2.15.0+cu132". */
  readonly torch: string;
  readonly inputs: readonly ProgramInput[];
  readonly calls: readonly ProgramCall[];
  /** Names of the tensors that it returns to its user. */
  readonly outputs: readonly string[];
  /** What each tensor of the graph is like. */
  readonly tensors: ReadonlyMap<string, TensorMeta>;
}

/** A tensor that the program is given: a stored one by its name in the model ("1.running_mean"), or the user's. */
export interface ProgramInput {
  readonly name: string;
  readonly stored: string | null;
}

export interface ProgramCall {
  /** "aten.conv2d.default". */
  readonly operation: string;
  readonly arguments: ReadonlyMap<string, Argument>;
  /** Names of the tensors that it makes. */
  readonly outputs: readonly string[];
  readonly module: string;
  readonly source: string | null;
}

export type Argument =
  | { readonly kind: "tensor"; readonly name: string }
  | { readonly kind: "tensors"; readonly names: readonly string[] }
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "numbers"; readonly values: readonly number[] }
  | { readonly kind: "flag"; readonly value: boolean }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "none" }
  /** A length that the file leaves open, a type, a graph. */
  | { readonly kind: "other" };

export interface TensorMeta {
  /** By number: schema.ScalarType of torch/_export/serde. */
  readonly dtype: number;
  /** null where the file leaves a length open. */
  readonly shape: readonly (number | null)[];
}

export interface StoredMeta {
  readonly dtype: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
}

/** The program of the value of models/model.json. Format: torch/_export/serde/schema.py, version 8. */
export function programOf(value: unknown, where: string): Program {
  const root = objectOf(value, "it", where);
  const graphModule = objectOf(root.graph_module, "graph_module", where);
  const graph = objectOf(graphModule.graph, "graph_module.graph", where);
  const signature = objectOf(graphModule.signature, "graph_module.signature", where);
  return {
    torch: typeof root.torch_version === "string" ? root.torch_version : "of an unknown version",
    inputs: listOf(signature.input_specs, "input_specs", where).flatMap((spec, index) =>
      inputOf(spec, `input_specs[${index}]`, where),
    ),
    calls: listOf(graph.nodes, "nodes", where).map((node, index) => callOf(node, `nodes[${index}]`, where)),
    outputs: listOf(signature.output_specs ?? [], "output_specs", where).flatMap((spec, index) =>
      outputOf(spec, `output_specs[${index}]`, where),
    ),
    tensors: new Map(
      Object.entries(objectOf(graph.tensor_values, "tensor_values", where)).map(([name, meta]) => [
        name,
        metaOf(meta, `tensor_values.${name}`, where),
      ]),
    ),
  };
}

/** The description of a stored tensor, with every length known. */
export function storedMetaOf(value: unknown, where: string): StoredMeta {
  const { dtype, shape } = metaOf(value, "tensor_meta", where);
  const { strides, storage_offset } = objectOf(value, "tensor_meta", where);
  const numbers = listOf(strides, "tensor_meta.strides", where).map(lengthOf);
  const offset = lengthOf(storage_offset);
  if (offset === null || numbers.length !== shape.length || !isKnown(numbers) || !isKnown(shape)) {
    throw wrong("tensor_meta", "has sizes, strides or a storage_offset other than whole numbers", where);
  }
  return { dtype, shape, strides: numbers, offset };
}

export function objectOf(value: unknown, what: string, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw wrong(what, "is not a JSON object", where);
}

function listOf(value: unknown, what: string, where: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw wrong(what, "is not a list", where);
}

function textOf(value: unknown, what: string, where: string): string {
  if (typeof value === "string") return value;
  throw wrong(what, "is not a text", where);
}

/** The one field of an object that says by its name what its content is. */
function taggedOf(value: unknown, what: string, where: string): readonly [string, unknown] {
  const [entry, ...others] = Object.entries(objectOf(value, what, where));
  if (entry !== undefined && others.length === 0) return entry;
  throw wrong(what, "does not have one field", where);
}

function inputOf(value: unknown, what: string, where: string): readonly ProgramInput[] {
  const [kind, content] = taggedOf(value, what, where);
  const fieldOfName = NAME_OF_STORED.get(kind);
  if (fieldOfName === undefined && kind !== "user_input") return [];
  const spec = objectOf(content, what, where);
  if (fieldOfName !== undefined) {
    const stored = textOf(spec[fieldOfName], `${what}.${fieldOfName}`, where);
    return [{ name: nameOf(spec.arg, what, where), stored }];
  }
  const argument = argumentOf(spec.arg, what, where);
  return argument.kind === "tensor" ? [{ name: argument.name, stored: null }] : [];
}

/** What changes a buffer, or is a loss, is not for the user. */
function outputOf(value: unknown, what: string, where: string): readonly string[] {
  const [kind, content] = taggedOf(value, what, where);
  if (kind !== "user_output") return [];
  return tensorsIn(argumentOf(objectOf(content, what, where).arg, what, where));
}

const NAME_OF_STORED: ReadonlyMap<string, string> = new Map([
  ["parameter", "parameter_name"],
  ["buffer", "buffer_name"],
  ["tensor_constant", "tensor_constant_name"],
]);

function nameOf(value: unknown, what: string, where: string): string {
  return textOf(objectOf(value, what, where).name, `${what}.name`, where);
}

function callOf(value: unknown, what: string, where: string): ProgramCall {
  const { target, inputs, outputs, metadata } = objectOf(value, what, where);
  const given = new Map<string, Argument>();
  for (const input of listOf(inputs, `${what}.inputs`, where)) {
    const { name, arg } = objectOf(input, `${what}.inputs`, where);
    given.set(textOf(name, `${what}.inputs`, where), argumentOf(arg, what, where));
  }
  const { nn_module_stack: modules, stack_trace: trace } = objectOf(metadata ?? {}, `${what}.metadata`, where);
  return {
    operation: textOf(target, `${what}.target`, where).replace(/^torch\.ops\./, ""),
    arguments: given,
    outputs: listOf(outputs, `${what}.outputs`, where).flatMap((output) => tensorsIn(argumentOf(output, what, where))),
    module: typeof modules === "string" ? moduleOf(modules) : "",
    source: typeof trace === "string" ? sourceOf(trace) : null,
  };
}

/** Names of the tensors in an argument. */
export function tensorsIn(argument: Argument): readonly string[] {
  if (argument.kind === "tensor") return [argument.name];
  return argument.kind === "tensors" ? argument.names : [];
}

/** schema.Argument. */
function argumentOf(value: unknown, what: string, where: string): Argument {
  const [kind, content] = taggedOf(value, what, where);
  const names = (list: unknown) => listOf(list, what, where).flatMap((one) => tensorsIn(argumentOf(one, what, where)));
  switch (kind) {
    case "as_tensor":
      return { kind: "tensor", name: nameOf(content, what, where) };
    case "as_tensors":
      return { kind: "tensors", names: listOf(content, what, where).map((one) => nameOf(one, what, where)) };
    case "as_optional_tensor":
      return argumentOf(content, what, where);
    case "as_optional_tensors":
      return { kind: "tensors", names: names(content) };
    case "as_nested_tensors":
      return {
        kind: "tensors",
        names: listOf(content, what, where).flatMap((list) =>
          listOf(list, what, where).map((one) => nameOf(one, what, where)),
        ),
      };
    case "as_string_to_argument":
      return { kind: "tensors", names: names(Object.values(objectOf(content, what, where))) };
    case "as_none":
      return { kind: "none" };
    case "as_bool":
      return typeof content === "boolean" ? { kind: "flag", value: content } : OTHER;
    case "as_string":
      return { kind: "text", value: textOf(content, what, where) };
    case "as_int":
    case "as_float":
      return Number.isFinite(content) ? { kind: "number", value: content as number } : OTHER;
    case "as_ints":
    case "as_floats": {
      const values = listOf(content, what, where);
      return values.every(Number.isFinite) ? { kind: "numbers", values: values as readonly number[] } : OTHER;
    }
    case "as_sym_int": {
      const length = lengthOf(content);
      return length === null ? OTHER : { kind: "number", value: length };
    }
    case "as_sym_ints": {
      const values = listOf(content, what, where).map(lengthOf);
      return isKnown(values) ? { kind: "numbers", values } : OTHER;
    }
    default:
      return OTHER;
  }
}

const OTHER: Argument = { kind: "other" };

function metaOf(value: unknown, what: string, where: string): TensorMeta {
  const { dtype, sizes } = objectOf(value, what, where);
  const shape = listOf(sizes, `${what}.sizes`, where).map(lengthOf);
  if (typeof dtype !== "number" || elementCount(shape.map((length) => length ?? 1)) === undefined) {
    throw wrong(what, "has a dtype or sizes that no tensor has", where);
  }
  return { dtype, shape };
}

/** schema.SymInt where it is a number from 0; null where it is an expression. */
function lengthOf(value: unknown): number | null {
  if (typeof value !== "object" || value === null || !("as_int" in value)) return null;
  const { as_int: length } = value;
  return Number.isSafeInteger(length) && (length as number) >= 0 ? (length as number) : null;
}

function isKnown(values: readonly (number | null)[]): values is readonly number[] {
  return !values.includes(null);
}

/**
 * The path in the last entry of a stack of modules: "L__self__,,net.Net;L__self___fc,fc,torch.nn.modules.linear.Linear".
 *
 * The key before it may have commas in parentheses; a module's second call ends with "@1".
 */
function moduleOf(stack: string): string {
  const last = stack.slice(stack.lastIndexOf(";") + 1);
  const parts = [""];
  let depth = 0;
  for (const character of last) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  const path = parts.at(1) ?? "";
  const call = path.lastIndexOf("@");
  return call === -1 ? path : path.slice(0, call);
}

/** "net.py:31" of the innermost line of a Python stack trace that is not the framework's; a folder is kept, not the way to it. */
function sourceOf(trace: string): string | null {
  for (const line of trace.split("\n").toReversed()) {
    const start = line.indexOf(FILE);
    const end = line.indexOf(LINE, start);
    if (start === -1 || end === -1) continue;
    const path = line.slice(start + FILE.length, end).split(/[\\/]/);
    const number = Number.parseInt(line.slice(end + LINE.length), 10);
    if (Number.isNaN(number) || isInstalled(path)) continue;
    return `${path.slice(-2).join("/")}:${number}`;
  }
  return null;
}

const FILE = 'File "';
const LINE = '", line ';

function isInstalled(path: readonly string[]): boolean {
  return (
    path.some((part) => INSTALLED.has(part)) ||
    path.some((part, index) => part === "torch" && (index === 0 || path[index + 1] === "nn"))
  );
}

const INSTALLED = new Set(["site-packages", "dist-packages"]);

function wrong(what: string, problem: string, where: string) {
  return invalidFile({ where, problem: `${excerpt(what)} ${problem}`, hint: EXPORT_AGAIN });
}

export const EXPORT_AGAIN =
  "export it again with torch.export.save, because it is damaged or of a version that vshift does not know";
