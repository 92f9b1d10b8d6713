/** Why a process ends: a signal, or, of one of several workers, that the process above them is gone. */
export type EndSignal = 'SIGTERM' | 'SIGINT' | 'DISCONNECT';
