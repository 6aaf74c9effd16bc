/** Squared Euclidean distances to centroids, features in order. `centroids` is outputs × features. */
export function centroidScores(
  centroids: Float64Array,
  outputs: number,
  rows: readonly Float32Array[],
): Float64Array[] {
  return rows.map((row) => {
    const distances = new Float64Array(outputs);
    for (let output = 0; output < outputs; output++)
      for (const [feature, value] of row.entries()) {
        const difference = value - centroids[output * row.length + feature];
        distances[output] += difference * difference;
      }
    return distances;
  });
}
