/** How an exact tree grows: the parameters of scikit-learn's decision trees, made numbers for a table. */
export const criteria = {
  gini: 0,
  entropy: 1,
  log_loss: 1,
  squared_error: 2,
  friedman_mse: 3,
  absolute_error: 4,
  poisson: 5,
} as const;
export type Criterion = keyof typeof criteria;

/** Checked parameters that trees of all estimators share. */
export interface TreeParameters {
  readonly criterion: Criterion;
  readonly max_depth: number | null;
  readonly min_samples_split: number;
  readonly min_samples_leaf: number;
  readonly min_weight_fraction_leaf: number;
  readonly max_features: number | string | null;
  readonly max_leaf_nodes: number | null;
  readonly min_impurity_decrease: number;
  readonly ccp_alpha: number;
}

/** Trees that grow until nothing is left to split: scikit-learn's defaults. */
export const fullGrowth: Omit<TreeParameters, 'criterion'> = {
  max_depth: null,
  min_samples_split: 2,
  min_samples_leaf: 1,
  min_weight_fraction_leaf: 0,
  max_features: null,
  max_leaf_nodes: null,
  min_impurity_decrease: 0,
  ccp_alpha: 0,
};

/** What the grower needs to know. */
export interface GrowthRule {
  readonly criterion: Criterion;
  /** Whether thresholds are drawn instead of searched. */
  readonly random: boolean;
  readonly mostFeatures: number;
  readonly mostDepth: number;
  /** null: no limit, and trees grow depth first. */
  readonly mostLeaves: number | null;
  readonly leastSplit: number;
  readonly leastLeaf: number;
  /** The part of the weight of all rows that a leaf has at least. */
  readonly leastLeafShare: number;
  readonly leastDecrease: number;
  /** Cost of a leaf when trees are pruned. */
  readonly leafCost: number;
}

const UNLIMITED = 0x7fffffff;

/** The rule for a table of `rows` and `features`. A fraction of the rows is rounded up, one of the features down. */
export function growthRule(
  parameters: TreeParameters,
  { rows, features }: { readonly rows: number; readonly features: number },
  random = false,
): GrowthRule {
  const { min_samples_leaf: leaf, min_samples_split: split } = parameters;
  const leastLeaf = leaf >= 1 ? leaf : Math.ceil(leaf * rows);
  const leastSplit = split > 1 ? split : Math.max(2, Math.ceil(split * rows));
  return {
    criterion: parameters.criterion,
    random,
    mostFeatures: featuresToTry(parameters.max_features, features, parameters.criterion),
    mostDepth: parameters.max_depth ?? UNLIMITED,
    mostLeaves: parameters.max_leaf_nodes,
    leastSplit: Math.max(leastSplit, 2 * leastLeaf),
    leastLeaf,
    leastLeafShare: parameters.min_weight_fraction_leaf,
    leastDecrease: parameters.min_impurity_decrease,
    leafCost: parameters.ccp_alpha,
  };
}

/** Features that a split tries. A number up to 1 is a part of all, so 1 is all of them. */
function featuresToTry(given: number | string | null, features: number, criterion: Criterion): number {
  if (given === null) return features;
  if (given === 'log2') return Math.max(1, 31 - Math.clz32(features));
  if (given === 'auto' && criteria[criterion] > criteria.entropy) return features;
  if (typeof given === 'string') return Math.max(1, Math.floor(Math.sqrt(features)));
  return given <= 1 ? Math.max(1, Math.floor(given * features)) : Math.min(given, features);
}
