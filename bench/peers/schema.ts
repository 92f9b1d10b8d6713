import { readFileSync } from 'node:fs';
import { cacheControlFromInfo } from '@apollo/cache-control-types';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { GraphQLResolveInfo, GraphQLSchema } from 'graphql';
import { type SectionKey, type SectionValue, type Shop, sectionKeys } from './peer-shop.js';

/** Who asks. */
export interface Context {
  userId?: string | undefined;
}

interface HomepageArguments {
  limit: number;
  sections?: readonly string[] | null;
}

export type ReadSection = (key: SectionKey, limit: number, context: Context) => Promise<SectionValue>;

export const sdl = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');

/** Personal for a signed-in user, public for the others. */
export const ownerOf = (key: SectionKey, { userId }: Context) => (key === 'justForYou' ? userId : undefined);

export const readDirectly =
  (shop: Shop): ReadSection =>
  (key, limit, context) =>
    shop.section(key, { limit, userId: ownerOf(key, context) });

/** Resolvers of the page: each section is a field that reads on its own. */
export function createResolvers(read: ReadSection) {
  return {
    Query: {
      homepage: (_: unknown, { limit, sections }: HomepageArguments) => ({ limit, ...(sections ? { sections } : {}) }),
    },
    Homepage: Object.fromEntries(
      sectionKeys.map((key) => [
        key,
        (page: HomepageArguments, _: unknown, context: Context, info: GraphQLResolveInfo) => {
          if (page.sections && !page.sections.includes(idOf(key))) return null;
          // Only Apollo Server has cache hints; its response cache keeps an answer with a private field by session.
          if (ownerOf(key, context) !== undefined && 'cacheControl' in info) {
            cacheControlFromInfo(info).setCacheHint({ scope: 'PRIVATE' });
          }
          return read(key, page.limit, context);
        },
      ]),
    ),
  };
}

/** The gateway's schema with resolvers over `read`. */
export function createSchema(read: ReadSection): GraphQLSchema {
  return makeExecutableSchema({
    typeDefs: sdl,
    resolvers: createResolvers(read),
    inheritResolversFromInterfaces: false,
  });
}

/** `justForYou` is JUST_FOR_YOU in the enum. */
const idOf = (key: SectionKey) => key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
