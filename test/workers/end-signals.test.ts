import { expect, it } from 'vitest';
import { createEndSignals } from '../../src/workers/end-signals.js';

it.each([
  ['a SIGTERM that reaches both processes counts once', ['own SIGTERM', 'told SIGTERM'], ['SIGTERM']],
  ['in the other order, too', ['told SIGTERM', 'own SIGTERM'], ['SIGTERM']],
  ['a second one that the primary process tells of counts', ['told SIGTERM', 'told SIGTERM'], ['SIGTERM', 'SIGTERM']],
  [
    'a second one that reaches both counts once more',
    ['own SIGTERM', 'told SIGTERM', 'own SIGTERM', 'told SIGTERM'],
    ['SIGTERM', 'SIGTERM'],
  ],
  ['Ctrl-C is told', ['told SIGINT'], ['SIGINT']],
  ['the end of the primary process ends a worker', ['own DISCONNECT'], ['DISCONNECT']],
  ['but does not hasten one that ends', ['told SIGTERM', 'own DISCONNECT'], ['SIGTERM']],
])('%s', (_, events, heard) => {
  const signals: string[] = [];
  const { own, told } = createEndSignals((signal) => signals.push(signal));
  for (const event of events) {
    const [from, signal] = event.split(' ') as ['own' | 'told', 'SIGTERM' | 'SIGINT' | 'DISCONNECT'];
    if (from === 'own') own(signal);
    else told(signal);
  }
  expect(signals).toEqual(heard);
});
