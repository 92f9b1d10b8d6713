import { objectIdText } from '../../core/object-id.js';
import { enumNameOf } from '../../graphql/schema/section-id.js';
import { isWithin, LATITUDE, LIMIT, LONGITUDE, roundedPoint } from '../../page/argument-ranges.js';
import type { Location, Section } from '../../sections/define-section.js';
import {
  booleanParameter,
  choiceParameter,
  integerParameter,
  listParameter,
  type Parameter,
  parameterFault,
  parseQuery,
  refuseFaults,
} from './parameters.js';
import type { FieldSelection, SparseFields } from './sparse-fields.js';

const DEGREES = /^-?\d{1,3}(\.\d{1,20})?$/;

/** `lng,lat` in degrees. */
export const locationParameter: Parameter<Location> = {
  schema: {
    type: 'string',
    pattern: '^-?\\d{1,3}(\\.\\d{1,20})?,-?\\d{1,3}(\\.\\d{1,20})?$',
    examples: ['13.4,52.52'],
  },
  allowed: `lng,lat in degrees, lng from ${LONGITUDE.min} to ${LONGITUDE.max}, lat from ${LATITUDE.min} to ${LATITUDE.max}`,
  parse: (text) => {
    const parts = text.split(',');
    const [lng, lat] = parts.map((part) => (DEGREES.test(part) ? Number(part) : Number.NaN));
    if (parts.length !== 2 || lng === undefined || lat === undefined) return undefined;
    return isWithin(lng, LONGITUDE) && isWithin(lat, LATITUDE) ? roundedPoint(lng, lat) : undefined;
  },
};

const userIdParameter: Parameter<string> = {
  allowed: '24 hexadecimal digits',
  schema: { type: 'string', pattern: '^[0-9a-fA-F]{24}$' },
  parse: objectIdText,
};

/** The parameters that the page and the older endpoints share. */
export const listParameters = {
  limit: integerParameter(LIMIT),
  location: locationParameter,
  fresh: booleanParameter,
};

export interface HomepageParameters {
  userId: string | undefined;
  limit: number;
  /** In the registry's order. */
  sections: readonly Section[];
  near: Location | undefined;
  includeAnalytics: boolean;
  fresh: boolean;
  /** Undefined when every asked-for section is wanted whole. */
  fields: FieldSelection | undefined;
  fallback: 'null' | 'empty';
}

/** The parameters of `GET /api/v1/homepage`. */
export function homepageParameterTable(options: { registry: readonly Section[]; sparseFields: SparseFields }) {
  const { registry, sparseFields } = options;
  const spellings = new Map(
    registry.flatMap((section) => [section.key, section.snakeCase].map((name) => [name, section])),
  );
  return {
    userId: userIdParameter,
    ...listParameters,
    sections: listParameter({
      allowed: registry.map(({ id }) => id).join(', '),
      words: { type: 'string', enum: [...spellings.keys()] },
      resolve: (word) => spellings.get(word),
      candidates: [...spellings.keys()],
    }),
    includeAnalytics: booleanParameter,
    fields: listParameter({
      allowed: 'section.field paths such as justForYou.items.name',
      words: { type: 'string' },
      resolve: (path) => sparseFields.resolve(path, spellings),
      candidates: sparseFields.paths,
    }),
    fallback: choiceParameter('null', 'empty'),
  };
}

/** Reads the query string of `GET /api/v1/homepage`. */
export function createHomepageParameters(options: { registry: readonly Section[]; sparseFields: SparseFields }) {
  const { registry, sparseFields } = options;
  const known = homepageParameterTable(options);

  /** @throws ValidationErrors listing every bad parameter, with what is allowed */
  return (search: string): HomepageParameters => {
    const { values, faults } = parseQuery(search, known);
    const { fields } = values;
    const named = new Set(fields?.map(({ section }) => section));
    const asked =
      values.sections === undefined ? (fields === undefined ? new Set(registry) : named) : new Set(values.sections);
    for (const section of named) {
      if (asked.has(section)) continue;
      const problem = `names fields of ${section.id}, which "sections" does not ask for`;
      faults.push(parameterFault('fields', problem, `fields of ${[...asked].map(({ id }) => id).join(', ')}`));
    }
    refuseFaults(faults);
    return {
      userId: values.userId,
      limit: values.limit ?? LIMIT.default,
      sections: registry.filter((section) => asked.has(section)),
      near: values.location,
      includeAnalytics: values.includeAnalytics ?? false,
      fresh: values.fresh ?? false,
      fields: fields === undefined ? undefined : sparseFields.select(fields, asked),
      fallback: values.fallback ?? 'null',
    };
  };
}

/** The variables with which the persisted operation `Homepage` answers these parameters. */
export function variablesOf(parameters: HomepageParameters): Readonly<Record<string, unknown>> {
  const { sections, limit, near, fresh, includeAnalytics } = parameters;
  return {
    sections: sections.map(enumNameOf),
    limit,
    fresh,
    includeAnalytics,
    ...(near === undefined ? {} : { location: near, located: true }),
  };
}
