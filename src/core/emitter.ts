/** A typed emitter. A listener that throws harms neither who emits nor the other listeners. */
export interface Emitter<EventMap> {
  /** The answer takes the listener off again. */
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
          // A broken log line must not cost an answer.
        }
      }
    },
  };
}
