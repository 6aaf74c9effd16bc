// Linear scores: intercept[o] + sum over f of weight[o][f] * x[f], in f64, features in order.
//
//   word  6  offset of f64[outputs][features], the weights
//         7  offset of f64[outputs], the intercepts
import { at, word } from './block';

export function linearScores(model: usize, rows: usize, count: usize, out: usize): void {
  const features: usize = word(model, 1);
  const outputs: usize = word(model, 2);
  const intercepts = at(model, 7);
  for (let r: usize = 0; r < count; r++) {
    const row = rows + ((r * features) << 2);
    let weight = at(model, 6);
    for (let o: usize = 0; o < outputs; o++) {
      let sum = load<f64>(intercepts + (o << 3));
      for (let f: usize = 0; f < features; f++) {
        sum += load<f64>(weight) * <f64>load<f32>(row + (f << 2));
        weight += 8;
      }
      store<f64>(out, sum);
      out += 8;
    }
  }
}
