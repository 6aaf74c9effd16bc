// Every kernel beside its plain TypeScript twin, which says what the kernel computes, over fuzzed inputs.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  classesOf,
  type Decision,
  decisions,
  hasProbabilities,
  leastOutputs,
  pairCount,
  writeBlock,
} from './block/block.js';
import { checkBlock } from './block/check.js';
import { type EvaluateExports, loadEvaluators, loadKernels } from './load.js';
import { RandomState } from './random.js';
import { passMessages } from './twins/cluster/affinity-propagation.js';
import { contributions, unions } from './twins/cluster/agglomeration.js';
import { assignCentroids, labelledDistances, limitedDistances } from './twins/cluster/kmeans.js';
import { columnAdd, columnDot, columnSums } from './twins/algebra/column.js';
import { centroidScores } from './twins/evaluate/centroids.js';
import { decide, probabilities } from './twins/evaluate/decision.js';
import { linearScores } from './twins/evaluate/linear.js';
import { gram } from './twins/algebra/gram.js';
import { huberLoss } from './twins/linear/huber.js';
import { expOfNegative, log1pOfUnit } from './twins/lanes.js';
import { logisticLoss, logisticRows, type RowDerivatives, softmaxLoss, softmaxRows } from './twins/linear/logistic.js';
import type { ScaledColumns } from './twins/algebra/panel.js';
import { linearResiduals } from './twins/linear/residuals.js';
import { descend, losses, shuffleOrder } from './twins/linear/stochastic-gradient.js';

const kernels = loadKernels();
const { run } = kernels;
const PANEL_BYTES = 512;

function place(values: Float64Array | Float32Array | Int32Array | Uint32Array): number {
  const pointer = kernels.allocate(values.byteLength);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  kernels.u8(pointer, bytes.length).set(bytes);
  return pointer;
}

const normals = (random: RandomState, count: number) => Float64Array.from({ length: count }, () => random.normal());

interface Placed extends ScaledColumns {
  readonly rows: number;
  /** The arguments columns, count, shifts, scales of the dense kernels. */
  readonly pointers: readonly [columns: number, count: number, shifts: number, scales: number];
}

/** Columns of different location and scale, with the shifts and scales that undo most of it. */
function placedColumns(random: RandomState, rows: number, count: number): Placed {
  const columns = Array.from({ length: count }, () => {
    const scale = 10 ** random.integer(-3, 4);
    const location = random.normal() * scale;
    return Float32Array.from({ length: rows }, () => location + scale * random.normal());
  });
  const shifts = Float64Array.from(columns, (column) => column[0] ?? 0);
  const scales = Float64Array.from(columns, (column) => 1 / (1 + Math.abs((column[1] ?? 0) - (column[0] ?? 0))));
  const addresses = Uint32Array.from(columns, place);
  return { rows, columns, shifts, scales, pointers: [place(addresses), count, place(shifts), place(scales)] };
}

/** |actual - expected| <= tolerance times the largest |expected|. */
function assertClose(actual: Float64Array, expected: Float64Array, tolerance: number, what: string): void {
  const allowed = tolerance * expected.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  for (const [i, value] of expected.entries())
    assert.ok(Math.abs(actual[i] - value) <= allowed, `${what}[${i}]: ${actual[i]} is not ${value} ± ${allowed}`);
}

/** Runs `body` for several shapes, the small and odd ones first, each with its own generator and clean memory. */
function forShapes(body: (random: RandomState, rows: number, features: number) => void): void {
  const shapes = [1, 2, 3, 5, 63, 64, 65, 200].flatMap((rows) =>
    [1, 2, 3, 4, 5, 9].map((features) => [rows, features]),
  );
  for (const [index, [rows, features]] of shapes.entries()) {
    const mark = kernels.mark();
    body(new RandomState(index), rows, features);
    kernels.release(mark);
  }
}

