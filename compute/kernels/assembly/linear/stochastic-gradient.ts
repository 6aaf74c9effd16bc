// Stochastic gradient descent on a linear model, row by row, in f64. Rows are float32 and lie row after row, padded
// with zeros to a multiple of four; so are the vectors of a model, whose padding stays 0.
//
// The coefficients are stored as scale * weights, so that shrinking all of them is one multiplication; averages of the
// coefficients are stored as (averages + a * weights) / b for the same reason (Bottou, "Stochastic Gradient Descent
// Tricks", 2012, sections 5.1 and 5.2; Xu, "Towards Optimal One Pass Large Scale Learning with Averaged Stochastic
// Gradient Descent", 2011). The L1 penalty is cumulated and clipped at 0 (Tsuruoka, Tsujii & Ananiadou, "Stochastic
// Gradient Descent Training for L1-regularized Log-linear Models with Cumulative Penalty", 2009).
import { exp, log } from '../math';
import { DRAWN, nextState } from '../xorshift';

// The words of a state, f64 each. First what a fit says.
const LOSS: usize = 0 << 3;
/** Hinge: the margin it begins at; huber and the insensitive losses: epsilon. */
const LOSS_PARAMETER: usize = 1 << 3;
const SCHEDULE: usize = 2 << 3;
/** 1 if coefficients are shrunk by (1 - L1_RATIO) * rate * ALPHA at each row. */
const SHRINKS: usize = 3 << 3;
/** 1 if L1_RATIO * rate * ALPHA is added to the cumulated L1 penalty at each row. */
const CLIPS: usize = 4 << 3;
const ALPHA: usize = 5 << 3;
const L1_RATIO: usize = 6 << 3;
const FIRST_RATE: usize = 7 << 3;
const POWER: usize = 8 << 3;
/** Where the schedule `optimal` begins. */
const OPTIMAL_START: usize = 9 << 3;
/** The largest step of the passive-aggressive schedules. */
const AGGRESSIVENESS: usize = 10 << 3;
const WITH_INTERCEPT: usize = 11 << 3;
/** Averaging begins at this step; 0: no averages. */
const AVERAGE_FROM: usize = 12 << 3;
/** The class that counts as 1 while the others are -1; below 0 where targets are values. */
const POSITIVE: usize = 13 << 3;
const POSITIVE_WEIGHT: usize = 14 << 3;
const NEGATIVE_WEIGHT: usize = 15 << 3;
// Then what changes from row to row.
const RATE: usize = 16 << 3;
const STEP: usize = 17 << 3;
const INTERCEPT: usize = 18 << 3;
const AVERAGE_INTERCEPT: usize = 19 << 3;
const SCALE: usize = 20 << 3;
const AVERAGE_A: usize = 21 << 3;
const AVERAGE_B: usize = 22 << 3;
const CUMULATED: usize = 23 << 3;
const LOSS_SUM: usize = 24 << 3;

// Losses by number.
const HINGE: i32 = 0;
const SQUARED_HINGE: i32 = 1;
const LOGISTIC: i32 = 2;
const MODIFIED_HUBER: i32 = 3;
const SQUARED: i32 = 4;
const HUBER: i32 = 5;
const INSENSITIVE: i32 = 6;

// Schedules by number; `constant` keeps the rate that is there.
const OPTIMAL: i32 = 1;
const INVERSE_SCALING: i32 = 2;
const PASSIVE_AGGRESSIVE_1: i32 = 3;
const PASSIVE_AGGRESSIVE_2: i32 = 4;

/** Rows that are brought together before they are used. */
const GATHERED: usize = 64;

const LARGEST_SLOPE: f64 = 1e12;
const LEAST_SCALE: f64 = 1e-9;

/**
 * Goes over the rows order[first … last - 1], u32 numbers of rows, but those whose byte in `held` is not 0 (`held` 0:
 * none). `rows` is f32[…][stride / 4], `stride` in bytes. `targets` is f32 by row; `counts` f32 what each row counts (0:
 * 1 each). `weights`, `averages` (read where averaging) and `cumulated` (read where clipping) are f64[stride / 4]. `scratch` is
 * room for 64 rows, or 0: where they lie scattered, copying them first lets the processor wait for many at once.
 */
