// A fit thread that ends in the middle of its fit.
import { parentPort } from 'node:worker_threads';

parentPort!.once('message', () => process.exit(3));
