// A thread that speaks through the in-process door as a database thread does: it sends, sleeps until it is woken, and
// never runs its event loop in between. It plays the script it is given and posts what it got.
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { control, type FromRuntime, type ToRuntime } from '../in-process.js';

const { port, shared, script } = workerData as { port: MessagePort; shared: SharedArrayBuffer; script: ToRuntime[] };
const words = new Int32Array(shared);
const LAST = ['result', 'end', 'error'];

/** Waits for the next message, five seconds at most. */
function receive(): FromRuntime {
  for (;;) {
    const seen = Atomics.load(words, control.WAKE);
    const received = receiveMessageOnPort(port);
    if (received) return received.message;
    if (Atomics.wait(words, control.WAKE, seen, 5000) === 'timed-out') throw new Error('the runtime did not answer');
  }
}

const answers: FromRuntime[] = [];
script.forEach((message, index) => {
  port.postMessage(message);
  // A call that the script cancels is waited for after its cancel.
  const cancelled = script[index + 1]?.type === 'cancel';
  if ((message.type === 'call' || message.type === 'stream' || message.type === 'cancel') && !cancelled)
    do answers.push(receive());
    while (!LAST.includes(answers.at(-1)!.type));
});
parentPort!.postMessage(answers);
port.close();
