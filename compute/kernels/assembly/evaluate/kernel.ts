// Weighted sums of kernels with stored rows: score s is intercept[s] + sum over i of coefficient[i][s] * k(x, vector i).
//
//   word  6  function (kernel-functions.ts)
//         7  vectors, n
//         8  offset of f64[], the function's parameters; of a composite function its programs, one after the other
//         9  offset of f32[n][features], the vectors
//        10  offset of f64[n][scores], the coefficients
//        11  offset of f64[scores], the intercepts
//        12  scores
//        13  offset of f64[scores][n (n + 1) / 2], the factors of variances; 0 for none
//        14  programs of a composite function: 1, or one for each score
//
// With variances (of Gaussian processes: decision `laplace`), those of the scores follow them: with k = (k(x, vector i)) and
// T the factor, a lower triangle given by rows, that is k(x, x) - |T k|². Behind stands k: outputs are 2 * scores + n.
import { at, word } from './block';
import { composite } from './composite';
import { kernelRow } from './kernel-functions';

export function kernelScores(model: usize, rows: usize, count: usize, out: usize): void {
  const features: usize = word(model, 1);
  const outputs: usize = word(model, 2);
  const scores: usize = word(model, 12);
  for (let r: usize = 0; r < count; r++) {
    const row = rows + ((r * features) << 2);
    const rowOut = out + ((r * outputs) << 3);
    for (let s: usize = 0; s < scores << 3; s += 8) store<f64>(rowOut + s, load<f64>(at(model, 11) + s));
    if (word(model, 13) != 0) scoresWithVariances(model, row, rowOut);
    else kernelRow(word(model, 6), at(model, 8), row, features, at(model, 9), word(model, 7), at(model, 10), scores, rowOut);
  }
}

function scoresWithVariances(model: usize, row: usize, out: usize): void {
  const features: usize = word(model, 1);
  const count: usize = word(model, 7);
  const scores: usize = word(model, 12);
  const kernels = out + (scores << 4);
  let program = at(model, 8);
  let factor = at(model, 13);
  for (let s: usize = 0; s < scores; s++) {
    if (s == 0 || word(model, 14) > 1)
      kernelRow(word(model, 6), program, row, features, at(model, 9), count, 0, 0, kernels);
    let mean = load<f64>(out + (s << 3));
    let coefficient = at(model, 10) + (s << 3);
    let squares: f64 = 0;
    for (let i: usize = 0; i < count; i++) {
      mean += load<f64>(coefficient) * load<f64>(kernels + (i << 3));
      coefficient += scores << 3;
      let sum: f64 = 0;
      for (let j: usize = 0; j <= i; j++) {
        sum += load<f64>(factor) * load<f64>(kernels + (j << 3));
        factor += 8;
      }
      squares += sum * sum;
    }
    store<f64>(out + (s << 3), mean);
    store<f64>(out + ((scores + s) << 3), max<f64>(0, composite(program, row, row, features, true) - squares));
    if (word(model, 14) > 1) program += <usize>load<f64>(program, 8) << 3;
  }
}
