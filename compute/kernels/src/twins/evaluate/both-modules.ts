/** For tests: the evaluators of both modules over memories of their own. */
import { hasProbabilities } from '../../block/block.js';
import { checkBlock } from '../../block/check.js';
import { type EvaluateExports, loadEvaluators, loadKernels } from '../../load.js';

export interface Outcome {
  readonly scores: Float64Array[];
  readonly answers: number[];
  /** Of the evaluator for one row. */
  readonly singles: number[];
  /** Probabilities, or the values of a vector; none for other decisions. */
  readonly several: Float32Array[];
}

const PAGE = 65536;

/** What each module says of the rows, by its name. The block is checked first. */
export function evaluateInBoth(block: Uint8Array, rows: readonly Float32Array[]): [name: string, outcome: Outcome][] {
  const { features, outputs, decision, classes } = checkBlock(block);
  const kernels = loadKernels();
  const places = [block.length, 4 * rows.length * features, 8 * 64 * outputs, 8 * rows.length * outputs];
  places.push(4 * rows.length, 4 * rows.length * classes);
  const [model, input, scratch, scores, answers, several] = places.map((bytes) => kernels.allocate(bytes));
  const plain = new WebAssembly.Memory({ initial: Math.ceil(kernels.mark() / PAGE) });
  const modules: [string, EvaluateExports, WebAssembly.Memory][] = [
    ['training.wasm', kernels.run, kernels.memory],
    ['evaluate.wasm', loadEvaluators(plain), plain],
  ];
  return modules.map(([name, run, { buffer }]) => {
    new Uint8Array(buffer).set(block, model);
    rows.forEach((row, index) => {
      new Float32Array(buffer, input + 4 * index * features, features).set(row);
    });
    run.scores(model, input, rows.length, scores);
    run.predict(model, input, rows.length, answers, scratch);
    const hasSeveral = hasProbabilities(decision) || decision === 'vector';
    if (hasSeveral) run.predictProbabilities(model, input, rows.length, several, scratch);
    const outcome: Outcome = {
      scores: rows.map((_, row) => new Float64Array(buffer, scores + 8 * row * outputs, outputs).slice()),
      answers: [...new Float32Array(buffer, answers, rows.length)],
      singles: rows.map((_, row) => run.predictRow(model, input + 4 * row * features, scratch)),
      several: hasSeveral
        ? rows.map((_, row) => new Float32Array(buffer, several + 4 * row * classes, classes).slice())
        : [],
    };
    return [name, outcome];
  });
}
