/**
 * Parameters are declared once, as data. SQL errors, reference pages, forms and search spaces are printed from the
 * same declaration, and a fit sees only values that `checkParameters` has passed.
 */
export type ParameterType =
  | { readonly kind: 'number'; readonly minimum?: number; readonly maximum?: number; readonly exclusive?: boolean }
  | { readonly kind: 'integer'; readonly minimum?: number; readonly maximum?: number }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
  | { readonly kind: 'null' }
  | { readonly kind: 'array'; readonly of: ParameterType }
  /** The first alternative that accepts the value. */
  | { readonly kind: 'any'; readonly of: readonly ParameterType[] };

export interface Parameter {
  /** As scikit-learn or xgboost call it. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly type: ParameterType;
  readonly default: unknown;
  /** One sentence: what it does. */
  readonly summary: string;
  /** True for parameters that have no meaning here (threads, verbosity): accepted, and documented as without effect. */
  readonly ignored?: boolean;
}

/** Values after checking: every declared parameter is present, under its own name. */
export type Checked = Readonly<Record<string, unknown>>;