test('lanes: exp and log1p of two numbers', () => {
  const random = new RandomState(3);
  const negative = Float64Array.from({ length: 20_000 }, () => -random.double() * 10 ** random.integer(-8, 4));
  negative.set([0, -0, -708, -708.1, -1e9, -Infinity, -5e-324]);
  const unit = Float64Array.from({ length: 20_000 }, () => random.double() * 10 ** random.integer(-20, 1));
  unit.set([0, 1, 0.41421356237309503, 0.4142135623730951, 5e-324, 1e-17]);
  const mark = kernels.mark();
  const out = kernels.allocate(8 * 20_000);
  const result = kernels.f64(out, 20_000);
  run.expOfNegativeMany(place(negative), 10_000, out);
  for (const [i, x] of negative.entries()) assert.equal(result[i], expOfNegative(x), `exp(${x})`);
  run.log1pOfUnitMany(place(unit), 10_000, out);
  for (const [i, u] of unit.entries())
    assert.ok(Math.abs(result[i] - log1pOfUnit(u)) <= 2.3e-16 * log1pOfUnit(u), `log1p(${u}) = ${result[i]}`);
  kernels.release(mark);
});

test('gram: sums of the same products, in another order', () => {
  forShapes((random, rows, features) => {
    const count = 2 * Math.ceil(features / 2);
    const data = placedColumns(random, rows, count);
    const panel = kernels.allocate(PANEL_BYTES * count);
    const out = kernels.allocate(8 * count * count);
    const middle = random.integer(0, rows + 1);
    const factors = Float64Array.from({ length: rows }, () => random.double());
    for (const [given, factorsAt] of [[undefined, 0] as const, [factors, place(factors)] as const]) {
      kernels.f64(out, count * count).fill(0);
      run.gram(...data.pointers, 0, middle, factorsAt, panel, out);
      run.gram(...data.pointers, middle, rows, factorsAt, panel, out);
      const actual = kernels.f64(out, count * count).slice();
      for (let a = 0; a < count; a++) for (let b = 0; b < a; b++) actual[a * count + b] = actual[b * count + a]!;
      assertClose(actual, gram(data, 0, rows, given), 1e-13, `gram ${rows} × ${count}`);
    }
  });
});

test('one column: its sums, its product with a vector, and a vector plus a multiple of it', () => {
  for (const rows of [1, 2, 3, 4, 5, 7, 64, 101]) {
    const random = new RandomState(rows);
    const column = Float32Array.from({ length: rows }, () => 3 + random.normal());
    const vector = normals(random, rows);
    const factors = Float64Array.from({ length: rows }, () => random.double());
    const mark = kernels.mark();
    const [columnAt, vectorAt] = [place(column), place(vector)];
    const sums = kernels.allocate(16);
    run.columnSums(columnAt, rows, 0.3, sums);
    assertClose(kernels.f64(sums, 2), columnSums(column, 0.3), 1e-14, `${rows} rows`);
    for (const [given, factorsAt] of [[undefined, 0] as const, [factors, place(factors)] as const]) {
      const dot = run.columnDot(columnAt, rows, 3.1, factorsAt, vectorAt) as number;
      const expected = columnDot(column, 3.1, vector, given);
      assert.ok(Math.abs(dot - expected) <= 1e-14 * rows, `${rows} rows: ${dot} is not ${expected}`);
      kernels.f64(vectorAt, rows).set(vector);
      run.columnAdd(columnAt, rows, 3.1, factorsAt, -0.7, vectorAt);
      assertClose(kernels.f64(vectorAt, rows), columnAdd(column, 3.1, -0.7, vector, given), 1e-15, `${rows} rows`);
      kernels.f64(vectorAt, rows).set(vector);
    }
    kernels.release(mark);
  }
});

test('logisticLoss: loss and gradient', () => {
  forShapes((random, rows, features) => {
    const data = placedColumns(random, rows, features);
    const target = Float32Array.from({ length: rows }, () => random.integer(0, 3));
    const weights = Float64Array.of(0.5, 2);
    const coefficients = normals(random, features + 1).map((value) => value * 10 ** random.integer(-2, 3));
    const out = kernels.allocate(8 * (features + 3));
    const scratch = kernels.allocate(PANEL_BYTES * (features + 1));
    const first = random.integer(0, rows);
    const [targetAt, weightsAt, coefficientsAt] = [place(target), place(weights), place(coefficients)];
    const rowWeights = features % 2 === 0 ? Float64Array.from({ length: rows }, () => random.double()) : undefined;
    const own = [targetAt, 2, weightsAt, rowWeights ? place(rowWeights) : 0, coefficientsAt];
    run.logisticLoss(...data.pointers, first, rows, ...own, scratch, out);
    const expected = logisticLoss(data, target, 2, [...weights], coefficients, first, rows, rowWeights);
    assertClose(kernels.f64(out, features + 3), expected, 1e-13, `logistic ${rows} × ${features}`);
  });
});

