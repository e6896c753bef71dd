import { Inflate } from "fflate/browser";
import { VshiftError } from "../errors.ts";
import { crc32 } from "./crc32.ts";
import { excerpt, invalidFile, placeOf } from "./file-error.ts";

/** A file in a zip archive, as the archive's directory has it. */
export interface ZipMember {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  /** Bytes in the archive, and unpacked. */
  readonly packedSize: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly start: number;
  /** Where its entry in the directory begins. */
  readonly entry: number;
}

/** What an archive is called in messages, and the next step where it cannot be read. */
export interface ZipPlace {
  /** The archive, or the member of it. */
  readonly where: string;
  readonly advice: ZipAdvice;
}

export interface ZipAdvice {
  /** For a compression that vshift does not know. */
  readonly compression: string;
  /** For a member, and for an archive, that is too large. */
  readonly member: string;
  readonly archive: string;
}

/**
 * The members of a zip archive, in the order of its directory, which is at the archive's end.
 *
 * Each is refused if its sizes cannot be true, and all if they share bytes or leave no room for them in memory. Nothing is
 * unpacked. Format: PKWARE's APPNOTE.TXT 6.3.10, §4.3 to §4.5; zip64 too; encryption and archives of several files not.
 */
export function membersOf(bytes: Uint8Array, { where: file, advice }: ZipPlace): readonly ZipMember[] {
  const view = viewOf(bytes);
  const directory = directoryOf(bytes, { where: file, advice });
  const members: ZipMember[] = [];
  let total = 0;
  for (let at = directory.start; members.length < directory.count; ) {
    const { member, end } = entryAt(view, at, file);
    requirePlausible(member, { where: placeOf(file, member.name), advice, archive: directory.start });
    members.push(member);
    total += member.size;
    if (total > LARGEST_TOTAL) throw tooLarge({ where: file, advice });
    at = end;
  }
  requireApart(members, file);
  return members;
}

/** The bytes of a member, unpacked, if its checksum is right. The memory is that of its declared size. */
export function unpacked(bytes: Uint8Array, member: ZipMember, place: ZipPlace): Uint8Array {
  const { where } = place;
  const packed = packedBytes(bytes, member, where);
  const content = member.method === STORED ? packed : inflated(packed, member, place);
  const crc = crc32(content);
  if (crc === member.crc) return content;
  throw damaged(where, `has the CRC-32 ${hexadecimal(crc)}, but the archive declares ${hexadecimal(member.crc)}`);
}

/**
 * A copy of the archive in which members that are stored as they are have other content of the same length; their checksums
 * follow, and nothing else changes.
 */
export function withContents(
  bytes: Uint8Array,
  contents: ReadonlyMap<ZipMember, Uint8Array>,
  { where: file }: Pick<ZipPlace, "where">,
): Uint8Array {
  // A Buffer of Node is a Uint8Array whose slices share its memory.
  const copy = new Uint8Array(bytes);
  const view = viewOf(copy);
  for (const [member, content] of contents) {
    if (member.method !== STORED || content.length !== member.size) {
      throw new RangeError(`${member.name} has no room for other content`);
    }
    const old = packedBytes(bytes, member, placeOf(file, member.name));
    const start = old.byteOffset - bytes.byteOffset;
    copy.set(content, start);
    const crc = crc32(content);
    view.setUint32(member.entry + 16, crc, true);
    const hasDescriptor = (view.getUint16(member.start + 6, true) & HAS_DESCRIPTOR) !== 0;
    view.setUint32(hasDescriptor ? descriptorAt(view, start + member.size) : member.start + 14, crc, true);
  }
  return copy;
}

/** Where the checksum behind a member stands; a signature before it is optional (APPNOTE.TXT, §4.3.9.3). */
function descriptorAt(view: DataView, end: number): number {
  return signatureAt(view, end) === DESCRIPTOR ? end + 4 : end;
}

const STORED = 0;
const DEFLATED = 8;

interface Directory {
  readonly start: number;
  readonly count: number;
}

const END = { signature: 0x06054b50, bytes: 22 };
const END_64 = { signature: 0x06064b50, bytes: 56 };
const LOCATOR_64 = { signature: 0x07064b50, bytes: 20 };
const LONGEST_COMMENT = 0xffff;

