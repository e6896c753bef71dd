/** x³² + x²⁶ + x²³ + … + 1 with its bits reversed: ISO 3309, and PKWARE's APPNOTE.TXT 6.3.10, §4.4.7. */
const POLYNOMIAL = 0xedb88320;

/** TABLES[k][b]: the remainder of byte b with k bytes of 0 after it. */
const TABLES: readonly Int32Array[] = tables(8);

function tables(count: number): Int32Array[] {
  const first = Int32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = (rest & 1) === 0 ? rest >>> 1 : (rest >>> 1) ^ POLYNOMIAL;
    return rest;
  });
  const all = [first];
  while (all.length < count) {
    const before = all[all.length - 1] ?? first;
    all.push(before.map((rest) => (rest >>> 8) ^ first[rest & 0xff]));
  }
  return all;
}

/** The CRC-32 of the bytes, as zip archives have it. Eight at a time: some 1 GB/s. */
export function crc32(bytes: Uint8Array): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7] = TABLES as [
    ...[Int32Array, Int32Array, Int32Array, Int32Array],
    ...[Int32Array, Int32Array, Int32Array, Int32Array],
  ];
  let crc = -1;
  let at = 0;
  for (const last = bytes.length - 8; at <= last; at += 8) {
    const low = crc ^ (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24));
    crc =
      t7[low & 0xff] ^
      t6[(low >>> 8) & 0xff] ^
      t5[(low >>> 16) & 0xff] ^
      t4[low >>> 24] ^
      t3[bytes[at + 4]] ^
      t2[bytes[at + 5]] ^
      t1[bytes[at + 6]] ^
      t0[bytes[at + 7]];
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[at]) & 0xff];
  return ~crc >>> 0;
}
