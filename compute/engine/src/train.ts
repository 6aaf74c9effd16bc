/** A training from pushed rows to an artifact: what pgml.train asks for, computed. */
import { classesOf, type Kernels, writeBlock } from '@pgml/kernels';
import { chooseEstimator } from './algorithms.js';
import { type LabelDescription, writeArtifact } from './artifact/artifact.js';
import type { Column, Table } from './preprocessing/dataset.js';
import { InputError } from './errors.js';
import type { Estimator, FitContext, Fitted, TrainingData } from './estimator.js';
import { type Metrics, measure } from './evaluation.js';
import { type LoadedFeatures, loadFeatures } from './preprocessing/features.js';
import { permutationImportance } from './importance/permutation.js';
import { requireFiniteAnswers } from './finite-answers.js';
import { fitTargets } from './joint.js';
import { classLabels, classNames, type Labels, readLabel, regressionLabels } from './preprocessing/labels.js';
import { type Checked, checkParameters } from './parameters.js';
import { readGroups, readWeights } from './preprocessing/row-columns.js';
import { quantileStrata, type Sampling, splitRows, testRows } from './preprocessing/split.js';
import { describeCategories, describeValues, type Statistics } from './preprocessing/statistics.js';
import { parseTask } from './tasks.js';
import { version } from './version.js';

export interface ColumnRequest {
  readonly name: string;
  readonly pg_type: string;
  readonly nullable: boolean;
  readonly label: boolean;
  readonly position: number;
  readonly array: boolean;
  /** A column that is neither label nor feature: what each row counts, or the group it belongs to. */
  readonly use?: 'weight' | 'group';
}

export interface TrainRequest {
  readonly task: string;
  readonly algorithm: string;
  readonly hyperparams: unknown;
  /** From 0 to 2^32 - 1. */
  readonly seed: number;
  /** Up to 1 the part of the rows to test with, above 1 their number. */
  readonly test_size: number;
  readonly test_sampling: Sampling;
  /** Of the table, in its order. Labels: one, none for the tasks without labels, several for a joint regression. */
  readonly columns: readonly ColumnRequest[];
}

export interface TrainContext {
  readonly kernels: Kernels;
  readonly team: FitContext['team'];
  /** As in FitContext, for the whole training. */
  checkpoint(progress: number, detail?: string): void;
  /** Any clock, for fit_time and score_time. */
  seconds(): number;
}

export interface ColumnReport extends ColumnRequest {
  /** Numbers per row: 1, or the length of the array. */
  readonly size: number;
  readonly preprocessor: { readonly encode: 'native'; readonly impute: 'error'; readonly scale: 'preserve' };
  readonly statistics: Statistics;
}

export interface TrainResponse {
  readonly rows: number;
  readonly train_rows: number;
  readonly test_rows: number;
  /** Arrays count by their elements. */
  readonly num_features: number;
  readonly num_labels: number;
  /** 0 unless the task is classification. */
  readonly num_classes: number;
  readonly columns: readonly ColumnReport[];
  /** On the test part; null where a metric is not defined. fit_time and score_time are seconds. */
  readonly metrics: Metrics;
  readonly threads: number;
}

export interface Trained {
  readonly response: TrainResponse;
  readonly artifact: Uint8Array<ArrayBuffer>;
}

/**
 * Splits, fits, tests and writes the artifact. Empties `table`. The artifact is a function of request and table alone.
 *
 * Memory at its peak: the table once (it moves to kernel memory column by column, where rows for training and rows for
 * testing lie apart), one column, some forty bytes a row for label and split, and what the fit itself needs.
 *
 * Throws InputError (FitError and ParameterError among them) with its SQLSTATE, and what `checkpoint` throws.
 */
