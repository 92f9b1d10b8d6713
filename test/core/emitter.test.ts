import { expect, it, vi } from 'vitest';
import { createEmitter } from '../../src/core/emitter.js';

it('a listener that throws costs neither the emitter nor the other listeners', () => {
  const events = createEmitter<{ hit: number }>();
  const heard = vi.fn();
  events.on('hit', () => {
    throw new Error('the log is full');
  });
  const off = events.on('hit', heard);
  expect(() => events.emit('hit', 1)).not.toThrow();
  off();
  events.emit('hit', 2);
  expect(heard.mock.calls).toEqual([[1]]);
});
