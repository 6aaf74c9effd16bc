/**
 * Regression of several targets at once by estimators that learn one: a fit for each target, and a model of the models
 * that answers all values of a row.
 */
import { writeBlock } from '@pgml/kernels';
import type { Checked } from './parameters.js';
import type { Estimator, FitContext, Fitted, TrainingData } from './estimator.js';

/** As `estimator.fit`, for any number of targets. What the fits allocate is released by the caller, as ever. */
export function fitTargets(estimator: Estimator, data: TrainingData, checked: Checked, context: FitContext): Fitted {
  if (data.targets === 1 || estimator.joint) return estimator.fit(data, checked, context);
  const fits = Array.from({ length: data.targets }, (_, index) => {
    const target = data.targetOf(index);
    const one = { ...data, target, targetPointer: target.byteOffset, targets: 1, targetOf: () => target };
    const mark = context.kernels.mark();
    const fitted = estimator.fit(one, checked, {
      ...context,
      checkpoint: (progress, detail) =>
        context.checkpoint((index + progress) / data.targets, detail && `target ${index + 1}: ${detail}`),
    });
    context.kernels.release(mark);
    return fitted;
  });
  return {
    block: fits.every(isWeightedSum) ? joinWeights(fits) : joinBlocks(fits, data.features),
    details: { targets: fits.map(({ details = {} }) => details) },
    ...(fits.every(({ importances }) => importances) ? { importances: meanImportances(fits) } : {}),
  };
}

const isWeightedSum = ({ block }: Fitted) => block.kind === 'linear' && block.decision === 'value';

function joinWeights(fits: readonly Fitted[]): Fitted['block'] {
  const joined = (word: 0 | 1) =>
    Float64Array.from(fits.flatMap(({ block }) => Array.from(block.words[word] as Float64Array)));
  return {
    kind: 'linear',
    outputs: fits.length,
    decision: 'vector',
    classes: fits.length,
    words: [joined(0), joined(1)],
  };
}

/** The kind `joint`, see assembly/evaluate/joint.ts of the kernels. */
function joinBlocks(fits: readonly Fitted[], features: number): Fitted['block'] {
  const blocks = fits.map(({ block }) => writeBlock({ ...block, features, classValues: [] }));
  const offsets = new Uint32Array(blocks.length);
  let end = 0;
  blocks.forEach((block, index) => {
    offsets[index] = end;
    end += block.length;
  });
  const bytes = new Uint8Array(end);
  blocks.forEach((block, index) => {
    bytes.set(block, offsets[index]);
  });
  return {
    kind: 'joint',
    // Model i computes in the place from output i on, and leaves its answer there.
    outputs: Math.max(...fits.map(({ block }, index) => index + block.outputs)),
    decision: 'vector',
    classes: fits.length,
    words: [fits.length, offsets, bytes, bytes.length],
  };
}

function meanImportances(fits: readonly Fitted[]): NonNullable<Fitted['importances']> {
  const kinds = Object.keys(fits[0].importances!);
  return Object.fromEntries(
    kinds.map((kind) => {
      const mean = new Float64Array(fits[0].importances![kind].length);
      for (const { importances } of fits)
        mean.forEach((sum, feature) => {
          mean[feature] = sum + importances![kind][feature] / fits.length;
        });
      return [kind, mean];
    }),
  );
}