export function train(request: TrainRequest, table: Table, context: TrainContext): Trained {
  const estimator = chooseEstimator(request.algorithm, parseTask(request.task));
  const parameters = checkParameters(estimator, request.hyperparams);
  const { features, labels: labelColumns, weight, group } = assignColumns(request, table, estimator);
  context.checkpoint(0, 'splitting');
  const testCount = testRows(table.rows, request.test_size);
  const truths = labelColumns.map(({ request: label, column }) => readLabel(label, column, table.rows));
  const strata = truths.length > 0 ? stratify(estimator, labelColumns[0].column, truths[0]) : undefined;
  const split = splitRows(table.rows, testCount, request.test_sampling, request.seed, strata);
  const readLabels = estimator.task === 'classification' ? classLabels : regressionLabels;
  const labels = labelColumns.map(({ request: label, column }, index) =>
    readLabels(label, column, truths[index], split),
  );
  const classes = labels[0]?.classes ?? [];

  const { kernels } = context;
  const mark = kernels.mark();
  try {
    context.checkpoint(0.02, 'loading');
    const loaded = loadFeatures(
      kernels,
      features.map(({ request: { name, pg_type }, column }) => ({ name, pg_type, column })),
      split,
      estimator,
    );
    const reports = reportColumns(request, features, loaded, labels, () => context.checkpoint(0.05, 'describing'));
    const data: TrainingData = {
      rows: split.train.length,
      features: loaded.count,
      ...loaded.columns,
      ...placeTargets(kernels, labels, split.train.length),
      classes: classes.length,
      classNames: labels[0] ? classNames(labels[0]) : [],
      weights: weight && readWeights(kernels, weight, table.rows, split.train),
      groups: group && readGroups(kernels, group, table.rows, split.train),
    };
    const fitStart = context.seconds();
    const fitted = fit(estimator, data, parameters, request.seed, context);
    const scoreStart = context.seconds();
    const answered = labels.length > 0 ? classes : clusterNumbers(fitted);
    const block = writeBlock({ ...fitted.block, features: loaded.count, classValues: answered });
    requireFiniteAnswers(kernels, fitted, block, data);
    const test = {
      pointer: loaded.testPointer,
      rows: split.test.length,
      features: loaded.count,
      truth: rowWise(labels.map(({ test }) => test)),
      classes: answered,
    };
    const measured = measure(kernels, estimator.task, block, test, request.seed, (progress) =>
      context.checkpoint(0.9 + 0.1 * progress, 'testing'),
    );
    const metrics = { ...measured, ...fitted.metrics };
    const scoreEnd = context.seconds();
    const importances =
      fitted.importances ??
      permutation(
        permutationImportance(kernels, estimator.task, block, test, request.seed, () =>
          context.checkpoint(0.99, 'weighing features'),
        ),
      );
    const sections = fitted.block.kind === 'linear' ? { ...fitted.sections, means: means(data) } : fitted.sections;

    const described: LabelDescription[] = labels.map(({ description }) => description);
    const artifact = writeArtifact(
      {
        kind: fitted.block.kind,
        task: estimator.task,
        algorithm: estimator.algorithm,
        features: loaded.descriptions,
        labels: described,
        missing: estimator.missing,
        hyperparams: parameters,
        seed: request.seed,
        details: fitted.details ?? {},
        ...(importances ? { importances: asLists(importances) } : {}),
        version,
      },
      block,
      sections,
    );
    return {
      response: {
        rows: table.rows,
        train_rows: split.train.length,
        test_rows: split.test.length,
        num_features: loaded.count,
        num_labels: described.length,
        num_classes: classes.length,
        columns: reports,
        metrics: { ...metrics, fit_time: scoreStart - fitStart, score_time: scoreEnd - scoreStart },
        threads: context.team.size,
      },
      artifact,
    };
  } finally {
    kernels.release(mark);
  }
}

interface AssignedColumn {
  readonly request: ColumnRequest;
  readonly column: Column;
}

/** Which column of the table is which of the request. Throws InputError where they cannot be trained from. */
function assignColumns(
  { columns }: TrainRequest,
  table: Table,
  { algorithm, task, ...estimator }: Estimator,
): {
  features: AssignedColumn[];
  labels: AssignedColumn[];
  weight: AssignedColumn | undefined;
  group: AssignedColumn | undefined;
} {
  if (table.rows === 0)
    throw new InputError('22023', 'there are no rows to train on', { hint: 'Fill the table first.' });
  if (table.columns.length !== columns.length)
    throw new InputError('22023', `the request names ${columns.length} columns, the rows have ${table.columns.length}`);
  const assigned = columns.map((request, index) => ({ request, column: table.columns[index] }));
  const features = assigned.filter(({ request }) => !request.label && !request.use);
  const weight = assigned.find(({ request }) => request.use === 'weight');
  const group = assigned.find(({ request }) => request.use === 'group');
  const labels = assigned.filter(({ request }) => request.label);
  const supervised = task === 'regression' || task === 'classification';
  if (features.length === 0) throw new InputError('22023', 'there is no column to learn from besides the label');
  if (labels.length > 1 && task !== 'regression')
    throw new InputError('22023', `${task} learns one label, but ${labels.length} were given`, {
      hint: 'Train a project for each label; only regression learns several together.',
    });
  if (weight && !estimator.weights)
    throw new InputError('22023', `${algorithm} cannot weigh rows for ${task}`, {
      hint: `Leave the column "${weight.request.name}" out.`,
    });
  if (supervised && labels.length === 0) throw new InputError('22023', `${task} needs a label column`);
  if (!supervised && labels.length > 0)
    throw new InputError('22023', `${task} learns without a label, but "${labels[0].request.name}" was given as one`);
  return { features, labels, weight, group };
}

