import seedrandom from "seedrandom";

/** Pieces that readers of text and of bytes stumble over. */
const TOKENS: readonly (string | readonly number[])[] = [
  ...[
    "{",
    "}",
    "[",
    "]",
    '"',
    ":",
    ",",
    "'",
    "\\",
    "\n",
    "\r",
    "\0",
    "(",
    ")",
    "-",
    "+",
    "#",
    "&a ",
    "*a",
    "!!js ",
    "- ",
    "? ",
  ],
  ...[
    "null",
    "true",
    "NaN",
    "Infinity",
    "1e999",
    "-1e-999",
    "0x10",
    "1_000",
    "9007199254740993",
    "18446744073709551616",
  ],
  ...[
    '"__proto__":{}',
    '"constructor":1,',
    '{"a":1,"a":2}',
    "\ufeff",
    "\u2028",
    "\u202e",
    "é",
    "\ud83c\udfb2",
    "file:",
    "$schema",
  ],
  ...["[".repeat(3000), '{"a":'.repeat(3000), "9".repeat(400), " ".repeat(5000), "\n".repeat(300)],
  [0xff, 0xff, 0xff, 0xff],
  [0x00, 0x00, 0x00, 0x80],
  [0xff, 0xff, 0xff, 0x7f],
  [0xc3, 0x28],
  [0x50, 0x4b, 0x03, 0x04],
  [0x50, 0x4b, 0x01, 0x02],
  [0x50, 0x4b, 0x05, 0x06],
];

/** Makes mutants of files, the same for the same seed: some edits each, of one bit to all of the file. */
export function mutatorOf(seed: string): (content: Uint8Array) => Uint8Array {
  const random = seedrandom(seed);
  const below = (bound: number) => Math.floor(bound * random());
  /** Often short, now and then long. */
  const length = (bound: number) => Math.min(bound, Math.floor(random() ** 4 * bound) + 1);

  const edits: readonly ((bytes: Uint8Array) => Uint8Array)[] = [
    (bytes) => changed(bytes, below(bytes.length), (byte) => byte ^ (1 << below(8))),
    (bytes) => changed(bytes, below(bytes.length), () => below(256)),
    (bytes) => changed(bytes, below(bytes.length), (byte) => (isDigit(byte) ? 48 + below(10) : byte + 1)),
    (bytes) => bytes.slice(0, below(bytes.length + 1)),
    (bytes) => replaced(bytes, { at: below(bytes.length), removed: length(bytes.length), piece: NOTHING }),
    (bytes) => {
      const from = below(bytes.length);
      return replaced(bytes, {
        at: below(bytes.length),
        removed: 0,
        piece: bytes.subarray(from, from + length(bytes.length)),
      });
    },
    (bytes) => {
      const token = TOKENS[below(TOKENS.length)] ?? "";
      const piece = typeof token === "string" ? Buffer.from(token) : Uint8Array.from(token);
      return replaced(bytes, { at: below(bytes.length + 1), removed: below(2) * length(16), piece });
    },
  ];

  return (content) => {
    let mutant = content;
    for (let count = 1 + below(3); count > 0; count--) mutant = edits[below(edits.length)]?.(mutant) ?? mutant;
    return mutant;
  };
}

const NOTHING = new Uint8Array();

function isDigit(byte: number): boolean {
  return byte >= 48 && byte < 58;
}

function changed(bytes: Uint8Array, at: number, change: (byte: number) => number): Uint8Array {
  return Uint8Array.from(bytes, (byte, index) => (index === at ? change(byte) : byte));
}

interface Piece {
  readonly at: number;
  readonly removed: number;
  readonly piece: Uint8Array;
}

function replaced(bytes: Uint8Array, { at, removed, piece }: Piece): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at + removed)]);
}