test('softmaxLoss: loss and gradient', () => {
  forShapes((random, rows, features) => {
    const classes = random.integer(2, 6);
    const data = placedColumns(random, rows, features);
    const target = Float32Array.from({ length: rows }, () => random.integer(0, classes));
    const weights = Float64Array.from({ length: classes }, (_, k) => 1 + k);
    const length = classes * (features + 1);
    const coefficients = normals(random, length).map((value) => value * 10 ** random.integer(-2, 3));
    const out = kernels.allocate(8 * (length + 2));
    const scratch = kernels.allocate(PANEL_BYTES * (features + classes));
    const first = random.integer(0, rows);
    const [targetAt, weightsAt, coefficientsAt] = [place(target), place(weights), place(coefficients)];
    const rowWeights = features % 2 === 0 ? Float64Array.from({ length: rows }, () => random.double()) : undefined;
    const own = [targetAt, classes, weightsAt, rowWeights ? place(rowWeights) : 0, coefficientsAt];
    run.softmaxLoss(...data.pointers, first, rows, ...own, scratch, out);
    const expected = softmaxLoss(data, target, [...weights], coefficients, first, rows, rowWeights);
    assertClose(kernels.f64(out, length + 2), expected, 1e-13, `softmax ${rows} × ${features}`);
  });
});

test('huberLoss: loss, gradient, weight within', () => {
  forShapes((random, rows, features) => {
    const data = placedColumns(random, rows, features);
    const target = Float32Array.from({ length: rows }, () => 3 * random.normal());
    const weights = features % 2 === 0 ? Float32Array.from({ length: rows }, () => random.double()) : undefined;
    const coefficients = Float64Array.of(...normals(random, features + 1), 0.5 + random.double());
    const out = kernels.allocate(8 * (features + 4));
    const scratch = kernels.allocate(PANEL_BYTES * (features + 1));
    const first = random.integer(0, rows);
    const own = [place(target), weights ? place(weights) : 0, 1.35, place(coefficients)];
    run.huberLoss(...data.pointers, first, rows, ...own, scratch, out);
    const expected = huberLoss(data, target, weights, 1.35, coefficients, first, rows);
    assertClose(kernels.f64(out, features + 4), expected, 1e-13, `huber ${rows} × ${features}`);
  });
});

test('logisticRows and softmaxRows: loss and derivatives at given margins', () => {
  for (const [rows, classes] of [
    [1, 2],
    [5, 3],
    [64, 4],
  ] as const)
    for (const weighted of [false, true]) {
      const random = new RandomState(rows);
      const mark = kernels.mark();
      const target = Float32Array.from({ length: rows }, () => random.integer(0, classes));
      const weights = Float64Array.from({ length: classes }, (_, k) => 1 + k);
      const margins = normals(random, classes * rows).map((value) => value * 10 ** random.integer(-2, 3));
      const rowWeights = weighted ? Float64Array.from({ length: rows }, () => random.double()) : undefined;
      const [slopes, curvatures] = [kernels.allocate(8 * rows), kernels.allocate(8 * rows)];
      const [targetAt, weightsAt, marginsAt] = [place(target), place(weights), place(margins)];
      const rowWeightsAt = rowWeights ? place(rowWeights) : 0;
      const compare = (loss: unknown, expected: RowDerivatives) => {
        assertClose(Float64Array.of(loss as number), Float64Array.of(expected.loss), 1e-14, 'loss');
        assertClose(kernels.f64(slopes, rows), expected.slopes, 1e-14, 'slope');
        assertClose(kernels.f64(curvatures, rows), expected.curvatures, 1e-14, 'curvature');
      };
      const places = [rows, marginsAt, slopes, curvatures];
      const one = run.logisticRows(targetAt, 1, weightsAt, rowWeightsAt, ...places);
      compare(one, logisticRows(target, 1, [...weights], margins.subarray(0, rows), rowWeights));
      const byClass = [...weights].map((_, k) => margins.subarray(k * rows, (k + 1) * rows));
      const all = run.softmaxRows(targetAt, classes, 1, weightsAt, rowWeightsAt, ...places);
      compare(all, softmaxRows(target, 1, [...weights], byClass, rowWeights));
      kernels.release(mark);
    }
});

