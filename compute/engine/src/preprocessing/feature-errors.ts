/** What every host says of features that a model cannot be run on, so that a user reads the same wherever it runs. */
import type { Artifact } from '../artifact/artifact.js';
import { InputError } from '../errors.js';

/** A model as an error describes it. */
type Model = Pick<Artifact, 'header' | 'facts'>;

/** One row was to be given, and `given` values were. */
export function wrongFeatureCount(model: Model, given: number): InputError {
  const { features } = model.facts;
  const whole = given > features && given % features === 0;
  return new InputError('22023', `the model has ${count(features, 'feature')}, but ${given} were given`, {
    detail: featureList(model),
    hint: whole
      ? 'Use pgml.predict_batch for several rows at once.'
      : 'Give the features in the order of the columns that the model was trained on.',
  });
}

/** Any number of rows was to be given, and `given` values were, which do not fill the last one. */
export function noWholeRows(model: Model, given: number): InputError {
  return new InputError(
    '22023',
    `${given} values are no whole number of rows: the model has ${count(model.facts.features, 'feature')}`,
    { detail: featureList(model) },
  );
}

/** `missing` of `given` values are NULL, and the model has not learned what that means. */
export function nullFeatures({ header }: Model, missing: number, given: number): InputError {
  return new InputError(
    '22004',
    `features must not be NULL for a model of ${header.algorithm}, but ${missing} of ${given} are`,
    { hint: 'Fill the gaps with COALESCE, or train an algorithm that learns from missing values.' },
  );
}

/** The value at `index` of rows that follow each other is NaN or infinite, and the model has not learned what that means. */
export function notFiniteFeature(model: Model, index: number, value: number): InputError {
  const { features } = model.facts;
  const row = Math.floor(index / features);
  const name = featureNames(model)[index % features];
  return new InputError(
    '22023',
    `feature "${name}" is ${value}${row > 0 ? ` in row ${row + 1}` : ''}, but a model of ${model.header.algorithm} needs finite numbers`,
    {
      hint: Number.isNaN(value)
        ? 'Replace such values, or train an algorithm that learns from missing values.'
        : 'Replace such values, or bound them with LEAST and GREATEST.',
    },
  );
}

/** Probabilities were asked of a model whose decision has none. */
export function withoutProbabilities({ header, facts }: Model): InputError {
  const { task, algorithm } = header;
  if (task === 'regression') return new InputError('0A000', "You can't predict probabilities for a regression model");
  return new InputError('0A000', `a ${task} model of ${algorithm} has no probabilities`, {
    // Machines for pairs of classes learn them when they are asked to.
    hint:
      facts.decision === 'oneVersusOne'
        ? 'Train it with the hyperparameter "probability" true, or use pgml.predict.'
        : 'Use pgml.predict.',
  });
}

/** All values were asked of a model that answers one. */
export function withoutVectors({ header }: Pick<Model, 'header'>): InputError {
  return new InputError('0A000', `a ${header.task} model of ${header.algorithm} answers one value for a row`, {
    hint: 'Use pgml.predict.',
  });
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** What the features of a model are, in a sentence. */
export function featureList(model: Pick<Model, 'header'>): string {
  return `The features are: ${shortList(featureNames(model))}.`;
}

/** The name of each value of a row: elements of an array are named by their subscript. */
export function featureNames({ header }: Pick<Model, 'header'>): string[] {
  return header.features.flatMap(({ name, width }) =>
    width === 1 ? [name] : Array.from({ length: width }, (_, index) => `${name}[${index + 1}]`),
  );
}

const SHOWN = 20;

function shortList(names: readonly string[]): string {
  if (names.length <= SHOWN) return names.join(', ');
  return `${names.slice(0, SHOWN).join(', ')} and ${names.length - SHOWN} more`;
}
