// A synthetic model as heavy as a usual one: complete trees with random tests, over features from 0 to 1.
import { writeArtifact } from '@pgml/engine';
import { writeBlock } from '@pgml/kernels';

/** Numbers from 0 to 1 by a linear congruential generator (Numerical Recipes), of which the upper bits are used. */
export function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The layout is described in compute/kernels/assembly/evaluate/trees.ts. */
export function treesBlock({ trees, levels, features, seed }) {
  const random = generator(seed);
  const bytes = new DataView(new ArrayBuffer(trees * (12 << levels)));
  for (let tree = 0; tree < trees; tree++) {
    const tests = tree * (12 << levels);
    for (let test = 1; test < 1 << levels; test++) {
      bytes.setUint32(tests + 8 * test, 4 * Math.floor(random() * features), true);
      bytes.setFloat32(tests + 8 * test + 4, random(), true);
    }
    const leaves = tests + (8 << levels);
    for (let leaf = 0; leaf < 1 << levels; leaf++) bytes.setFloat32(leaves + 4 * leaf, random() - 0.5, true);
  }
  return writeBlock({
    kind: 'trees',
    features,
    outputs: 1,
    decision: 'value',
    classValues: [],
    words: [trees, Float32Array.of(0), levels, new Uint32Array(bytes.buffer), 0],
  });
}

export function artifactOf(block, features) {
  const header = {
    kind: 'trees',
    task: 'regression',
    algorithm: 'xgboost',
    features: [{ name: 'x', pg_type: 'float4[]', width: features }],
    labels: [{ name: 'y', pg_type: 'float4' }],
    missing: 'refuse',
    hyperparams: {},
    seed: 0,
    details: {},
    version: '0',
  };
  return writeArtifact(header, block);
}
