import type { GraphQLSchema } from 'graphql';
import { errorCodes } from '../../core/errors.js';
import type { Section } from '../../sections/define-section.js';
import type { JsonSchema } from '../rest/parameters.js';
import { componentsOf, reference } from './item-schemas.js';

const text = { type: 'string' };
const time = { type: 'string', format: 'date-time' };
const flag = { type: 'boolean' };
const count = { type: 'integer', minimum: 0 };
const object = (properties: Record<string, JsonSchema>, required = Object.keys(properties)): JsonSchema => ({
  ...{ type: 'object', properties, required, additionalProperties: false },
});

/** What REST answers are made of, by name. */
export function answerSchemas(schema: GraphQLSchema, registry: readonly Section[]): Record<string, JsonSchema> {
  const ids = registry.map(({ id }) => id);
  return {
    ...componentsOf(
      schema,
      registry.map(({ item }) => item.type().name),
    ),
    ...Object.fromEntries(registry.map((section) => [sectionName(section), sectionSchema(section)])),
    Error: object(
      {
        section: { type: 'string', enum: ids, description: 'The section that failed.' },
        message: { ...text, description: 'For people; holds no internals.' },
        code: { type: 'string', enum: errorCodes, description: 'For programs.' },
        timestamp: time,
        severity: { type: 'string', enum: ['low', 'medium', 'high'] },
        parameter: { ...text, description: 'The parameter at fault.' },
        allowed: { ...text, description: 'What would be allowed.' },
      },
      ['message', 'code', 'timestamp', 'severity'],
    ),
    Failure: {
      ...object(
        {
          version: text,
          success: { const: false },
          data: { description: 'What could be served.', anyOf: [reference('Page'), { type: 'null' }] },
          errors: { type: 'array', items: reference('Error') },
          message: text,
        },
        ['version', 'success', 'data', 'errors', 'message'],
      ),
      description: 'The request failed.',
    },
    Page: object(
      {
        sections: object(
          Object.fromEntries(registry.map((section) => [section.key, nullable(reference(sectionName(section)))])),
          [],
        ),
        metadata: reference('Metadata'),
        analytics: object(
          {
            sectionViews: {
              type: 'object',
              description: 'How often each section was served in the last 24 hours.',
              additionalProperties: count,
            },
            recommendationScore: { type: 'number', description: "Mean score of this user's recommendations." },
          },
          ['sectionViews'],
        ),
      },
      ['sections', 'metadata'],
    ),
    Metadata: object(
      {
        timestamp: time,
        userId: text,
        cacheKey: text,
        ttl: { ...count, description: 'Seconds for which the answer stays fresh.' },
        fromCache: { ...flag, description: 'Whether no section was read for this request.' },
        executionTime: { ...count, description: 'Milliseconds.' },
        partialFailure: flag,
        sections: {
          type: 'array',
          items: object({
            section: { type: 'string', enum: ids },
            status: { type: 'string', enum: ['FRESH', 'CACHED', 'STALE', 'FAILED'] },
            ageMs: { type: 'number', minimum: 0 },
            durationMs: { type: 'number', minimum: 0 },
          }),
        },
      },
      ['timestamp', 'cacheKey', 'ttl', 'fromCache', 'executionTime', 'partialFailure', 'sections'],
    ),
    HomepageAnswer: object(
      {
        version: { const: '1.0.0' },
        success: { const: true },
        data: reference('Page'),
        errors: { type: 'array', items: reference('Error'), description: 'One for each section that failed.' },
      },
      ['version', 'success', 'data'],
    ),
  };
}

export const listAnswerSchema = (section: Section): JsonSchema =>
  object({
    success: { const: true },
    data: { type: 'array', items: reference(section.item.type().name) },
    total: count,
    hasMore: flag,
  });

const nullable = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: 'null' }] });

const sectionName = ({ key }: Section) => `Section${key.slice(0, 1).toUpperCase()}${key.slice(1)}`;

function sectionSchema({ id, title, type, item }: Section): JsonSchema {
  return {
    ...object(
      {
        id: { const: id },
        title: text,
        type: { const: type },
        items: { type: 'array', items: reference(item.type().name) },
        total: { ...count, description: 'How many match in all.' },
        hasMore: { ...flag, description: 'Whether there are more than these.' },
        lastUpdated: { ...time, description: 'When it was read from the database.' },
        nearby: { type: ['boolean', 'null'], description: 'Whether all of it lies within the radius asked for.' },
        error: { const: true, description: 'It failed, and `fallback=empty` was asked for.' },
      },
      [],
    ),
    description: `The section "${title}". With \`fields\` it holds what was asked for.`,
  };
}