test('clustering: assignments, totals and distances, bit for bit', () => {
  forShapes((random, rows, features) => {
    const clusters = random.integer(1, 8);
    const data = placedColumns(random, rows, features);
    const centroids = normals(random, clusters * features);
    const halves = Float64Array.from({ length: clusters }, (_, k) =>
      centroids.subarray(k * features, (k + 1) * features).reduce((sum, value) => sum + (value * value) / 2, 0),
    );
    const first = random.integer(0, rows);
    const labels = Int32Array.from({ length: rows }, () => random.integer(-1, clusters));
    const scratch = kernels.allocate(PANEL_BYTES * (features + 2));
    const totals = kernels.allocate(8 * (clusters * features + clusters + 1));
    const [centroidsAt, labelsAt] = [place(centroids), place(labels)];
    const weights = features % 2 === 0 ? Float32Array.from({ length: rows }, () => random.double()) : undefined;
    const weightsAt = weights ? place(weights) : 0;
    const shape = [...data.pointers, first, rows] as const;
    run.assignCentroids(...shape, centroidsAt, place(halves), clusters, labelsAt, weightsAt, scratch, totals);
    const expected = { sums: new Float64Array(centroids.length), counts: new Float64Array(clusters), changes: 0 };
    assignCentroids(data, first, rows, centroids, halves, labels, weights, expected);
    assert.deepEqual(kernels.i32(labelsAt, rows), labels);
    assert.deepEqual(
      kernels.f64(totals, centroids.length + clusters + 1),
      Float64Array.of(...expected.sums, ...expected.counts, expected.changes),
    );

    labels.fill(0, 0, first);
    const distances = kernels.allocate(8 * rows);
    const total = kernels.allocate(8);
    run.labelledDistances(...shape, centroidsAt, labelsAt, distances, scratch, total);
    const labelled = new Float64Array(rows);
    assert.equal(kernels.f64(total, 1)[0], labelledDistances(data, first, rows, centroids, labels, labelled));
    assert.deepEqual(kernels.f64(distances, rows), labelled);

    const chosen = Uint32Array.from({ length: rows }, () => random.integer(0, rows));
    const matrix = Float32Array.from({ length: rows * features }, () => random.normal());
    const stride = 4 * Math.ceil(clusters / 4);
    const columnsOfCentroids = normals(random, features * stride);
    const [nearestAt, squaresAt] = [kernels.allocate(4 * rows), kernels.allocate(8 * rows)];
    const asked = [place(matrix), features, place(chosen), rows, place(columnsOfCentroids), clusters, stride] as const;
    run.nearestCentroidsOf(...asked, nearestAt, squaresAt);
    chosen.forEach((row, index) => {
      const squares = Array.from({ length: clusters }, (_, cluster) => {
        let sum = 0;
        for (let f = 0; f < features; f++)
          sum += (matrix[row * features + f] - columnsOfCentroids[f * stride + cluster]) ** 2;
        return sum;
      });
      const best = Math.min(...squares);
      assert.equal(kernels.u32(nearestAt, rows)[index], squares.indexOf(best));
      assert.equal(kernels.f64(squaresAt, rows)[index], best);
    });

    const limits = normals(random, rows).map((value) => value * value * 10);
    const [allDistances, sums] = [kernels.allocate(8 * rows * clusters), kernels.allocate(8 * clusters)];
    run.limitedDistances(...shape, clusters, centroidsAt, place(limits), allDistances, 8 * rows, scratch, sums);
    for (let cluster = 0; cluster < clusters; cluster++) {
      const centroid = centroids.slice(cluster * features, (cluster + 1) * features);
      const limited = new Float64Array(rows);
      const sum = limitedDistances(data, first, rows, centroid, limits, limited);
      assert.equal(kernels.f64(sums, clusters)[cluster], sum);
      assert.deepEqual(kernels.f64(allDistances + 8 * rows * cluster, rows), limited);
    }
  });
});

