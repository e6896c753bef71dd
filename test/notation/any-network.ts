import fc from "fast-check";
import { withoutDefaults } from "../../src/notation/defaults.ts";
import type { WrittenLayer } from "../../src/notation/graph.ts";
import type { Element, Tree } from "../../src/notation/tree.ts";
import { LAYERS, type LayerWord, type Option } from "../../src/notation/words.ts";

/** Any tree, by the table of layers. */
export function networks(): fc.Arbitrary<Tree> {
  const named = fc.option(fc.stringMatching(/^[a-z][a-z0-9_]{0,5}$/), { nil: null });
  const layerOf = (word: LayerWord) =>
    fc
      .record(Object.fromEntries(Object.entries(LAYERS[word]).map(([name, option]) => [name, anyOf(option)])))
      .map((values) => withoutDefaults({ kind: word, ...values } as unknown as WrittenLayer))
      .chain((layer) => named.map((name) => ({ kind: "layer", layer, name, at: 1 })))
      .filter(({ layer }) => !("alignment" in layer) || layer.alignment === null) as unknown as fc.Arbitrary<Element>;
  const words = (Object.keys(LAYERS) as LayerWord[]).filter((word) => word !== "input");
  const { element } = fc.letrec<{ element: Element; layers: Tree }>((tie) => ({
    layers: fc.array(tie("element"), { minLength: 1, maxLength: 3 }),
    element: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom(...words).chain(layerOf),
      fc
        .tuple(fc.constantFrom("residual", "concat"), tie("layers"))
        .map(([kind, branch]) => ({ kind, branch, at: 1 }) as Element),
      fc
        .tuple(fc.integer({ min: 1, max: 10_000 }), tie("layers"))
        .map(([count, branch]): Element => ({ kind: "repeat", count, branch, at: 1 })),
    ),
  }));
  const input: Element = {
    kind: "layer",
    layer: { kind: "input", shape: { channels: 8, sizes: [4, 4] }, law: "normal", mean: null, variance: 1, rho: 0 },
    name: null,
    at: 1,
  };
  return fc.array(element, { maxLength: 4 }).map((layers) => [input, ...layers]);
}

function anyOf(option: Option): fc.Arbitrary<unknown> {
  const own = (() => {
    switch (option.type) {
      case "choice":
        return fc.constantFrom(...option.choices.filter((choice) => choice !== "constant"));
      case "shape":
        return fc.constant({ channels: 8, sizes: [] });
      case "count":
        return fc.integer({ min: option.from, max: option.to });
      case "number":
        return (
          fc
            .double({ min: option.from, max: option.to, maxExcluded: option.isBelow === true, noNaN: true })
            // −0 is written as 0.
            .map((value) => value + 0)
        );
    }
  })();
  return "usual" in option ? fc.oneof(fc.constant(option.usual), own) : own;
}
