/** A typed emitter. A listener that throws stops neither the emitting code nor the other listeners. */
export interface Emitter<EventMap> {
  /** Returns a function that removes the listener. */
  on<Name extends keyof EventMap>(name: Name, listener: (event: EventMap[Name]) => void): () => void;
  emit<Name extends keyof EventMap>(name: Name, event: EventMap[Name]): void;
}

export function createEmitter<EventMap>(): Emitter<EventMap> {
  const listeners: { [Name in keyof EventMap]?: Set<(event: EventMap[Name]) => void> } = {};

  return {
    on: (name, listener) => {
      const set = listeners[name] ?? new Set();
      listeners[name] = set;
      set.add(listener);
      return () => {
        set.delete(listener);
      };
    },
    emit: (name, event) => {
      for (const listener of listeners[name] ?? []) {
        try {
          listener(event);
        } catch {
          // A listener that fails to log must not cost an answer.
        }
      }
    },
  };
}