/** The evaluators of evaluate.wasm over a memory of their own, into which `bytes` are copied at the given addresses. */
function plainEvaluators(length: number): { run: EvaluateExports; bytes: Uint8Array } {
  const memory = new WebAssembly.Memory({ initial: Math.ceil(length / 65536) });
  return { run: loadEvaluators(memory), bytes: new Uint8Array(memory.buffer) };
}

const linearDecisions: Decision[] = [
  'value',
  'logistic',
  'softmax',
  'largest',
  'smallest',
  'oneVersusRest',
  'sign',
  'shares',
  'clipped',
  'oneVersusOne',
  'pairwiseCoupling',
  'laplace',
  'weightedMedian',
  'vector',
  'exponential',
  'sigmoid',
];
const shown: Record<'linear' | 'centroids', Decision[]> = {
  linear: linearDecisions,
  centroids: ['smallest', 'largest'],
};

for (const kind of ['linear', 'centroids'] as const)
  for (const decision of shown[kind]) {
    test(`evaluators: ${kind}, ${decision}: the twin's bits on both modules`, () => {
      assert.ok(decision in decisions);
      for (const [index, [count, features, outputs]] of [
        [1, 1, 1],
        [2, 3, 2],
        [63, 5, 3],
        [64, 4, 2],
        [65, 2, 7],
        [150, 30, 4],
      ].entries())
        compareEvaluators(kind, decision, new RandomState(index), count, features, outputs);
    });
  }

/** Outputs and classes for a decision in a shape of `count` outputs or classes. */
function shapeOf(decision: Decision, count: number): { outputs: number; classes?: number } {
  const several = Math.max(2, count);
  switch (decision) {
    case 'value':
    case 'exponential':
    case 'sigmoid':
    case 'logistic':
    case 'sign':
      return { outputs: 1 };
    case 'oneVersusOne':
      return { outputs: pairCount(several) };
    case 'pairwiseCoupling':
    case 'laplace':
      return { outputs: leastOutputs(decision, several), classes: several };
    case 'vector':
      return { outputs: count, classes: Math.ceil(count / 2) };
    default:
      return { outputs: count };
  }
}

