/** Where the elements of an array lie in an HDF5 file, one behind the other. */
export interface ContiguousPlace {
  readonly start: number;
  /** In bytes. */
  readonly size: number;
}

/**
 * The place of an array whose object header stands at `header`; undefined where its elements do not lie one behind the other (in
 * chunks, compressed, in another file, never written), or the header is not one.
 *
 * The HDF5 library gives no such place to its users. HDF5 File Format Specification 3.0, §IV.A.1 (object headers) and §IV.A.2.i (data
 * layout); for files that begin with their superblock, and have addresses of 8 bytes, as all have that h5py writes.
 */
export function contiguousPlace(bytes: Uint8Array, header: number): ContiguousPlace | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!hasPlainAddresses(view)) return undefined;
  try {
    const place = placeIn(view, header);
    return place !== undefined && place.start + place.size <= bytes.length ? place : undefined;
  } catch (error) {
    // Beyond the end of the file.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** §II.A: a signature, then the version of the superblock, which says where the sizes of offsets and of lengths stand. */
function hasPlainAddresses(view: DataView): boolean {
  if (view.byteLength < FIRST_SUPERBLOCK || view.getBigUint64(0, false) !== SIGNATURE) return false;
  const at = view.getUint8(8) < 2 ? 13 : 9;
  return view.getUint8(at) === 8 && view.getUint8(at + 1) === 8;
}

/** "\x89HDF\r\n\x1a\n". */
const SIGNATURE = 0x894844460d0a1a0an;
const FIRST_SUPERBLOCK = 24;

/** Part of a header: messages from one offset to another. */
interface Block {
  readonly from: number;
  /** exclusive */
  readonly to: number;
}

function placeIn(view: DataView, header: number): ContiguousPlace | undefined {
  const isSecond = view.getUint32(header, false) === HEADER_2;
  const flags = isSecond ? view.getUint8(header + 5) : 0;
  if (!isSecond && view.getUint8(header) !== 1) return undefined;
  const blocks: Block[] = [isSecond ? firstBlockOf2(view, header, flags) : firstBlockOf1(view, header)];
  const prefix = isSecond ? 4 + ((flags & TRACKS_ORDER) === 0 ? 0 : 2) : 8;
  let messages = 0;
  for (const { from, to } of blocks) {
    for (let at = from; at + prefix <= to; ) {
      if (++messages > MOST_MESSAGES) return undefined;
      const type = isSecond ? view.getUint8(at) : view.getUint16(at, true);
      const size = view.getUint16(at + (isSecond ? 1 : 2), true);
      const content = at + prefix;
      if (type === LAYOUT) return placeOf(view, content);
      if (type === CONTINUATION) {
        const start = addressAt(view, content);
        const length = addressAt(view, content + 8);
        // Of the second version, with a signature before and a checksum behind.
        blocks.push(isSecond ? { from: start + 4, to: start + length - 4 } : { from: start, to: start + length });
      }
      at = content + size;
    }
  }
  return undefined;
}

const HEADER_2 = 0x4f484452; // "OHDR"
const TRACKS_ORDER = 1 << 2;
const LAYOUT = 0x08;
const CONTINUATION = 0x10;

/** As many as a header of the first version counts. One that continues for longer goes in circles. */
const MOST_MESSAGES = 0xffff;

function firstBlockOf1(view: DataView, header: number): Block {
  const from = header + 16;
  return { from, to: from + view.getUint32(header + 8, true) };
}

function firstBlockOf2(view: DataView, header: number, flags: number): Block {
  const times = (flags & (1 << 5)) === 0 ? 0 : 16;
  const phases = (flags & (1 << 4)) === 0 ? 0 : 4;
  const at = header + 6 + times + phases;
  const width = 1 << (flags & 3);
  const size =
    width === 1
      ? view.getUint8(at)
      : width === 2
        ? view.getUint16(at, true)
        : width === 4
          ? view.getUint32(at, true)
          : addressAt(view, at);
  return { from: at + width, to: at + width + size };
}

/** Versions 3 to 5; the first two are of HDF5 before 1.6. */
function placeOf(view: DataView, layout: number): ContiguousPlace | undefined {
  const version = view.getUint8(layout);
  const isContiguous = version >= 3 && version <= 5 && view.getUint8(layout + 1) === 1;
  return isContiguous ? { start: addressAt(view, layout + 2), size: addressAt(view, layout + 10) } : undefined;
}

/** Rounded beyond 2⁵³, where no file reaches: so is the address of what was never written. */
function addressAt(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}
