import { type Fact, known, unknown } from '../../domain/facts.ts';

/** What was asked, or the reason why it is not known. */
export async function factOf<T>(ask: () => Promise<T>): Promise<Fact<T>> {
  try {
    return known(await ask());
  } catch (error) {
    return unknown((error instanceof Error ? error.message : String(error)).replace(/\.$/, ''));
  }
}
