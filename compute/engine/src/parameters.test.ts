import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editDistance, nearest } from './edit-distance.js';
import { checkParameters, describeType, ParameterError, type Parameterized } from './parameters.js';

const forest: Parameterized = {
  algorithm: 'forest',
  parameters: [
    { name: 'max_depth', type: { kind: 'integer', minimum: 0 }, default: 6, summary: 'Depth.' },
    {
      name: 'learning_rate',
      aliases: ['eta'],
      type: { kind: 'number', minimum: 0, maximum: 1, exclusive: true },
      default: 0.3,
      summary: 'Rate.',
    },
    { name: 'shuffle', type: { kind: 'boolean' }, default: true, summary: 'Order.' },
    { name: 'criterion', type: { kind: 'choice', values: ['gini', 'entropy'] }, default: 'gini', summary: 'Rule.' },
    {
      name: 'max_features',
      type: {
        kind: 'any',
        of: [
          { kind: 'integer', minimum: 1 },
          { kind: 'choice', values: ['sqrt', 'log2'] },
          { kind: 'array', of: { kind: 'number' } },
          { kind: 'null' },
        ],
      },
      default: null,
      summary: 'How many.',
    },
  ],
};

function refusal(given: unknown): ParameterError {
  try {
    checkParameters(forest, given);
  } catch (error) {
    assert.ok(error instanceof ParameterError);
    assert.equal(error.sqlstate, '22023');
    return error;
  }
  throw new Error(`${JSON.stringify(given)} was not refused`);
}

test('defaults fill what is not given; aliases are values of the parameter itself', () => {
  assert.deepEqual(checkParameters(forest, {}), {
    max_depth: 6,
    learning_rate: 0.3,
    shuffle: true,
    criterion: 'gini',
    max_features: null,
  });
  const checked = checkParameters(forest, { eta: 1, max_features: [0.5, 2] });
  assert.equal(checked.learning_rate, 1);
  assert.deepEqual(checked.max_features, [0.5, 2]);
  assert.ok(!('eta' in checked));
});

test('a wrong value is named with what is allowed', () => {
  const error = refusal({ max_depth: 'six' });
  assert.equal(
    error.message,
    'hyperparameter "max_depth" of forest must be an integer of at least 0, but "six" was given',
  );
  assert.equal(error.hint, 'The default is 6.');
  assert.match(refusal({ max_depth: 2.5 }).message, /but 2.5 was given/);
  assert.match(refusal({ max_depth: -1 }).message, /but -1 was given/);
  assert.match(refusal({ max_depth: null }).message, /but null was given/);
  assert.match(refusal({ shuffle: 1 }).message, /must be true or false/);
  assert.equal(refusal({ max_depth: '7' }).hint, 'Write 7 without quotes.');
  assert.equal(refusal({ criterion: 'ginni' }).hint, 'Did you mean "gini"?');
  assert.equal(refusal({ max_features: 'sqr' }).hint, 'Did you mean "sqrt"?');
  assert.match(refusal({ max_features: [1, 'two'] }).message, /an array in which each element is a number, or null/);
});

test('ranges: an exclusive minimum is not allowed, its maximum is; no number is NaN or infinite', () => {
  assert.match(refusal({ eta: 0 }).message, /"eta".* greater than 0 and at most 1, but 0 was given/);
  assert.match(refusal({ eta: 1.01 }).message, /but 1.01 was given/);
  assert.match(refusal({ eta: Number.NaN }).message, /but NaN was given/);
  assert.match(refusal({ eta: Number.POSITIVE_INFINITY }).message, /but Infinity was given/);
  assert.equal(describeType({ kind: 'number', minimum: 0, maximum: 1 }), 'a number between 0 and 1');
  assert.equal(describeType({ kind: 'integer', maximum: 9 }), 'an integer of at most 9');
});

test('an unknown name brings the nearest one and the list', () => {
  const error = refusal({ max_dept: 3 });
  assert.equal(error.message, 'forest has no hyperparameter "max_dept"');
  assert.equal(error.hint, 'Did you mean "max_depth"?');
  assert.equal(error.detail, 'Hyperparameters of forest: max_depth, learning_rate, shuffle, criterion, max_features.');
  assert.equal(refusal({ zzzzzzzzz: 3 }).hint, undefined);
  for (const name of ['__proto__', 'constructor', 'toString', ''])
    assert.match(refusal(JSON.parse(`{"${name}": 1}`)).message, /has no hyperparameter/);
});

test('a name and its alias together are refused, and so is what is no object', () => {
  assert.match(refusal({ learning_rate: 0.1, eta: 0.1 }).message, /"learning_rate" and "eta"/);
  for (const given of [null, [], 'x', 3, true, undefined])
    assert.match(refusal(given).message, /must be a JSON object/);
});

test('edit distance', () => {
  const cases: [string, string, number][] = [
    ['', '', 0],
    ['', 'abc', 3],
    ['kitten', 'sitting', 3],
    ['abc', 'abc', 0],
    ['ab', 'ba', 2],
  ];
  for (const [one, other, distance] of cases) {
    assert.equal(editDistance(one, other), distance);
    assert.equal(editDistance(other, one), distance);
  }
  assert.equal(nearest('MAX_DEPTH', ['max_depth', 'min_depth']), 'max_depth');
  assert.equal(nearest('x'.repeat(100_000), ['x']), undefined);
});
