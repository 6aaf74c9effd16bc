// A fit thread that never ends and never looks whether it should.
import { parentPort } from 'node:worker_threads';

parentPort!.once('message', () => {
  for (;;);
});