function directoryOf(bytes: Uint8Array, place: ZipPlace): Directory {
  const { where: file } = place;
  const view = viewOf(bytes);
  const first = Math.max(0, bytes.length - END.bytes - LONGEST_COMMENT);
  let end = bytes.length - END.bytes;
  while (end >= first && view.getUint32(end, true) !== END.signature) end--;
  if (end < first) throw noArchive(bytes.length, file);
  const count = view.getUint16(end + 10, true);
  const start = view.getUint32(end + 16, true);
  const locator = end - LOCATOR_64.bytes;
  const is64 = (count === 0xffff || start === NOT_32_BITS) && signatureAt(view, locator) === LOCATOR_64.signature;
  if (!is64) return checkedDirectory({ count, start }, end, place);
  const record = largeNumber(view, locator + 8);
  if (record + END_64.bytes > locator || signatureAt(view, record) !== END_64.signature) {
    throw noArchive(bytes.length, file);
  }
  const large = { count: largeNumber(view, record + 32), start: largeNumber(view, record + 48) };
  return checkedDirectory(large, record, place);
}

function checkedDirectory(directory: Directory, end: number, place: ZipPlace): Directory {
  if (directory.count > MOST_MEMBERS) throw tooLarge(place);
  if (directory.start + directory.count * ENTRY.bytes > end)
    throw damaged(place.where, "has a directory that is cut short");
  return directory;
}

const ENTRY = { signature: 0x02014b50, bytes: 46 };
const LOCAL = { signature: 0x04034b50, bytes: 30 };
const ENCRYPTED = 1;
const HAS_DESCRIPTOR = 1 << 3;
const DESCRIPTOR = 0x08074b50;
/** Instead of a number that needs 64 bits. */
const NOT_32_BITS = 0xffffffff;

function entryAt(view: DataView, at: number, file: string): { readonly member: ZipMember; readonly end: number } {
  if (signatureAt(view, at) !== ENTRY.signature || at + ENTRY.bytes > view.byteLength) {
    throw damaged(file, "has a directory that is cut short");
  }
  const nameEnd = at + ENTRY.bytes + view.getUint16(at + 28, true);
  const extraEnd = nameEnd + view.getUint16(at + 30, true);
  const end = extraEnd + view.getUint16(at + 32, true);
  if (end > view.byteLength) throw damaged(file, "has a directory that is cut short");
  const name = textOf(view, at + ENTRY.bytes, nameEnd);
  const [size = 0, packedSize = 0, start = 0] = widened(
    [24, 20, 42].map((offset) => view.getUint32(at + offset, true)),
    { view, from: nameEnd, to: extraEnd },
  );
  if ((view.getUint16(at + 8, true) & ENCRYPTED) !== 0) {
    throw invalidFile({ where: placeOf(file, name), problem: "is encrypted", hint: "save it without a password" });
  }
  const member = { name, method: view.getUint16(at + 10, true), crc: view.getUint32(at + 16, true) };
  return { member: { ...member, packedSize, size, start, entry: at }, end };
}

interface Extra {
  readonly view: DataView;
  readonly from: number;
  /** exclusive */
  readonly to: number;
}

/** The numbers, those that need 64 bits from the extra field of zip64, which has them in the same order. */
function widened(numbers: readonly number[], { view, from, to }: Extra): readonly number[] {
  for (let at = from; at + 4 <= to; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== ZIP_64) continue;
    const end = Math.min(to, at + 4 + view.getUint16(at + 2, true));
    let next = at + 4;
    return numbers.map((number) => {
      if (number !== NOT_32_BITS || next + 8 > end) return number;
      next += 8;
      return largeNumber(view, next - 8);
    });
  }
  return numbers;
}

const ZIP_64 = 1;

function requirePlausible(
  { method, packedSize, size, start }: ZipMember,
  { where, advice, archive }: ZipPlace & { readonly archive: number },
): void {
  if (method !== STORED && method !== DEFLATED) {
    throw invalidFile({
      where,
      problem: `is compressed by method ${method}, which vshift cannot read`,
      hint: advice.compression,
    });
  }
  const isPossible = method === STORED ? size === packedSize : size <= HIGHEST_RATIO * packedSize;
  if (!isPossible || start + LOCAL.bytes + packedSize > archive) {
    const problem = `declares that ${packedSize} compressed bytes unpack to ${size}, in an archive of ${archive}`;
    throw invalidFile({ where, problem, hint: "save it again, because it is cut short, damaged or malicious" });
  }
  if (size > LARGEST_MEMBER) {
    const problem = `unpacks to ${size} bytes, above the limit of ${LARGEST_MEMBER}`;
    throw invalidFile({ where, problem, hint: advice.member });
  }
}

