// Affinity propagation: the messages between all pairs of rows (Frey & Dueck, "Clustering by Passing Messages Between Data
// Points", 2007). Matrices are f64[n][width], where width is n rounded up to a multiple of 4; in what is padded, similarities
// are -Infinity and availabilities 0.

/**
 * Renews the responsibilities of the rows first … last - 1, damped, and adds to `sums` (f64[width]) what each column
 * has of evidence: the positive ones, and the one on the diagonal whatever it is.
 */
export function passResponsibilities(
  similarities: usize, availabilities: usize, responsibilities: usize, width: usize, first: usize, last: usize,
  damping: f64, sums: usize,
): void {
  const bytes = width << 3;
  const kept = f64x2.splat(damping);
  const renewed = f64x2.splat(1 - damping);
  const two = f64x2.splat(2);
  const four = f64x2.splat(4);
  for (let row = first; row < last; row++) {
    const s = similarities + row * bytes;
    const a = availabilities + row * bytes;
    const r = responsibilities + row * bytes;
    // Two pairs of columns at a time, each with its own best, so that they do not wait for each other.
    let best0 = f64x2.splat(-Infinity);
    let best1 = best0;
    let second0 = best0;
    let second1 = best0;
    let winners0 = f64x2.splat(0);
    let winners1 = winners0;
    let numbers = f64x2.replace_lane(f64x2.splat(0), 1, 1);
    for (let at: usize = 0; at < bytes; at += 32) {
      const value0 = f64x2.add(v128.load(a + at), v128.load(s + at));
      const value1 = f64x2.add(v128.load(a + at, 16), v128.load(s + at, 16));
      const above0 = f64x2.gt(value0, best0);
      const above1 = f64x2.gt(value1, best1);
      second0 = f64x2.pmax(second0, f64x2.pmin(value0, best0));
      second1 = f64x2.pmax(second1, f64x2.pmin(value1, best1));
      best0 = v128.bitselect(value0, best0, above0);
      best1 = v128.bitselect(value1, best1, above1);
      winners0 = v128.bitselect(numbers, winners0, above0);
      winners1 = v128.bitselect(f64x2.add(numbers, two), winners1, above1);
      numbers = f64x2.add(numbers, four);
    }
    const later = v128.or(
      f64x2.gt(best1, best0),
      v128.and(f64x2.eq(best1, best0), f64x2.lt(winners1, winners0)),
    );
    const best = v128.bitselect(best1, best0, later);
    const winners = v128.bitselect(winners1, winners0, later);
    const second = f64x2.pmax(f64x2.pmax(second0, second1), f64x2.pmin(best0, best1));
    const b0 = f64x2.extract_lane(best, 0);
    const b1 = f64x2.extract_lane(best, 1);
    const w0 = f64x2.extract_lane(winners, 0);
    const w1 = f64x2.extract_lane(winners, 1);
    const inFirst = b0 > b1 || (b0 == b1 && w0 < w1);
    const largest = max(b0, b1);
    const next = max(min(b0, b1), max(f64x2.extract_lane(second, 0), f64x2.extract_lane(second, 1)));
    const winner = (<usize>(inFirst ? w0 : w1)) << 3;
    const ownAtWinner = load<f64>(r + winner);
    const competitor = f64x2.splat(largest);
    for (let at: usize = 0; at < bytes; at += 16) {
      const fresh = f64x2.mul(f64x2.sub(v128.load(s + at), competitor), renewed);
      v128.store(r + at, f64x2.add(f64x2.mul(v128.load(r + at), kept), fresh));
    }
    store<f64>(r + winner, ownAtWinner * damping + (load<f64>(s + winner) - next) * (1 - damping));
    const diagonal = row << 3;
    const evidence = load<f64>(sums + diagonal) + load<f64>(r + diagonal);
    const zero = f64x2.splat(0);
    for (let at: usize = 0; at < bytes; at += 16)
      v128.store(sums + at, f64x2.add(v128.load(sums + at), f64x2.pmax(v128.load(r + at), zero)));
    store<f64>(sums + diagonal, evidence);
  }
}

/** Renews the availabilities of the rows first … last - 1, damped, from all columns' evidence. */
export function passAvailabilities(
  responsibilities: usize, availabilities: usize, width: usize, first: usize, last: usize, damping: f64, sums: usize,
): void {
  const bytes = width << 3;
  const kept = f64x2.splat(damping);
  const renewed = f64x2.splat(1 - damping);
  const zero = f64x2.splat(0);
  for (let row = first; row < last; row++) {
    const a = availabilities + row * bytes;
    const r = responsibilities + row * bytes;
    const diagonal = row << 3;
    const own = load<f64>(a + diagonal);
    for (let at: usize = 0; at < bytes; at += 16) {
      const others = f64x2.sub(f64x2.pmax(v128.load(r + at), zero), v128.load(sums + at));
      const fresh = f64x2.mul(f64x2.pmax(others, zero), renewed);
      v128.store(a + at, f64x2.sub(f64x2.mul(v128.load(a + at), kept), fresh));
    }
    // What speaks for a row itself is not limited.
    const others = load<f64>(r + diagonal) - load<f64>(sums + diagonal);
    store<f64>(a + diagonal, own * damping - others * (1 - damping));
  }
}