export function descend(
  rows: usize, stride: usize, order: usize, first: usize, last: usize, held: usize, targets: usize, counts: usize,
  state: usize, weights: usize, averages: usize, cumulated: usize,
  scratch: usize,
): void {
  const loss = <i32>load<f64>(state, LOSS);
  const parameter = load<f64>(state, LOSS_PARAMETER);
  const schedule = <i32>load<f64>(state, SCHEDULE);
  const passiveAggressive = schedule >= PASSIVE_AGGRESSIVE_1;
  const shrinks = load<f64>(state, SHRINKS) != 0;
  const clips = load<f64>(state, CLIPS) != 0;
  const alpha = load<f64>(state, ALPHA);
  const l1Ratio = load<f64>(state, L1_RATIO);
  const firstRate = load<f64>(state, FIRST_RATE);
  const power = load<f64>(state, POWER);
  const optimalStart = load<f64>(state, OPTIMAL_START);
  const aggressiveness = load<f64>(state, AGGRESSIVENESS);
  const withIntercept = load<f64>(state, WITH_INTERCEPT) != 0;
  const averageFrom = load<f64>(state, AVERAGE_FROM);
  const positive = load<f64>(state, POSITIVE);
  const positiveWeight = load<f64>(state, POSITIVE_WEIGHT);
  const negativeWeight = load<f64>(state, NEGATIVE_WEIGHT);
  let rate = load<f64>(state, RATE);
  let step = load<f64>(state, STEP);
  let intercept = load<f64>(state, INTERCEPT);
  let scale = load<f64>(state, SCALE);
  let lossSum = load<f64>(state, LOSS_SUM);
  for (let i = first; i < last; i++) {
    const place = (i - first) % GATHERED;
    if (scratch != 0 && place == 0) gatherRows(rows, stride, order + (i << 2), min(GATHERED, last - i), scratch);
    const row = <usize>load<u32>(order + (i << 2));
    if (held != 0 && load<u8>(held + row) != 0) continue;
    const x = scratch != 0 ? scratch + place * stride : rows + row * stride;
    let y = <f64>load<f32>(targets + (row << 2));
    if (positive >= 0) y = y == positive ? 1 : -1;
    const p = product(x, weights, stride) * scale + intercept;
    const own = lossOf(loss, parameter, p, y);
    lossSum += own;
    let update: f64;
    if (passiveAggressive) {
      const length = squaredLength(x, stride);
      if (schedule == PASSIVE_AGGRESSIVE_1) {
        if (length == 0) continue;
        update = min(aggressiveness, own / length);
      } else update = own / (length + 0.5 / aggressiveness);
      if (loss == HINGE) update *= y;
      else if (y - p < 0) update = -update;
    } else {
      if (schedule == OPTIMAL) rate = 1 / (alpha * (optimalStart + step - 1));
      else if (schedule == INVERSE_SCALING) rate = firstRate / powerOf(step, power);
      update = -rate * max(-LARGEST_SLOPE, min(LARGEST_SLOPE, slopeOf(loss, parameter, p, y)));
    }
    const weight = y > 0 ? positiveWeight : negativeWeight;
    update *= counts == 0 ? weight : weight * <f64>load<f32>(counts + (row << 2));
    if (shrinks) {
      scale *= max(0, 1 - (1 - l1Ratio) * rate * alpha);
      if (scale < LEAST_SCALE) {
        store<f64>(state, scale, SCALE);
        applyScale(state, stride, weights, averages);
        scale = 1;
      }
    }
    const inverse = 1 / scale;
    if (update != 0) {
      addMultiple(weights, x, update * inverse, stride);
      if (withIntercept) intercept += update;
    }
    if (averageFrom > 0 && averageFrom <= step) {
      const count = step - averageFrom + 1;
      const a = load<f64>(state, AVERAGE_A);
      if (update != 0) addMultiple(averages, x, -a * update * inverse, stride);
      if (count > 1) store<f64>(state, load<f64>(state, AVERAGE_B) / (1 - 1 / count), AVERAGE_B);
      store<f64>(state, a + (1 / count) * load<f64>(state, AVERAGE_B) * scale, AVERAGE_A);
      const average = load<f64>(state, AVERAGE_INTERCEPT);
      store<f64>(state, average + (intercept - average) / count, AVERAGE_INTERCEPT);
    }
    if (clips) {
      const total = load<f64>(state, CUMULATED) + l1Ratio * rate * alpha;
      store<f64>(state, total, CUMULATED);
      clip(weights, cumulated, total, scale, stride);
    }
    step += 1;
  }
  store<f64>(state, rate, RATE);
  store<f64>(state, step, STEP);
  store<f64>(state, intercept, INTERCEPT);
  store<f64>(state, scale, SCALE);
  store<f64>(state, lossSum, LOSS_SUM);
}

