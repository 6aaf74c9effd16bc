/** Small models made by hand, for tests of what keeps and runs them. */
import { writeArtifact } from '@pgml/engine';
import { writeBlock } from '@pgml/kernels';

/** The sum of the features with these weights. The details take `padding` bytes, to make the artifact larger. */
export function linearArtifact(weights: readonly number[], padding = 0): Uint8Array {
  const block = writeBlock({
    kind: 'linear',
    features: weights.length,
    outputs: 1,
    decision: 'value',
    classValues: [],
    words: [Float64Array.from(weights), Float64Array.of(0)],
  });
  return writeArtifact(
    {
      kind: 'linear',
      task: 'regression',
      algorithm: 'linear',
      features: weights.map((_, index) => ({ name: `x${index + 1}`, pg_type: 'float4', width: 1 })),
      labels: [{ name: 'y', pg_type: 'float4' }],
      missing: 'refuse',
      hyperparams: {},
      seed: 42,
      details: { padding: 'x'.repeat(padding) },
      version: '0',
    },
    block,
  );
}

/** As the predict method takes features. */
export const featureBytes = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);

/** As the predict method gives answers. */
export const answersOf = (bytes: Uint8Array | null): number[] => [...new Float32Array(bytes!.slice().buffer)];
