/**
 * What trees may be split on: numeric features, single categories of features with few of them, and for the others target
 * statistics (Prokhorenkova et al., "CatBoost: unbiased boosting with categorical features", 2018, § 3): for a category, the
 * share of its rows whose target is above a border, drawn towards a prior. A row is given the statistic of the rows before
 * it in a random order, so that it does not know its own target; a model, that of all rows.
 */
import type { Kernels, RandomState } from '@pgml/kernels';
import { FitError, type TrainingData } from '../../../estimator.js';
import { type BinnedData, binByCuts } from '../../../trees/bins.js';
import { withSortedColumn } from '../../../trees/sorted-column.js';
import { type BorderType, chooseBorders } from './borders.js';

/** The priors of target statistics, which count as one row. */
const PRIORS = [0, 0.5, 1];
/** Rows that borders are chosen by. */
const BORDER_ROWS = 200_000;
/** The most categories of a feature that is split on single ones: bins are bytes, and one is for missing values. */
const MOST_ONE_HOT = 255;

export interface FeatureRule {
  readonly borderCount: number;
  readonly borderType: BorderType;
  readonly oneHotMost: number;
  /** Borders between target statistics. */
  readonly statisticBorders: number;
  /** Numbers of categorical features; null: the text columns. */
  readonly categorical: readonly number[] | null;
  readonly ignored: readonly number[];
  readonly missingLeft: boolean;
}

interface Numeric {
  readonly kind: 'numeric';
  readonly feature: number;
}
interface OneHot {
  readonly kind: 'oneHot';
  readonly feature: number;
  /** Ascending: those of the bins. */
  readonly categories: readonly number[];
}
interface Statistic {
  readonly kind: 'statistic';
  readonly feature: number;
  /** Rows with a larger target count as 1, others as 0. */
  readonly border: number;
  readonly prior: number;
}
export type SplitFeature = Numeric | OneHot | Statistic;

/** What a node tests; `swapped`: what goes left by the split goes right by the test. */
export interface NodeTest {
  readonly feature: number;
  readonly threshold: number;
  readonly missingLeft: boolean;
  readonly categories?: Uint32Array;
  readonly swapped: boolean;
}

/** The features of a model, and the rows' bins in each of some random orders. */
export class SplitFeatures {
  readonly list: readonly SplitFeature[];
  readonly #data: TrainingData;
  readonly #rule: FeatureRule;
  readonly #kernels: Kernels;
  readonly #cuts: readonly Float32Array[];