function gatherRows(rows: usize, stride: usize, order: usize, count: usize, out: usize): void {
  for (const end = order + (count << 2); order < end; order += 4) {
    let x = rows + <usize>load<u32>(order) * stride;
    for (const rowEnd = out + stride; out < rowEnd; out += 16) {
      v128.store(out, v128.load(x));
      x += 16;
    }
  }
}

/** Makes the scale 1, `weights` the coefficients and `averages` their averages. */
export function applyScale(state: usize, stride: usize, weights: usize, averages: usize): void {
  const scale = load<f64>(state, SCALE);
  const count = stride << 1;
  if (load<f64>(state, AVERAGE_FROM) > 0) {
    const a = load<f64>(state, AVERAGE_A);
    const factor = 1 / load<f64>(state, AVERAGE_B);
    for (let at: usize = 0; at < count; at += 8)
      store<f64>(averages + at, (load<f64>(averages + at) + a * load<f64>(weights + at)) * factor);
    store<f64>(state, 0, AVERAGE_A);
    store<f64>(state, 1, AVERAGE_B);
  }
  for (let at: usize = 0; at < count; at += 8) store<f64>(weights + at, load<f64>(weights + at) * scale);
  store<f64>(state, 1, SCALE);
}

/**
 * Shuffles u32[count] at `order` by the generator of xorshift.ts that begins with `seed`, each number swapped with itself
 * or a later one.
 */
export function shuffleOrder(order: usize, count: u32, seed: u32): void {
  let bits: u32 = max(1, seed);
  for (let i: u32 = 0; i + 1 < count; i++) {
    bits = nextState(bits);
    const at = order + (<usize>i << 2);
    const other = order + (<usize>(i + (bits & DRAWN) % (count - i)) << 2);
    const value = load<u32>(at);
    store<u32>(at, load<u32>(other));
    store<u32>(other, value);
  }
}

// @ts-ignore: decorator
@inline
function lowPair(four: v128): v128 {
  return f64x2.promote_low_f32x4(four);
}

// @ts-ignore: decorator
@inline
function highPair(four: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<i32>(four, four, 2, 3, 2, 3));
}

// @ts-ignore: decorator
@inline
function sumOfLanes(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}

/** Four sums that do not wait for each other, over eight numbers at a time. */
// @ts-ignore: decorator
@inline
function product(x: usize, weights: usize, stride: usize): f64 {
  let s0 = f64x2.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  let w = weights;
  const end = x + stride;
  for (; x + 32 <= end; x += 32) {
    const low = v128.load(x);
    const high = v128.load(x, 16);
    s0 = f64x2.add(s0, f64x2.mul(lowPair(low), v128.load(w)));
    s1 = f64x2.add(s1, f64x2.mul(highPair(low), v128.load(w, 16)));
    s2 = f64x2.add(s2, f64x2.mul(lowPair(high), v128.load(w, 32)));
    s3 = f64x2.add(s3, f64x2.mul(highPair(high), v128.load(w, 48)));
    w += 64;
  }
  if (x < end) {
    const four = v128.load(x);
    s0 = f64x2.add(s0, f64x2.mul(lowPair(four), v128.load(w)));
    s1 = f64x2.add(s1, f64x2.mul(highPair(four), v128.load(w, 16)));
  }
  return sumOfLanes(f64x2.add(f64x2.add(s0, s1), f64x2.add(s2, s3)));
}

