import { type Doc, isDoc } from '../values/bson-values.js';
import { CommandError, typeMismatch } from '../values/mongo-errors.js';
import { stageCompilers } from './stages.js';

/** Runs a compiled pipeline over documents; they come out one by one as they are asked for. */
export type Pipeline = (documents: Iterable<Doc>) => Iterable<Doc>;

/** Is each element of the pipeline a document with one field? Refuses it otherwise, as MongoDB does. */
export function checkPipeline(pipeline: unknown): Doc[] {
  if (!Array.isArray(pipeline)) throw typeMismatch("'pipeline' option must be specified as an array");
  return pipeline.map((stage) => {
    if (!isDoc(stage)) throw typeMismatch("Each element of the 'pipeline' array must be an object");
    if (Object.keys(stage).length !== 1) {
      throw new CommandError(40323, 'A pipeline stage specification object must contain exactly one field.');
    }
    return stage;
  });
}

/** Compiles a pipeline. Throws 40324 for a stage that is not served. */
export function compilePipeline(pipeline: readonly Doc[]): Pipeline {
  const stages = pipeline.map((specification) => {
    const [name = ''] = Object.keys(specification);
    const compile = Object.hasOwn(stageCompilers, name) ? stageCompilers[name] : undefined;
    if (!compile) throw new CommandError(40324, `Unrecognized pipeline stage name: '${name}'`);
    return compile(specification[name]);
  });
  return (documents) => stages.reduce((sequence, stage) => stage(sequence), documents);
}
