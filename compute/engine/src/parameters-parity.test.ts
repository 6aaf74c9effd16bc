/** Every parameter of the reference is declared with the reference's default; made by proof/reference/make_parameters.py. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Estimator } from './estimator.js';
import { estimators } from './registry.js';
import { readReference } from './testing/reference.js';

/** What JSON has no word for stands there as {"number": "inf"}, {"type": …} or {"object": …}. */
const { classes } = readReference<{ classes: Record<string, Record<string, unknown>> }>('parameters');

interface Deviation {
  /** `<algorithm> <parameter>`. */
  readonly of: string;
  /** The default here; absent where the parameter is not declared. */
  readonly here?: unknown;
  readonly because: string;
}

const hasNoInfinity = 'JSON has no infinity';
const dependsOnOthers = 'null stands for it, unless another parameter changes it';
const isOfRounds = 'there is one round, and that of trees';

const deviations: readonly Deviation[] = [
  { of: 'feature_agglomeration pooling_func', here: 'mean', because: 'the function is called by its name' },
  { of: 'kmeans n_init', here: 10, because: '"warn" says that 10 will become "auto"' },
  { of: 'optics max_eps', here: null, because: hasNoInfinity },
  { of: 'ransac max_skips', here: null, because: hasNoInfinity },
  { of: 'ransac stop_n_inliers', here: null, because: hasNoInfinity },
  { of: 'ransac stop_score', here: null, because: hasNoInfinity },
  ...['xgboost', 'xgboost_random_forest'].flatMap((algorithm) => [
    { of: `${algorithm} base_score`, here: null, because: dependsOnOthers },
    { of: `${algorithm} max_delta_step`, here: null, because: dependsOnOthers },
    { of: `${algorithm} objective`, here: null, because: 'it follows from the task and the number of classes' },
    { of: `${algorithm} missing`, here: null, because: 'NULL is NaN, which JSON does not have' },
    { of: `${algorithm} random_state`, here: null, because: 'the seed of the training goes before 0' },
    { of: `${algorithm} tree_method`, here: 'hist', because: 'what is fast; auto means exact or approx there' },
  ]),
  { of: 'xgboost learning_rate', here: null, because: dependsOnOthers },
  { of: 'xgboost reg_lambda', here: null, because: dependsOnOthers },
  { of: 'xgboost_random_forest booster', because: isOfRounds },
  { of: 'xgboost_random_forest early_stopping_rounds', because: isOfRounds },
  { of: 'xgboost_random_forest eval_metric', because: isOfRounds },
  { of: 'xgboost_random_forest num_parallel_tree', because: 'n_estimators says it' },
];

const declaredBy = ({ parameters }: Estimator) =>
  new Map(parameters.flatMap((one) => [one.name, ...(one.aliases ?? [])].map((name) => [name, one] as const)));

for (const estimator of estimators) {
  const { reference, algorithm, task } = estimator;
  const theirs = classes[reference];
  if (!theirs) continue;
  test(`${algorithm} ${task} has the parameters of ${reference}, with its defaults`, () => {
    const ours = declaredBy(estimator);
    for (const [name, usual] of Object.entries(theirs)) {
      const declared = ours.get(name);
      const deviation = deviations.find(({ of }) => of === `${algorithm} ${name}`);
      if (deviation) {
        assert.notDeepEqual(declared?.default, usual, `${name} does not deviate`);
        assert.deepEqual(declared?.default, deviation.here, name);
      } else {
        assert.ok(declared, `${name} is not declared; its default is ${JSON.stringify(usual)}`);
        // What has no effect may have any default.
        if (!declared.ignored) assert.deepEqual(declared.default, usual, name);
      }
    }
  });
}

test('every deviation is one of a parameter that the reference has', () => {
  const all = estimators.flatMap(({ algorithm, reference }) =>
    Object.keys(classes[reference] ?? {}).map((name) => `${algorithm} ${name}`),
  );
  for (const { of } of deviations) assert.ok(all.includes(of), of);
  assert.equal(new Set(deviations.map(({ of }) => of)).size, deviations.length);
});

test('what Debian has is compared: only catboost and lightgbm are missing there', () => {
  const missing = estimators.filter(({ reference }) => !classes[reference]).map(({ algorithm }) => algorithm);
  assert.deepEqual(new Set(missing), new Set(['catboost', 'lightgbm']));
});
