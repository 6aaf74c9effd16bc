import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FitError } from '../../../estimator.js';
import { defaultKernel, learnedNumbers, printKernel, programOf } from './kernel.js';
import { parseKernel } from './parse-kernel.js';

test('kernels are read as Python reads them, and printed so that they can be read again', () => {
  for (const [text, printed] of [
    ['RBF()', 'RBF(length_scale=1)'],
    ["RBF(2, 'fixed')", 'RBF(length_scale=2)'],
    ['1**2 * RBF(length_scale=1) + WhiteKernel(noise_level=0.1)', undefined],
    [
      'C(2.0, (1e-3, 1e3)) * RBF([1, 2.5], (1e-2, 1e2))',
      'ConstantKernel(constant_value=2) * RBF(length_scale=[1, 2.5])',
    ],
    ['Matern(length_scale=1.0, nu=inf)', 'Matern(length_scale=1, nu=inf)'],
    ['kernels.RationalQuadratic(0.5, 2)', 'RationalQuadratic(alpha=2, length_scale=0.5)'],
    ['(DotProduct(sigma_0=1e-2) + 3) ** 2', '(DotProduct(sigma_0=0.01) + ConstantKernel(constant_value=3)) ** 2'],
    ['RBF() * (RBF() + RBF())', 'RBF(length_scale=1) * (RBF(length_scale=1) + RBF(length_scale=1))'],
    ['ExpSineSquared(1, 2, periodicity_bounds="fixed")', 'ExpSineSquared(length_scale=1, periodicity=2)'],
  ] as const) {
    const once = printKernel(parseKernel(text));
    if (printed !== undefined) assert.equal(once, printed);
    assert.equal(printKernel(parseKernel(once)), once);
  }
  assert.equal(printKernel(parseKernel(printKernel(defaultKernel))), printKernel(defaultKernel));
});

test('numbers are learned within their bounds, on a logarithmic scale, unless they are fixed', () => {
  const kernel = parseKernel("2.0 * RBF([1, 2], [(0.1, 10), (0.5, 20)]) + WhiteKernel(3, 'fixed')");
  const { start, lower, upper } = learnedNumbers(kernel);
  assert.deepEqual([...start], [2, 1, 2].map(Math.log));
  assert.deepEqual([...lower], [1e-5, 0.1, 0.5].map(Math.log));
  assert.deepEqual([...upper], [1e5, 10, 20].map(Math.log));
  assert.equal(learnedNumbers(defaultKernel).start.length, 0);
  assert.equal(programOf(kernel, 2).learned.length, 3);
  assert.throws(() => programOf(kernel, 3), /2 length scales, but there are 3 features/);
});

test('what is no kernel is refused with the place and the way out', () => {
  for (const [text, message] of [
    ['', /at its end: here a kernel is expected/],
    ['RBG(1)', /no kernel "RBG", did you mean RBF/],
    ['RBF(1', /at its end: here , is expected/],
    ['RBF(0)', /length_scale must be a number above 0/],
    ['WhiteKernel([1, 2])', /noise_level must be a number above 0/],
    ['RBF(scale=1)', /RBF has "length_scale" or "length_scale_bounds"/],
    ['RBF(1, length_scale=2)', /length_scale is given twice/],
    ['RBF(1, (2, 1))', /bounds must be "fixed"/],
    ['Matern(1, nu=0.7)', /nu must be 0.5, 1.5, 2.5 or inf/],
    ['RBF() RBF()', /the end is expected/],
    ['RBF() ** RBF()', /here a number is expected/],
    ['RBF() & 1', /written without this/],
    ['DotProduct(1, "fixed", 3)', /no more than 2 values/],
  ] as const)
    assert.throws(
      () => parseKernel(text),
      (error) => error instanceof FitError && message.test(error.message) && error.hint !== undefined,
      text,
    );
});
