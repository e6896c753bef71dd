import { VshiftError } from "../errors.ts";
import { invalidFile } from "../tensor/file-error.ts";

/** An HDF5 file in memory, and what messages say of it. */
export interface Hdf5Source {
  readonly bytes: Uint8Array;
  readonly where: string;
  /** The next step where it cannot be read. */
  readonly hint: string;
}

/**
 * Reads numbers and texts of an HDF5 file by their addresses. Outside of the file it throws a `RangeError`; `spend` throws a `VshiftError` where
 * more is read than any real model has, since parts of a damaged file may lead to each other in circles, or be the same.
 */
export class Hdf5Bytes {
  readonly source: Hdf5Source;
  readonly #view: DataView;
  #left = MOST_STEPS;

  constructor(source: Hdf5Source) {
    const { bytes } = source;
    this.source = source;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.#view.byteLength;
  }

  /** A whole number of 1, 2, 4 or 8 bytes; beyond 2⁵³, where no file reaches, it is rounded. */
  number(at: number, bytes: number): number {
    switch (bytes) {
      case 1:
        return this.#view.getUint8(at);
      case 2:
        return this.#view.getUint16(at, true);
      case 4:
        return this.#view.getUint32(at, true);
      default:
        return Number(this.#view.getBigUint64(at, true));
    }
  }

  address(at: number): number {
    return this.number(at, 8);
  }

  /** Whether these letters stand there, as they do at the beginning of most parts. */
  has(signature: string, at: number): boolean {
    return [...signature].every((letter, index) => this.number(at + index, 1) === letter.charCodeAt(0));
  }

  /** `RangeError` unless these letters stand there. */
  require(signature: string, at: number): void {
    if (!this.has(signature, at)) throw new RangeError(`no ${signature}`);
  }

  /** Up to the first byte that is 0, or to the end of so many. */
  text(at: number, size: number): string {
    if (!(at >= 0 && at + size <= this.length)) throw new RangeError("a text beyond the end");
    const { bytes } = this.source;
    const end = bytes.subarray(at, at + size).indexOf(0);
    const length = end === -1 ? size : end;
    this.spend(Math.ceil(length / LETTERS_OF_STEP));
    return new TextDecoder().decode(bytes.subarray(at, at + length));
  }

  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left >= 0) return;
    const { where, hint } = this.source;
    throw invalidFile({ where, problem: `takes more than ${MOST_STEPS} steps to look through`, hint });
  }
}

/** What is found in a file; a `RangeError` means that it is damaged. */
export function undamaged<T>({ where, hint }: Hdf5Source, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof VshiftError || !(cause instanceof RangeError)) throw cause;
    throw invalidFile({ where, problem: "is not an HDF5 file that vshift can read", hint, cause });
  }
}

/** A second, and 64 MiB of texts. A network of a thousand layers takes some ten thousand, and as many for a JSON of 160 kB. */
const MOST_STEPS = 2 ** 22;
const LETTERS_OF_STEP = 16;
