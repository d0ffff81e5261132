/**
 * State that others follow. A `Tracked` value tells its listeners when it really changed; panels,
 * the scene and the address bar all hang on these and never on each other.
 */

/** Undoes a subscription; safe to call twice. */
export type Unsubscribe = () => void;

/** What a reader of state needs; `Tracked` is the writable form. */
export interface Readable<T> {
  readonly value: T;
  /** Calls `listener` after every change, in the order of subscription. */
  subscribe(listener: (value: T) => void): Unsubscribe;
  /** Calls `listener` now and after every change. */
  follow(listener: (value: T) => void): Unsubscribe;
}

/** A value with listeners. Setting an equal value (`Object.is`, or the given test) is silent. */
export class Tracked<T> implements Readable<T> {
  #value: T;
  readonly #equal: (a: T, b: T) => boolean;
  readonly #listeners = new Set<(value: T) => void>();

  constructor(initial: T, equal: (a: T, b: T) => boolean = Object.is) {
    this.#value = initial;
    this.#equal = equal;
  }

  get value(): T {
    return this.#value;
  }

  set value(next: T) {
    if (this.#equal(this.#value, next)) return;
    this.#value = next;
    // A copy: a listener may unsubscribe itself or others while it runs.
    for (const listener of [...this.#listeners]) {
      if (this.#listeners.has(listener)) listener(next);
    }
  }

  subscribe(listener: (value: T) => void): Unsubscribe {
    // Wrapped, so that the same function may be subscribed twice and undone one at a time.
    const entry = (value: T) => listener(value);
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }

  follow(listener: (value: T) => void): Unsubscribe {
    const undo = this.subscribe(listener);
    listener(this.#value);
    return undo;
  }
}

/** Collects what has to be undone, so that a part of the page can be taken away in one call. */
export class Disposer {
  readonly #undo: Unsubscribe[] = [];
  #done = false;

  /** Adds an undo; runs it at once where everything was undone already. */
  add(...undo: Unsubscribe[]): void {
    if (this.#done) undo.forEach((one) => one());
    else this.#undo.push(...undo);
  }

  /** Listens to a DOM event until disposal. */
  listen<E extends Event>(
    target: EventTarget,
    type: string,
    listener: (event: E) => void,
    options?: AddEventListenerOptions,
  ): void {
    const handler = listener as (event: Event) => void;
    target.addEventListener(type, handler, options);
    this.add(() => target.removeEventListener(type, handler, options));
  }

  /** Undoes everything, last first. */
  dispose(): void {
    this.#done = true;
    while (this.#undo.length > 0) this.#undo.pop()?.();
  }
}
