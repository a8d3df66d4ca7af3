/** How important a line is, from the least to the most. Apart from the writer, so that readers load no library. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];
