// Prints the reference pages from the declarations that the code itself uses: estimators and their parameters from the
// registry, SQL functions from the comments in the installed schema, settings and metrics of the runtime, what differs
// between bridges; and the outputs of the examples (examples.mjs).
// `npm run docs` writes them, tests compare.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { build, root } from './build.mjs';
import { examplePages, executePage } from './examples.mjs';
import { withServer } from './server.mjs';

const folder = path.join(root, 'docs/reference');
const note = '<!-- Printed by `npm run docs` from the declarations in the code; do not edit. -->';

const cell = (text) => String(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
const table = (head, rows) =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');

/** A parameter's type in words: what SQL may give for it. */
export function describeType(type) {
  switch (type.kind) {
    case 'number':
    case 'integer': {
      const bounds = [
        type.minimum === undefined ? '' : `${type.exclusive ? '>' : '≥'} ${type.minimum}`,
        type.maximum === undefined ? '' : `≤ ${type.maximum}`,
      ].filter(Boolean);
      return [type.kind, bounds.join(' and ')].filter(Boolean).join(' ');
    }
    case 'choice':
      return type.values.map((value) => `\`"${value}"\``).join(', ');
    case 'array':
      return `array of ${describeType(type.of)}`;
    case 'map':
      return `object of ${describeType(type.of)}`;
    case 'any':
      return type.of.map(describeType).join(' or ');
    default:
      return type.kind;
  }
}

/** What the benchmark of estimators saved: CPU seconds ours and theirs on one thread, by "algorithm task". */
function measurements() {
  const file = path.join(root, 'proof/bench/estimators/results.json');
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
}

const tolerance = (value) => (value === 0 ? 'exactly' : `to ${value.toExponential()}`);
const verified = ({ what, kind, tolerance: allowed }) =>
  kind === 'exact' ? `${what}, ${tolerance(allowed)}` : `${what}, mean of five seeds within ${allowed}`;

function speed(name, { reference, typical }) {
  const measured = measurements()[name]?.threads_1;
  if (!measured) return undefined;
  const { ours, theirs, rows, features } = measured;
  const against = typical.against ? `\`${typical.against.reference}\` with equal settings` : `\`${reference}\``;
  return {
    ratio: (ours.cpu / theirs.cpu).toFixed(2),
    sentence: `Fitted to ${rows} rows of ${features} features on one thread it took ${ours.cpu.toPrecision(2)} s of CPU, ${against} ${theirs.cpu.toPrecision(2)} s (\`npm run bench -- estimators\`).`,
  };
}

/** One table of all estimators. */
async function estimatorTable() {
  const { estimators } = await import('@pgml/engine');
  const rows = estimators
    .toSorted((a, b) => a.task.localeCompare(b.task) || a.algorithm.localeCompare(b.algorithm))
    .map((estimator) => {
      const { algorithm, task, reference, missing, weights, agreement } = estimator;
      const extras = [missing === 'learn' ? 'missing values' : '', weights ? 'weights' : ''].filter(Boolean);
      return [
        `[${algorithm}](estimators/${algorithm}.md)`,
        task,
        `\`${reference}\``,
        verified(agreement),
        extras.join(', '),
        speed(`${algorithm} ${task}`, estimator)?.ratio ?? '',
      ];
    });
  return {
    'estimators.md': `${[
      '# Estimators',
      note,
      `${rows.length} estimators. How each one was compared with its reference, and to what tolerance: \`npm run reference\` runs and counts ` +
        'the cases. Features are float32 and computed with in float64. The last column is CPU time of a fit on one thread, ours divided by ' +
        'the reference’s, on a table of usual size (`npm run bench -- estimators`); the pages of the algorithms say which.',
      table(['Algorithm', 'Task', 'Reference', 'Agreement', 'Learns from', 'CPU'], rows),
    ].join('\n\n')}\n`,
  };
}

function estimatorSection(estimator) {
  const { algorithm, task, reference, summary, missing, parameters, agreement, weights, memory } = estimator;
  const effective = parameters.filter((parameter) => !parameter.ignored);
  const ignored = parameters.filter((parameter) => parameter.ignored);
  const rows = effective.map(({ name, aliases = [], type, default: value, summary: sentence }) => [
    [name, ...aliases].map((spelling) => `\`${spelling}\``).join(', '),
    describeType(type),
    `\`${JSON.stringify(value)}\``,
    sentence,
  ]);
  return [
    `## ${task}`,
    summary,
    [
      `Reference: \`${reference}\`.`,
      `Compared with it: ${verified(agreement)}.`,
      `Missing feature values are ${missing === 'learn' ? 'learned from' : 'refused'}.`,
      ...(weights ? ['Rows may have weights.'] : []),
    ].join(' '),
    ...[memory, speed(`${algorithm} ${task}`, estimator)?.sentence].filter(Boolean),
    rows.length > 0 ? table(['Parameter', 'Value', 'Default', 'Meaning'], rows) : 'No parameters.',
    ...(ignored.length > 0 ? [`Accepted without effect: ${ignored.map(({ name }) => `\`${name}\``).join(', ')}.`] : []),
  ].join('\n\n');
}

/** File name → text, one page per algorithm. */
async function estimatorPages() {
  const { estimators } = await import('@pgml/engine');
  const algorithms = [...new Set(estimators.map(({ algorithm }) => algorithm))];
  return Object.fromEntries(
    algorithms.map((algorithm) => [
      `estimators/${algorithm}.md`,
      [
        `# ${algorithm}`,
        note,
        `Parameters go into \`hyperparams\` of \`pgml.train\`, e.g. \`hyperparams => '{"name": value}'\`.`,
        ...estimators.filter((estimator) => estimator.algorithm === algorithm).map(estimatorSection),
      ].join('\n\n') + '\n',
    ]),
  );
}

