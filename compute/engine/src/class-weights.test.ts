import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { balancedWeights, type ClassWeight, classWeights, rowWeights } from './class-weights.js';
import { FitError } from './estimator.js';
import { classNames } from './preprocessing/labels.js';
import { checkParameters } from './parameters.js';
import { classWeightParameter } from './parameter-types.js';
import { trainingData } from './testing/data.js';

const kernels = loadKernels();
const target = [0, 1, 1, 2, 2, 2];
const named = (names: string[], weights: number[] | undefined = undefined) => ({
  ...trainingData(kernels, [target], target, names.length, { weights }),
  classNames: names,
});

test('balanced: every class counts the same in all, and the rows as many as they are', () => {
  assert.deepEqual([...balancedWeights(Float64Array.of(1, 2, 0, 1))], [1, 0.5, 0, 1]);
  const data = named(['a', 'b', 'c']);
  assert.deepEqual([...classWeights(data, 'balanced')], [2, 1, 2 / 3]);
  // The rows' own weights do not change what is balanced, as in scikit-learn.
  assert.deepEqual([...rowWeights(named(['a', 'b', 'c'], [1, 2, 0, 3, 3, 3]), 'balanced')!], [2, 2, 0, 2, 2, 2]);
});

test('by label: text, truth values, numbers however they are written', () => {
  assert.deepEqual([...classWeights(named(['a', 'b', 'c']), { b: 0, c: 2.5 })], [1, 0, 2.5]);
  assert.deepEqual([...classWeights(named(['false', 'true']), { true: 3 })], [1, 3]);
  assert.deepEqual([...classWeights(named(['false', 'true']), { 1: 3, 0: 2 })], [2, 3]);
  assert.deepEqual([...classWeights(named(['0.10000000149011612', '1', '2']), { '0.1': 3, '2.0': 4 })], [3, 1, 4]);
  assert.deepEqual([...classWeights(named(['', ' 1', 'x']), { '': 3 })], [3, 1, 1]);
  assert.deepEqual([...rowWeights(named(['a', 'b', 'c']), { b: 4 })!], [1, 4, 4, 1, 1, 1]);
  assert.equal(rowWeights(named(['a', 'b', 'c']), null), undefined);
  assert.deepEqual([...rowWeights(named(['a', 'b', 'c'], target), null)!], target);
});

test('a label that is no class', () => {
  const refused = (given: ClassWeight, wording: RegExp) =>
    assert.throws(
      () => classWeights(named(['benign', 'malignant']), given),
      (error) => error instanceof FitError && wording.test(`${error.message}: ${error.hint}`),
    );
  refused({ malignent: 2 }, /malignent.*Did you mean "malignant"/);
  refused({ '': 2 }, /The classes are "benign" or "malignant"/);
  // All that the rows have is weighed: the label belongs to a class that only other rows have.
  const weights = classWeights(named(['benign', 'malignant']), { benign: 1, malignant: 2, unclear: 3 });
  assert.deepEqual([...weights], [1, 2]);
  assert.throws(() => classWeights(named(['1', '2']), { 1: 2, '1.0': 3 }), FitError);
});

test('what hyperparameters may say, and how labels are called', () => {
  const parameterized = { algorithm: 'any', parameters: [classWeightParameter] };
  for (const given of [null, 'balanced', {}, { a: 0, b: 2 }])
    assert.deepEqual(checkParameters(parameterized, { class_weight: given }), { class_weight: given });
  for (const given of ['even', [1, 2], { a: -1 }, { a: '1' }, 3])
    assert.throws(() => checkParameters(parameterized, { class_weight: given }), /an object in which each value/);
  const labels = { train: new Float32Array(0), test: new Float32Array(0) };
  const text = { name: 'kind', pg_type: 'text', categories: ['x', 'y'], classes: [1, 2] };
  assert.deepEqual(classNames({ ...labels, description: text, classes: [1, 2] }), ['x', 'y']);
  const truth = { name: 'kind', pg_type: 'bool', classes: [0, 1] };
  assert.deepEqual(classNames({ ...labels, description: truth, classes: [0, 1] }), ['false', 'true']);
  const numbers = { name: 'kind', pg_type: 'int4', classes: [-1, 7] };
  assert.deepEqual(classNames({ ...labels, description: numbers, classes: [-1, 7] }), ['-1', '7']);
});
