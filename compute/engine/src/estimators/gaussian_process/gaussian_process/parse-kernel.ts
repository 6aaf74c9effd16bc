/**
 * Reading kernels from text, as scikit-learn prints them and as Python would call for them:
 *
 *   sum      = product { "+" product }
 *   product  = power { "*" power }
 *   power    = atom [ "**" number ]
 *   atom     = number | name "(" [ argument { "," argument } ] ")" | "(" sum ")"
 *   argument = [ name "=" ] value
 *   value    = number | text in quotes | "[" [ value { "," value } ] "]" | the same in round brackets
 *
 * A number is a constant kernel, and so is a power of a number.
 */
import { alternatives, quote } from '../../../errors.js';
import { FitError } from '../../../estimator.js';
import { nearest } from '../../../edit-distance.js';
import type { Hyperparameter, Kernel, KernelName } from './kernel.js';

/** By kernel the arguments in the order of the constructor, with their defaults. */
const constructors: Record<KernelName, Readonly<Record<string, number>>> = {
  ConstantKernel: { constant_value: 1 },
  WhiteKernel: { noise_level: 1 },
  RBF: { length_scale: 1 },
  Matern: { length_scale: 1 },
  RationalQuadratic: { length_scale: 1, alpha: 1 },
  ExpSineSquared: { length_scale: 1, periodicity: 1 },
  DotProduct: { sigma_0: 1 },
};
const NAMES = Object.keys(constructors) as KernelName[];

/** As Python's users abbreviate it. */
const ALIASES: Readonly<Record<string, KernelName>> = { C: 'ConstantKernel' };

const USUAL_BOUNDS = [[1e-5, 1e5]] as const;
const NUS = [0.5, 1.5, 2.5, Infinity];

/** Throws FitError that says where the text is wrong, and what is allowed there. */
export function parseKernel(text: string): Kernel {
  return new KernelParser(text).parse();
}

type Token =
  | { readonly type: 'number'; readonly value: number; readonly at: number }
  | { readonly type: 'name' | 'text' | 'symbol' | 'end'; readonly value: string; readonly at: number };

type Value = number | string | readonly Value[];

interface Argument {
  readonly name: string | undefined;
  readonly value: Value;
  readonly at: number;
}

const TOKEN =
  /\s*(?:(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|(?<name>[A-Za-z_][\w.]*)|(?<text>'[^']*'|"[^"]*")|(?<symbol>\*\*|[-+*(),=[\]]))/y;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const groups = TOKEN.exec(text)?.groups;
    if (!groups) throw wrong(text, at + /^\s*/.exec(text.slice(at))![0].length, 'a kernel is written without this');
    const { number, name, text: quoted, symbol } = groups;
    const start = TOKEN.lastIndex - (number ?? name ?? quoted ?? symbol).length;
    if (number !== undefined) tokens.push({ type: 'number', value: Number(number), at: start });
    else if (name !== undefined && ['inf', 'np.inf', 'math.inf'].includes(name))
      tokens.push({ type: 'number', value: Infinity, at: start });
    else if (name !== undefined) tokens.push({ type: 'name', value: name, at: start });
    else if (quoted !== undefined) tokens.push({ type: 'text', value: quoted.slice(1, -1), at: start });
    else tokens.push({ type: 'symbol', value: symbol, at: start });
    at = TOKEN.lastIndex;
  }
  return [...tokens, { type: 'end', value: '', at: text.length }];
}

function wrong(text: string, at: number, what: string): FitError {
  const rest = text.slice(at, at + 20);
  const where = rest === '' ? 'at its end' : `at ${quote(rest)}`;
  return new FitError(
    `the kernel ${quote(text)} cannot be read ${where}: ${what}`,
    'Write it as scikit-learn does, e.g. "1.0 * RBF(length_scale=2.0) + WhiteKernel(noise_level=0.1)".',
  );
}

class KernelParser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  parse(): Kernel {
    const kernel = this.#sum();
    if (this.#token.type !== 'end') throw this.#wrong('here + or * or the end is expected');
    return kernel;
  }

