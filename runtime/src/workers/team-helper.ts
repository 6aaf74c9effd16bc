/** A helper of a team: a worker thread that executes kernels until the team is dissolved. */
import { workerData } from 'node:worker_threads';
import { helpTeam, type TeamControl } from '@pgml/engine';
import { loadKernels } from '@pgml/kernels';

const { control, memory } = workerData as { control: TeamControl; memory: WebAssembly.Memory };
helpTeam(control, loadKernels(memory).run);
