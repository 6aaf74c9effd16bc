// The kind `kernel` in both modules beside its twin: the same bits.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BlockDescription, leastOutputs, pairCount, writeBlock } from '../../block/block.js';
import { type KernelFunction, kernelFunctions } from '../../block/kernel-functions.js';
import { loadKernels } from '../../load.js';
import { RandomState } from '../../random.js';
import { evaluateInBoth } from './both-modules.js';
import { type Answering, decide, probabilities } from './decision.js';
import { composite, kernelOf, kernelScores } from './kernel.js';

const normals = (random: RandomState, count: number) => Float64Array.from({ length: count }, () => random.normal());

function drawRows(random: RandomState, count: number, features: number, scale: number): Float32Array[] {
  const rows = Array.from({ length: count }, () =>
    Float32Array.from({ length: features }, () => Math.abs(random.normal()) * scale),
  );
  // A row of zeros, and one twice.
  rows[0]?.fill(0);
  rows[2]?.set(rows[1]);
  return rows;
}

const scales = (random: RandomState, count: number) => Array.from({ length: count }, () => 0.1 + random.double());

/** A program of all operations, or of one of them. */
function program(random: RandomState, features: number, depth = 3): number[] {
  const leaves: (() => number[])[] = [
    () => [0, 3, random.double()],
    () => [1, 3, random.double()],
    () => [2, 4, 1, ...scales(random, 1)],
    () => [2, 3 + features, features, ...scales(random, features)],
    () => [3, 4 + features, 1 + 2 * random.integer(0, 3), features, ...scales(random, features)],
    () => [3, 5, 1 + 2 * random.integer(0, 3), 1, ...scales(random, 1)],
    () => [4, 4, ...scales(random, 2)],
    () => [5, 4, ...scales(random, 2)],
    () => [6, 3, random.double()],
  ];
  if (depth === 0 || random.double() < 0.2) return leaves[random.integer(0, leaves.length)]();
  const first = program(random, features, depth - 1);
  if (random.double() < 0.2) return [9, 3 + first.length, random.double() < 0.5 ? 2 : 1.5, ...first];
  const second = program(random, features, depth - 1);
  return [random.integer(7, 9), 2 + first.length + second.length, ...first, ...second];
}

const SHAPES = [
  [1, 1, 1, 1],
  [2, 3, 0, 2],
  [3, 2, 4, 1],
  [65, 5, 7, 3],
  [4, 9, 13, 6],
] as const;

function check(description: BlockDescription, answering: Answering, expected: Float64Array[], rows: Float32Array[]) {
  for (const [name, outcome] of evaluateInBoth(writeBlock(description), rows)) {
    assert.deepEqual(outcome.scores, expected, name);
    const answers = expected.map((outputs) => decide(answering, outputs));
    assert.deepEqual([outcome.answers, outcome.singles], [answers, answers], name);
    assert.deepEqual(
      outcome.several,
      expected.map((outputs) => probabilities(answering, outputs)),
      name,
    );
  }
}

for (const kernel of Object.keys(kernelFunctions) as KernelFunction[])
  test(`kernel ${kernel}`, () => {
    for (const [seed, [count, features, vectorCount, scores]] of SHAPES.entries()) {
      const random = new RandomState(seed);
      const rows = drawRows(random, count, features, 10 ** random.integer(-2, 2));
      const vectors = drawRows(random, vectorCount, features, 1);
      vectors[3]?.set(rows[2] ?? []);
      const parameters =
        kernel === 'composite'
          ? Float64Array.from(program(random, features))
          : Float64Array.of(0.1 + random.double(), random.normal(), seed % 2 === 0 ? 3 : 2.5);
      const model = {
        kernel,
        parameters: [parameters],
        vectors,
        coefficients: normals(random, vectorCount * scores),
        intercepts: normals(random, scores),
      };
      const expected = kernelScores(model, rows);
      const words = [
        kernelFunctions[kernel],
        vectorCount,
        parameters,
        Float32Array.from(vectors.flatMap((v) => [...v])),
      ];
      const description: BlockDescription = {
        kind: 'kernel',
        features,
        outputs: scores,
        decision: 'vector',
        classes: scores,
        classValues: [],
        words: [...words, model.coefficients, model.intercepts, scores, 0, 1],
      };
      check(description, { decision: 'vector', classes: scores, classValues: [], numbers: parameters }, expected, rows);
    }
  });

test('kernels with coupled pairs have room behind their scores', () => {
  const random = new RandomState(5);
  const classes = 4;
  const pairs = pairCount(classes);
  const rows = drawRows(random, 9, 3, 1);
  const vectors = drawRows(random, 6, 3, 1);
  const parameters = Float64Array.of(0.5, 0, 0);
  const model = {
    kernel: 'rbf',
    parameters: [parameters],
    vectors,
    coefficients: normals(random, 6 * pairs),
    intercepts: normals(random, pairs),
  } as const;
  const numbers = normals(random, 2 * pairs);
  const classValues = [3, 5, 8, 9];
  const outputs = leastOutputs('pairwiseCoupling', classes);
  const block = writeBlock({
    kind: 'kernel',
    features: 3,
    outputs,
    decision: 'pairwiseCoupling',
    classes,
    classValues,
    words: [
      2,
      6,
      parameters,
      Float32Array.from(vectors.flatMap((v) => [...v])),
      model.coefficients,
      model.intercepts,
      pairs,
    ],
    decisionNumbers: numbers,
  });
  const expected = kernelScores(model, rows);
  const answering: Answering = { decision: 'pairwiseCoupling', classes, classValues, numbers };
  for (const [name, outcome] of evaluateInBoth(block, rows)) {
    assert.deepEqual(
      outcome.scores.map((scores) => scores.subarray(0, pairs)),
      expected,
      name,
    );
    assert.deepEqual(
      outcome.answers,
      expected.map((scores) => decide(answering, scores)),
    );
    assert.deepEqual(
      outcome.several,
      expected.map((scores) => probabilities(answering, scores)),
    );
  }
});

