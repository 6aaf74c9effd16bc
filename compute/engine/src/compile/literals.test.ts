import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomState } from '@pgml/kernels';
import { double, real, text } from './literals.js';

const digits = (literal: string) => literal.slice(literal.indexOf("'") + 1, -1);

test('numbers are read back as they were, and nine digits are enough for real', () => {
  const random = new RandomState(5);
  const bits = new DataView(new ArrayBuffer(8));
  for (let round = 0; round < 20_000; round++) {
    bits.setUint32(0, random.integer(0, 2 ** 32));
    bits.setUint32(4, random.integer(0, 2 ** 32));
    const single = bits.getFloat32(0);
    const exact = bits.getFloat64(0);
    if (Number.isFinite(single)) {
      const shown = digits(real(single));
      assert.ok(Object.is(Math.fround(Number(shown)), single), shown);
      assert.ok(
        shown
          .replace(/e.*/, '')
          .replace(/\D/g, '')
          .replace(/^0+|0+$/g, '').length <= 9,
        shown,
      );
    }
    if (Number.isFinite(exact)) assert.ok(Object.is(Number(digits(double(exact))), exact));
  }
  assert.equal(real(0.1), "real '0.1'");
  assert.equal(real(-0), "real '-0'");
  assert.equal(double(-0), "double precision '-0'");
  assert.equal(real(Number.NEGATIVE_INFINITY), "real '-Infinity'");
});

test('text is quoted for every setting of standard_conforming_strings', () => {
  assert.equal(text("it's"), "'it''s'");
  assert.equal(text(`a\\'b`), `E'a\\\\''b'`);
});
