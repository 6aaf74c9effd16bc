// Models of several targets at once: each answers one value of a vector.
//
//   word  6  models
//         7  offset of u32[models], where each model's block lies, in bytes from word 8, ascending
//         8  offset of the blocks, each as ever and at a multiple of 16; each ends where the next begins
//         9  bytes of all blocks
//
// Model i computes in the row's outputs from number i on, and leaves its answer there. So the first numbers are the answers.
import { scores } from '../evaluate';
import { at, word } from './block';
import { answerOf } from './decision';

export function jointScores(model: usize, rows: usize, count: usize, out: usize): void {
  const rowBytes: usize = <usize>word(model, 1) << 2;
  const scoreBytes: usize = <usize>word(model, 2) << 3;
  const models: usize = word(model, 6);
  const offsets = at(model, 7);
  const blocks = at(model, 8);
  for (let r: usize = 0; r < count; r++) {
    for (let i: usize = 0; i < models; i++) {
      const place = out + r * scoreBytes + (i << 3);
      const block = blocks + <usize>load<u32>(offsets + (i << 2));
      scores(block, rows + r * rowBytes, 1, place);
      store<f64>(place, answerOf(block, place));
    }
  }
}