for (const classes of [2, 4])
  test(`variances of composite kernels, ${classes} classes`, () => {
    for (const [seed, [count, features, vectorCount]] of SHAPES.entries()) {
      const random = new RandomState(seed + 10 * classes);
      const scores = classes === 2 ? 1 : classes;
      const rows = drawRows(random, count, features, 1);
      const vectors = drawRows(random, vectorCount, features, 1);
      const programs = Array.from({ length: seed % 2 === 0 ? scores : 1 }, () =>
        Float64Array.from(program(random, features)),
      );
      const triangle = (vectorCount * (vectorCount + 1)) / 2;
      const model = {
        kernel: 'composite',
        parameters: programs,
        vectors,
        coefficients: normals(random, vectorCount * scores),
        intercepts: normals(random, scores),
        factors: Array.from({ length: scores }, () => normals(random, triangle).map((value) => value / 10)),
      } as const;
      const together = (arrays: readonly Float64Array[]) => Float64Array.from(arrays.flatMap((array) => [...array]));
      const classValues = Array.from({ length: classes }, (_, index) => index);
      check(
        {
          kind: 'kernel',
          features,
          outputs: 2 * scores + vectorCount,
          decision: 'laplace',
          classes,
          classValues,
          words: [
            8,
            vectorCount,
            together(programs),
            Float32Array.from(vectors.flatMap((v) => [...v])),
            model.coefficients,
            model.intercepts,
            scores,
            together(model.factors),
            programs.length,
          ],
        },
        { decision: 'laplace', classes, classValues, numbers: model.intercepts },
        kernelScores(model, rows),
        rows,
      );
    }
  });

test('kernels of a row with itself are 1 where they fall with distance, and noise counts only there', () => {
  const row = Float32Array.of(1.5, -2, 0.25);
  const other = row.slice();
  for (const node of [
    [2, 4, 1, 3],
    [3, 5, 5, 1, 3],
    [4, 4, 2, 0.5],
    [5, 4, 2, 0.5],
  ])
    assert.equal(composite(Float64Array.from(node), row, other, false), 1);
  const white = Float64Array.of(1, 3, 0.5);
  assert.deepEqual([composite(white, row, other, false), composite(white, row, row, true)], [0, 0.5]);
  assert.equal(kernelOf('rbf', Float64Array.of(2, 0, 0), row, other), 1);
});

test('kernelRow writes the kernels themselves without coefficients', () => {
  const random = new RandomState(1);
  const kernels = loadKernels();
  const [row, ...vectors] = drawRows(random, 8, 5, 1);
  const place = (values: Float32Array | Float64Array) => {
    const pointer = kernels.allocate(values.byteLength);
    kernels.u8(pointer, values.byteLength).set(new Uint8Array(values.buffer));
    return pointer;
  };
  const parameters = Float64Array.of(0.5, 1, 3);
  const out = kernels.allocate(8 * vectors.length);
  const [parametersAt, rowAt] = [place(parameters), place(row)];
  const vectorsAt = place(Float32Array.from(vectors.flatMap((vector) => [...vector])));
  for (const kernel of ['rbf', 'cosine', 'polynomial'] as const) {
    kernels.run.kernelRow(kernelFunctions[kernel], parametersAt, rowAt, 5, vectorsAt, vectors.length, 0, 0, out);
    assert.deepEqual(
      [...kernels.f64(out, vectors.length)],
      vectors.map((vector) => kernelOf(kernel, parameters, row, vector)),
    );
  }
});

test('exponentials where e^x is subnormal, 0, infinite or no number', () => {
  const vectorAt = (distance: number, kernel: KernelFunction) =>
    Float32Array.of(kernel === 'rbf' ? Math.sqrt(distance) : distance, 0, 0, 0, 0);
  const rows = [new Float32Array(5), Float32Array.of(1, 0, 0, 0, 0)];
  for (const kernel of ['rbf', 'laplacian', 'chi2'] as const)
    for (const gamma of [1, -0.5])
      for (const distance of [0, 1e-30, 700, 707.9, 708, 708.5, 720, 745, 746, 1e30, Infinity, NaN]) {
        const vectors = [distance, 1, 2, 3].map((each) => vectorAt(each, kernel));
        const parameters = Float64Array.of(gamma, 0, 0);
        const coefficients = Float64Array.of(1, 0, 0, 0);
        const intercepts = Float64Array.of(0);
        const model = { kernel, parameters: [parameters], vectors, coefficients, intercepts };
        const values = Float32Array.from(vectors.flatMap((vector) => [...vector]));
        const words = [kernelFunctions[kernel], 4, parameters, values, coefficients, intercepts, 1, 0, 1];
        const block = writeBlock({
          kind: 'kernel',
          features: 5,
          outputs: 1,
          decision: 'value',
          classValues: [],
          words,
        });
        const expected = kernelScores(model, rows);
        for (const [name, outcome] of evaluateInBoth(block, rows))
          assert.deepEqual(outcome.scores, expected, `${name}: ${kernel} at ${distance}`);
      }
});
