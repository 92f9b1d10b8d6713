import { describe, expectTypeOf, it } from 'vitest';
import type { LoadArguments, PersonalSection, PublicSection, Viewer } from '../../src/sections/define-section.js';

describe('a public section', () => {
  it('cannot see who asks: its loader gets no viewer (checked by tsc)', () => {
    expectTypeOf<Parameters<PublicSection['load']>[0]>().toEqualTypeOf<LoadArguments>();
    expectTypeOf<LoadArguments>().not.toHaveProperty('viewer');
    expectTypeOf<Parameters<PersonalSection['load']>[0]>().toHaveProperty('viewer');
    expectTypeOf<Parameters<PersonalSection['load']>[0]['viewer']>().toEqualTypeOf<Viewer | undefined>();
  });
});
