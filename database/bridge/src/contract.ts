/** What every bridge must do, as tests: see seam.ts for the rules in words. */
import { after, before, describe } from 'node:test';
import { calls } from './contract/calls.js';
import type { Bench, Connect, Connection, Traits } from './contract/connection.js';
import { interruptions } from './contract/interruptions.js';
import { invalidations } from './contract/invalidations.js';
import { createModelTables } from './contract/models.js';
import { predictions } from './contract/predictions.js';
import { pushes } from './contract/pushes.js';
import { SuiteSession } from './contract/session.js';
import { streams } from './contract/streams.js';

export type { Connect, Connection, Row, Traits } from './contract/connection.js';

const parts = { calls, streams, pushes, predictions, invalidations, interruptions };

/** Registers the tests of the suite for the bridge called `name`. They share one session of one database. */
export function bridgeContract(name: string, connect: Connect, traits: Partial<Traits> = {}): void {
  describe(name, () => {
    const session = new SuiteSession();
    let database: Connection;
    before(async () => {
      database = await connect(session);
      await createModelTables(database);
    });
    after(() => database.close());
    for (const [part, register] of Object.entries(parts))
      describe(part, () =>
        register((): Bench => ({ session, database }), {
          predictions: 'immutable',
          abandonedStreams: 'at once',
          ...traits,
        }),
      );
  });
}
