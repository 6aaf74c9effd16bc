// The kinds `joint` and, with its decisions, `neighbours` in both modules beside what they should answer.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type BlockDescription, writeBlock } from '../../block/block.js';
import { RandomState } from '../../random.js';
import { evaluateInBoth } from './both-modules.js';
import { type Answering, decide, probabilities } from './decision.js';
import { jointAnswers } from './joint.js';

const normals = (random: RandomState, count: number) => Float64Array.from({ length: count }, () => random.normal());

function drawRows(random: RandomState, count: number, features: number): Float32Array[] {
  return Array.from({ length: count }, () => Float32Array.from({ length: features }, () => random.integer(-2, 3)));
}

/** Models of three targets: a value, a weighted median and a class. */
function parts(random: RandomState, features: number): Omit<BlockDescription, 'features'>[] {
  const linear = (outputs: number) => [normals(random, outputs * features), normals(random, outputs)];
  return [
    { kind: 'linear', outputs: 1, decision: 'value', classValues: [], words: linear(1) },
    {
      kind: 'linear',
      outputs: 5,
      decision: 'weightedMedian',
      classValues: [],
      words: linear(5),
      decisionNumbers: normals(random, 5).map(Math.abs),
    },
    { kind: 'linear', outputs: 2, decision: 'softmax', classValues: [7, 0.1], words: linear(2) },
  ];
}

test('a joint model answers what its models answer', () => {
  for (const count of [1, 3, 64, 65]) {
    const random = new RandomState(count);
    const features = 4;
    const rows = drawRows(random, count, features);
    const descriptions = parts(random, features).map((part) => ({ ...part, features }));
    const blocks = descriptions.map(writeBlock);
    const block = writeBlock({
      kind: 'joint',
      features,
      outputs: 6,
      decision: 'vector',
      classes: blocks.length,
      classValues: [],
      words: [
        blocks.length,
        Uint32Array.from(blocks, (_, index) => blocks.slice(0, index).reduce((sum, { length }) => sum + length, 0)),
        Uint8Array.from(blocks.flatMap((bytes) => [...bytes])),
        blocks.reduce((sum, { length }) => sum + length, 0),
      ],
    });
    const outcomes = evaluateInBoth(block, rows);
    for (const [module, [name, outcome]] of outcomes.entries()) {
      const expected = jointAnswers(
        descriptions.map(({ decision, classValues, ...part }, index) => ({
          answering: {
            decision,
            classes: classValues.length,
            classValues: Array.from(classValues),
            numbers: part.decisionNumbers ?? new Float64Array(),
          },
          outputs: evaluateInBoth(blocks[index], rows)[module][1].scores,
        })),
      );
      assert.deepEqual(
        outcome.scores.map((scores) => scores.subarray(0, 3)),
        expected,
        name,
      );
      assert.deepEqual(
        outcome.several,
        expected.map((answers) => Float32Array.from(answers)),
      );
      assert.deepEqual(
        outcome.answers,
        expected.map(([first]) => Math.fround(first)),
      );
    }
  }
});

for (const mode of [0, 1])
  for (const radius of [Infinity, 1.5])
    test(`neighbours, weights of mode ${mode}, radius ${radius}`, () => {
      for (let seed = 0; seed < 10; seed++) {
        const random = new RandomState(seed);
        const features = random.integer(1, 4);
        const k = random.integer(1, 6);
        // Few places, so that distances are equal and 0.
        const stored = drawRows(random, random.integer(1, 30), features);
        const rows = drawRows(random, 20, features);
        const words = [0, features, stored.length, k, Float32Array.from(stored.flatMap((row) => [...row]))];
        const description = {
          kind: 'neighbours',
          features,
          outputs: 2 * k,
          words: [...words, 0, 0, 0, Float64Array.of(2, radius)],
        } as const;
        const expected = rows.map((row) => nearest(row, stored, k, radius));
        const targets = normals(random, stored.length);
        const classes = 3;
        const labels = stored.map(() => random.integer(0, classes));
        const answerings: Answering[] = [
          { decision: 'neighbourMean', classes: 0, classValues: [], numbers: Float64Array.of(mode, ...targets) },
          ...[-1, 2].map((outlier) => ({
            decision: 'neighbourVote' as const,
            classes,
            classValues: [4, 5, 6],
            numbers: Float64Array.of(mode, outlier, ...labels),
          })),
        ];
        for (const answering of answerings) {
          const { decision, classValues, numbers } = answering;
          const block = writeBlock({
            ...description,
            decision,
            classes: answering.classes,
            classValues,
            decisionNumbers: numbers,
          });
          for (const [name, outcome] of evaluateInBoth(block, rows)) {
            assert.deepEqual(outcome.scores, expected, name);
            const answers = expected.map((scores) => decide(answering, scores));
            assert.deepEqual([outcome.answers, outcome.singles], [answers, answers], name);
            if (decision === 'neighbourVote')
              assert.deepEqual(
                outcome.several,
                expected.map((scores) => probabilities(answering, scores)),
                name,
              );
          }
        }
      }
    });

/** Distances to the nearest k within the radius, then their numbers. */
function nearest(row: Float32Array, stored: readonly Float32Array[], k: number, radius: number): Float64Array {
  const found = stored
    .map((other, number) => ({ number, squares: row.reduce((sum, x, f) => sum + (x - other[f]) * (x - other[f]), 0) }))
    .filter(({ squares }) => Math.sqrt(squares) <= radius)
    .sort((a, b) => a.squares - b.squares || a.number - b.number)
    .slice(0, k);
  const distances = new Float64Array(k).fill(Infinity);
  const numbers = new Float64Array(k).fill(-1);
  found.forEach(({ squares, number }, i) => {
    distances[i] = Math.sqrt(squares);
    numbers[i] = number;
  });
  return Float64Array.of(...distances, ...numbers);
}
