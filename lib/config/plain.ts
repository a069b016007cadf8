import { isPromise } from 'node:util/types';
import type { Path } from './path';
import type { Problem } from './problem';

/** Far above every real config, and below what exhausts the machine. */
const limits = { depth: 20, entries: 10_000, characters: 4_096, values: 1_000_000 };

/** The user's input reduced to plain data, and what had to be left out. */
export interface PlainCopy {
  readonly copy: unknown;
  readonly problems: readonly Problem[];
}

/**
 * Copies the input. A config file is a program and can export anything; the copy contains only strings, numbers,
 * booleans, null, arrays and plain objects: no getter, cycle, class instance or key `__proto__`. A key with the value
 * undefined counts as absent.
 */
export function plainCopy(input: unknown): PlainCopy {
  const copier = new Copier();
  return { copy: copier.copy(input, []), problems: copier.problems };
}

class Copier {
  readonly problems: Problem[] = [];
  private readonly ancestors: object[] = [];
  private values = 0;

  copy(value: unknown, path: Path): unknown {
    this.values += 1;
    if (this.values === limits.values) this.refuse([], 'too large', `must have fewer than ${limits.values} values`);
    if (this.values >= limits.values) return undefined;
    switch (typeof value) {
      case 'string':
        if (value.length <= limits.characters) return value;
        return this.refuse(path, `${value.length} characters`, `must have at most ${limits.characters} characters`);
      case 'object':
        return value === null ? null : this.copyObject(value, path);
      case 'function':
        return this.refuse(path, 'a function', 'must be plain data (write what it returns)');
      case 'bigint':
      case 'symbol':
        return this.refuse(path, `a ${typeof value}`, 'must be plain data (write a number or a text)');
      default:
        return value;
    }
  }

  private copyObject(value: object, path: Path): unknown {
    try {
      if (this.ancestors.includes(value)) return this.refuse(path, 'a cycle', 'must not hold itself (remove it)');
      if (path.length === limits.depth) {
        return this.refuse(path, 'an object', `is nested more than ${limits.depth} levels deep (remove it)`);
      }
      this.ancestors.push(value);
      try {
        return Array.isArray(value) ? this.copyArray(value, path) : this.copyRecord(value, path);
      } finally {
        this.ancestors.pop();
      }
    } catch {
      // A proxy can throw on any access, and what it throws may throw again when it is printed.
      return this.refuse(path, 'unreadable', 'reading it throws an error (write the value itself)');
    }
  }

  private copyArray(value: readonly unknown[], path: Path): unknown {
    if (value.length > limits.entries) return this.refuseSize(path, value.length);
    return Array.from({ length: value.length }, (_, index) => this.copyProperty(value, index, path));
  }

  private copyRecord(value: object, path: Path): unknown {
    if (isPromise(value)) return this.refuse(path, 'a promise', 'must be plain data (write what it resolves to)');
    const prototype: unknown = Object.getPrototypeOf(value);
    // Objects from another realm, such as a worker or a test, have another Object.prototype. It is recognized by having
    // no prototype itself.
    if (prototype !== null && Object.getPrototypeOf(prototype) !== null) {
      return this.refuse(path, 'an instance of a class', 'must be a plain object (write { … })');
    }
    const keys = Object.keys(value);
    if (keys.length > limits.entries) return this.refuseSize(path, keys.length);
    const copy: Record<string, unknown> = {};
    for (const key of keys) {
      if (key === '__proto__') {
        this.refuse([...path, key], 'an object', 'unknown key (remove it)');
        continue;
      }
      const inner = this.copyProperty(value as Record<string, unknown>, key, path);
      if (inner !== undefined) copy[key] = inner;
    }
    return copy;
  }

  private copyProperty<Key extends string | number>(owner: Record<Key, unknown>, key: Key, path: Path): unknown {
    const at = [...path, key];
    let value: unknown;
    try {
      value = owner[key];
    } catch {
      return this.refuse(at, 'unreadable', 'reading it throws an error (write the value itself)');
    }
    return this.copy(value, at);
  }

  private refuse(path: Path, shown: string, rule: string): unknown {
    this.problems.push({ path, shown, rule });
    return undefined;
  }

  private refuseSize(path: Path, entries: number): unknown {
    return this.refuse(path, `${entries} entries`, `must have at most ${limits.entries} entries`);
  }
}
