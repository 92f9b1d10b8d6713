import type { GraphQLResolveInfo } from 'graphql';
import { parseResolveInfo, type ResolveTree } from 'graphql-parse-resolve-info';

/** Names of the fields selected below the field being resolved: aliases, fragments, @include and @skip are seen through. */
export function selectedFields(info: GraphQLResolveInfo): ReadonlySet<string> {
  const tree = parseResolveInfo(info) as ResolveTree | null;
  const byType = Object.values(tree?.fieldsByTypeName ?? {});
  return new Set(byType.flatMap((fields) => Object.values(fields).map((field) => field.name)));
}
