// npm run fuzz -- [protocol|doors|estimators] [flags]: the fuzzers, for as long as you like.
const [name = 'protocol', ...flags] = process.argv.slice(2);
const fuzzers = ['protocol', 'doors', 'estimators'];
if (!fuzzers.includes(name)) {
  console.error(`no fuzzer ${name}; there are ${fuzzers.join(', ')}`);
  process.exit(2);
}
process.argv.splice(2, process.argv.length, ...flags);
await import(`./${name}.mjs`);
