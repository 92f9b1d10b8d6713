import type { GraphQLSchema } from 'graphql';
import { olderLists } from '../../graphql/operations/older-lists.js';
import type { Section } from '../../sections/define-section.js';
import { homepageParameterTable, listParameters } from '../rest/homepage-parameters.js';
import type { JsonSchema, Parameter } from '../rest/parameters.js';
import type { SparseFields } from '../rest/sparse-fields.js';
import { flashSaleParameters } from '../routes/legacy-routes.js';
import { answerSchemas, listAnswerSchema } from './answer-schemas.js';
import { reference } from './item-schemas.js';

/** What each parameter is for; what it allows says the table by which it is read. */
const purposes: Readonly<Record<string, string>> = {
  userId: "The user's page: needs a token of that user.",
  limit: 'Items of a section.',
  sections: 'Which sections; all when left out. May be given several times.',
  location: 'Narrows what has a place: longitude and latitude in degrees.',
  includeAnalytics: 'Adds `analytics`.',
  fresh: 'Reads through every cache; counts more against the rate limit.',
  fields: 'Which fields of which sections, such as `offers.items.title`. May be given several times.',
  fallback: 'What stands for a section that failed: `null`, or an empty one with `error: true`.',
  featured: 'The featured offers; the same when left out.',
  flashSale: 'The flash sales instead.',
};

const statuses: Readonly<Record<string, string>> = {
  400: 'Bad parameters: every one of them is listed, with what is allowed.',
  401: 'No token where one is needed, or one that is not valid.',
  403: "Another user's token.",
  429: 'Over the rate limit; `Retry-After` says when to come again.',
  500: 'Every section asked for failed.',
  503: 'The database cannot be reached and nothing is held, or the gateway is overloaded, or the page is switched off.',
};

/**
 * The REST interface as OpenAPI 3.1, made of what serves it: the registry, the tables by which parameters are read, and the types
 * of items.
 */
export function openApiDocument(options: {
  schema: GraphQLSchema;
  registry: readonly Section[];
  sparseFields: SparseFields;
}): JsonSchema {
  const { schema, registry } = options;
  const paths = Object.fromEntries(olderLists.map((list) => [`/api/v1${list.path}`, { get: olderOperation(list) }]));
  return {
    openapi: '3.1.0',
    info: {
      title: 'Homepage Gateway',
      version: '1.0.0',
      license: { name: 'MIT', identifier: 'MIT' },
      summary: 'The homepage of a shop in one answer.',
      description: [
        'Every section succeeds or fails alone. Anonymous answers may be held by shared caches: they carry `ETag`, `Cache-Tag` and',
        '`Cache-Control`, and a request with `If-None-Match` gets a 304. The same data is served by GraphQL at `/graphql`.',
      ].join(' '),
    },
    servers: [{ url: '/', description: 'This gateway.' }],
    tags: [
      { name: 'page', description: 'The page in one request.' },
      { name: 'lists', description: 'One list each, of before there was a page. Also served without `/api/v1`.' },
      { name: 'operation', description: 'For those who run the gateway.' },
    ],
    security: [{}, { token: [] }],
    paths: {
      '/api/v1/homepage': {
        get: {
          operationId: 'getHomepage',
          tags: ['page'],
          summary: 'The page, or some sections of it',
          parameters: parametersOf(homepageParameterTable(options)),
          responses: {
            200: answer(
              'The page. Sections that failed are `null`, and `errors` says why.',
              reference('HomepageAnswer'),
            ),
            304: { description: 'The page is what `If-None-Match` names.' },
            ...failures(400, 401, 403, 429, 500, 503),
          },
        },
      },
      ...paths,
      '/healthz': probe('getHealth', 'Whether the process lives', 200),
      '/readyz': probe('getReadiness', 'Whether it can serve, and why not', 200, 503),
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      schemas: answerSchemas(schema, registry),
    },
  };
}

function olderOperation({ operation, description, section, flashSale }: (typeof olderLists)[number]): JsonSchema {
  const table = flashSale === undefined ? listParameters : { ...listParameters, ...flashSaleParameters };
  return {
    operationId: `get${operation}`,
    tags: ['lists'],
    summary: description,
    parameters: parametersOf(table),
    responses: {
      200: answer('The list.', listAnswerSchema(section)),
      304: { description: 'The list is what `If-None-Match` names.' },
      ...failures(400, 401, 429, 500, 503),
    },
  };
}

const parametersOf = (table: Readonly<Record<string, Parameter<unknown>>>): JsonSchema[] =>
  Object.entries(table).map(([name, { schema, allowed }]) => ({
    name,
    in: 'query',
    description: `${purposes[name] ?? ''} Allowed: ${allowed}.`,
    schema,
    // Lists are words with commas between them.
    ...(schema['type'] === 'array' ? { style: 'form', explode: false } : {}),
  }));

const answer = (description: string, schema: JsonSchema): JsonSchema => ({
  description,
  content: { 'application/json': { schema } },
});

const failures = (...codes: number[]) => ({
  ...Object.fromEntries(codes.map((code) => [code, answer(statuses[code] ?? '', reference('Failure'))])),
  default: answer(
    'A request that HTTP itself forbids: an `Accept` without JSON, a URL that is too long.',
    reference('Failure'),
  ),
});

function probe(operationId: string, summary: string, ...codes: number[]): JsonSchema {
  const responses = codes.map((code) => [code, answer(code === 200 ? 'Yes.' : 'No.', { type: 'object' })]);
  return {
    get: {
      operationId,
      tags: ['operation'],
      summary,
      security: [],
      responses: { ...Object.fromEntries(responses), ...failures() },
    },
  };
}
