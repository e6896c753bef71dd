import { pt2, type SmallCall, type SmallWeight, tensor, tensors } from "../../test/model/archive.ts";

/**
 * A .pt2 archive of the layers of DenseNet-121 (Huang et al. 2017, table 1) with dropout of 0.2 in each block and random weights, without the averages between its blocks, behind which nothing is
 * known.
 */
export function denseNet(): Uint8Array {
  const calls: SmallCall[] = [];
  const weights: { [name: string]: SmallWeight } = {};
  const position = 8;
  let seed = 1;
  const values = (shape: readonly number[], make: () => number): SmallWeight => {
    const numbers = Float32Array.from({ length: shape.reduce((product, length) => product * length, 1) }, make);
    return { shape, bytes: new Uint8Array(numbers.buffer) };
  };
  const random = () => {
    seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
    return seed / 2 ** 31 - 1;
  };
  const call = (operation: string, channels: number, inputs: SmallCall["inputs"]): string => {
    const name = `v${calls.length}`;
    calls.push({ name, operation, inputs, shape: [null, channels, position, position] });
    return name;
  };
  const rectified = (of: string, channels: number): string => {
    const name = `norm${calls.length}`;
    weights[`${name}.running_mean`] = { ...values([channels], () => 0), kind: "buffer" };
    weights[`${name}.running_var`] = { ...values([channels], () => 1), kind: "buffer" };
    const statistics = { running_mean: tensor(`${name}.running_mean`), running_var: tensor(`${name}.running_var`) };
    const normed = call("batch_norm.default", channels, {
      ...{ input: tensor(of), ...statistics, training: { as_bool: false }, eps: { as_float: 1e-5 } },
    });
    return call("relu.default", channels, { self: tensor(normed) });
  };
  const convolved = (of: string, [inputs, outputs, kernel]: readonly [number, number, number]): string => {
    const name = `conv${calls.length}`;
    const scale = Math.sqrt(3 / (inputs * kernel * kernel));
    weights[name] = values([outputs, inputs, kernel, kernel], () => random() * scale);
    const padding = (kernel - 1) / 2;
    return call("conv2d.default", outputs, {
      ...{ input: tensor(of), weight: tensor(name), padding: { as_ints: [padding, padding] } },
    });
  };
  let channels = 64;
  let x = convolved("x", [3, channels, 7]);
  for (const [block, layers] of [6, 12, 24, 16].entries()) {
    for (let layer = 0; layer < layers; layer++) {
      const narrow = convolved(rectified(x, channels), [channels, 128, 1]);
      const grown = convolved(rectified(narrow, 128), [128, 32, 3]);
      const noisy = call("dropout.default", 32, { input: tensor(grown), p: { as_float: 0.2 } });
      channels += 32;
      x = call("cat.default", channels, { tensors: tensors(x, noisy), dim: { as_int: 1 } });
    }
    if (block === 3) break;
    x = convolved(rectified(x, channels), [channels, channels / 2, 1]);
    channels /= 2;
  }
  rectified(x, channels);
  return pt2({ input: [null, 3, position, position], calls, weights });
}
