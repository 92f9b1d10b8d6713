import { type Doc, isDoc, toNumber } from '../values/bson-values.js';
import { badValue, CloseConnection, CommandError, notImplemented, retryableCodes } from '../values/mongo-errors.js';
import type { Operation } from './client-operation.js';

/**
 * MongoDB's `failCommand`, which makes commands fail, wait or lose their connection, and `failGetMoreAfterCursorCheckout`, which
 * makes a getMore fail whose cursor is known; for tests.
 */
export interface FailPoint {
  /** Carries out `configureFailPoint`; answers how often the fail point was entered before. Throws CommandError. */
  configure(command: Doc): number;
  /**
   * Lets the fail point act on a command: waits, throws its error or CloseConnection. Resolves to what it adds to the reply of a
   * command that runs: a write concern error with its labels.
   */
  enter(target: Target): Promise<Doc>;
  /** Throws the error, or CloseConnection, that is set for a getMore which has found its cursor. */
  enterGetMore(): void;
}

/** The command that may be hit. */
export interface Target {
  readonly name: string;
  /** `database.collection`, where the command has one. */
  readonly namespace: string | undefined;
  readonly appName: string | undefined;
  readonly operation: Operation;
  readonly retryableWrite: boolean;
  /** An `aggregate` that opens a change stream, or a `getMore` on one. */
  readonly changeStream: boolean;
}

interface Settings {
  skip: number;
  /** How often it still acts. */
  left: number;
  readonly commands: ReadonlySet<string>;
  readonly data: Doc;
}

const FAIL_COMMAND = 'failCommand';
const FAIL_GET_MORE = 'failGetMoreAfterCursorCheckout';

const dataFields = new Set([
  ...[
    'failCommands',
    'errorCode',
    'closeConnection',
    'blockConnection',
    'blockTimeMS',
    'namespace',
    'errorLabels',
    'appName',
  ],
  ...['writeConcernError', 'failInternalCommands'],
]);

/** Makes a `failCommand` that is off. */
export function createFailPoint(): FailPoint {
  const active = new Map<string, Settings>();
  let entered = 0;

  function isHit({ name, namespace, appName }: Target): Doc | undefined {
    const settings = active.get(FAIL_COMMAND);
    if (!settings || name === 'configureFailPoint' || !settings.commands.has(name)) return undefined;
    const { data } = settings;
    if (data.namespace !== undefined && data.namespace !== namespace) return undefined;
    if (data.appName !== undefined && data.appName !== appName) return undefined;
    return counted(FAIL_COMMAND, settings);
  }

  function counted(point: string, settings: Settings): Doc | undefined {
    if (settings.skip > 0) {
      settings.skip -= 1;
      return undefined;
    }
    settings.left -= 1;
    if (settings.left <= 0) active.delete(point);
    entered += 1;
    return settings.data;
  }

  return {
    configure: (command) => {
      const { configureFailPoint: point } = command;
      if (point !== FAIL_COMMAND && point !== FAIL_GET_MORE) throw new CommandError(249, `${String(point)} not found`);
      const settings = parseSettings(command, point);
      if (settings) active.set(point, settings);
      else active.delete(point);
      return entered;
    },
    enterGetMore: () => {
      const settings = active.get(FAIL_GET_MORE);
      const data = settings && counted(FAIL_GET_MORE, settings);
      if (data?.closeConnection === true) throw new CloseConnection(FAIL_GET_MORE);
      const code = toNumber(data?.errorCode);
      if (code !== undefined) throw new CommandError(code, "Hit the 'failGetMoreAfterCursorCheckout' failpoint");
    },
    enter: async (target) => {
      const data = isHit(target);
      if (!data) return {};
      if (data.blockConnection === true) await target.operation.wait(toNumber(data.blockTimeMS) ?? 0);
      if (data.closeConnection === true) throw new CloseConnection('failCommand');
      const code = toNumber(data.errorCode);
      const given = Array.isArray(data.errorLabels) ? data.errorLabels.map(String) : undefined;
      if (code !== undefined) {
        // It acts before a getMore has found its cursor, so MongoDB does not know that it is a change stream's.
        const known = { ...target, changeStream: target.changeStream && target.name === 'aggregate' };
        const labels = given ?? labelsFor(code, known);
        throw new CommandError(code, "Failing command via 'failCommand' failpoint", { labels });
      }
      const { writeConcernError } = data;
      if (!isDoc(writeConcernError)) return {};
      const failed = toNumber(writeConcernError.code) ?? 0;
      const labels = given ?? labelsFor(failed, { retryableWrite: target.retryableWrite, changeStream: false });
      return { writeConcernError, ...(labels.length > 0 ? { errorLabels: labels } : {}) };
    },
  };
}

/** Labels that MongoDB adds to an error by itself. */
export function labelsFor(
  code: number,
  { retryableWrite, changeStream }: { retryableWrite: boolean; changeStream: boolean },
): readonly string[] {
  const labels: string[] = [];
  if (retryableWrite && retryableCodes.has(code)) labels.push('RetryableWriteError');
  const resumable = retryableCodes.has(code) || [63, 133, 150, 175, 234, 13388].includes(code);
  if (changeStream && resumable) labels.push('ResumableChangeStreamError');
  return labels;
}

function parseSettings(command: Doc, point: string): Settings | undefined {
  const { mode, data = {} } = command;
  if (!isDoc(data)) throw badValue('data must be an object');
  if (mode === 'off') return undefined;
  const unknown = Object.keys(data).find((name) => !dataFields.has(name));
  if (unknown !== undefined) throw notImplemented(`The fail point's field ${unknown}`);
  const { failCommands = [] } = data;
  if (!Array.isArray(failCommands) || (point === FAIL_COMMAND && data.failCommands === undefined))
    throw badValue('failCommand needs a list failCommands');
  if (data.blockConnection === true && toNumber(data.blockTimeMS) === undefined) {
    throw new CommandError(9, "must specify 'blockTimeMS' when 'blockConnection' is true");
  }
  const commands = new Set(failCommands.map(String));
  if (mode === 'alwaysOn') return { skip: 0, left: Number.POSITIVE_INFINITY, commands, data };
  if (!isDoc(mode)) throw badValue(`unknown mode: ${String(mode)}`);
  if ('activationProbability' in mode) throw notImplemented("The fail point's mode activationProbability");
  const times = toNumber(mode.times);
  const skip = toNumber(mode.skip);
  const [name, ...more] = Object.keys(mode);
  if (more.length > 0 || (name !== 'times' && name !== 'skip'))
    throw badValue(`'mode' specified with invalid fields: ${JSON.stringify(mode)}`);
  const count = times ?? skip;
  if (count === undefined || !Number.isInteger(count) || count < 0)
    throw badValue(`'${name}' option to 'mode' must be a non-negative number`);
  if (times === 0) return undefined;
  return { skip: skip ?? 0, left: times ?? Number.POSITIVE_INFINITY, commands, data };
}
