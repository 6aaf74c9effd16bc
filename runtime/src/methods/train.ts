import { samplings } from '@pgml/engine';
import { anything, boolean, choice, integer, list, number, optional, record, text } from '../input.js';
import { answering } from './method.js';

/** Trains on pushed rows in a worker; the result is the artifact. */
export const train = answering(
  'train',
  record({
    dataset: integer(1, Number.MAX_SAFE_INTEGER),
    task: text,
    algorithm: text,
    hyperparams: optional(anything, {}),
    seed: integer(0, 2 ** 32 - 1),
    test_size: number,
    test_sampling: choice(samplings),
    columns: list(
      record({
        name: text,
        pg_type: text,
        nullable: boolean,
        label: boolean,
        position: integer(1, 100_000),
        array: boolean,
      }),
    ),
  }),
  async ({ dataset, ...request }, { datasets, jobs, workers, signal, client }) => {
    const table = datasets.take(dataset);
    const { response, artifact } = await workers.fit(request, table, jobs.create('train'), signal, client);
    return { response, result: artifact };
  },
);
