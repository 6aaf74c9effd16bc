// npm run fuzz -- [protocol|doors] [flags]: the fuzzers, for as long as you like.
const [name = 'protocol', ...flags] = process.argv.slice(2);
const fuzzers = ['protocol', 'doors'];
if (!fuzzers.includes(name)) {
  console.error(`no fuzzer ${name}; there are ${fuzzers.join(', ')}`);
  process.exit(2);
}
process.argv.splice(2, process.argv.length, ...flags);
await import(`./${name}.mjs`);
