/** From the words of the command line and the environment to checked values, by the declarations in commands.ts. */
import { parseArgs } from 'node:util';
import { type Command, type CommandName, type Commands, commands, type Flag } from './commands.js';
import { UsageError } from './errors.js';
import { nearest } from './nearest.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Where a value came from; the last one wins. */
export interface FlagValue {
  readonly values: readonly string[];
  readonly source: 'flag' | 'environment' | 'default';
}

export type Invocation =
  | { readonly kind: 'help'; readonly command: CommandName | undefined }
  | {
      readonly kind: 'run';
      readonly command: CommandName;
      /** By flag name; flags without any value are absent. */
      readonly flags: ReadonlyMap<string, FlagValue>;
      readonly argument: string | undefined;
    };

const isCommand = (word: string): word is CommandName => Object.hasOwn(commands, word);

/** Throws UsageError, which names the nearest command or flag. */
export function parseArguments(
  words: readonly string[],
  environment: Environment,
  table: Commands = commands,
): Invocation {
  const [first, ...rest] = words;
  if (first === undefined || first === '--help' || first === '-h') return { kind: 'help', command: undefined };
  if (first === 'help') return { kind: 'help', command: rest[0] === undefined ? undefined : commandNamed(rest[0]) };
  if (first === '--version' || first === '-V')
    return { kind: 'run', command: 'version', flags: new Map(), argument: undefined };
  if (first.startsWith('-')) throw new UsageError(`the first word must be a command, not ${first}; see pgml --help`);
  return parseCommand(table[commandNamed(first)], rest, environment);
}

function commandNamed(word: string): CommandName {
  if (isCommand(word)) return word;
  throw new UsageError(`unknown command "${word}"${suggestion(word, Object.keys(commands))}; see pgml --help`);
}

function parseCommand(command: Command, words: readonly string[], environment: Environment): Invocation {
  const name = command.name as CommandName;
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  // Not strict: the parser only takes the words apart, so that the messages can be ours.
  const { tokens } = parseArgs({
    args: [...words],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries([
      ...command.flags.map(({ name, short, value }) => [
        name,
        { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short ? { short } : {}) },
      ]),
      ['help', { type: 'boolean' as const, short: 'h' }],
    ]),
  });
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    if (token.name === 'help') return { kind: 'help', command: name };
    const flag = command.flags.find((candidate) => candidate.name === token.name);
    if (!flag) throw unknownFlag(command, token.rawName);
    if (token.value === undefined && flag.value !== undefined)
      throw new UsageError(`${token.rawName} needs a value: ${token.rawName} ${flag.value}`);
    if (token.value !== undefined && flag.value === undefined) throw new UsageError(`${token.rawName} takes no value`);
    const values = given.get(flag.name) ?? [];
    if (values.length > 0 && !flag.repeated) throw new UsageError(`${token.rawName} is given twice`);
    given.set(flag.name, [...values, token.value ?? 'true']);
  }
  const allowed = command.argument ? 1 : 0;
  if (positionals.length > allowed)
    throw new UsageError(
      `pgml ${name} does not know what to do with "${positionals[allowed]}"; see pgml ${name} --help`,
    );
  return {
    kind: 'run',
    command: name,
    flags: withDefaults(command.flags, given, environment),
    argument: positionals[0],
  };
}

function withDefaults(
  flags: readonly Flag[],
  given: ReadonlyMap<string, string[]>,
  environment: Environment,
): ReadonlyMap<string, FlagValue> {
  const result = new Map<string, FlagValue>();
  for (const flag of flags) {
    const fromFlag = given.get(flag.name);
    // An empty variable counts as not set, as is the custom.
    const fromEnvironment = (flag.environment && environment[flag.environment]) || undefined;
    if (fromFlag) result.set(flag.name, { values: fromFlag, source: 'flag' });
    else if (fromEnvironment) result.set(flag.name, { values: [fromEnvironment], source: 'environment' });
    else if (flag.default !== undefined) result.set(flag.name, { values: [flag.default], source: 'default' });
  }
  return result;
}

function unknownFlag(command: Command, rawName: string): UsageError {
  const names = [...command.flags.map((flag) => `--${flag.name}`), '--help'];
  return new UsageError(`unknown flag ${rawName}${suggestion(rawName, names)}; see pgml ${command.name} --help`);
}

function suggestion(given: string, candidates: readonly string[]): string {
  const near = nearest(given, candidates);
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}
