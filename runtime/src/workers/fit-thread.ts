/** The thread in which one fit runs. It loads the kernels at once, so that it is warm when its order comes. */
import { parentPort, workerData } from 'node:worker_threads';
import { Cancelled, train } from '@pgml/engine';
import { loadKernels } from '@pgml/kernels';
import { toReport } from '../errors.js';
import { type FitAnswer, type FitOrder, type FitThreadData, fitControl, PROGRESS_UNITS } from './messages.js';
import { createTeam } from './team.js';

const { threads, kernelMegabytes } = workerData as FitThreadData;
const PAGES_PER_MEGABYTE = 16;
const memory = new WebAssembly.Memory({ initial: 16, maximum: kernelMegabytes * PAGES_PER_MEGABYTE, shared: true });
const kernels = loadKernels(memory);

/** With fewer rows, helpers would cost more than they give. */
const ROWS_FOR_A_TEAM = 50_000;

function answer({ request, table, control }: FitOrder): Exclude<FitAnswer, { type: 'team' }> {
  const words = new Int32Array(control);
  const team = createTeam(kernels, table.rows < ROWS_FOR_A_TEAM ? 1 : threads, (helpers, seat) =>
    parentPort!.postMessage({ type: 'team', helpers, seat } satisfies FitAnswer),
  );
  try {
    const { response, artifact } = train(request, table, {
      kernels,
      team,
      seconds: () => performance.now() / 1000,
      checkpoint: (progress) => {
        Atomics.store(words, fitControl.PROGRESS, Math.round(progress * PROGRESS_UNITS));
        if (Atomics.load(words, fitControl.CANCEL) === 1) throw new Cancelled();
      },
    });
    return { type: 'done', response, artifact };
  } catch (error) {
    return { type: 'failed', error: toReport(error) };
  } finally {
    team.close();
  }
}

parentPort!.once('message', (order: FitOrder) => {
  const message = answer(order);
  parentPort!.postMessage(message, message.type === 'done' ? [message.artifact.buffer as ArrayBuffer] : []);
});
// Thrown here, it reaches the runtime as the error of this thread.
parentPort!.once('messageerror', (error) => {
  throw error;
});
