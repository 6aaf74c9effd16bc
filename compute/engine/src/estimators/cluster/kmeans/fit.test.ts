import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels, RandomState } from '@pgml/kernels';
import { FitError } from '../../../estimator.js';
import {
  assertCancellable,
  assertClose,
  backwardsTeam,
  columnsOf,
  type FitContextOptions,
  fitAndEvaluate,
} from '../../../testing/data.js';
import { kmeans } from './index.js';

const kernels = loadKernels();

interface Details {
  inertia: number;
  iterations: number;
  converged: boolean;
  distinct_clusters: number;
  starts: number;
}

function fit(columns: number[][], hyperparameters: object, options: FitContextOptions = {}) {
  const { fitted, answers } = fitAndEvaluate(kernels, kmeans, { columns }, hyperparameters, options);
  const [centroids] = fitted.block.words as [Float64Array];
  return { centroids, labels: [...answers.predictions], details: fitted.details as unknown as Details, fitted };
}

/** Clouds around random places. */
function clouds(rows: number, features: number, centers: number, seed: number): number[][] {
  const random = new RandomState(seed);
  const places = Array.from({ length: centers }, () => Array.from({ length: features }, () => 5 * random.normal()));
  return columnsOf(
    Array.from({ length: rows }, (_, row) =>
      places[row % centers].map((place) => Math.fround(place + random.normal())),
    ),
  );
}

test('a plain Lloyd iteration ends at the same clusters', () => {
  for (const [rows, features, clusters] of [
    [50, 1, 2],
    [333, 3, 4],
    [2000, 7, 9],
  ] as const) {
    const columns = clouds(rows, features, clusters, rows);
    const init = Array.from({ length: clusters }, (_, row) => columns.map((column) => column[row]));
    const { labels, centroids } = fit(columns, { n_clusters: clusters, init, tol: 0 });
    const expected = plainLloyd(columns, init);
    assert.deepEqual(labels, expected.labels);
    assertClose(centroids, expected.centroids.flat(), 1e-12);
  }
});

function plainLloyd(columns: number[][], init: number[][]): { labels: number[]; centroids: number[][] } {
  const rows = columns[0].map((_, row) => columns.map((column) => column[row]));
  const distance = (a: number[], b: number[]) => a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);
  let centroids = init;
  let labels: number[] = [];
  for (;;) {
    const next = rows.map((row) => {
      const distances = centroids.map((centroid) => distance(row, centroid));
      return distances.indexOf(Math.min(...distances));
    });
    if (next.every((label, row) => label === labels[row])) return { labels, centroids };
    labels = next;
    centroids = centroids.map((_, cluster) => {
      const own = rows.filter((_, row) => labels[row] === cluster);
      return columns.map((_, feature) => own.reduce((sum, row) => sum + row[feature], 0) / own.length);
    });
  }
}

test('the same seed gives the same bytes, whatever the threads; random_state goes before the seed of the training', () => {
  const columns = clouds(20_000, 4, 6, 1);
  const given = { n_clusters: 6, n_init: 2 };
  const first = fit(columns, given, { seed: 7 });
  assert.deepEqual(fit(columns, given, { seed: 7, team: backwardsTeam(kernels) }).fitted, first.fitted);
  assert.deepEqual(fit(columns, { ...given, random_state: 7 }, { seed: 8 }).fitted, first.fitted);
  assert.notDeepEqual(fit(columns, given, { seed: 8 }).centroids, first.centroids);
});

test('from given centroids, neither the order of rows nor a second copy of each matters', () => {
  const columns = clouds(500, 3, 5, 2);
  const init = Array.from({ length: 5 }, (_, row) => columns.map((column) => column[row]));
  const given = { n_clusters: 5, init, tol: 0 };
  const { labels, centroids } = fit(columns, given);
  const order = [...new RandomState(3).permutation(500)];
  const shuffled = fit(
    columns.map((column) => order.map((row) => column[row])),
    given,
  );
  assert.deepEqual(
    shuffled.labels,
    order.map((row) => labels[row]),
  );
  const twice = fit(
    columns.map((column) => [...column, ...column]),
    given,
  );
  assert.deepEqual(twice.labels, [...labels, ...labels]);
  assertClose(twice.centroids, centroids, 1e-12);
});

test('more clusters than different rows: as many clusters as there are different rows, found at once', () => {
  const rows = [0, 0, 0, 0, 1, 1, 1, 5, 5].map((value) => [value, 2 * value]);
  const { labels, details } = fit(columnsOf(rows), { n_clusters: 9, init: rows });
  assert.deepEqual(labels, [0, 0, 0, 0, 4, 4, 4, 7, 7]);
  assert.deepEqual([details.inertia, details.distinct_clusters, details.converged], [0, 3, true]);
  assert.ok(details.iterations <= 2);
  const seeded = fit(columnsOf(rows), { n_clusters: 9, random_state: 0 });
  assert.deepEqual([seeded.details.inertia, seeded.details.distinct_clusters], [0, 3]);
});

test('edges: one row, constant columns, large and small scales', () => {
  assert.deepEqual([...fit([[3], [4]], { n_clusters: 1 }).centroids], [3, 4]);
  const constant = fit([new Array(10).fill(7.25)], { n_clusters: 3, random_state: 0 });
  assert.equal(constant.details.inertia, 0);
  assert.equal(constant.details.distinct_clusters, 1);
  for (const scale of [2 ** 100, 2 ** -100]) {
    const columns = clouds(100, 2, 3, 4);
    const { labels } = fit(columns, { n_clusters: 3, random_state: 1 });
    const scaled = fit(
      columns.map((column) => column.map((value) => value * scale)),
      { n_clusters: 3, random_state: 1 },
    );
    assert.deepEqual(scaled.labels, labels);
  }
});

test('what the data cannot give is refused', () => {
  const columns = clouds(5, 2, 1, 0);
  const refused = (given: object, message: RegExp) =>
    assert.throws(
      () => fit(columns, given),
      (error) => error instanceof FitError && message.test(error.message) && error.hint !== undefined,
    );
  refused({}, /n_clusters is 8, but there are only 5 rows/);
  refused({ n_clusters: 2, init: [[1, 2]] }, /init has 1 centroids, but n_clusters is 2/);
  refused({ n_clusters: 1, init: [[1, 2, 3]] }, /has 3 numbers, but there are 2 features/);
});

test('a fit can be cancelled wherever it looks', () => {
  assertCancellable(kernels, kmeans, { columns: clouds(200, 3, 5, 2) }, { hyperparameters: { n_init: 2 }, least: 20 });
});
