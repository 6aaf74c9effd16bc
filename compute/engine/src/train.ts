/** A training from pushed rows to an artifact: what pgml.train asks for, computed. */
import { classCount, type Kernels, writeBlock } from '@pgml/kernels';
import { chooseEstimator } from './algorithms.js';
import { type LabelDescription, writeArtifact } from './artifact.js';
import type { Column, Table } from './dataset.js';
import { InputError } from './errors.js';
import type { Estimator, FitContext, Fitted, TrainingData } from './estimator.js';
import { type Metrics, measure } from './evaluation.js';
import { type LoadedFeatures, loadFeatures } from './features.js';
import { classLabels, type Labels, readLabel, regressionLabels } from './labels.js';
import { type Checked, checkParameters } from './parameters.js';
import { quantileStrata, type Sampling, splitRows, testRows } from './split.js';
import { describeCategories, describeValues, type Statistics } from './statistics.js';
import { parseTask } from './tasks.js';
import { version } from './version.js';

export interface ColumnRequest {
  readonly name: string;
  readonly pg_type: string;
  readonly nullable: boolean;
  readonly label: boolean;
  readonly position: number;
  readonly array: boolean;
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
  /** Of the table, in its order. At most one is a label; none for the tasks without labels. */
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
  const { features, label } = assignColumns(request, table, estimator);
  context.checkpoint(0, 'splitting');
  const testCount = testRows(table.rows, request.test_size);
  const truth = label && readLabel(label.request, label.column, table.rows);
  const strata = truth && stratify(estimator, label.column, truth);
  const split = splitRows(table.rows, testCount, request.test_sampling, request.seed, strata);
  const readLabels = estimator.task === 'classification' ? classLabels : regressionLabels;
  const labels = truth && readLabels(label.request, label.column, truth, split);

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
    const data = trainingData(kernels, loaded.count, loaded.columns, split.train.length, labels);
    const fitStart = context.seconds();
    const fitted = fit(estimator, data, parameters, request.seed, context);
    const scoreStart = context.seconds();
    const classes = labels ? labels.classes : clusterNumbers(fitted);
    const block = writeBlock({ ...fitted.block, features: loaded.count, classValues: classes });
    const test = {
      pointer: loaded.testPointer,
      rows: split.test.length,
      features: loaded.count,
      truth: labels ? labels.test : new Float32Array(0),
      classes,
    };
    const metrics = measure(kernels, estimator.task, block, test, request.seed, (progress) =>
      context.checkpoint(0.9 + 0.1 * progress, 'testing'),
    );
    const scoreEnd = context.seconds();

    const described: LabelDescription[] = labels ? [labels.description] : [];
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
        version,
      },
      block,
    );
    return {
      response: {
        rows: table.rows,
        train_rows: split.train.length,
        test_rows: split.test.length,
        num_features: loaded.count,
        num_labels: described.length,
        num_classes: labels ? labels.classes.length : 0,
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
  { task }: Estimator,
): { features: AssignedColumn[]; label: AssignedColumn | undefined } {
  if (table.rows === 0)
    throw new InputError('22023', 'there are no rows to train on', { hint: 'Fill the table first.' });
  if (table.columns.length !== columns.length)
    throw new InputError('22023', `the request names ${columns.length} columns, the rows have ${table.columns.length}`);
  const assigned = columns.map((request, index) => ({ request, column: table.columns[index] }));
  const features = assigned.filter(({ request }) => !request.label);
  const labels = assigned.filter(({ request }) => request.label);
  const supervised = task === 'regression' || task === 'classification';
  if (features.length === 0) throw new InputError('22023', 'there is no column to learn from besides the label');
  if (labels.length > 1)
    throw new InputError('0A000', `learning ${labels.length} labels together is not available yet`, {
      hint: 'Train a project for each label.',
    });
  if (supervised && labels.length === 0) throw new InputError('22023', `${task} needs a label column`);
  if (!supervised && labels.length > 0)
    throw new InputError('22023', `${task} learns without a label, but "${labels[0].request.name}" was given as one`);
  return { features, label: labels[0] };
}

/** What a snapshot records of every column of the request, over the training rows. */
function reportColumns(
  { columns }: TrainRequest,
  features: readonly AssignedColumn[],
  loaded: LoadedFeatures,
  labels: Labels | undefined,
  checkpoint: () => void,
): ColumnReport[] {
  return columns.map((column) => {
    checkpoint();
    const feature = features.findIndex(({ request }) => request === column);
    const description = feature < 0 ? labels!.description : loaded.descriptions[feature];
    const values = feature < 0 ? trainingAnswers(labels!) : loaded.trainingValues(feature);
    return {
      ...column,
      size: feature < 0 ? 1 : loaded.descriptions[feature].width,
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

function trainingData(
  kernels: Kernels,
  features: number,
  columns: Pick<TrainingData, 'columnPointer' | 'column'>,
  rows: number,
  labels: Labels | undefined,
): TrainingData {
  const targetPointer = kernels.allocate(labels ? rows * 4 : 0);
  const target = kernels.f32(targetPointer, labels ? rows : 0);
  if (labels) target.set(labels.train);
  return { rows, features, ...columns, target, targetPointer, classes: labels ? labels.classes.length : 0 };
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
    return estimator.fit(data, parameters, {
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

/** Clusters are answered as 0, 1, … */
function clusterNumbers({ block }: Fitted): number[] {
  return Array.from({ length: classCount(block.decision, block.outputs) }, (_, cluster) => cluster);
}
