import { checkParameters, chooseEstimator, parseTask } from '@pgml/engine';
import { anything, choice, optional, record, text } from '../input.js';
import { RuntimeError } from '../runtime.js';
import { answering } from './method.js';

const isEmpty = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length === 0;

/** Checks what pgml.train was asked for, before a table is read: the algorithm that will be trained, or an error. */
export const validate = answering(
  'validate',
  record({
    task: text,
    algorithm: text,
    hyperparams: optional(anything, {}),
    runtime: optional(choice(['python', 'rust', 'openai']), null),
    search: optional(text, null),
    search_params: optional(anything, {}),
    search_args: optional(anything, {}),
    preprocess: optional(anything, {}),
  }),
  (request) => {
    if (request.runtime === 'openai')
      throw new RuntimeError('0A000', 'OpenAI runtime is not supported for training or inference');
    const estimator = chooseEstimator(request.algorithm, parseTask(request.task));
    checkParameters(estimator, request.hyperparams);
    if (request.search !== null || !isEmpty(request.search_params) || !isEmpty(request.search_args))
      throw new RuntimeError('0A000', 'the search for hyperparameters is not available yet', {
        hint: 'Train once for each combination: the best model is deployed by its score.',
      });
    if (!isEmpty(request.preprocess))
      throw new RuntimeError('0A000', 'preprocess is not available yet', {
        hint: 'Prepare the columns in a view and train on that.',
      });
    return { response: { algorithm: estimator.algorithm, missing: estimator.missing }, result: null };
  },
);
