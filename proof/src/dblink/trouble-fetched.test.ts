import { fetchedPrograms } from '../testing/postgres.js';
import { troubleOn } from './trouble.js';

await troubleOn(await fetchedPrograms());