/** Members that share bytes unpack to far more than an archive could hold. */
function requireApart(members: readonly ZipMember[], file: string): void {
  let end = 0;
  let before = "";
  for (const { name, start, packedSize } of members.toSorted((one, other) => one.start - other.start)) {
    if (start < end) throw damaged(placeOf(file, name), `shares bytes with ${excerpt(before)}`);
    end = start + LOCAL.bytes + packedSize;
    before = name;
  }
}

/** What the local header leads to, if it is that of the member. */
function packedBytes(bytes: Uint8Array, member: ZipMember, where: string): Uint8Array {
  const view = viewOf(bytes);
  const { start, packedSize } = member;
  if (signatureAt(view, start) !== LOCAL.signature)
    throw damaged(where, "is not at the position that the archive declares");
  const nameEnd = start + LOCAL.bytes + view.getUint16(start + 26, true);
  const dataStart = nameEnd + view.getUint16(start + 28, true);
  const dataEnd = dataStart + packedSize;
  if (dataEnd > bytes.length) throw damaged(where, "is cut short");
  // Before a descriptor nothing is known but the name and the method.
  const hasDescriptor = (view.getUint16(start + 6, true) & HAS_DESCRIPTOR) !== 0;
  const isSame =
    textOf(view, start + LOCAL.bytes, nameEnd) === member.name &&
    view.getUint16(start + 8, true) === member.method &&
    (hasDescriptor || view.getUint32(start + 14, true) === member.crc);
  if (!isSame) throw damaged(where, "has a header that contradicts the directory of the archive");
  return bytes.subarray(dataStart, dataEnd);
}

/** Packed bytes that are inflated at a time: what comes of them is 32 MiB at most. */
const PIECE = 2 ** 15;

function inflated(packed: Uint8Array, { size }: ZipMember, place: ZipPlace): Uint8Array {
  const { where } = place;
  const content = allocated(size, place);
  let length = 0;
  const stream = new Inflate((piece) => {
    if (length + piece.length > size) {
      throw damaged(where, `unpacks to more than the ${size} bytes that it declares`);
    }
    content.set(piece, length);
    length += piece.length;
  });
  try {
    for (let at = 0; at < packed.length; at += PIECE) {
      stream.push(packed.subarray(at, at + PIECE), at + PIECE >= packed.length);
    }
  } catch (cause) {
    if (cause instanceof VshiftError) throw cause;
    throw damaged(where, "cannot be unpacked", cause);
  }
  if (length === size) return content;
  throw damaged(where, `unpacks to ${length} bytes, but declares ${size}`);
}

function allocated(size: number, { where, advice }: ZipPlace): Uint8Array {
  try {
    return new Uint8Array(size);
  } catch (cause) {
    const problem = `unpacks to ${size} bytes, more than the memory available`;
    throw invalidFile({ where, problem, hint: advice.member, cause });
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function signatureAt(view: DataView, at: number): number | undefined {
  return at >= 0 && at + 4 <= view.byteLength ? view.getUint32(at, true) : undefined;
}

/** Rounded beyond 2⁵³, where no archive is. */
function largeNumber(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}

/** Names are in UTF-8 or in code page 437, which agree where NumPy's names are. */
function textOf(view: DataView, from: number, to: number): string {
  const end = Math.min(to, view.byteLength);
  return new TextDecoder().decode(new Uint8Array(view.buffer, view.byteOffset + from, Math.max(0, end - from)));
}

function hexadecimal(crc: number): string {
  return crc.toString(16).padStart(8, "0");
}

function noArchive(length: number, where: string): VshiftError {
  return damaged(where, length === 0 ? "is empty" : "is not a zip archive that vshift can read");
}

function damaged(where: string, problem: string, cause?: unknown): VshiftError {
  return invalidFile({ where, problem, hint: "copy or save it again, because it is cut short or damaged", cause });
}

function tooLarge({ where, advice }: ZipPlace): VshiftError {
  const problem = `unpacks to more than ${MOST_MEMBERS} arrays or ${LARGEST_TOTAL} bytes`;
  return invalidFile({ where, problem, hint: advice.archive });
}

/** Deflate packs 258 bytes in 2 bits at best (RFC 1951, §3.2.5): 1032 to 1. */
const HIGHEST_RATIO = 1032;

/** 2 GiB: half a billion weights in single precision. */
const LARGEST_MEMBER = 2 ** 31;

/** 16 GiB, in all. */
const LARGEST_TOTAL = 2 ** 34;

const MOST_MEMBERS = 65_535;
