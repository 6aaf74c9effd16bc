/**
 * The checks of the features, with the errors of feature-errors.ts. They leave `features` with one dimension that begins
 * at 1 and, for a model that learns from missing values, with NULL for every missing value.
 */
import type { Artifact } from '../artifact/artifact.js';
import { featureList, featureNames } from '../preprocessing/feature-errors.js';
import { text } from './literals.js';

export function checkFeatures(model: Artifact): string {
  const learns = model.header.missing === 'learn';
  const checks = [
    wrongCount(model),
    inStorageOrder,
    ...(learns ? [notInfinite(model), nanAsNull] : [nullOrNotFinite(model)]),
  ];
  return checks.join('\n    ');
}

function wrongCount(model: Artifact): string {
  const { features } = model.facts;
  return `IF pg_catalog.cardinality(features) <> ${features} THEN
        RAISE invalid_parameter_value USING
            MESSAGE = pg_catalog.format('the model has ${features} ${features === 1 ? 'feature' : 'features'}, but %s were given',
                pg_catalog.cardinality(features)),
            DETAIL = ${text(featureList(model))},
            HINT = CASE WHEN pg_catalog.cardinality(features) > ${features} AND pg_catalog.cardinality(features) % ${features} = 0
                THEN 'Use pgml.predict_batch for several rows at once.'
                ELSE 'Give the features in the order of the columns that the model was trained on.' END;
    END IF;`;
}

const inStorageOrder = `IF pg_catalog.array_ndims(features) <> 1 OR pg_catalog.array_lower(features, 1) <> 1 THEN
        features := ARRAY(SELECT pg_catalog.unnest(features));
    END IF;`;

/** One test finds all three, for a comparison with NULL is not false. */
const nullOrNotFinite = (
  model: Artifact,
): string => `IF (real 'NaN' = ANY (features) OR real 'Infinity' = ANY (features) OR real '-Infinity' = ANY (features)) IS DISTINCT FROM false THEN
        IF pg_catalog.array_position(features, NULL) IS NOT NULL THEN
            RAISE null_value_not_allowed USING
                MESSAGE = pg_catalog.format(${text(`features must not be NULL for a model of ${formatted(model.header.algorithm)}, but %s of ${model.facts.features} are`)},
                    pg_catalog.cardinality(pg_catalog.array_positions(features, NULL))),
                HINT = 'Fill the gaps with COALESCE, or train an algorithm that learns from missing values.';
        END IF;${raiseNotFinite(model, "real 'NaN', real 'Infinity', real '-Infinity'")}
    END IF;`;

const notInfinite = (
  model: Artifact,
): string => `IF real 'Infinity' = ANY (features) OR real '-Infinity' = ANY (features) THEN${raiseNotFinite(model, "real 'Infinity', real '-Infinity'")}
    END IF;`;

const raiseNotFinite = (model: Artifact, refused: string): string => `
        FOR feature IN 1 .. ${model.facts.features} LOOP
            IF features[feature] IN (${refused}) THEN
                RAISE invalid_parameter_value USING
                    MESSAGE = pg_catalog.format(${text(`feature "%s" is %s, but a model of ${formatted(model.header.algorithm)} needs finite numbers`)},
                        (ARRAY[${featureNames(model).map(text).join(', ')}])[feature], features[feature]),
                    HINT = CASE features[feature]
                        WHEN real 'NaN' THEN 'Replace such values, or train an algorithm that learns from missing values.'
                        ELSE 'Replace such values, or bound them with LEAST and GREATEST.' END;
            END IF;
        END LOOP;`;

/** Comparisons hold NaN for the largest number, but say nothing of NULL. */
const nanAsNull = `IF real 'NaN' = ANY (features) THEN
        features := pg_catalog.array_replace(features, real 'NaN', NULL);
    END IF;`;

/** Text as part of the first argument of format(). */
const formatted = (part: string): string => part.replaceAll('%', '%%');
