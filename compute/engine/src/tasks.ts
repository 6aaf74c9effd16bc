import { alternatives, InputError, quote } from './errors.js';
import type { Task } from './estimator.js';

/** The tasks that pgml.train serves, each with the metric by which models are compared. */
export const targetMetrics: Readonly<Record<Task, string>> = {
  regression: 'r2',
  classification: 'f1',
  clustering: 'silhouette',
  decomposition: 'cumulative_explained_variance',
};

/** The tasks of the SQL type pgml.task that belong to language models. */
const languageTasks = [
  'question_answering',
  'summarization',
  'translation',
  'text_classification',
  'text_generation',
  'text2text',
  'embedding',
  'text_pair_classification',
  'conversation',
];

/** The task of that name, written with underscores or dashes. Throws InputError. */
export function parseTask(given: string): Task {
  const name = given.trim().toLowerCase().replaceAll('-', '_');
  if (Object.hasOwn(targetMetrics, name)) return name as Task;
  if (name === 'cluster') return 'clustering';
  if (languageTasks.includes(name))
    throw new InputError('0A000', `pgml.train does not serve the task ${name}`, {
      hint: 'Use pgml.tune for language models.',
    });
  throw new InputError('22023', `there is no task ${quote(given)}`, {
    hint: `Use ${alternatives(Object.keys(targetMetrics))}.`,
  });
}
