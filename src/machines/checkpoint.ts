import { defaultSettings } from '../policy/schema.ts';
import { agentMachine } from './agent.machine.ts';
import type { AgentContext } from './context.ts';
import { firstContext } from './context.ts';
import { withPromises } from './promises.ts';

/** The form of what is saved. Raised when a state or a context field is renamed, removed or changes its meaning. */
export const CHECKPOINT_VERSION = 3;

export type Checkpoint = { version: number; value: unknown; context: unknown };

/** One small pure step per old version, from it to the next; each has a fixture of a real old row. */
const STEPS: Record<number, (older: Checkpoint) => Checkpoint> = {
  // Requests came: pause, order and the last request stand in the ledger.
  1: ({ value, context }) => ({
    version: 2,
    value,
    context: {
      ...(context as object),
      ledger: { ...(context as AgentContext).ledger, pause: null, order: null, lastRequest: null },
    },
  }),
  // Ways to be authorised came, and with them the service account, whose password is changed now and then. Until the next
  // wake reads the settings anew, those that nobody had chosen hold.
  2: ({ value, context }) => {
    const { settings, ledger } = context as AgentContext;
    const { authentication, mdm, fileVault } = defaultSettings;
    return {
      version: 3,
      value,
      context: {
        ...(context as object),
        settings: settings === null ? null : { ...settings, authentication, mdm, fileVault },
        ledger: { ...ledger, rotationTrouble: null },
      },
    };
  },
};

export type Revived = { snapshot: ReturnType<typeof agentMachine.resolveState>; unreadable: string | null };

/**
 * Turns a saved row into a snapshot; nothing runs by that. A row that cannot be revived leads to the first state (or to
 * waiting for a restart that was ordered) with everything people were promised carried over, and `unreadable` says why.
 */
export function revive(row: Checkpoint | null): Revived {
  if (row === null) return { snapshot: resolve('resting', firstContext), unreadable: null };
  try {
    const { value, context } = upgrade(row);
    return { snapshot: resolve(value, { ...firstContext, ...(context as AgentContext) }), unreadable: null };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const context = carriedOver(row.context);
    return { snapshot: resolve(placeOf(context), context), unreadable: why };
  }
}

function upgrade(row: Checkpoint): Checkpoint {
  let checkpoint = row;
  if (checkpoint.version > CHECKPOINT_VERSION)
    throw new Error(`checkpoint version ${row.version} is newer than ${CHECKPOINT_VERSION}`);
  while (checkpoint.version < CHECKPOINT_VERSION) {
    const step = STEPS[checkpoint.version];
    if (step === undefined) throw new Error(`no step from checkpoint version ${checkpoint.version}`);
    checkpoint = step(checkpoint);
  }
  return checkpoint;
}

function resolve(value: unknown, context: AgentContext) {
  return agentMachine.resolveState({ value: value as 'resting' | 'restarting', context });
}

/** An install that was under way is awaited, never ordered again; everything else starts from the first look. */
function placeOf({ ledger }: AgentContext): 'resting' | 'restarting' {
  return ledger.install === null ? 'resting' : 'restarting';
}

/** The ledger holds the promises; it is kept as far as it can be read. */
function carriedOver(context: unknown): AgentContext {
  const found = typeof context === 'object' && context !== null ? (context as Partial<AgentContext>) : {};
  return { ...firstContext, settings: found.settings ?? null, ...withPromises(found.ledger ?? null) };
}
