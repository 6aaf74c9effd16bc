/** Who may log in, as pg_authid has it. */
import { parseVerifier, type ScramVerifier } from '@pgml/protocol';
import type { Database } from './database.js';
import type { SessionRole } from './database-door.js';
import { quoteLiteral } from './postgres-session.js';

/** A role as pg_authid has it. */
export interface Login extends SessionRole {
  readonly verifier: ScramVerifier | undefined;
  readonly canLogin: boolean;
  /** -1: no limit. */
  readonly connectionLimit: number;
}

/** Undefined if there is no such role. A password that has expired is none. */
export async function findLogin(database: Database, name: string): Promise<Login | undefined> {
  const [row] = await database.query(
    `SELECT oid, rolsuper, rolcanlogin, rolconnlimit, rolpassword, coalesce(rolvaliduntil < now(), false)
     FROM pg_authid WHERE rolname = ${quoteLiteral(name)}`,
  );
  if (!row) return undefined;
  const [id, superuser, canLogin, connectionLimit, password, expired] = row;
  return {
    id: Number(id),
    name,
    superuser: superuser === 't',
    verifier: password && expired === 'f' ? parseVerifier(password) : undefined,
    canLogin: canLogin === 't',
    connectionLimit: Number(connectionLimit),
  };
}
