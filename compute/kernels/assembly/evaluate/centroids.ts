// Squared Euclidean distances to centroids, in f64, features in order.
//
//   word  6  offset of f64[outputs][features], the centroids
import { at, word } from './block';

export function centroidScores(model: usize, rows: usize, count: usize, out: usize): void {
  const features: usize = word(model, 1);
  const outputs: usize = word(model, 2);
  for (let r: usize = 0; r < count; r++) {
    const row = rows + ((r * features) << 2);
    let centre = at(model, 6);
    for (let o: usize = 0; o < outputs; o++) {
      let sum: f64 = 0;
      for (let f: usize = 0; f < features; f++) {
        const difference = <f64>load<f32>(row + (f << 2)) - load<f64>(centre);
        sum += difference * difference;
        centre += 8;
      }
      store<f64>(out, sum);
      out += 8;
    }
  }
}
