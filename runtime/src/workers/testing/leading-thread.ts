// A fit thread that leads a team of two for ever, as long as its helper does its part.
import { parentPort } from 'node:worker_threads';
import { loadKernels } from '@pgml/kernels';
import type { FitAnswer } from '../messages.js';
import { createTeam } from '../team.js';

parentPort!.once('message', () => {
  const kernels = loadKernels();
  const team = createTeam(kernels, 2, (helpers, seat) =>
    parentPort!.postMessage({ type: 'team', helpers, seat } satisfies FitAnswer),
  );
  const target = kernels.allocate(400_000);
  for (;;)
    team.run(
      'enumerateRows',
      Array.from({ length: 10 }, (_, call) => [target, 10_000 * call, 10_000 * (call + 1)]),
    );
});
