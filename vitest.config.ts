import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // One file on each core, and one for while a process of another is waited for; vitest by itself would leave a core idle.
    maxWorkers: availableParallelism() + 1,
    // What a file imports is loaded once for all: no test changes it.
    isolate: false,
    include: ['test/**/*.test.ts'],
    // No secret of a test may be seen where it must not be (test/support/watch).
    setupFiles: ['test/support/watch/setup.ts'],
    globalSetup: ['test/support/watch/global.ts'],
    // Two cores are the smallest machine this runs on; long stories get time rather than flakiness.
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