/** What a snapshot records of every column of the request, over the training rows. */
function reportColumns(
  { columns }: TrainRequest,
  features: readonly AssignedColumn[],
  loaded: LoadedFeatures,
  labels: readonly Labels[],
  checkpoint: () => void,
): ColumnReport[] {
  const described = columns.filter(({ use }) => !use);
  const labelColumns = described.filter(({ label }) => label);
  return described.map((column) => {
    checkpoint();
    const feature = features.findIndex(({ request }) => request === column);
    const label = labels[labelColumns.indexOf(column)];
    const description = label ? label.description : loaded.descriptions[feature];
    const values = label ? trainingAnswers(label) : loaded.trainingValues(feature);
    return {
      ...column,
      size: label ? 1 : loaded.descriptions[feature].width,
      preprocessor: { encode: 'native', impute: 'error', scale: 'preserve' },
      statistics: {
        ...describeValues(values),
        categories: description.categories ? describeCategories(values, description.categories) : null,
      },
    };
  });
}

/** Strata of a stratified split: classes, or ten groups of equal size by value. */
function stratify(estimator: Estimator, column: Column, truth: Float32Array): ArrayLike<number> {
  if (estimator.task !== 'classification') return quantileStrata(truth, 10);
  if (column.type === 'text') return truth;
  const numbers = new Map<number, number>();
  return Uint32Array.from(truth, (value) => {
    if (!numbers.has(value)) numbers.set(value, numbers.size);
    return numbers.get(value)!;
  });
}

/** The targets of the training rows in kernel memory, one after the other. */
function placeTargets(kernels: Kernels, labels: readonly Labels[], rows: number) {
  const targetPointer = kernels.allocate(labels.length * rows * 4);
  labels.forEach(({ train }, target) => {
    kernels.f32(targetPointer + target * rows * 4, rows).set(train);
  });
  return {
    target: kernels.f32(targetPointer, labels.length > 0 ? rows : 0),
    targetPointer,
    targets: Math.max(1, labels.length),
    targetOf: (target: number) => kernels.f32(targetPointer + target * rows * 4, rows),
  };
}

const permutation = (values: Float64Array | undefined) => (values ? { permutation: values } : undefined);

/** The mean of each feature over the training rows. */
function means({ features, rows, column }: TrainingData): Float64Array {
  return Float64Array.from({ length: features }, (_, feature) => {
    let sum = 0;
    for (const value of column(feature)) sum += value;
    return sum / rows;
  });
}

const asLists = (importances: NonNullable<Fitted['importances']>) =>
  Object.fromEntries(Object.entries(importances).map(([kind, values]) => [kind, Array.from(values)]));

/** The truth as the evaluators write their answers: all values of a row together. */
function rowWise(columns: readonly Float32Array[]): Float32Array {
  if (columns.length === 1) return columns[0];
  const values = new Float32Array(columns.length * (columns[0]?.length ?? 0));
  columns.forEach((column, index) => {
    column.forEach((value, row) => {
      values[row * columns.length + index] = value;
    });
  });
  return values;
}

function fit(
  estimator: Estimator,
  data: TrainingData,
  parameters: Checked,
  seed: number,
  context: TrainContext,
): Fitted {
  const mark = context.kernels.mark();
  try {
    return fitTargets(estimator, data, parameters, {
      kernels: context.kernels,
      team: context.team,
      seed,
      checkpoint: (progress, detail) => context.checkpoint(0.05 + 0.85 * progress, detail),
    });
  } finally {
    context.kernels.release(mark);
  }
}

/** What predict answers for each training row. */
function trainingAnswers({ train, classes }: Labels): Float32Array {
  return classes.length === 0 ? train : train.map((index) => classes[index]);
}

/** Clusters are answered as 0, 1, … unless the fit has other names for them; decompositions have none. */
function clusterNumbers({ block, clusters }: Fitted): readonly number[] {
  if (clusters) return clusters;
  return block.decision === 'vector' ? [] : Array.from({ length: classesOf(block) }, (_, cluster) => cluster);
}
