/** Why a process ends: a signal, or, of one of several workers, that the process above them is gone. */
export type EndSignal = 'SIGTERM' | 'SIGINT' | 'DISCONNECT';

/**
 * What a worker takes for signals to end. The primary process tells of those that it gets; a service manager sends SIGTERM to
 * both of them, so that the same one comes twice. A worker that got one by itself, or lost the primary process, ends as well.
 */
export function createEndSignals(listener: (signal: EndSignal) => void): {
  /** The primary process tells of a signal; a second one hastens the end. */
  told(signal: EndSignal): void;
  /** SIGTERM reached this process, or the primary process is gone. */
  own(signal: EndSignal): void;
} {
  let times = 0;
  let isOwn = false;
  return {
    told: (signal) => {
      times += 1;
      if (times === 1 && isOwn) return;
      listener(signal);
    },
    own: (signal) => {
      if (isOwn || times > 0) return;
      isOwn = true;
      listener(signal);
    },
  };
}
