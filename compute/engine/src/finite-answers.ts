import { classesOf, hasProbabilities, type Kernels } from '@pgml/kernels';
import { FitError, type Fitted, type TrainingData } from './estimator.js';

/** As many are asked as an evaluator takes at once. */
const ASKED = 64;

/**
 * Throws FitError for a model that answers rows it was fitted to, or weighs its features, by infinity or NaN: numbers of
 * the fit have overflowed, because of the parameters or of the data. Asks some rows, spread over the table. `block` is the
 * model as written.
 */
export function requireFiniteAnswers(
  kernels: Kernels,
  { block: { decision, outputs, classes }, importances = {} }: Fitted,
  block: Uint8Array,
  data: TrainingData,
): void {
  const { rows, features } = data;
  const asked = Math.min(ASKED, rows);
  const values = hasProbabilities(decision) || decision === 'vector' ? classesOf({ decision, outputs, classes }) : 0;
  const mark = kernels.mark();
  try {
    const model = kernels.allocate(block.length);
    kernels.u8(model, block.length).set(block);
    const input = kernels.allocate(4 * asked * features);
    const matrix = kernels.f32(input, asked * features);
    for (let feature = 0; feature < features; feature++) {
      const column = data.column(feature);
      for (let i = 0; i < asked; i++) matrix[i * features + feature] = column[Math.floor((i * rows) / asked)]!;
    }
    const scratch = kernels.allocate(8 * asked * outputs);
    const answers = kernels.allocate(4 * asked * (1 + values));
    kernels.run.predict(model, input, asked, answers, scratch);
    if (values > 0) kernels.run.predictProbabilities(model, input, asked, answers + 4 * asked, scratch);
    const count = asked * (1 + values);
    const finite = kernels.run.countFinite(answers, count) === count;
    if (!finite || !Object.values(importances).every((weights) => Array.from(weights).every(Number.isFinite)))
      throw new FitError(
        'the answers of the model are no finite numbers: some overflowed while it was fitted',
        'Use moderate hyperparameters (learning rates, penalties, weights), and features and labels of moderate size.',
      );
  } finally {
    kernels.release(mark);
  }
}
