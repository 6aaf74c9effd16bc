// node proof/fuzz/protocol.mjs [--seconds 60] [--seed N]: the fuzzer of the protocol codec, for as long as you like.
// It prints its seed; a failure is found again with that seed.
import { parseArgs } from 'node:util';
import { fuzzProtocol } from '../dist/fuzz/protocol.js';

const { values } = parseArgs({ options: { seconds: { type: 'string' }, seed: { type: 'string' } } });
const seconds = Number(values.seconds ?? 60);
const seed = Number(values.seed ?? Date.now() % 2 ** 31);
const end = Date.now() + 1000 * seconds;
console.log(`seed ${seed}, ${seconds} s`);
const tally = fuzzProtocol(seed, () => Date.now() >= end);
console.log(JSON.stringify(tally));