function compareEvaluators(
  kind: 'linear' | 'centroids',
  decision: Decision,
  random: RandomState,
  count: number,
  features: number,
  scoreCount: number,
): void {
  const shape = { decision, ...shapeOf(decision, scoreCount) };
  const { outputs } = shape;
  const classes = classesOf(shape);
  const weights = normals(random, outputs * features);
  const intercepts = normals(random, outputs);
  // Equal scores happen: the first two rows of weights are the same in one shape out of two.
  if (outputs > 1 && features % 2 === 0) {
    weights.copyWithin(features, 0, features);
    intercepts[1] = intercepts[0]!;
  }
  if (decision === 'laplace')
    for (let output = outputs / 2; output < outputs; output++) {
      weights.fill(0, output * features, (output + 1) * features);
      intercepts[output] **= 2;
    }
  // Where shares are all 0 they are uniform.
  if (decision === 'shares' && features === 3) {
    weights.fill(0);
    intercepts.fill(0);
  }
  const decisionNumbers = normals(random, 2 * outputs).map(Math.abs);
  const classValues = Array.from({ length: decision === 'vector' ? 0 : classes }, () => random.integer(-5, 100));
  const answering = { decision, classes, classValues, numbers: decisionNumbers };
  const words = kind === 'linear' ? [weights, intercepts] : [weights];
  const block = writeBlock({ kind, features, ...shape, classValues, words, decisionNumbers });
  checkBlock(block);
  const rows = Array.from({ length: count }, () =>
    Float32Array.from({ length: features }, () => random.normal() * 10 ** random.integer(-3, 5)),
  );

  const mark = kernels.mark();
  const model = kernels.allocate(block.length);
  const input = kernels.allocate(4 * count * features);
  const scratch = kernels.allocate(8 * 64 * outputs);
  const scoresAt = kernels.allocate(8 * count * outputs);
  const answersAt = kernels.allocate(4 * count);
  const oneAt = kernels.allocate(4 * count);
  const probabilitiesAt = kernels.allocate(4 * count * classes);
  const end = kernels.mark();
  const plain = plainEvaluators(end);

  const expectedScores =
    kind === 'linear' ? linearScores(weights, intercepts, rows) : centroidScores(weights, outputs, rows);
  const expectedAnswers = expectedScores.map((scores) => decide(answering, scores));

  const several = hasProbabilities(decision) || decision === 'vector';
  for (const module of [{ run, bytes: kernels.u8(0, end) }, plain]) {
    const { buffer } = module.bytes;
    module.bytes.set(block, model);
    for (const [r, row] of rows.entries()) new Float32Array(buffer, input + 4 * r * features, features).set(row);
    module.run.scores(model, input, count, scoresAt);
    module.run.predict(model, input, count, answersAt, scratch);
    if (several) module.run.predictProbabilities(model, input, count, probabilitiesAt, scratch);
    const singles = rows.map((_, r) => module.run.predictRow(model, input + 4 * r * features, scratch));
    new Float32Array(buffer, oneAt, count).set(singles);

    const scores = new Float64Array(buffer, scoresAt, count * outputs);
    assert.deepEqual(
      [...scores],
      expectedScores.flatMap((entry) => [...entry]),
    );
    assert.deepEqual([...new Float32Array(buffer, answersAt, count)], expectedAnswers);
    assert.deepEqual(singles, expectedAnswers);
    if (several) {
      const expected = expectedScores.map((entry) => probabilities(answering, entry));
      const actual = new Float32Array(buffer, probabilitiesAt, count * classes);
      assert.deepEqual(
        [...actual],
        expected.flatMap((row) => [...row]),
      );
      // Not where rounding is in proportion to shares below 0, which models do not have.
      const whole = decision === 'shares' ? expected.filter((row) => row.every((p) => p >= 0)) : expected;
      if (decision === 'vector') continue;
      for (const row of whole) assert.ok(Math.abs(row.reduce((sum, p) => sum + p, 0) - 1) < 1e-6);
    }
  }
  kernels.release(mark);
}

