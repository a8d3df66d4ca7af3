import type { Instant } from '../../domain/instant.ts';

/** `times`: how often it strikes before it is used up (without it: always). Instants are those of the server's clock. */
type AnyFault = { name: string; times?: number | undefined; from?: number | undefined; until?: number | undefined };

/** Which of several faults of a name is meant: one without `on` is meant on every call. */
type Matching<Fault> = Partial<Omit<Fault, 'on'>> & { on?: string };

/** What is wrong with a server. `strikes` uses a counted fault up; `standing` only looks. */
export class ActiveFaults<Fault extends AnyFault, Input> {
  readonly #read: (fault: Input) => Fault;
  readonly #now: () => Instant;
  #active: { fault: Fault; left: number }[] = [];

  constructor(read: (fault: Input) => Fault, now: () => Instant) {
    this.#read = read;
    this.#now = now;
  }

  add(fault: Input): Fault {
    const read = this.#read(fault);
    this.#active.push({ fault: read, left: read.times ?? Infinity });
    return read;
  }

  clear(name?: Fault['name']): void {
    this.#active = name === undefined ? [] : this.#active.filter((one) => one.fault.name !== name);
  }

  strikes<Name extends Fault['name']>(name: Name, where: Matching<Of<Fault, Name>> = {}): Of<Fault, Name> | null {
    const found = this.#find(name, where);
    if (found === undefined) return null;
    found.left -= 1;
    return found.fault as Of<Fault, Name>;
  }

  standing<Name extends Fault['name']>(name: Name, where: Matching<Of<Fault, Name>> = {}): Of<Fault, Name> | null {
    return (this.#find(name, where)?.fault as Of<Fault, Name> | undefined) ?? null;
  }

  #find(name: Fault['name'], where: Readonly<Record<string, unknown>>) {
    if (this.#active.length === 0) return undefined;
    const now = this.#now();
    return this.#active.find(({ fault, left }) => {
      if (fault.name !== name || left <= 0) return false;
      if (now < (fault.from ?? -Infinity) || now >= (fault.until ?? Infinity)) return false;
      return Object.entries(where).every(([option, wanted]) => {
        const has = (fault as Record<string, unknown>)[option];
        return has === wanted || (option === 'on' && has === undefined);
      });
    });
  }
}

type Of<Fault extends AnyFault, Name> = Extract<Fault, { name: Name }>;
