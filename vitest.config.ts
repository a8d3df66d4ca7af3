import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take the longest: begun last, they would go on alone, with a core idle. */
const LONG = ['kill/kill', 'stories/crash', 'simulation/seeds', 'store/torn', 'cli/auth-on-a-mac', 'kill/two-agents'];

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return found < 0 ? LONG.length : found;
    };
    return (await super.sort(files)).sort((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    // One file on each core, and one for while a process of another is waited for; vitest by itself would leave a core idle.
    maxWorkers: availableParallelism() + 1,
    // What a file imports is loaded once for all: no test changes it.
    isolate: false,
    sequence: { sequencer: LongFirst },
    include: ['test/**/*.test.ts'],
    // No secret of a test may be seen where it must not be (test/support/watch).
    setupFiles: ['test/support/watch/setup.ts'],
    globalSetup: ['test/support/watch/global.ts'],
    // Two cores are the smallest machine this runs on; long stories get time rather than flakiness.
    testTimeout: 180_000,
    hookTimeout: 60_000,
  },
});
