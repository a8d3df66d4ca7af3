import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    // One file on each core; vitest by itself would leave one of two idle.
    maxWorkers: availableParallelism(),
    include: ['test/**/*.test.ts'],
    // Two cores are the smallest machine this runs on; long stories get time rather than flakiness.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
