/** What is installed in the schema pgml, read from the catalog: one line per thing, in a fixed order. */
import type { Database } from '../testing/database.js';

/** Each query gives one column of lines. Names sort by bytes. */
const sections: readonly (readonly [title: string, query: string])[] = [
  [
    'types',
    `SELECT format('%s: %s', pg_type.oid::regtype, string_agg(enumlabel, ', ' ORDER BY enumsortorder))
     FROM pg_type JOIN pg_enum ON enumtypid = pg_type.oid
     WHERE typnamespace = 'pgml'::regnamespace
     GROUP BY pg_type.oid, typname ORDER BY typname COLLATE "C"`,
  ],
  [
    'columns',
    `SELECT concat_ws(' ', attrelid::regclass::text || '.' || attname, format_type(atttypid, atttypmod),
       CASE WHEN attnotnull THEN 'NOT NULL' END, 'DEFAULT ' || pg_get_expr(adbin, adrelid))
     FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
     LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
     WHERE relnamespace = 'pgml'::regnamespace AND relkind IN ('r', 'v') AND attnum > 0 AND NOT attisdropped
     ORDER BY relname COLLATE "C", attnum`,
  ],
  [
    'constraints',
    // Not-null constraints have rows of their own from PostgreSQL 18 on; the columns show them.
    `SELECT format('%s.%s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
     FROM pg_constraint WHERE connamespace = 'pgml'::regnamespace AND contype <> 'n'
     ORDER BY conrelid::regclass::text COLLATE "C", conname COLLATE "C"`,
  ],
  [
    'indexes',
    `SELECT indexdef FROM pg_indexes WHERE schemaname = 'pgml' ORDER BY tablename COLLATE "C", indexname COLLATE "C"`,
  ],
  [
    'triggers',
    `SELECT pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid
     WHERE relnamespace = 'pgml'::regnamespace AND NOT tgisinternal
     ORDER BY relname COLLATE "C", tgname COLLATE "C"`,
  ],
  [
    'functions',
    `SELECT concat_ws(' ', proname || '(' || pg_get_function_arguments(pg_proc.oid) || ')',
       '->', pg_get_function_result(pg_proc.oid), '|', CASE prokind WHEN 'a' THEN 'aggregate' ELSE lanname END,
       CASE provolatile WHEN 'i' THEN 'immutable' WHEN 's' THEN 'stable' ELSE 'volatile' END,
       CASE WHEN proisstrict THEN 'strict' END,
       CASE WHEN prosecdef THEN 'security definer' END, CASE proparallel WHEN 's' THEN 'parallel safe' END, array_to_string(proconfig, ' '))
     FROM pg_proc JOIN pg_language ON pg_language.oid = prolang WHERE pronamespace = 'pgml'::regnamespace
     ORDER BY proname COLLATE "C", pg_get_function_identity_arguments(pg_proc.oid) COLLATE "C"`,
  ],
];

export async function describeSchema(database: Database): Promise<string> {
  const parts: string[] = [];
  for (const [title, query] of sections) {
    const lines = (await database.query(query)).map((row) => String(Object.values(row)[0]));
    parts.push(`# ${title}\n${lines.join('\n')}\n`);
  }
  return parts.join('\n');
}
