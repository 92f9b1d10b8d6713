/** Equal calls at the same time are one. A caller who leaves takes nothing from the others; when all have left, it is aborted. */
export function createSharedCalls<Result>() {
  const running = new Map<string, { result: Promise<Result>; controller: AbortController; callers: number }>();

  const forget = (name: string, controller: AbortController) => {
    if (running.get(name)?.controller === controller) running.delete(name);
  };

  return {
    join: (
      name: string,
      signal: AbortSignal | undefined,
      run: (signal: AbortSignal) => Promise<Result>,
    ): Promise<Result> => {
      if (signal?.aborted) return Promise.reject(signal.reason);
      let call = running.get(name);
      if (call === undefined) {
        const controller = new AbortController();
        const result = run(controller.signal).finally(() => forget(name, controller));
        // Each caller hears of a failure; without one of them it would count as unhandled.
        result.catch(() => {});
        call = { result, controller, callers: 0 };
        running.set(name, call);
      }
      const joined = call;
      joined.callers += 1;
      if (signal === undefined) return joined.result;
      return new Promise((resolve, reject) => {
        const leave = () => {
          reject(signal.reason);
          joined.callers -= 1;
          if (joined.callers > 0) return;
          forget(name, joined.controller);
          joined.controller.abort(signal.reason);
        };
        signal.addEventListener('abort', leave, { once: true });
        joined.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
      });
    },
  };
}