test('stochastic gradient descent: one pass with every loss, penalty, schedule and average', () => {
  const random = new RandomState(21);
  const count = 40;
  for (let trial = 0; trial < 200; trial++) {
    const mark = kernels.mark();
    const features = random.integer(1, 10);
    const width = 4 * Math.ceil(features / 4);
    const classes = random.integer(0, 2) === 1;
    const parameter = [0, 0.1, 1][random.integer(0, 3)];
    const passive = random.integer(0, 3);
    const number = passive === 0 ? random.integer(0, 2) * 6 : random.integer(0, 8);
    const [alpha, l1Ratio, eta, power] = [random.double() / 10, random.double(), 0.05, [0.25, 0.5, 0.3][trial % 3]];
    const schedule = passive === 0 ? random.integer(3, 5) : random.integer(0, 3);
    const [shrinks, clips] = schedule >= 3 ? [0, 0] : [random.integer(0, 2), random.integer(0, 2)];
    const averageFrom = clips ? 0 : random.integer(0, 6);
    const matrix = new Float32Array(count * width);
    for (let row = 0; row < count; row++) for (let j = 0; j < features; j++) matrix[row * width + j] = random.normal();
    const target = Float32Array.from({ length: count }, () => (classes ? random.integer(0, 3) : random.normal()));
    const counts = Float32Array.from({ length: count }, () => random.integer(0, 4) / 2);
    const held = Int32Array.from({ length: count / 4 }, () => random.integer(0, 2) << 8);
    const order = Uint32Array.from({ length: count }, (_, row) => row);
    const expectedOrder = order.slice();
    const orderAt = place(order);
    run.shuffleOrder(orderAt, count, trial);
    shuffleOrder(expectedOrder, trial);
    assert.deepEqual(kernels.u32(orderAt, count), expectedOrder);

    const state = new Float64Array(25);
    const fit = [number, parameter, schedule, shrinks, clips, alpha, l1Ratio, eta, power, 30, 0.7, 1, averageFrom];
    state.set([...fit, classes ? 1 : -1, 2, 0.5, eta, 1, 0, 0, 1, 0, 1]);
    const stateAt = place(state);
    const [weightsAt, averagesAt, paidAt] = [8, 8, 8].map((bytes) => kernels.allocate(bytes * width));
    const fixed = [place(matrix), 4 * width, orderAt];
    const scratch = kernels.allocate(64 * 4 * width);
    const own = [place(held), place(target), place(counts), stateAt, weightsAt, averagesAt, paidAt, scratch];
    run.descend(...fixed, 0, 13, ...own);
    run.descend(...fixed, 13, count, ...own);
    run.applyScale(stateAt, 4 * width, weightsAt, averagesAt);

    const heldBytes = new Uint8Array(held.buffer);
    const rows = [...expectedOrder]
      .filter((row) => heldBytes[row] === 0)
      .map((row) => {
        const y = classes ? (target[row] === 1 ? 1 : -1) : target[row];
        const x = matrix.subarray(row * width, row * width + features);
        return { x, y, c: counts[row] * (y > 0 ? 2 : 0.5) };
      });
    const zeros = () => new Float64Array(features);
    const model = { coefficients: zeros(), intercept: 0, averages: zeros(), averageIntercept: 0, lossSum: 0 };
    const paid = zeros();
    const rates = [() => eta, (t: number) => 1 / (alpha * (29 + t)), (t: number) => eta / t ** power, () => 0, () => 0];
    const steps = { loss: losses(parameter)[number], hinge: number === 0, rate: rates[schedule], averageFrom };
    const penalties = { shrink: shrinks * (1 - l1Ratio) * alpha, clip: clips * l1Ratio * alpha };
    const aggressive = schedule >= 3 ? { most: 0.7, squared: schedule === 4 } : undefined;
    const whole = { ...model, paid };
    descend(rows, { ...steps, ...penalties, ...(aggressive ? { aggressive } : {}) }, whole);
    const what = `trial ${trial}: loss ${number} schedule ${schedule}`;
    const words = kernels.f64(stateAt, 25);
    assertClose(kernels.f64(weightsAt, features), whole.coefficients, 1e-9, `${what} coefficients`);
    assertClose(words.slice(18, 19), Float64Array.of(whole.intercept), 1e-9, `${what} intercept`);
    assertClose(words.slice(24, 25), Float64Array.of(whole.lossSum), 1e-9, `${what} loss`);
    if (averageFrom > 0) {
      assertClose(kernels.f64(averagesAt, features), whole.averages, 1e-9, `${what} averages`);
      assertClose(words.slice(19, 20), Float64Array.of(whole.averageIntercept), 1e-9, `${what} average intercept`);
    }
    kernels.release(mark);
  }
});

test('subsets as RandomState draws them', () => {
  for (const [seed, rows, size, count] of [
    [0, 1, 1, 3],
    [1, 2, 1, 700],
    [4294967295, 300, 7, 11],
    [5, 1025, 1025, 3],
  ]) {
    const mark = kernels.mark();
    const [state, order] = [kernels.allocate(4 * 625), kernels.allocate(4 * rows)];
    const out = kernels.allocate(4 * size * count);
    run.seedGenerator(state, seed);
    run.chooseSubsets(state, rows, size, 1, order, out);
    run.chooseSubsets(state, rows, size, count - 1, order, out + 4 * size);
    const random = new RandomState(seed);
    const expected = Array.from({ length: count }, () => [...random.choice(rows, size)]).flat();
    assert.deepEqual([...kernels.u32(out, size * count)], expected);
    kernels.release(mark);
  }
});

