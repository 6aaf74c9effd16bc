import type { Parameter } from '../../../parameters.js';

const fitIntercept: Parameter = {
  name: 'fit_intercept',
  type: { kind: 'boolean' },
  default: true,
  summary: 'Whether to learn an intercept; without one, a row of zeros scores 0.',
};

const jobs: Parameter = {
  name: 'n_jobs',
  type: { kind: 'any', of: [{ kind: 'null' }, { kind: 'integer' }] },
  default: null,
  summary: 'Threads are chosen by the server.',
  ignored: true,
};

export const regressionParameters: readonly Parameter[] = [
  fitIntercept,
  {
    name: 'positive',
    type: { kind: 'boolean' },
    default: false,
    summary: 'Whether coefficients must not be negative.',
  },
  {
    name: 'copy_X',
    type: { kind: 'boolean' },
    default: true,
    summary: 'The training data is never overwritten.',
    ignored: true,
  },
  jobs,
];

export const classificationParameters: readonly Parameter[] = [
  {
    name: 'penalty',
    type: { kind: 'any', of: [{ kind: 'choice', values: ['l2', 'none', 'l1', 'elasticnet'] }, { kind: 'null' }] },
    default: 'l2',
    summary:
      'l2 keeps the coefficients small (never the intercept); none or null does not; l1 and elasticnet are refused.',
  },
  {
    name: 'C',
    type: { kind: 'number', minimum: 0, exclusive: true },
    default: 1,
    summary:
      'Weight of the data against the penalty: half the squared coefficients over C are added to the summed loss.',
  },
  {
    name: 'alpha',
    type: { kind: 'any', of: [{ kind: 'null' }, { kind: 'number', minimum: 0 }] },
    default: null,
    summary: 'Another way to say C: 1 / C, with 0 for no penalty; used instead of C and penalty when given.',
  },
  fitIntercept,
  {
    name: 'class_weight',
    type: { kind: 'any', of: [{ kind: 'null' }, { kind: 'choice', values: ['balanced'] }] },
    default: null,
    summary: 'balanced weighs rows inversely to how frequent their class is.',
  },
  {
    name: 'multi_class',
    type: { kind: 'choice', values: ['auto', 'multinomial', 'ovr'] },
    default: 'auto',
    summary:
      'multinomial is one model of all classes; ovr is one model for each class against the rest; ' +
      'auto is multinomial, except with the solvers liblinear and newton-cholesky.',
  },
  {
    name: 'solver',
    type: {
      kind: 'choice',
      values: ['lbfgs', 'liblinear', 'newton-cg', 'newton-cholesky', 'sag', 'saga'],
    },
    default: 'lbfgs',
    summary: 'All names are accepted and all give the optimum, found by L-BFGS; the intercept is never penalized.',
  },
  {
    name: 'tol',
    aliases: ['gradient_tolerance'],
    type: { kind: 'number', minimum: 0, exclusive: true },
    default: 1e-4,
    summary: 'Stop when no slope of the mean loss, per standard deviation of a feature, is above 1e-4 times this.',
  },
  {
    name: 'max_iter',
    aliases: ['max_iterations'],
    type: { kind: 'integer', minimum: 0 },
    default: 100,
    summary: 'Stop after this many iterations, with what was reached; the model says that it did not converge.',
  },
  {
    name: 'dual',
    type: { kind: 'boolean' },
    default: false,
    summary: 'The dual problem has the same optimum.',
    ignored: true,
  },
  {
    name: 'intercept_scaling',
    type: { kind: 'number' },
    default: 1,
    summary: 'Matters only where the intercept is penalized.',
    ignored: true,
  },
  {
    name: 'l1_ratio',
    type: { kind: 'any', of: [{ kind: 'null' }, { kind: 'number', minimum: 0, maximum: 1 }] },
    default: null,
    summary: 'Belongs to the penalty elasticnet.',
    ignored: true,
  },
  {
    name: 'random_state',
    type: { kind: 'any', of: [{ kind: 'null' }, { kind: 'integer', minimum: 0, maximum: 4294967295 }] },
    default: null,
    summary: 'Nothing is random here.',
    ignored: true,
  },
  {
    name: 'warm_start',
    type: { kind: 'boolean' },
    default: false,
    summary: 'Every model is trained from the start.',
    ignored: true,
  },
  {
    name: 'verbose',
    type: { kind: 'any', of: [{ kind: 'integer' }, { kind: 'boolean' }] },
    default: 0,
    summary: 'Nothing is printed.',
    ignored: true,
  },
  jobs,
];
