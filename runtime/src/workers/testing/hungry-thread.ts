// A fit thread that takes JavaScript heap until there is none.
import { parentPort } from 'node:worker_threads';

parentPort!.once('message', () => {
  const hoard: number[][] = [];
  for (;;) hoard.push(Array.from({ length: 10_000 }, (_, index) => index + 0.5));
});
