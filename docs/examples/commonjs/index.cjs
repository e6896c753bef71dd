// The smallest keep probability with Δ ≥ 0.9 for an input with a mean of 1, step by step,
// and how bad input is refused.
const { solve, VshiftError } = require("vshift");

const { value, steps } = solve({ mean: 1 }, { solveFor: "keep", shift: 0.9 });
console.log(`keep ${value}`);
for (const { symbol, value, name } of steps) console.log(`${symbol} = ${value} (${name})`);

try {
  solve({ mean: 1 }, { solveFor: "keep", shift: 2 });
} catch (error) {
  if (!(error instanceof VshiftError)) throw error;
  console.log(`${error.field} is refused: ${error.problem}`);
}
