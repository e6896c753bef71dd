import { crc32 as nodeCrc32 } from "node:zlib";
import { fc, it } from "@fast-check/vitest";
import { expect } from "vitest";
import { crc32 } from "../../src/tensor/crc32.ts";
import { ascii, bytes } from "./files.ts";

it("the check value of CRC-32/ISO-HDLC is cbf43926", () => {
  // Williams, "A painless guide to CRC error detection algorithms", §15.
  expect(crc32(ascii("123456789"))).toBe(0xcbf43926);
  expect(crc32(bytes())).toBe(0);
});

it.prop([fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 20 })])(
  "bytes anywhere in memory have the checksum that zlib gives",
  (content, from) => {
    const part = content.subarray(from);
    // Node has it since 22.2.
    const expected = typeof nodeCrc32 === "function" ? nodeCrc32(part) : byBits(part);
    expect(crc32(part)).toBe(expected);
  },
);

/** By its definition, a bit at a time. */
function byBits(content: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of content) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}
