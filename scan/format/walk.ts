import { limits } from "./limits.ts";

/**
 * Checks the structure of one MessagePack object without building it.
 *
 * A decoder allocates an array when it meets its length, long before the elements have shown up, so
 * that a few bytes of nested lengths ask for gigabytes. After this walk every element is known to be
 * there, and decoding allocates in proportion to the bytes that were really sent. Extension types are
 * refused: the format has none.
 *
 * @param bytes exactly one object
 * @returns what is wrong, or undefined where nothing is
 */
export function walkFault(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** How many objects are still to come at each open level; a map of n counts as 2n. */
  const open: number[] = [1];
  let at = 0;

  while (open.length > 0) {
    const level = open.length - 1;
    if (open[level] === 0) {
      open.pop();
      continue;
    }
    open[level]--;
    if (at >= bytes.length) return `a record that ends inside an object at byte ${at}`;
    const tag = bytes[at];
    const head = heads[tag];
    if (head === undefined) return `the MessagePack type 0x${tag.toString(16)} at byte ${at}`;
    if (at + 1 + head.lengthBytes > bytes.length) {
      return `a record that ends inside a length at byte ${at}`;
    }
    const count = head.lengthBytes === 0 ? head.count : readLength(view, at + 1, head.lengthBytes);
    at += 1 + head.lengthBytes;
    if (head.nests) {
      const children = count * head.perItem;
      if (children > bytes.length - at) return `${children} elements in ${bytes.length - at} bytes`;
      if (open.length >= limits.depth + 1) return `objects nested deeper than ${limits.depth}`;
      open.push(children);
    } else {
      if (count > bytes.length - at) return `a value of ${count} bytes in ${bytes.length - at}`;
      at += count;
    }
  }
  return at === bytes.length ? undefined : `${bytes.length - at} bytes after the object`;
}

interface Head {
  /** Bytes of payload, or elements of a container, where the tag itself says so. */
  readonly count: number;
  /** Width of a big-endian length that follows the tag, 0 for none. */
  readonly lengthBytes: number;
  readonly nests: boolean;
  readonly perItem: 1 | 2;
}

function head(count: number, lengthBytes = 0, perItem: 0 | 1 | 2 = 0): Head {
  return { count, lengthBytes, nests: perItem > 0, perItem: perItem === 2 ? 2 : 1 };
}

/** By tag; looked up for every value of every file. */
const heads = Array.from({ length: 256 }, (_, tag) => headOf(tag));

/** https://github.com/msgpack/msgpack/blob/master/spec.md, "Formats" */
function headOf(tag: number): Head | undefined {
  if (tag <= 0x7f || tag >= 0xe0) return head(0);
  if (tag <= 0x8f) return head(tag & 0x0f, 0, 2);
  if (tag <= 0x9f) return head(tag & 0x0f, 0, 1);
  if (tag <= 0xbf) return head(tag & 0x1f);
  switch (tag) {
    case 0xc0:
    case 0xc2:
    case 0xc3:
      return head(0);
    case 0xc4:
    case 0xd9:
      return head(0, 1);
    case 0xc5:
    case 0xda:
      return head(0, 2);
    case 0xc6:
    case 0xdb:
      return head(0, 4);
    case 0xca:
    case 0xce:
    case 0xd2:
      return head(4);
    case 0xcb:
    case 0xcf:
    case 0xd3:
      return head(8);
    case 0xcc:
    case 0xd0:
      return head(1);
    case 0xcd:
    case 0xd1:
      return head(2);
    case 0xdc:
      return head(0, 2, 1);
    case 0xdd:
      return head(0, 4, 1);
    case 0xde:
      return head(0, 2, 2);
    case 0xdf:
      return head(0, 4, 2);
    default:
      return undefined;
  }
}

function readLength(view: DataView, at: number, width: number): number {
  return width === 1 ? view.getUint8(at) : width === 2 ? view.getUint16(at) : view.getUint32(at);
}
