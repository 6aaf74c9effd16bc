// Linear scores: intercept[o] + sum over f of weight[o][f] * x[f], in f64, features in order.
//
//   word  6  offset of f64[outputs][features], the weights
//         7  offset of f64[outputs], the intercepts
//
// A sum is a chain of additions, each of which waits for the one before: so the sums of four rows are under way at once.
import { at, word } from './block';

export function linearScores(model: usize, rows: usize, count: usize, out: usize): void {
  const rowBytes: usize = <usize>word(model, 1) << 2;
  const outputBytes: usize = <usize>word(model, 2) << 3;
  let r: usize = 0;
  for (; r + 4 <= count; r += 4) fourRows(model, rows + r * rowBytes, out + r * outputBytes);
  for (; r < count; r++) oneRow(model, rows + r * rowBytes, out + r * outputBytes);
}

function fourRows(model: usize, first: usize, out: usize): void {
  const rowBytes: usize = <usize>word(model, 1) << 2;
  const outputBytes: usize = <usize>word(model, 2) << 3;
  const second = first + rowBytes;
  const third = second + rowBytes;
  const fourth = third + rowBytes;
  const intercepts = at(model, 7);
  let weight = at(model, 6);
  for (let o: usize = 0; o < outputBytes; o += 8) {
    let a = load<f64>(intercepts + o);
    let b = a;
    let c = a;
    let d = a;
    for (let f: usize = 0; f < rowBytes; f += 4) {
      const w = load<f64>(weight);
      a += w * <f64>load<f32>(first + f);
      b += w * <f64>load<f32>(second + f);
      c += w * <f64>load<f32>(third + f);
      d += w * <f64>load<f32>(fourth + f);
      weight += 8;
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
  const intercepts = at(model, 7);
  let weight = at(model, 6);
  for (let o: usize = 0; o < outputBytes; o += 8) {
    let sum = load<f64>(intercepts + o);
    for (let f: usize = 0; f < rowBytes; f += 4) {
      sum += load<f64>(weight) * <f64>load<f32>(row + f);
      weight += 8;
    }
    store<f64>(out + o, sum);
  }
}
