// Squared Euclidean distances to centroids, in f64, features in order.
//
//   word  6  offset of f64[outputs][features], the centroids
//
// As in linear.ts, the sums of four rows are under way at once.
import { at, word } from './block';

export function centroidScores(model: usize, rows: usize, count: usize, out: usize): void {
  const rowBytes: usize = <usize>word(model, 1) << 2;
  const outputBytes: usize = <usize>word(model, 2) << 3;
  let r: usize = 0;
  for (; r + 4 <= count; r += 4) fourRows(model, rows + r * rowBytes, out + r * outputBytes);
  for (; r < count; r++) oneRow(model, rows + r * rowBytes, out + r * outputBytes);
}

// @ts-ignore: decorator
@inline
function squared(value: usize, coordinate: f64): f64 {
  const difference = <f64>load<f32>(value) - coordinate;
  return difference * difference;
}

function fourRows(model: usize, first: usize, out: usize): void {
  const rowBytes: usize = <usize>word(model, 1) << 2;
  const outputBytes: usize = <usize>word(model, 2) << 3;
  const second = first + rowBytes;
  const third = second + rowBytes;
  const fourth = third + rowBytes;
  let centre = at(model, 6);
  for (let o: usize = 0; o < outputBytes; o += 8) {
    let a: f64 = 0;
    let b: f64 = 0;
    let c: f64 = 0;
    let d: f64 = 0;
    for (let f: usize = 0; f < rowBytes; f += 4) {
      const coordinate = load<f64>(centre);
      a += squared(first + f, coordinate);
      b += squared(second + f, coordinate);
      c += squared(third + f, coordinate);
      d += squared(fourth + f, coordinate);
      centre += 8;
    }
    store<f64>(out + o, a);
    store<f64>(out + outputBytes + o, b);
    store<f64>(out + 2 * outputBytes + o, c);
    store<f64>(out + 3 * outputBytes + o, d);
  }
}

function oneRow(model: usize, row: usize, out: usize): void {
  const rowBytes: usize = <usize>word(model, 1) << 2;
  const outputBytes: usize = <usize>word(model, 2) << 3;
  let centre = at(model, 6);
  for (let o: usize = 0; o < outputBytes; o += 8) {
    let sum: f64 = 0;
    for (let f: usize = 0; f < rowBytes; f += 4) {
      sum += squared(row + f, load<f64>(centre));
      centre += 8;
    }
    store<f64>(out + o, sum);
  }
}
