// The loops of ../kernel.ts over four lanes. Pointers are to bytes; counts are of numbers, multiples of 8 where there are
// draws. ../reference.ts defines the bits.
import { ONE, SIGN_BITS } from "./constants";
import { bigCosine, centredNormalCdf, exponential, minusTwoLn, plus, signedFraction, smallSine } from "./elementary";

/** Bytes of a vector. */
@inline
const VECTOR: usize = 16;

@inline
function rotated(x: v128, distance: i32): v128 {
  return v128.or(i32x4.shl(x, distance), i32x4.shr_u(x, 32 - distance));
}

@inline
function scrambled(s0: v128, s3: v128): v128 {
  return i32x4.add(rotated(i32x4.add(s0, s3), 7), s0);
}

export function normals(radius: usize, angle: usize, out: usize, count: i32): void {
  let a0 = v128.load(radius);
  let a1 = v128.load(radius, 16);
  let a2 = v128.load(radius, 32);
  let a3 = v128.load(radius, 48);
  let b0 = v128.load(angle);
  let b1 = v128.load(angle, 16);
  let b2 = v128.load(angle, 32);
  let b3 = v128.load(angle, 48);
  const end = out + (<usize>count << 2);
  // Words first, then what is made of them: two short loops leave the vector registers to one thing at a time.
  for (let at = out; at < end; at += 2 * VECTOR) {
    v128.store(at, scrambled(a0, a3));
    v128.store(at, scrambled(b0, b3), 16);
    const ta = i32x4.shl(a1, 9);
    const tb = i32x4.shl(b1, 9);
    a2 = v128.xor(a2, a0);
    b2 = v128.xor(b2, b0);
    a3 = v128.xor(a3, a1);
    b3 = v128.xor(b3, b1);
    a1 = v128.xor(a1, a2);
    b1 = v128.xor(b1, b2);
    a0 = v128.xor(a0, a3);
    b0 = v128.xor(b0, b3);
    a2 = v128.xor(a2, ta);
    b2 = v128.xor(b2, tb);
    a3 = rotated(a3, 11);
    b3 = rotated(b3, 11);
  }
  v128.store(radius, a0);
  v128.store(radius, a1, 16);
  v128.store(radius, a2, 32);
  v128.store(radius, a3, 48);
  v128.store(angle, b0);
  v128.store(angle, b1, 16);
  v128.store(angle, b2, 32);
  v128.store(angle, b3, 48);
  // Two vectors at a time share what is loaded of the constants; the points of the circle gain nothing by it.
  let at = out;
  for (; at + 2 * VECTOR < end; at += 4 * VECTOR) {
    const one = minusTwoLn(v128.load(at));
    const other = minusTwoLn(v128.load(at, 32));
    v128.store(at, f32x4.sqrt(one));
    v128.store(at, f32x4.sqrt(other), 32);
  }
  if (at < end) v128.store(at, f32x4.sqrt(minusTwoLn(v128.load(at))));
  for (let at = out; at < end; at += 2 * VECTOR) {
    const distance = v128.load(at);
    const word = v128.load(at, 16);
    const turn = signedFraction(word);
    const sine = smallSine(turn);
    const twice = f32x4.add(sine, sine);
    const along = f32x4.mul(distance, f32x4.sub(ONE(), f32x4.mul(twice, sine)));
    v128.store(at, f32x4.mul(distance, f32x4.mul(twice, bigCosine(turn))));
    v128.store(at, v128.xor(along, v128.and(word, SIGN_BITS())), 16);
  }
}

export function random(stream: usize, out: usize, count: i32): void {
  let s0 = v128.load(stream);
  let s1 = v128.load(stream, 16);
  let s2 = v128.load(stream, 32);
  let s3 = v128.load(stream, 48);
  const end = out + (<usize>count << 2);
  for (let at = out; at < end; at += VECTOR) {
    v128.store(at, scrambled(s0, s3));
    const shifted = i32x4.shl(s1, 9);
    s2 = v128.xor(s2, s0);
    s3 = v128.xor(s3, s1);
    s1 = v128.xor(s1, s2);
    s0 = v128.xor(s0, s3);
    s2 = v128.xor(s2, shifted);
    s3 = rotated(s3, 11);
  }
  v128.store(stream, s0);
  v128.store(stream, s1, 16);
  v128.store(stream, s2, 32);
  v128.store(stream, s3, 48);
}

export function uniforms(stream: usize, factor: f32, out: usize, count: i32): void {
  random(stream, out, count);
  const end = out + (<usize>count << 2);
  for (let at = out; at < end; at += VECTOR) {
    const odd = i32x4.sub(i32x4.shl(i32x4.shr_u(v128.load(at), 8), 1), i32x4.splat(0xffffff));
    v128.store(at, f32x4.mul(f32x4.convert_i32x4_s(odd), f32x4.splat(factor)));
  }
}

export function scale(x: usize, count: i32, factor: f32): void {
  const end = x + (<usize>count << 2);
  for (let at = x; at < end; at += VECTOR) v128.store(at, f32x4.mul(v128.load(at), f32x4.splat(factor)));
}

/** `own` and `common` point at the first channel of the tile. */
export function correlate(
  z: usize,
  count: i32,
  stride: i32,
  factor: usize,
  own: usize,
  common: usize,
  feedback: f32,
): void {
  const end = z + (<usize>count << 2);
  const row = <usize>stride << 2;
  for (let start = z; start < end; start += row) {
    const ownWeight = v128.load32_splat(own);
    const commonWeight = v128.load32_splat(common);
    own += 4;
    common += 4;
    for (let at: usize = 0; at < row; at += VECTOR) {
      const shared = v128.load(factor + at);
      const value = f32x4.add(f32x4.mul(ownWeight, v128.load(start + at)), f32x4.mul(commonWeight, shared));
      v128.store(start + at, value);
      v128.store(factor + at, f32x4.add(shared, f32x4.mul(f32x4.splat(feedback), value)));
    }
  }
}

export function relu(z: usize, count: i32, offset: f32, floor: f32): void {
  const end = z + (<usize>count << 2);
  for (let at = z; at < end; at += VECTOR) {
    v128.store(at, f32x4.max(f32x4.splat(floor), f32x4.add(v128.load(at), f32x4.splat(offset))));
  }
}

export function exp(z: usize, count: i32, rate: f32, factor: f32, offset: f32): void {
  const end = z + (<usize>count << 2);
  for (let at = z; at < end; at += VECTOR) {
    const grown = f32x4.mul(exponential(f32x4.mul(v128.load(at), f32x4.splat(rate))), f32x4.splat(factor));
    v128.store(at, f32x4.sub(grown, f32x4.splat(offset)));
  }
}

export function normalCdf(z: usize, count: i32, factor: f32): void {
  const end = z + (<usize>count << 2);
  for (let at = z; at < end; at += VECTOR) {
    v128.store(at, f32x4.mul(centredNormalCdf(v128.load(at)), f32x4.splat(factor)));
  }
}

export function applyNoise(x: usize, deviation: usize, noisy: usize, count: i32, centre: f32): void {
  const bytes = <usize>count << 2;
  const shift = f32x4.splat(centre);
  for (let at: usize = 0; at < bytes; at += 2 * VECTOR) {
    const low = v128.load(x + at);
    const high = v128.load(x + at, 16);
    v128.store(noisy + at, plus(low, v128.load(deviation + at), f32x4.add(low, shift)));
    v128.store(noisy + at, plus(high, v128.load(deviation + at, 16), f32x4.add(high, shift)), 16);
  }
}
