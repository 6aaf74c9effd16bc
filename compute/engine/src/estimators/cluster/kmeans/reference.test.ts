/** scikit-learn as the measure; made by proof/reference/make_kmeans.py. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadKernels } from '@pgml/kernels';
import { assertClose, columnsOf, fitAndEvaluate } from '../../../testing/data.js';
import { readReference } from '../../../testing/reference.js';
import { kmeans } from './index.js';

interface Reference {
  tables: Record<string, number[][]>;
  cases: {
    table: string;
    parameters: Record<string, unknown>;
    weights?: number[];
    centroids: number[][];
    labels: number[];
    inertia: number;
    iterations: number;
  }[];
}

const reference = readReference<Reference>('kmeans');
const kernels = loadKernels();

for (const [index, entry] of reference.cases.entries()) {
  const { init, ...shown } = entry.parameters;
  const name = `${entry.table} ${JSON.stringify(shown)}${typeof init === 'string' ? ` ${init}` : Array.isArray(init) ? ', given centroids' : ''}${entry.weights ? ', weights' : ''}`;
  test(`reference: kmeans clustering as scikit-learn's, case ${index}: ${name}`, () => {
    const columns = columnsOf(reference.tables[entry.table]);
    const { fitted, answers } = fitAndEvaluate(kernels, kmeans, { columns, weights: entry.weights }, entry.parameters);
    assert.deepEqual([...answers.predictions], entry.labels);
    assertClose(fitted.block.words[0] as Float64Array, entry.centroids.flat(), 1e-12, 'centroid value');
    const { inertia, iterations } = fitted.details as { inertia: number; iterations: number };
    assertClose([inertia], [entry.inertia], 1e-10, 'inertia');
    // iris holds rows twice, so that k-means++ finds candidates equally good, among which rounding chooses.
    if (entry.table !== 'iris' || init) assert.equal(iterations, entry.iterations);
  });
}
