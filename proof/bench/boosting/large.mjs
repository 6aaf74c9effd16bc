// A training of gradient boosted trees at a size that fills memory: 5,000,000 rows of 30 features (--rows=, --features=,
// --trees=100), in one process and on one thread, through the engine as a job does it. Prints seconds and the memory
// that was needed: of the kernels, and of the process at its peak.
import { Dataset, soloTeam, train } from '@pgml/engine';
import { loadKernels, RandomState } from '@pgml/kernels';

const option = (name, fallback) =>
  Number(process.argv.find((argument) => argument.startsWith(`--${name}=`))?.split('=')[1] ?? fallback);
const rows = option('rows', 5_000_000);
const features = option('features', 30);
const trees = option('trees', 100);
const CHUNK = 100_000;

const mebibytes = (bytes) => `${Math.round(bytes / 2 ** 20)} MiB`;
const random = new RandomState(1);
const dataset = new Dataset();
for (let done = 0; done < rows; done += CHUNK) {
  const count = Math.min(CHUNK, rows - done);
  const columns = Array.from({ length: features }, (_, index) => ({
    name: `x${index}`,
    type: 'real',
    width: 1,
    values: Float32Array.from(random.doubles(count)),
  }));
  const target = columns[0].values.map((value, row) => value * columns[1].values[row] + columns[2].values[row]);
  dataset.append([...columns, { name: 'y', type: 'real', width: 1, values: target }]);
}
console.log(`${rows} × ${features}: the table takes ${mebibytes(dataset.bytes)}`);

const kernels = loadKernels();
const start = process.hrtime.bigint();
const { response } = train(
  {
    task: 'regression',
    algorithm: 'xgboost',
    hyperparams: { n_estimators: trees },
    seed: 1,
    test_size: 0.1,
    test_sampling: 'last',
    columns: Array.from({ length: features + 1 }, (_, index) => ({
      name: index < features ? `x${index}` : 'y',
      pg_type: 'float4',
      nullable: false,
      label: index === features,
      position: index + 1,
      array: false,
    })),
  },
  dataset.take(),
  { kernels, team: soloTeam(kernels.run), checkpoint: () => {}, seconds: () => performance.now() / 1000 },
);
const seconds = Number(process.hrtime.bigint() - start) / 1e9;
const { fit_time: fitting, r2 } = response.metrics;
const cpu = process.cpuUsage();
console.log(
  `${trees} trees: ${seconds.toFixed(1)} s, of them ${fitting.toFixed(1)} s the fit; ${((cpu.user + cpu.system) / 1e6).toFixed(1)} s of CPU ` +
    `with making the table; r2 ${r2.toFixed(4)}`,
);
console.log(
  `kernel memory ${mebibytes(kernels.memory.buffer.byteLength)}, the process at its peak ${mebibytes(1024 * process.resourceUsage().maxRSS)}`,
);