// @ts-ignore: decorator
@inline
function squaredLength(x: usize, stride: usize): f64 {
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (const end = x + stride; x < end; x += 16) {
    const four = v128.load(x);
    const a = lowPair(four);
    const b = highPair(four);
    low = f64x2.add(low, f64x2.mul(a, a));
    high = f64x2.add(high, f64x2.mul(b, b));
  }
  return sumOfLanes(f64x2.add(low, high));
}

// @ts-ignore: decorator
@inline
function addMultiple(vector: usize, x: usize, factor: f64, stride: usize): void {
  const factors = f64x2.splat(factor);
  for (const end = x + stride; x < end; x += 16) {
    const four = v128.load(x);
    v128.store(vector, f64x2.add(v128.load(vector), f64x2.mul(lowPair(four), factors)));
    v128.store(vector, f64x2.add(v128.load(vector, 16), f64x2.mul(highPair(four), factors)), 16);
    vector += 32;
  }
}

/** Moves each weight towards 0 by what the penalty `total` exceeds the part that it has paid, stored in `cumulated`. */
function clip(weights: usize, cumulated: usize, total: f64, scale: f64, stride: usize): void {
  const zero = f64x2.splat(0);
  const totals = f64x2.splat(total);
  const scales = f64x2.splat(scale);
  for (const end = weights + (stride << 1); weights < end; weights += 16) {
    const w = v128.load(weights);
    const paid = v128.load(cumulated);
    const down = f64x2.max(zero, f64x2.sub(w, f64x2.div(f64x2.add(totals, paid), scales)));
    const up = f64x2.min(zero, f64x2.add(w, f64x2.div(f64x2.sub(totals, paid), scales)));
    const moved = v128.bitselect(down, v128.bitselect(up, w, f64x2.lt(w, zero)), f64x2.gt(w, zero));
    v128.store(weights, moved);
    v128.store(cumulated, f64x2.add(paid, f64x2.mul(scales, f64x2.sub(moved, w))));
    cumulated += 16;
  }
}

/** x^power for x >= 1. */
// @ts-ignore: decorator
@inline
function powerOf(x: f64, power: f64): f64 {
  if (power == 0.25) return sqrt(sqrt(x));
  return power == 0.5 ? sqrt(x) : exp(power * log(x));
}

function lossOf(loss: i32, parameter: f64, p: f64, y: f64): f64 {
  const z = p * y;
  switch (loss) {
    case HINGE:
      return z <= parameter ? parameter - z : 0;
    case SQUARED_HINGE:
      return z < 1 ? (1 - z) * (1 - z) : 0;
    case LOGISTIC:
      return z > 18 ? exp(-z) : z < -18 ? -z : log(1 + exp(-z));
    case MODIFIED_HUBER:
      return z >= 1 ? 0 : z >= -1 ? (1 - z) * (1 - z) : -4 * z;
  }
  const r = p - y;
  if (loss == SQUARED) return 0.5 * r * r;
  if (loss == HUBER) return abs(r) <= parameter ? 0.5 * r * r : parameter * abs(r) - 0.5 * parameter * parameter;
  const outside = max(0, abs(r) - parameter);
  return loss == INSENSITIVE ? outside : outside * outside;
}

/** The derivative of the loss by p. */
function slopeOf(loss: i32, parameter: f64, p: f64, y: f64): f64 {
  const z = p * y;
  switch (loss) {
    case HINGE:
      return z <= parameter ? -y : 0;
    case SQUARED_HINGE:
      return z < 1 ? -2 * y * (1 - z) : 0;
    case LOGISTIC:
      return z > 18 ? exp(-z) * -y : z < -18 ? -y : -y / (exp(z) + 1);
    case MODIFIED_HUBER:
      return z >= 1 ? 0 : z >= -1 ? -2 * y * (1 - z) : -4 * y;
  }
  const r = p - y;
  if (loss == SQUARED) return r;
  if (loss == HUBER) return abs(r) <= parameter ? r : r > 0 ? parameter : -parameter;
  const outside = abs(r) - parameter;
  if (outside <= 0) return 0;
  const size = loss == INSENSITIVE ? 1.0 : 2 * outside;
  return r > 0 ? size : -size;
}
