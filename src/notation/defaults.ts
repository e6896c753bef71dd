import { inputMeanOf, isFileName, paddingOf, type WrittenLayer } from "./graph.ts";

/** The layer with null for options that are what they are without being said, so that it has one text. */
export function withoutDefaults(layer: WrittenLayer): WrittenLayer {
  switch (layer.kind) {
    case "input": {
      const { law, mean } = layer;
      const isUsual = !isFileName(law) && mean === inputMeanOf({ law, mean: null });
      return isUsual ? { ...layer, mean: null } : layer;
    }
    case "linear":
      return layer.mean === 0 ? { ...layer, mean: null } : layer;
    case "conv": {
      const { mean, padding } = layer;
      const isUsual = padding === paddingOf({ ...layer, padding: null });
      return { ...layer, mean: mean === 0 ? null : mean, padding: isUsual ? null : padding };
    }
    case "maxpool":
      return layer.stride === layer.size ? { ...layer, stride: null } : layer;
    case "avgpool":
      return layer.stride === (layer.size ?? 1) ? { ...layer, stride: null } : layer;
    default:
      return layer;
  }
}
