/** A matrix of numbers, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

/** Mean and variance of each column, with divisor n: the moments of a row that is drawn at random. In double precision. */
export interface ColumnMoments {
  readonly means: Float64Array;
  readonly variances: Float64Array;
}

/** In two passes, so that a mean takes no digits from a variance. Sums go down the columns in the order of the rows. */
export function columnMoments({ rows, columns, values }: Matrix): ColumnMoments {
  const means = new Float64Array(columns);
  const variances = new Float64Array(columns);
  for (let at = 0, column = 0; at < values.length; at++) {
    means[column] += values[at];
    column = column + 1 === columns ? 0 : column + 1;
  }
  for (let column = 0; column < columns; column++) means[column] /= rows;
  for (let at = 0, column = 0; at < values.length; at++) {
    const difference = values[at] - means[column];
    variances[column] += difference * difference;
    column = column + 1 === columns ? 0 : column + 1;
  }
  for (let column = 0; column < columns; column++) variances[column] /= rows;
  return { means, variances };
}
