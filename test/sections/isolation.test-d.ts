import { describe, expectTypeOf, it } from 'vitest';
import type {
  LoadArguments,
  PersonalSection,
  PublicSection,
  SectionPage,
  Viewer,
} from '../../src/sections/define-section.js';

type Load<Arguments> = (args: Arguments) => Promise<SectionPage>;

describe('a public section', () => {
  it('gets no viewer', () => {
    expectTypeOf<Parameters<PublicSection['load']>[0]>().toEqualTypeOf<LoadArguments>();
    expectTypeOf<LoadArguments>().not.toHaveProperty('viewer');
  });

  it('cannot be loaded by a function that needs one', () => {
    expectTypeOf<Load<LoadArguments>>().toExtend<PublicSection['load']>();
    expectTypeOf<Load<LoadArguments & { viewer: Viewer }>>().not.toExtend<PublicSection['load']>();
  });
});

describe('a personal section', () => {
  it('gets the viewer where there is one', () => {
    expectTypeOf<Parameters<PersonalSection['load']>[0]>().toHaveProperty('viewer');
    expectTypeOf<Parameters<PersonalSection['load']>[0]['viewer']>().toEqualTypeOf<Viewer | undefined>();
  });

  it('cannot rely on there being one', () => {
    expectTypeOf<Load<LoadArguments & { viewer: Viewer }>>().not.toExtend<PersonalSection['load']>();
  });
});
