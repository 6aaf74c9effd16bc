/** Square matrices by rows. */
type Matrix = readonly Float64Array[];

/** Responsibilities and availabilities after one exchange of messages, damped; what is given is not changed. */
export function passMessages(
  similarities: Matrix,
  responsibilities: Matrix,
  availabilities: Matrix,
  damping: number,
): { responsibilities: Matrix; availabilities: Matrix } {
  const damped = (old: number, fresh: number) => damping * old + (1 - damping) * fresh;
  const renewed = similarities.map((row, i) =>
    row.map((similarity, k) => {
      const competitors = row.map((other, j) => (j === k ? -Infinity : availabilities[i][j] + other));
      return damped(responsibilities[i][k], similarity - competitors.reduce((a, b) => Math.max(a, b)));
    }),
  );
  const evidence = (k: number, left: readonly number[]) =>
    renewed.reduce((sum, row, i) => (left.includes(i) ? sum : sum + Math.max(0, row[k])), 0);
  return {
    responsibilities: renewed,
    availabilities: availabilities.map((row, i) =>
      row.map((old, k) => damped(old, i === k ? evidence(k, [k]) : Math.min(0, renewed[k][k] + evidence(k, [i, k])))),
    ),
  };
}
