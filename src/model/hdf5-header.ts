import type { Hdf5Bytes } from "./hdf5-bytes.ts";

/** A message of an object's header: one thing that is known of a group or an array. */
export interface Message {
  readonly type: number;
  /** Where its content begins. */
  readonly at: number;
  readonly size: number;
  /** Whether the content lies in another object, and only its address here. */
  readonly isShared: boolean;
}

/** Types of messages, HDF5 File Format Specification 3.0, §IV.A.2. */
export const MESSAGE = {
  dataspace: 0x01,
  linkInfo: 0x02,
  datatype: 0x03,
  link: 0x06,
  layout: 0x08,
  attribute: 0x0c,
  continuation: 0x10,
  symbolTable: 0x11,
  attributeInfo: 0x15,
} as const;

/** All messages of the object whose header stands at an address. §IV.A.1, both versions. */
export function messagesAt(file: Hdf5Bytes, header: number): readonly Message[] {
  return file.has("OHDR", header) ? messagesOf2(file, header) : messagesOf1(file, header);
}

/** Part of a header. */
interface Block {
  readonly from: number;
  /** exclusive */
  readonly to: number;
}

function messagesOf1(file: Hdf5Bytes, header: number): readonly Message[] {
  if (file.number(header, 1) !== 1) throw new RangeError("no header of an object");
  const from = header + 16;
  const blocks: Block[] = [{ from, to: from + file.number(header + 8, 4) }];
  const found: Message[] = [];
  for (const { from: start, to } of blocks) {
    for (let at = start; at + 8 <= to; ) {
      file.spend(1);
      const [type, size] = [file.number(at, 2), file.number(at + 2, 2)];
      const message = { type, at: at + 8, size, isShared: isShared(file.number(at + 4, 1)) };
      if (type === MESSAGE.continuation) {
        const next = file.address(message.at);
        blocks.push({ from: next, to: next + file.address(message.at + 8) });
      } else found.push(message);
      at = message.at + size;
    }
  }
  return found;
}

function messagesOf2(file: Hdf5Bytes, header: number): readonly Message[] {
  const flags = file.number(header + 5, 1);
  const has = (bit: number) => (flags & (1 << bit)) !== 0;
  // Times, and limits for the storage of attributes.
  const at = header + 6 + (has(5) ? 16 : 0) + (has(4) ? 4 : 0);
  const width = 1 << (flags & 3);
  const prefix = has(2) ? 6 : 4;
  const blocks: Block[] = [{ from: at + width, to: at + width + file.number(at, width) }];
  const found: Message[] = [];
  for (const { from, to } of blocks) {
    for (let start = from; start + prefix <= to; ) {
      file.spend(1);
      const [type, size] = [file.number(start, 1), file.number(start + 1, 2)];
      const message = { type, at: start + prefix, size, isShared: isShared(file.number(start + 3, 1)) };
      if (type === MESSAGE.continuation) {
        const next = file.address(message.at);
        file.require("OCHK", next);
        // Between the signature and a checksum.
        blocks.push({ from: next + 4, to: next + file.address(message.at + 8) - 4 });
      } else found.push(message);
      start = message.at + size;
    }
  }
  return found;
}

function isShared(flags: number): boolean {
  return (flags & 2) !== 0;
}
