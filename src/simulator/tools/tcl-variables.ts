import { TclError } from './tcl-words.ts';

type Variable = { value: string | null; elements: Map<string, string> | null };

/** The variables one piece of a script sees: single values, and arrays whose elements are called `name(key)`. */
export class TclVariables {
  readonly #variables = new Map<string, Variable>();

  get(name: string): string {
    const { variable, key } = this.#find(name);
    const found = key === null ? variable?.value : variable?.elements?.get(key);
    if (found !== undefined && found !== null) return found;
    throw new TclError(`can't read "${name}": ${whyUnreadable(variable, key)}`);
  }

  has(name: string): boolean {
    const { variable, key } = this.#find(name);
    if (variable === undefined) return false;
    return key === null ? variable.value !== null || variable.elements !== null : !!variable.elements?.has(key);
  }

  set(name: string, value: string): string {
    const { base, variable = this.#made(base), key } = this.#find(name);
    if (key === null && variable.elements !== null) throw new TclError(`can't set "${name}": variable is array`);
    if (key !== null && variable.value !== null) throw new TclError(`can't set "${name}": variable isn't array`);
    if (key === null) variable.value = value;
    else {
      variable.elements ??= new Map();
      variable.elements.set(key, value);
    }
    return value;
  }

  unset(name: string): void {
    if (!this.has(name)) {
      const { variable, key } = this.#find(name);
      throw new TclError(`can't unset "${name}": ${whyUnreadable(variable, key)}`);
    }
    const { variable, key } = this.#find(name);
    if (variable === undefined) return;
    if (key !== null) variable.elements?.delete(key);
    else {
      variable.value = null;
      variable.elements = null;
    }
  }

  /** From here on the name means the same variable as there. */
  link(name: string, there: TclVariables): void {
    this.#variables.set(name, there.#variables.get(name) ?? there.#made(name));
  }

  #find(name: string): { base: string; variable: Variable | undefined; key: string | null } {
    const [, array, element] = /^([^(]*)\(([\s\S]*)\)$/.exec(name) ?? [];
    const base = array ?? name;
    return { base, variable: this.#variables.get(base), key: element ?? null };
  }

  #made(name: string): Variable {
    const made = { value: null, elements: null };
    this.#variables.set(name, made);
    return made;
  }
}

function whyUnreadable(variable: Variable | undefined, key: string | null): string {
  if (variable === undefined || (variable.value === null && variable.elements === null)) return 'no such variable';
  if (key === null) return 'variable is array';
  return variable.elements === null ? "variable isn't array" : 'no such element in array';
}
