// The whole suite's configuration, with the files that leak instead of the tests.
import { mergeConfig } from 'vitest/config';
import config from '../../../vitest.config.ts';

export default { ...mergeConfig(config, {}), test: { ...config.test, include: ['test/canary/red/leaks.ts'] } };
