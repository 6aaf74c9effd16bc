/** A helper of a team: a worker thread that executes kernels until the team is dissolved. */
import { workerData } from 'node:worker_threads';
import { helpTeam } from '@pgml/engine';
import { loadKernels } from '@pgml/kernels';
import type { TeamSeat } from './messages.js';

const { control, memory } = workerData as TeamSeat;
helpTeam(control, loadKernels(memory).run);
