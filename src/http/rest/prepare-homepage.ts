import type { DocumentNode } from 'graphql';
import type { PagePreparer } from '../../graphql/operations/prepare-page.js';
import { type Selection, selectionOf } from '../../page/fragments/selection.js';
import type { PageMetadata } from '../../page/homepage.js';
import { pageKeys } from '../../page/page-key.js';
import type { Part, PreparedPage } from '../../page/prepared/prepared-operation.js';
import type { Section } from '../../sections/define-section.js';
import { VERSION } from './envelope.js';
import type { HomepageParameters } from './homepage-parameters.js';

/**
 * Prepares `GET /api/v1/homepage`: the fragments of the persisted operation, in the envelope.
 * @returns undefined for pages that are read anew, or have analytics
 */
export function prepareHomepage(options: {
  parameters: HomepageParameters;
  variables: Readonly<Record<string, unknown>>;
  /** The persisted operation. */
  operation: DocumentNode;
  preparer: PagePreparer;
  registry: readonly Section[];
}): { pages: readonly PreparedPage[]; parts: readonly Part[] } | undefined {
  const { parameters, variables, operation, preparer, registry } = options;
  const { sections, limit, near, fields, fallback, fresh, includeAnalytics } = parameters;
  if (fresh || includeAnalytics) return undefined;
  const [page] = preparer.collect({ document: fields?.document ?? operation, variables }) ?? [];
  if (page === undefined || typeof page === 'string') return undefined;
  const parts: Part[] = [`{"version":"${VERSION}","success":true,"data":{"sections":{`];
  let separator = '';
  for (const field of page.fields) {
    if (!('section' in field)) continue;
    parts.push(`${separator}${JSON.stringify(field.key)}:`);
    parts.push({ page: 0, section: field.section, selection: restSelection(field.section, field.selection) });
    separator = ',';
  }
  parts.push('},"metadata":', { page: 0, id: 'rest', write: writeMetadata }, '}}');
  const keyOf = pageKeys({ sections, registry, limit, near, fields: fields?.paths, fallback });
  return { pages: [{ sections, limit, near, keyOf }], parts };
}

/** REST names a section by its `id`, which comes first. */
function restSelection({ id }: Section, { fields }: Selection): Selection {
  const others = fields.filter(({ name }) => name !== 'section');
  return fields.length === others.length
    ? selectionOf(fields)
    : selectionOf([{ key: 'id', name: 'id', constant: JSON.stringify(id) }, ...others]);
}

/** By hand, since it is written for every answer; texts beside the key are ids, enums and times, which need no escapes. */
function writeMetadata(metadata: PageMetadata): string {
  const { timestamp, userId, cacheKey, ttl, fromCache, executionTime, partialFailure } = metadata;
  let sections = '';
  for (const { section, status, ageMs, durationMs } of metadata.sections) {
    const separator = sections === '' ? '' : ',';
    sections += `${separator}{"section":"${section}","status":"${status}","ageMs":${ageMs},"durationMs":${durationMs}}`;
  }
  const user = userId === null ? '' : `"userId":"${userId}",`;
  return (
    `{"timestamp":"${timestamp}",${user}"cacheKey":${JSON.stringify(cacheKey)},"ttl":${ttl},"fromCache":${fromCache},` +
    `"executionTime":${executionTime},"partialFailure":${partialFailure},"sections":[${sections}]}`
  );
}
