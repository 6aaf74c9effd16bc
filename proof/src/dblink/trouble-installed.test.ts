import { installedPrograms } from '../testing/postgres.js';
import { troubleOn } from './trouble.js';

await troubleOn(installedPrograms());