  constructor(data: TrainingData, rule: FeatureRule, random: RandomState, kernels: Kernels) {
    for (const feature of [...(rule.categorical ?? []), ...rule.ignored])
      if (feature >= data.features)
        throw new FitError(
          `there is no feature ${feature} among ${data.features}`,
          'cat_features and ignored_features number features from 0.',
        );
    this.#data = data;
    this.#rule = rule;
    this.#kernels = kernels;
    this.list = chooseFeatures(data, rule);
    const sample = data.rows > BORDER_ROWS ? random.choice(data.rows, BORDER_ROWS) : undefined;
    this.#cuts = this.list.map((one) => {
      if (one.kind === 'oneHot') return Float32Array.from(one.categories.slice(1));
      if (one.kind === 'statistic')
        return Float32Array.from({ length: rule.statisticBorders }, (_, i) => (i + 1) / (rule.statisticBorders + 1));
      return withSortedColumn(data, one.feature, sample, kernels, (values, all) =>
        chooseBorders(values, rule.borderType, Math.min(rule.borderCount, values.length < all ? 254 : 255)),
      );
    });
  }

  get hasStatistics(): boolean {
    return this.list.some(({ kind }) => kind === 'statistic');
  }

  /** The rows' bins, with target statistics in a random order. */
  bin(order: Uint32Array, context: Parameters<typeof binByCuts>[2], report: (part: number) => void): BinnedData {
    const { rows } = this.#data;
    const pointers = this.list.map((one) =>
      one.kind === 'statistic' ? this.#orderedStatistic(one, order) : this.#data.columnPointer(one.feature),
    );
    const view: TrainingData = {
      ...this.#data,
      features: this.list.length,
      columnPointer: (index) => pointers[index],
      column: (index) => this.#kernels.f32(pointers[index], rows),
    };
    return binByCuts(view, (index) => this.#cuts[index], context, report);
  }

  #orderedStatistic({ feature, border, prior }: Statistic, order: Uint32Array): number {
    const { rows, target } = this.#data;
    const column = this.#data.column(feature);
    const pointer = this.#kernels.allocate(4 * rows);
    const values = this.#kernels.f32(pointer, rows);
    const seen = new Map<number, { ones: number; rows: number }>();
    for (const row of order) {
      let counts = seen.get(column[row]);
      if (!counts) seen.set(column[row], (counts = { ones: 0, rows: 0 }));
      values[row] = (counts.ones + prior) / (counts.rows + 1);
      counts.ones += Number(target[row] > border);
      counts.rows++;
    }
    return pointer;
  }

  /** The test of a split of feature `index` after (for oneHot: at) a bin, 255 for missing values alone. */
  testOf(index: number, bin: number): NodeTest {
    const one = this.list[index];
    const { feature } = one;
    if (one.kind === 'numeric') {
      if (bin === 255) return { feature, threshold: -Infinity, missingLeft: true, swapped: false };
      return { feature, threshold: this.#cuts[index][bin], missingLeft: this.#rule.missingLeft, swapped: false };
    }
    const byCategories = (categories: readonly number[], missingLeft: boolean, swapped: boolean): NodeTest => ({
      ...{ feature, threshold: 0, missingLeft, swapped },
      categories: bitsOf(categories),
    });
    if (one.kind === 'oneHot')
      return bin === 255 ? byCategories([], true, false) : byCategories([one.categories[bin]], false, false);
    // Which side a statistic is on decides about the category; what is unknown has the prior, and is in no set.
    const limit = this.#cuts[index][bin];
    const unknownLeft = Math.fround(one.prior) < limit;
    const finals = this.#finalStatistics(one);
    const isLeft = (value: number | undefined): boolean => (value === undefined ? unknownLeft : value < limit);
    const categories = [...finals.keys()].filter(
      (category) => !Number.isNaN(category) && isLeft(finals.get(category)) !== unknownLeft,
    );
    return byCategories(categories, isLeft(finals.get(Number.NaN)) !== unknownLeft, unknownLeft);
  }

  readonly #finals = new Map<Statistic, Map<number, number>>();

  /** The statistic of each category by all rows, as float32. */
  #finalStatistics(one: Statistic): Map<number, number> {
    let finals = this.#finals.get(one);
    if (finals) return finals;
    const counts = new Map<number, { ones: number; rows: number }>();
    const { target } = this.#data;
    this.#data.column(one.feature).forEach((category, row) => {
      let here = counts.get(category);
      if (!here) counts.set(category, (here = { ones: 0, rows: 0 }));
      here.ones += Number(target[row] > one.border);
      here.rows++;
    });
    finals = new Map(
      Array.from(counts, ([category, { ones, rows }]) => [category, Math.fround((ones + one.prior) / (rows + 1))]),
    );
    this.#finals.set(one, finals);
    return finals;
  }
}

function chooseFeatures(data: TrainingData, rule: FeatureRule): SplitFeature[] {
  const categorical = new Set(rule.categorical);
  const borders = targetBorders(data);
  return Array.from({ length: data.features }, (_, feature) => feature)
    .filter((feature) => !rule.ignored.includes(feature))
    .flatMap((feature): SplitFeature[] => {
      const isCategorical = rule.categorical === null ? data.categories(feature) > 0 : categorical.has(feature);
      if (!isCategorical) return [{ kind: 'numeric', feature }];
      const categories = categoriesOf(data.column(feature), feature);
      if (categories.length <= Math.min(rule.oneHotMost, MOST_ONE_HOT))
        return [{ kind: 'oneHot', feature, categories }];
      return borders.flatMap((border) =>
        PRIORS.map((prior): Statistic => ({ kind: 'statistic', feature, border, prior })),
      );
    });
}

/** Between classes; for a regression the median. */
function targetBorders({ classes, target, rows }: TrainingData): number[] {
  if (classes > 0) return Array.from({ length: classes - 1 }, (_, label) => label + 0.5);
  const sorted = target.slice().sort();
  const median = sorted[(rows - 1) >> 1];
  // The largest value that some targets are above.
  return [median < sorted[rows - 1] ? median : -Infinity];
}

function categoriesOf(column: Float32Array, feature: number): number[] {
  const different = new Set<number>();
  for (const value of column) {
    if (Number.isNaN(value)) continue;
    if (!(Number.isInteger(value) && value >= 0 && value < 2 ** 24))
      throw new FitError(
        `the categories of feature ${feature} must be integers from 0 to 16777215, but ${value} is among them`,
        'Number the categories from 0, or leave the feature out of cat_features.',
      );
    different.add(value);
  }
  return [...different].sort((a, b) => a - b);
}

function bitsOf(categories: readonly number[]): Uint32Array {
  const largest = categories.reduce((a, b) => Math.max(a, b), -1);
  const bits = new Uint32Array(Math.floor(largest / 32) + 1);
  for (const category of categories) bits[category >>> 5] |= 1 << (category & 31);
  return bits;
}
