// Starts the mortal agent as the installed program starts: with Node's cache of compiled code, which has to be on before
// the code is loaded.
import { enableCompileCache } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

enableCompileCache(join(dirname(fileURLToPath(import.meta.url)), 'cache'));
await import('./mortal.ts');