/** The page of `pgml runtime`: its settings and metrics. */
async function runtimePage() {
  const { defaultText, metricDeclarations, settingNames, settings, spellings } = await import('@pgml/runtime');
  const rows = settingNames.map((name) => {
    const { kind, reloaded, secret, summary } = settings[name];
    const flag = `\`--${spellings.flag(name)}\` ${kind.placeholder}`;
    return [
      secret ? 'none, command lines are public' : flag,
      `\`${spellings.environment(name)}\``,
      `\`${spellings.file(name)}\``,
      defaultText(name) ?? '',
      `${summary}${reloaded ? ' (read again on SIGHUP)' : ''}`,
    ];
  });
  const metrics = metricDeclarations.map(({ name, type, labels, help }) => [
    `\`${name}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  return {
    'runtime.md': `${[
      '# pgml runtime',
      note,
      'What it is and how it is run: [the runtime](../runtime.md).',
      '## Settings',
      'Flags win over the environment, that over the file, that over the default.',
      table(['Flag', 'Environment', 'File', 'Default', 'Meaning'], rows),
      '## Metrics',
      table(['Metric', 'Type', 'Labels', 'Meaning'], metrics),
    ].join('\n\n')}\n`,
  };
}

const functionsQuery = `
  SELECT p.proname AS name,
         pg_get_function_arguments(p.oid) AS arguments,
         pg_get_function_result(p.oid) AS result,
         coalesce(obj_description(p.oid, 'pg_proc'), '') AS comment
  FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
  WHERE n.nspname = 'pgml' AND p.proname NOT LIKE '\\_%'
  ORDER BY p.proname, pg_get_function_identity_arguments(p.oid)`;

/** The page of all SQL functions, read from a database in which the extension is installed. */
async function functionPage(client) {
  const { rows } = await client.query(functionsQuery);
  const names = [...new Set(rows.map(({ name }) => name))];
  const sections = names.map((name) => {
    const overloads = rows.filter((row) => row.name === name);
    const signatures = overloads.map((row) => `pgml.${name}(${row.arguments}) RETURNS ${row.result}`).join('\n');
    const comments = [...new Set(overloads.map(({ comment }) => comment))].filter(Boolean);
    return [`## ${name}`, ...comments, `\`\`\`text\n${signatures}\n\`\`\``].join('\n\n');
  });
  return { 'functions.md': `${['# SQL functions', note, ...sections].join('\n\n')}\n` };
}

/** The page of what differs between bridges: tests of the SQL surface that do not hold over one, and why. */
async function bridgesPage() {
  const { differences } = await import('../proof/dist/testing/differences.js');
  const reasons = [...new Set(differences.map(({ because }) => because))];
  const rows = reasons.map((because) => {
    const concerned = differences.filter((difference) => difference.because === because);
    const engines = [...new Set(concerned.flatMap((difference) => difference.engines))];
    const tests = concerned.map(({ test }) => String(test));
    return [engines.join(', '), because, tests.join('; ')];
  });
  return {
    'bridges.md': `${[
      '# What differs between bridges',
      note,
      'The tests of the SQL surface run on every engine: PGlite (`pglite`), an installed PostgreSQL over the native bridge ' +
        '(`native`) and over dblink (`dblink`), PostgreSQL 18 over dblink (`dblink-18`). They hold on all of them, but for ' +
        'these. On which versions they were run: [Versions](../versions.md).',
      table(['Engines', 'Difference', 'Tests that do not hold there'], rows),
    ].join('\n\n')}\n`,
  };
}

/** All pages; the schema is read from a fresh server. */
export async function pages() {
  const functions = await withServer(async (url) => {
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    try {
      return await functionPage(client);
    } finally {
      await client.end();
    }
  });
  return {
    ...(await estimatorPages()),
    ...(await estimatorTable()),
    ...functions,
    ...(await runtimePage()),
    ...(await bridgesPage()),
  };
}

/** The committed pages, file name → text. */
export function committedPages(below = folder) {
  const names = fs.existsSync(below) ? fs.readdirSync(below, { recursive: true, encoding: 'utf8' }) : [];
  return Object.fromEntries(
    names.filter((name) => name.endsWith('.md')).map((name) => [name, fs.readFileSync(path.join(below, name), 'utf8')]),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build();
  fs.rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of Object.entries(await pages())) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  for (const page of examplePages().map((name) => path.join(root, name))) {
    fs.writeFileSync(page, await executePage(fs.readFileSync(page, 'utf8')));
  }
}
