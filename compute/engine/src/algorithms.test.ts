import assert from 'node:assert/strict';
import { test } from 'node:test';
import { algorithmTasks, chooseEstimator } from './algorithms.js';
import { InputError } from './errors.js';
import type { Task } from './estimator.js';
import { estimators } from './registry.js';
import { parseTask, targetMetrics } from './tasks.js';

const refusal = (action: () => unknown): InputError => {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof InputError);
    return error;
  }
  throw new Error('not refused');
};

test('the list is that of PostgresML: 44 algorithms, 63 pairs with a task', () => {
  const count = (task: Task) => Object.values(algorithmTasks).filter((tasks) => tasks.includes(task)).length;
  assert.equal(Object.keys(algorithmTasks).length, 44);
  assert.deepEqual((Object.keys(targetMetrics) as Task[]).map(count), [31, 20, 10, 2]);
});

test('every pair of the list is served by one registered estimator', () => {
  const pairs = estimators.map(({ algorithm, task }) => `${algorithm} ${task}`);
  assert.equal(new Set(pairs).size, pairs.length);
  const listed = Object.entries(algorithmTasks).flatMap(([algorithm, tasks]) =>
    tasks.map((task) => `${algorithm} ${task}`),
  );
  assert.deepEqual(pairs.toSorted(), listed.sort());
});

test('every pair is served, or refused as impossible', () => {
  for (const [algorithm, tasks] of Object.entries(algorithmTasks))
    for (const task of Object.keys(targetMetrics) as Task[]) {
      // The default of the SQL functions stands for another algorithm here.
      if (algorithm === 'linear' && (task === 'clustering' || task === 'decomposition')) continue;
      if (estimators.some((one) => one.algorithm === algorithm && one.task === task)) {
        assert.equal(chooseEstimator(algorithm, task).algorithm, algorithm);
        continue;
      }
      const { sqlstate, message } = refusal(() => chooseEstimator(algorithm, task));
      assert.ok(!tasks.includes(task));
      assert.deepEqual([sqlstate, message], ['22023', `${algorithm} does not support ${task}`]);
    }
});

test('linear means kmeans or pca for the tasks without labels; unknown names bring the nearest', () => {
  assert.equal(chooseEstimator('linear', 'clustering').algorithm, 'kmeans');
  assert.equal(chooseEstimator('linear', 'decomposition').algorithm, 'pca');
  const unknown = refusal(() => chooseEstimator('k_means', 'clustering'));
  assert.equal(unknown.sqlstate, '22023');
  assert.equal(unknown.hint, 'Did you mean "kmeans"?');
  assert.match(unknown.detail!, /Available for clustering: .*kmeans/);
  for (const name of ['__proto__', 'toString', ''])
    assert.match(refusal(() => chooseEstimator(name, 'regression')).message, /there is no algorithm/);
});

test('tasks are written with underscores or dashes', () => {
  assert.equal(parseTask('regression'), 'regression');
  assert.equal(parseTask(' Classification '), 'classification');
  assert.equal(parseTask('cluster'), 'clustering');
  for (const name of ['text-classification', 'text_classification', 'question-answering', 'text2text'])
    assert.equal(refusal(() => parseTask(name)).sqlstate, '0A000');
  const unknown = refusal(() => parseTask('toString'));
  assert.equal(unknown.sqlstate, '22023');
  assert.match(unknown.hint!, /"regression", "classification", "clustering" or "decomposition"/);
});
