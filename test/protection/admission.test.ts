import { expect, it } from 'vitest';
import { createEmitter } from '../../src/core/emitter.js';
import { createAdmission } from '../../src/protection/admission.js';
import type { SourceEventMap } from '../../src/protection/protection-events.js';

function createFixture(maxWaiting = 2) {
  const events = createEmitter<SourceEventMap>();
  const shed: string[] = [];
  events.on('shed', ({ reason }) => shed.push(reason));
  const process = { lagging: false };
  return { process, shed, admit: createAdmission({ isLagging: () => process.lagging, events, maxWaiting }) };
}

it('lets so many wait and no more, until one has its answer', () => {
  const { admit, shed } = createFixture();
  const leave = admit();
  admit();
  expect(admit).toThrowError(expect.objectContaining({ code: 'OVERLOADED', status: 503, retryable: true }));
  expect(shed).toEqual(['waiting']);
  leave();
  expect(admit).not.toThrow();
});

it('lets nobody wait while the event loop lags', () => {
  const { admit, process, shed } = createFixture();
  process.lagging = true;
  expect(admit).toThrowError(expect.objectContaining({ code: 'OVERLOADED' }));
  expect(shed).toEqual(['event-loop']);
  process.lagging = false;
  expect(admit).not.toThrow();
});
