/** Random parameters on random tables, for every estimator; `npm run fuzz -- estimators` goes on for longer. */
import { test } from 'node:test';
import { estimators } from './registry.js';
import { type FuzzTally, fuzzEstimator } from './testing/fuzz.js';

const CASES = 20;

for (const estimator of estimators)
  test(`${estimator.algorithm} ${estimator.task}: any parameters give a model, or an error that says why`, () => {
    const tally: FuzzTally = { fitted: 0, refused: 0, cut: 0 };
    for (let seed = 1; seed <= CASES; seed++) fuzzEstimator(estimator, seed, tally);
  });
