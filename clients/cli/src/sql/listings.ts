/** The lists that \d, \dt, \df, \l … print. */
import { patternCondition } from './patterns.js';

export interface Listing {
  readonly title: string;
  readonly columns: readonly string[];
  /** True where psql does not count the rows. */
  readonly uncounted?: boolean;
  /** Gives those columns. */
  query(pattern: string | undefined): string;
}

/** pg_class.relkind → what it is called. */
export const relationKinds: Readonly<Record<string, string>> = {
  r: 'table',
  p: 'partitioned table',
  v: 'view',
  m: 'materialized view',
  i: 'index',
  I: 'partitioned index',
  S: 'sequence',
  f: 'foreign table',
  c: 'composite type',
  t: 'TOAST table',
};

/** `more` adds columns and what they need in FROM. */
const relations = (
  kinds: string,
  more?: { readonly name: string; readonly column: string; readonly join: string },
): Listing => ({
  title: 'List of relations',
  columns: ['Schema', 'Name', 'Type', 'Owner', ...(more ? [more.name] : [])],
  query: (pattern) => `
    SELECT n.nspname, c.relname,
      CASE c.relkind ${Object.entries(relationKinds)
        .map(([letter, name]) => `WHEN '${letter}' THEN '${name}'`)
        .join(' ')} END,
      pg_catalog.pg_get_userbyid(c.relowner)${more ? `, ${more.column}` : ''}
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ${more?.join ?? ''}
    WHERE c.relkind IN (${[...kinds].map((kind) => `'${kind}'`).join(', ')})
      ${pattern === undefined ? `AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_toast'` : ''}
      AND ${patternCondition(pattern, {
        schema: 'n.nspname',
        name: 'c.relname',
        visible: 'pg_catalog.pg_table_is_visible(c.oid)',
      })}
    ORDER BY 1, 2`,
});

export const listings = {
  relations: relations('rpvmSf'),
  tables: relations('rp'),
  views: relations('v'),
  materializedViews: relations('m'),
  indexes: relations('iI', {
    name: 'Table',
    column: 't.relname',
    join: `JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid JOIN pg_catalog.pg_class t ON t.oid = i.indrelid`,
  }),
  sequences: relations('S'),
  functions: {
    title: 'List of functions',
    columns: ['Schema', 'Name', 'Result data type', 'Argument data types', 'Type'],
    query: (pattern) => `
      SELECT n.nspname, p.proname, pg_catalog.pg_get_function_result(p.oid), pg_catalog.pg_get_function_arguments(p.oid),
        CASE p.prokind WHEN 'a' THEN 'agg' WHEN 'w' THEN 'window' WHEN 'p' THEN 'proc' ELSE 'func' END
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
      WHERE ${patternCondition(pattern, {
        schema: 'n.nspname',
        name: 'p.proname',
        visible: 'pg_catalog.pg_function_is_visible(p.oid)',
      })}
        ${pattern === undefined ? `AND n.nspname NOT IN ('pg_catalog', 'information_schema')` : ''}
      ORDER BY 1, 2, 4`,
  },
  schemas: {
    title: 'List of schemas',
    columns: ['Name', 'Owner'],
    query: (pattern) => `
      SELECT n.nspname, pg_catalog.pg_get_userbyid(n.nspowner)
      FROM pg_catalog.pg_namespace n
      WHERE ${patternCondition(pattern, { name: 'n.nspname' })}
        ${pattern === undefined ? `AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'` : ''}
      ORDER BY 1`,
  },
  extensions: {
    title: 'List of installed extensions',
    columns: ['Name', 'Version', 'Schema', 'Description'],
    query: (pattern) => `
      SELECT e.extname, e.extversion, n.nspname, d.description
      FROM pg_catalog.pg_extension e
        LEFT JOIN pg_catalog.pg_namespace n ON n.oid = e.extnamespace
        LEFT JOIN pg_catalog.pg_description d
          ON d.objoid = e.oid AND d.classoid = 'pg_catalog.pg_extension'::pg_catalog.regclass
      WHERE ${patternCondition(pattern, { name: 'e.extname' })}
      ORDER BY 1`,
  },
  roles: {
    title: 'List of roles',
    columns: ['Role name', 'Attributes', 'Member of'],
    uncounted: true,
    query: (pattern) => `
      SELECT r.rolname,
        pg_catalog.concat_ws(', ',
          CASE WHEN r.rolsuper THEN 'Superuser' END,
          CASE WHEN NOT r.rolinherit THEN 'No inheritance' END,
          CASE WHEN r.rolcreaterole THEN 'Create role' END,
          CASE WHEN r.rolcreatedb THEN 'Create DB' END,
          CASE WHEN NOT r.rolcanlogin THEN 'Cannot login' END,
          CASE WHEN r.rolreplication THEN 'Replication' END,
          CASE WHEN r.rolbypassrls THEN 'Bypass RLS' END),
        ARRAY(SELECT b.rolname
              FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles b ON m.roleid = b.oid
              WHERE m.member = r.oid ORDER BY 1)
      FROM pg_catalog.pg_roles r
      WHERE ${patternCondition(pattern, { name: 'r.rolname' })}
        ${pattern === undefined ? `AND r.rolname !~ '^pg_'` : ''}
      ORDER BY 1`,
  },
  databases: {
    title: 'List of databases',
    columns: ['Name', 'Owner', 'Encoding', 'Collate', 'Ctype', 'Access privileges'],
    query: (pattern) => `
      SELECT d.datname, pg_catalog.pg_get_userbyid(d.datdba), pg_catalog.pg_encoding_to_char(d.encoding), d.datcollate,
        d.datctype, pg_catalog.array_to_string(d.datacl, E'\\n')
      FROM pg_catalog.pg_database d
      WHERE ${patternCondition(pattern, { name: 'd.datname' })}
      ORDER BY 1`,
  },
} as const satisfies Readonly<Record<string, Listing>>;
