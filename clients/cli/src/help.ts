import { type Command, type CommandName, type Commands, commands, type Flag } from './commands.js';

export function help(name: CommandName | undefined, table: Commands = commands): string {
  return name === undefined ? overview() : commandHelp(table[name]);
}

function overview(): string {
  return lines([
    'pgml: machine learning inside PostgreSQL',
    '',
    'Usage: pgml COMMAND [flags]',
    '',
    ...columns(Object.values(commands).map(({ name, summary }) => [name, summary])),
    '',
    'pgml COMMAND --help explains a command.',
  ]);
}

function commandHelp(command: Command): string {
  const argument = command.argument ? ` [${command.argument.name}]` : '';
  const flags = command.flags.length > 0 ? ' [flags]' : '';
  return lines([
    `pgml ${command.name}: ${command.summary}`,
    '',
    `Usage: pgml ${command.name}${argument}${flags}`,
    ...(command.argument ? ['', ...columns([[command.argument.name, command.argument.summary]])] : []),
    ...(command.flags.length > 0 ? ['', ...columns(command.flags.map(flagLine))] : []),
    ...(command.notes.length > 0 ? ['', ...command.notes] : []),
    ...(command.flags.some((flag) => flag.environment) ? ['Flags win over the environment.'] : []),
  ]);
}

function flagLine(flag: Flag): [string, string] {
  const spelling = `${flag.short ? `-${flag.short}, ` : ''}--${flag.name}${flag.value === undefined ? '' : ` ${flag.value}`}`;
  const facts = [
    ...(flag.default === undefined ? [] : [`default ${flag.default}`]),
    ...(flag.environment === undefined ? [] : [`environment ${flag.environment}`]),
  ];
  return [spelling, `${flag.summary}${facts.length > 0 ? ` (${facts.join(', ')})` : ''}`];
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

const lines = (text: readonly string[]): string => `${text.join('\n')}\n`;
