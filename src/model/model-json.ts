import { VshiftError } from "../errors.ts";
import { parseJson } from "../json.ts";
import { excerpt, invalidFile } from "../tensor/file-error.ts";

/** What messages about a JSON text in the file of a model call it, and their next steps. */
export interface ModelJsonPlace {
  readonly where: string;
  /** For what is damaged. */
  readonly again: string;
  /** For what is too large. */
  readonly smaller: string;
}

/** Bytes that are read only where there are not too many of them. */
export interface SizedBytes {
  readonly size: number;
  readonly bytes: () => Uint8Array;
}

/** The value of a JSON text that describes a model; a `VshiftError` where it has none, or is larger than any real one. */
export function modelJson({ size, bytes }: SizedBytes, { where, again, smaller }: ModelJsonPlace): unknown {
  if (size > LARGEST_JSON) {
    const problem = `has ${size} bytes, above the limit of ${LARGEST_JSON}`;
    throw invalidFile({ where, problem, hint: smaller });
  }
  const content = bytes();
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
    return parseJson(text, { field: where, hint: again });
  } catch (cause) {
    const problem = cause instanceof VshiftError ? excerpt(cause.problem) : "is not UTF-8 text";
    throw invalidFile({ where, problem, hint: again, cause });
  }
}

/** 32 MiB: some 20,000 operations or layers. */
const LARGEST_JSON = 2 ** 25;
