import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

/** What a content security policy calls a script or a style of a page by. */
export function contentHash(text: string): string {
  return `sha256-${base64(sha256(utf8ToBytes(text)))}`;
}

/** Bytes that are handed to btoa at a time: as many arguments as any engine takes. */
const PIECE = 0x6000;

export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += PIECE) text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  return text;
}
