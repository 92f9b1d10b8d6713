import { createHash } from 'node:crypto';
import { type GraphQLSchema, getNamedType, isObjectType, printType } from 'graphql';
import type { ItemDefinition } from '../../sections/item-definition.js';
import type { ItemDefaults } from './complete-item.js';

/**
 * A fingerprint of what items look like: their types, the fields that are read for them, their references, and what stands for fields
 * that documents lack. It is part of an
 * entry's name, so that entries of another version of the code count as missing instead of failing a section.
 */
export function createItemShapes(schema: GraphQLSchema, defaults: ItemDefaults = {}): (item: ItemDefinition) => string {
  const typesBelow = (name: string, seen: Set<string>): Set<string> => {
    const type = schema.getType(name);
    if (!isObjectType(type) || seen.has(name)) return seen;
    seen.add(name);
    for (const field of Object.values(type.getFields())) typesBelow(getNamedType(field.type).name, seen);
    return seen;
  };
  return ({ type, select, references }) => {
    const printed = [...typesBelow(type().name, new Set())].map((name) => {
      const found = schema.getType(name);
      return found === undefined ? '' : printType(found);
    });
    const text = JSON.stringify([printed, select, references, defaults]);
    return createHash('sha256').update(text).digest('base64url').slice(0, 12);
  };
}
