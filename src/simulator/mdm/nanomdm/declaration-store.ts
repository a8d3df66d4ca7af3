import { createHash } from 'node:crypto';
import type { Declaration } from '../managed-mac.ts';

type Stored = Declaration & { touched: number };

/**
 * What KMFDDM keeps: declarations, sets of them, and which enrolment has which sets. An enrolment's declarations are those of
 * all its sets. Changes answer whether anything changed.
 */
export class DeclarationStore {
  readonly #declarations = new Map<string, Stored>();
  readonly #sets = new Map<string, Set<string>>();
  readonly #enrollments = new Map<string, Set<string>>();

  put({ Type, Identifier, Payload }: Omit<Declaration, 'ServerToken'>): boolean {
    const old = this.#declarations.get(Identifier);
    const ServerToken = tokenOf(Type, Identifier, Payload, 0);
    if (old !== undefined && tokenOf(old.Type, Identifier, old.Payload, 0) === ServerToken) return false;
    this.#declarations.set(Identifier, { Type, Identifier, Payload, ServerToken, touched: 0 });
    return true;
  }

  get(id: string): Declaration | null {
    const found = this.#declarations.get(id);
    if (found === undefined) return null;
    const { Type, Identifier, Payload, ServerToken } = found;
    return { Identifier, Type, Payload, ServerToken };
  }

  ids(): string[] {
    return [...this.#declarations.keys()];
  }

  /** One that is in a set stays. */
  delete(id: string): boolean | 'in a set' {
    if (this.setsWith(id).length > 0) return 'in a set';
    return this.#declarations.delete(id);
  }

  touch(id: string): boolean {
    const found = this.#declarations.get(id);
    if (found === undefined) return false;
    found.touched += 1;
    found.ServerToken = tokenOf(found.Type, id, found.Payload, found.touched);
    return true;
  }

  sets(): string[] {
    return [...this.#sets.keys()];
  }

  inSet(set: string): string[] {
    return [...(this.#sets.get(set) ?? [])];
  }

  setsWith(id: string): string[] {
    return this.sets().filter((set) => this.#sets.get(set)?.has(id));
  }

  setsOf(enrollment: string): string[] {
    return [...(this.#enrollments.get(enrollment) ?? [])];
  }

  /** The enrolments that get to see a change of this. */
  enrollmentsWith(set: string): string[] {
    return [...this.#enrollments].filter(([, sets]) => sets.has(set)).map(([enrollment]) => enrollment);
  }

  link(kind: 'set' | 'enrollment', id: string, member: string, on: boolean): boolean {
    const map = kind === 'set' ? this.#sets : this.#enrollments;
    const members = map.get(id) ?? new Set<string>();
    if (members.has(member) === on) return false;
    if (on) members.add(member);
    else members.delete(member);
    if (members.size === 0) map.delete(id);
    else map.set(id, members);
    return true;
  }

  for(enrollment: string): Declaration[] {
    const ids = new Set(this.setsOf(enrollment).flatMap((set) => this.inSet(set)));
    return [...ids].flatMap((id) => this.get(id) ?? []);
  }

  clear(): void {
    this.#declarations.clear();
    this.#sets.clear();
    this.#enrollments.clear();
  }
}

const tokenOf = (...parts: unknown[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
