/** What the tests of linear_svm share. */
import type { Task } from '../../../../estimator.js';
import type { Problem } from '../../../../testing/data.js';

type Parameters = Readonly<Record<string, unknown>>;

/** What LinearSVR, and LinearSVC one versus rest, minimize, written down term by term. */
export function objective(
  task: Task,
  { columns, target = [], weights }: Problem,
  parameters: Parameters,
  coefficients: ArrayLike<number>,
  intercepts: ArrayLike<number>,
): number {
  const {
    C = 1,
    penalty = 'l2',
    fit_intercept = true,
    intercept_scaling = 1,
  } = parameters as {
    C?: number;
    penalty?: string;
    fit_intercept?: boolean;
    intercept_scaling?: number;
  };
  const size = (value: number) => (penalty === 'l1' ? Math.abs(value) : (value * value) / 2);
  let total = 0;
  for (let k = 0; k < intercepts.length; k++) {
    const own = columns.map((_, feature) => coefficients[k * columns.length + feature]);
    total += own.reduce((sum, value) => sum + size(value), fit_intercept ? size(intercepts[k] / intercept_scaling) : 0);
    for (let row = 0; row < target.length; row++) {
      const score = own.reduce(
        (sum, value, feature) => sum + value * Math.fround(columns[feature][row]),
        intercepts[k],
      );
      const loss =
        task === 'regression'
          ? regressionLoss(score - Math.fround(target[row]), parameters)
          : hingeLoss(score, target[row], k, intercepts.length, target, parameters);
      total += C * (weights ? weights[row] : 1) * loss;
    }
  }
  return total;
}

function regressionLoss(error: number, { epsilon = 0, loss = 'epsilon_insensitive' }: Parameters): number {
  const beyond = Math.max(0, Math.abs(error) - (epsilon as number));
  return loss === 'epsilon_insensitive' ? beyond : beyond * beyond;
}

function hingeLoss(
  score: number,
  label: number,
  k: number,
  machines: number,
  target: ArrayLike<number>,
  { class_weight, loss = 'squared_hinge' }: Parameters,
): number {
  const positive = machines === 1 ? label === 1 : label === k;
  const lacking = Math.max(0, 1 - (positive ? score : -score));
  const counts = machines === 1 || positive ? classWeight(label, target, class_weight) : 1;
  return counts * (loss === 'hinge' ? lacking : lacking * lacking);
}

function classWeight(label: number, target: ArrayLike<number>, given: unknown): number {
  const labels = Array.from(target);
  if (given === 'balanced')
    return labels.length / (new Set(labels).size * labels.filter((other) => other === label).length);
  return (given as Record<string, number> | null | undefined)?.[label] ?? 1;
}