  get #token(): Token {
    return this.#tokens[this.#next];
  }

  #wrong(what: string, at = this.#token.at): FitError {
    return wrong(this.#text, at, what);
  }

  /** Whether the next token is this symbol, which is then taken. */
  #takes(symbol: string): boolean {
    const { type, value } = this.#token;
    if (type !== 'symbol' || value !== symbol) return false;
    this.#next++;
    return true;
  }

  #expect(symbol: string): void {
    if (!this.#takes(symbol)) throw this.#wrong(`here ${symbol} is expected`);
  }

  #sum(): Kernel {
    let first = this.#product();
    while (this.#takes('+')) first = { name: 'Sum', first, second: this.#product() };
    return first;
  }

  #product(): Kernel {
    let first = this.#power();
    while (this.#takes('*')) first = { name: 'Product', first, second: this.#power() };
    return first;
  }

  #power(): Kernel {
    const { at } = this.#token;
    const number = this.#number();
    const base = number ?? this.#kernel();
    const exponent = this.#takes('**') ? this.#number() : undefined;
    if (exponent === undefined && this.#tokens[this.#next - 1].value === '**')
      throw this.#wrong('here a number is expected');
    if (typeof base !== 'number') return exponent === undefined ? base : { name: 'Exponentiation', base, exponent };
    const value = exponent === undefined ? base : base ** exponent;
    return this.#leaf('ConstantKernel', [{ name: undefined, value, at }], at);
  }

  #number(): number | undefined {
    const start = this.#next;
    const sign = this.#takes('-') ? -1 : 1;
    const token = this.#token;
    if (token.type !== 'number') {
      this.#next = start;
      return undefined;
    }
    this.#next++;
    return sign * token.value;
  }

  #kernel(): Kernel {
    if (this.#takes('(')) {
      const inner = this.#sum();
      this.#expect(')');
      return inner;
    }
    const token = this.#token;
    if (token.type !== 'name') throw this.#wrong('here a kernel is expected');
    const given = token.value.split('.').at(-1)!;
    const name = ALIASES[given] ?? NAMES.find((one) => one === given);
    if (!name) {
      const meant = nearest(given, NAMES);
      throw this.#wrong(
        `there is no kernel ${quote(given)}${meant ? `, did you mean ${meant}` : ''}; there are ${alternatives(NAMES)}`,
      );
    }
    this.#next++;
    this.#expect('(');
    const passed: Argument[] = [];
    while (!this.#takes(')')) {
      if (passed.length > 0) this.#expect(',');
      passed.push(this.#argument());
    }
    return this.#leaf(name, passed, token.at);
  }

  #argument(): Argument {
    const token = this.#token;
    const after = this.#tokens[this.#next + 1];
    if (token.type !== 'name' || after.value !== '=') return { name: undefined, value: this.#value(), at: token.at };
    this.#next += 2;
    return { name: token.value, value: this.#value(), at: token.at };
  }

  #value(): Value {
    const number = this.#number();
    if (number !== undefined) return number;
    const token = this.#token;
    if (token.type === 'text') {
      this.#next++;
      return token.value;
    }
    const close = this.#takes('[') ? ']' : this.#takes('(') ? ')' : undefined;
    if (close === undefined) throw this.#wrong('here a number, a text or a list is expected');
    const values: Value[] = [];
    while (!this.#takes(close)) {
      if (values.length > 0) this.#expect(',');
      if (values.length > 0 && this.#takes(close)) break;
      values.push(this.#value());
    }
    return values;
  }

  #leaf(name: KernelName, given: readonly Argument[], at: number): Kernel {
    const defaults = constructors[name];
    const values = Object.keys(defaults);
    const order = [...values, ...values.map((one) => `${one}_bounds`), ...(name === 'Matern' ? ['nu'] : [])];
    const byName = new Map<string, Argument>();
    given.forEach((argument, place) => {
      const own = argument.name ?? order[place];
      if (own === undefined) throw this.#wrong(`${name} takes no more than ${order.length} values`, argument.at);
      if (!order.includes(own)) throw this.#wrong(`${name} has ${alternatives(order)}`, argument.at);
      if (byName.has(own)) throw this.#wrong(`${own} is given twice`, argument.at);
      byName.set(own, argument);
    });
    const hyperparameters = [...values].sort().map((own) => this.#hyperparameter(own, defaults[own], byName, at));
    if (name !== 'Matern') return { name, hyperparameters };
    const nu = byName.get('nu')?.value ?? 1.5;
    if (!NUS.includes(nu as number)) throw this.#wrong('nu must be 0.5, 1.5, 2.5 or inf', byName.get('nu')!.at);
    return { name, hyperparameters, nu: nu as number };
  }

  #hyperparameter(name: string, usual: number, given: ReadonlyMap<string, Argument>, at: number): Hyperparameter {
    const argument = given.get(name);
    const value = argument?.value ?? usual;
    const values = Array.isArray(value) && name === 'length_scale' ? (value as readonly Value[]) : [value as Value];
    if (values.length === 0 || !values.every((one) => typeof one === 'number' && one > 0 && one < Infinity))
      throw this.#wrong(
        `${name} must be a number above 0${name === 'length_scale' ? ', or a list of them' : ''}`,
        argument?.at ?? at,
      );
    return { name, values: values as number[], bounds: this.#bounds(given.get(`${name}_bounds`), values.length) };
  }

  #bounds(argument: Argument | undefined, count: number): Hyperparameter['bounds'] {
    if (!argument) return USUAL_BOUNDS;
    const { value, at } = argument;
    if (value === 'fixed') return undefined;
    const pairs = Array.isArray(value) && value.every((one) => Array.isArray(one)) ? value : [value];
    const areBounds = pairs.every(
      (pair) =>
        Array.isArray(pair) &&
        pair.length === 2 &&
        pair.every((one) => typeof one === 'number' && one > 0) &&
        pair[0] <= pair[1],
    );
    if (!areBounds || (pairs.length !== 1 && pairs.length !== count))
      throw this.#wrong('bounds must be "fixed", or a lower and an upper bound above 0', at);
    return pairs as [number, number][];
  }
}