test('affinity propagation: one exchange of messages', () => {
  const random = new RandomState(2);
  for (const count of [2, 3, 4, 7, 20]) {
    const mark = kernels.mark();
    const width = 4 * Math.ceil(count / 4);
    const matrix = () => Array.from({ length: count }, () => normals(random, count));
    const similarities = matrix();
    const before = { responsibilities: matrix(), availabilities: matrix() };
    const placeMatrix = (rows: readonly Float64Array[], padding: number) => {
      const padded = new Float64Array(count * width).fill(padding);
      for (const [i, row] of rows.entries()) padded.set(row, i * width);
      return place(padded);
    };
    const [s, r] = [placeMatrix(similarities, -Infinity), placeMatrix(before.responsibilities, -Infinity)];
    const a = placeMatrix(before.availabilities, 0);
    const sums = kernels.allocate(8 * width);
    run.passResponsibilities(s, a, r, width, 0, 1, 0.7, sums);
    run.passResponsibilities(s, a, r, width, 1, count, 0.7, sums);
    run.passAvailabilities(r, a, width, 0, count, 0.7, sums);
    const after = passMessages(similarities, before.responsibilities, before.availabilities, 0.7);
    for (const [i, row] of after.responsibilities.entries()) {
      assertClose(kernels.f64(r + 8 * i * width, count), row, 1e-13, 'responsibilities');
      assertClose(kernels.f64(a + 8 * i * width, count), after.availabilities[i], 1e-13, 'availabilities');
    }
    kernels.release(mark);
  }
});

test('agglomeration: pairs, the nearest, and merges', () => {
  const random = new RandomState(6);
  for (const count of [2, 3, 5, 12])
    for (const number of [0, 1, 2]) {
      const mark = kernels.mark();
      const width = count + (count % 2);
      const dimensions = 2 * random.integer(1, 5);
      const points = Array.from({ length: count }, () => normals(random, dimensions));
      const matrixAt = kernels.allocate(8 * count * width);
      const rows = Array.from({ length: count }, (_, i) => kernels.f64(matrixAt + 8 * i * width, width));
      const pointsAt = place(Float64Array.from(points.flatMap((point) => [...point])));
      run.addPairs(pointsAt, dimensions, number, 0, 2, matrixAt, width);
      run.addPairs(pointsAt, dimensions, number, 2, count, matrixAt, width);
      const expected = points.map((a, i) =>
        Float64Array.from(points, (b, j) =>
          j < i ? a.reduce((sum, value, k) => sum + contributions[number](value, b[k]), 0) : 0,
        ),
      );
      for (const [i, row] of rows.entries()) assertClose(row.slice(0, count), expected[i], 1e-13, 'pairs');

      // Whole numbers, so that some are equal.
      for (const [i, row] of rows.entries()) {
        row.fill(Infinity);
        for (let j = 0; j < i; j++) rows[j][i] = row[j] = 1 + random.integer(0, 6);
      }
      for (const row of rows)
        assert.equal(run.nearestInRow(row.byteOffset, width), row.indexOf(row.reduce((a, b) => Math.min(a, b))));
      const sizes = Float64Array.from({ length: width }, () => random.integer(1, 5));
      const [a, b] = [0, count - 1];
      const before = rows.map((row) => row.slice());
      run.mergeClusters(matrixAt, width, count, a, b, number, place(sizes));
      for (let i = 0; i < count; i++)
        for (let j = 0; j < count; j++) {
          const other = i === b ? j : i;
          const gone = i === a || j === a || i === j;
          const union = () =>
            unions[number](before[other][a], before[other][b], before[a][b], sizes[a], sizes[b], sizes[other]);
          const wanted = gone ? Infinity : i === b || j === b ? union() : before[i][j];
          // The row of a cluster that is no more is not read again.
          if (i !== a) assert.ok(Object.is(rows[i][j], wanted) || Math.abs(rows[i][j] - wanted) < 1e-12 * wanted);
        }
      kernels.release(mark);
    }
});

test('residuals of a linear model, bit for bit', () => {
  forShapes((random, rows, features) => {
    const { columns, pointers } = placedColumns(random, rows, features);
    const target = Float32Array.from({ length: rows }, () => random.normal());
    const weights = normals(random, features);
    const out = kernels.allocate(8 * rows);
    run.linearResiduals(pointers[0], features, place(weights), 0.3, place(target), rows, out);
    assert.deepEqual(kernels.f64(out, rows), linearResiduals(columns, weights, 0.3, target));
  });
});
