import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';

interface Document {
  paths: Record<string, { get: { responses: Record<string, { content?: Record<string, { schema: object }> }> } }>;
  components: object;
}

const document = parse(readFileSync('schema/openapi.yaml', 'utf8')) as Document;
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema({ $id: 'openapi.yaml', components: document.components });

const validators = new Map<string, ReturnType<typeof ajv.compile>>();

/** The schema's references, which stand for components of the whole document. */
const placed = (schema: object): object =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi.yaml#/components/'));

/**
 * What is wrong with an answer of the REST interface by `schema/openapi.yaml`; nothing for a path that it does not describe. Sections
 * of a test's own registry it does not know.
 */
export function contractFaults(answer: { path: string; status: number; text: string }): string[] {
  const path = answer.path.split('?')[0] ?? '';
  const operation = document.paths[path]?.get ?? document.paths[`/api/v1${path}`]?.get;
  if (operation === undefined || answer.status === 304) return [];
  const response = operation.responses[answer.status] ?? operation.responses['default'];
  const schema = response?.content?.['application/json']?.schema;
  if (schema === undefined) return [];
  const name = `${path} ${answer.status}`;
  const validate = validators.get(name) ?? ajv.compile(placed(schema));
  validators.set(name, validate);
  if (validate(JSON.parse(answer.text))) return [];
  return (validate.errors ?? []).map(({ instancePath, message = '' }) => `${name}: ${instancePath} ${message}`);
}
