// y ← y + W·x over four lanes of samples, in register tiles of 6 neurons × 8 samples; ../reference.ts defines the bits: each
// output adds its products one by one in the order of the channels, so the shape of the tiles does not show.

/** Bytes of a vector. */
@inline
const VECTOR: usize = 16;

/** Neurons of a register tile: 12 sums, 2 inputs and a weight fill the 16 vector registers of x86-64. */
@inline
const TILE: i32 = 6;

/** `weights` points at the first channel's weight of the first neuron; all other counts are of numbers. */
export function multiplyAdd(
  weights: usize,
  width: i32,
  neurons: i32,
  x: usize,
  channels: i32,
  y: usize,
  stride: i32,
): void {
  const row = <usize>stride << 2;
  const weightRow = <usize>width << 2;
  for (let sample: usize = 0; sample < row; sample += 2 * VECTOR) {
    let neuron = 0;
    let weight = weights;
    let output = y + sample;
    for (; neuron + TILE <= neurons; neuron += TILE) {
      sixNeurons(weight, weightRow, x + sample, channels, output, row);
      weight += TILE * weightRow;
      output += TILE * row;
    }
    for (; neuron < neurons; neuron++) {
      oneNeuron(weight, x + sample, channels, output, row);
      weight += weightRow;
      output += row;
    }
  }
}

@inline
function oneNeuron(weight: usize, x: usize, channels: i32, y: usize, row: usize): void {
  let low = v128.load(y);
  let high = v128.load(y, 16);
  const end = weight + (<usize>channels << 2);
  for (; weight < end; weight += 4) {
    const w = v128.load32_splat(weight);
    low = f32x4.add(low, f32x4.mul(w, v128.load(x)));
    high = f32x4.add(high, f32x4.mul(w, v128.load(x, 16)));
    x += row;
  }
  v128.store(y, low);
  v128.store(y, high, 16);
}

@inline
function sixNeurons(weight: usize, weightRow: usize, x: usize, channels: i32, y: usize, row: usize): void {
  const y1 = y + row;
  const y2 = y + 2 * row;
  const y3 = y + 3 * row;
  const y4 = y + 4 * row;
  const y5 = y + 5 * row;
  const w1 = weightRow;
  const w2 = 2 * weightRow;
  const w3 = 3 * weightRow;
  const w4 = 4 * weightRow;
  const w5 = 5 * weightRow;
  let low0 = v128.load(y);
  let high0 = v128.load(y, 16);
  let low1 = v128.load(y1);
  let high1 = v128.load(y1, 16);
  let low2 = v128.load(y2);
  let high2 = v128.load(y2, 16);
  let low3 = v128.load(y3);
  let high3 = v128.load(y3, 16);
  let low4 = v128.load(y4);
  let high4 = v128.load(y4, 16);
  let low5 = v128.load(y5);
  let high5 = v128.load(y5, 16);
  const end = weight + (<usize>channels << 2);
  for (; weight < end; weight += 4) {
    const low = v128.load(x);
    const high = v128.load(x, 16);
    x += row;
    let w = v128.load32_splat(weight);
    low0 = f32x4.add(low0, f32x4.mul(w, low));
    high0 = f32x4.add(high0, f32x4.mul(w, high));
    w = v128.load32_splat(weight + w1);
    low1 = f32x4.add(low1, f32x4.mul(w, low));
    high1 = f32x4.add(high1, f32x4.mul(w, high));
    w = v128.load32_splat(weight + w2);
    low2 = f32x4.add(low2, f32x4.mul(w, low));
    high2 = f32x4.add(high2, f32x4.mul(w, high));
    w = v128.load32_splat(weight + w3);
    low3 = f32x4.add(low3, f32x4.mul(w, low));
    high3 = f32x4.add(high3, f32x4.mul(w, high));
    w = v128.load32_splat(weight + w4);
    low4 = f32x4.add(low4, f32x4.mul(w, low));
    high4 = f32x4.add(high4, f32x4.mul(w, high));
    w = v128.load32_splat(weight + w5);
    low5 = f32x4.add(low5, f32x4.mul(w, low));
    high5 = f32x4.add(high5, f32x4.mul(w, high));
  }
  v128.store(y, low0);
  v128.store(y, high0, 16);
  v128.store(y1, low1);
  v128.store(y1, high1, 16);
  v128.store(y2, low2);
  v128.store(y2, high2, 16);
  v128.store(y3, low3);
  v128.store(y3, high3, 16);
  v128.store(y4, low4);
  v128.store(y4, high4, 16);
  v128.store(y5, low5);
  v128.store(y5, high5, 16);
}
