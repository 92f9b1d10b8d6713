import type { MongoClient, ResumeToken } from 'mongodb';
import { createConnection, Schema } from 'mongoose';
import type { Clock } from '../core/clock.js';
import { AppError } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import { type ChangeFeed, openChangeFeed } from './changes.js';
import { type CollectionSource, createCollectionSource, type StoredDocument } from './collection-source.js';
import { type CollectionName, collections } from './models/collections.js';
import { createStartCheck } from './start-check.js';

/** Waits between tries to connect for the first time: doubled from the first to the last. */
const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 5000;
/** An election or a lost socket is over by then; longer without a server, reads fail at once instead of waiting for one. */
const OUTAGE_AFTER_MS = 500;

/** A first connection that takes longer is said to take long. */
const NOTICE_AFTER_MS = 750;

/** Hosts and ports alone: what stands before them may be a password. */
const hostsOf = (uri: string): string => /^mongodb(?:\+srv)?:\/\/(?:[^@/]*@)?([^/?]*)/.exec(uri)?.[1] ?? '';

export type Sources = Readonly<Record<CollectionName, CollectionSource>>;

/** The shop's database. Reads reject with `DB_CONNECTION_ERROR` at once while it cannot be reached. */
export interface Database {
  readonly sources: Sources;
  /** Why it cannot be read just now, or undefined when it can. */
  outage(): string | undefined;
  /** What is wrong with its collections, and does not keep it from being read: missing or empty ones. */
  warnings(): readonly string[];
  /** Reads under way, and how many connections there may be for them. */
  pool(): { reads: number; limit: number };
  /** Resolves when the first connection stands and the collections and indexes were checked. */
  ready: Promise<void>;
  /** Opens a feed of changes as soon as there is a connection; see `openChangeFeed`. */
  follow(collections: readonly CollectionName[], resumeToken: ResumeToken | undefined): Promise<ChangeFeed>;
  close(): Promise<void>;
}

/** A command as the driver sends it. */
export interface SentCommand {
  name: string;
  collection: string;
  command: Readonly<Record<string, unknown>>;
  /** Host and port of the server. */
  address: string;
}

/** Sees every command that the driver sends, in the asynchronous context of what sends it; what it returns is called at the command's end. */
export type CommandObserver = (command: SentCommand) => ((failure?: Error) => void) | undefined;

/**
 * Connects in the background and for as long as it takes: a gateway may start before its database.
 */
export function connectDatabase(options: {
  uri: string;
  poolSize: number;
  /** Whether indexes that are missing are made, or only named in a warning. */
  createIndexes: boolean;
  logger: Logger;
  clock: Clock;
  /** For traces, tests and diagnosis. */
  onCommand?: CommandObserver | undefined;
}): Database {
  const { uri, poolSize, createIndexes, logger, clock, onCommand } = options;
  const connection = createConnection();
  const startCheck = createStartCheck({ createIndexes, clock, logger });
  let downSince: number | undefined = clock.now() - OUTAGE_AFTER_MS;
  let reason = 'connecting';
  let closed = false;
  const unavailable = () => new AppError('DB_CONNECTION_ERROR', 'Database unavailable', { at: clock.now() });
  const waiting = new Set<(reason: AppError) => void>();
  let cancelOutage = () => {};
  connection.on('connected', () => {
    downSince = undefined;
    cancelOutage();
  });
  connection.on('disconnected', () => {
    if (closed || downSince !== undefined) return;
    downSince = clock.now();
    reason = 'connection lost';
    logger.warn('database connection lost');
    // The driver would let them wait for another server until their time is over.
    cancelOutage = clock.after(OUTAGE_AFTER_MS, () => {
      for (const giveUp of waiting) giveUp(unavailable());
    });
  });

  const outage = () => (downSince === undefined || clock.now() - downSince < OUTAGE_AFTER_MS ? undefined : reason);
  const guarded = (source: CollectionSource): CollectionSource => {
    const guard =
      <Plan, Answer>(read: (plan: Plan) => Promise<Answer>) =>
      (plan: Plan): Promise<Answer> =>
        new Promise((resolve, reject) => {
          if (outage() !== undefined) return reject(unavailable());
          waiting.add(reject);
          read(plan)
            .then(resolve, reject)
            .finally(() => waiting.delete(reject));
        });
    return { find: guard(source.find), count: guard(source.count), page: guard(source.page) };
  };
  const sources = Object.fromEntries(
    Object.entries(collections).map(([name, definition]) => {
      const schema = new Schema<StoredDocument>(definition, {
        strictQuery: 'throw',
        autoIndex: false,
        autoCreate: false,
      });
      return [name, guarded(createCollectionSource(connection.model<StoredDocument>(name, schema, name)))];
    }),
  ) as unknown as Sources;

  const connect = async (retryMs: number): Promise<void> => {
    // The driver looks for a server for five seconds before it says anything.
    const cancelNotice = clock.after(NOTICE_AFTER_MS, () => {
      if (!closed && retryMs === FIRST_RETRY_MS) logger.warn({ hosts: hostsOf(uri) }, 'database does not answer yet');
    });
    try {
      await connection.openUri(uri, {
        maxPoolSize: poolSize,
        minPoolSize: Math.min(10, poolSize),
        socketTimeoutMS: 45_000,
        serverSelectionTimeoutMS: 5000,
        // Of the heartbeats too: a server that hangs is found out after this long.
        connectTimeoutMS: 2000,
        heartbeatFrequencyMS: 2000,
        bufferCommands: false,
        // A string that is not UTF-8 is read with U+FFFD in the place of each bad byte, instead of failing the whole answer.
        enableUtf8Validation: false,
        autoIndex: false,
        autoCreate: false,
        monitorCommands: onCommand !== undefined,
      });
    } catch (cause) {
      if (closed) return;
      reason = 'no server can be reached';
      logger.warn(
        { reason: cause instanceof Error ? cause.message : String(cause) },
        `database cannot be reached, next try in ${retryMs} ms`,
      );
      await new Promise<void>((resolve) => clock.after(retryMs, resolve));
      return closed ? undefined : connect(Math.min(retryMs * 2, LAST_RETRY_MS));
    } finally {
      cancelNotice();
    }
    if (onCommand !== undefined) {
      observeCommands(connection.getClient(), onCommand);
    }
    const hosts = connection.getClient().options.hosts.map(String);
    logger.info({ hosts, database: connection.name }, 'database connected');
    await startCheck.run(connected());
  };
  const connected = () => connection.getClient().db(connection.name);
  const ready = connect(FIRST_RETRY_MS);

  return {
    sources,
    outage,
    pool: () => ({ reads: waiting.size, limit: poolSize }),
    warnings: startCheck.warnings,
    ready,
    follow: async (followed, resumeToken) => {
      await ready;
      return openChangeFeed({ database: connected(), collections: followed, resumeToken, clock });
    },
    close: async () => {
      closed = true;
      startCheck.stop();
      await connection.close();
    },
  };
}

function observeCommands(client: MongoClient, onCommand: CommandObserver): void {
  const ends = new Map<number, (failure?: Error) => void>();
  const end = (requestId: number, failure?: Error) => {
    ends.get(requestId)?.(failure);
    ends.delete(requestId);
  };
  client.on('commandStarted', ({ commandName: name, command, requestId, address }) => {
    const ended = onCommand({ name, collection: String(command[name]), command, address });
    if (ended !== undefined) ends.set(requestId, ended);
  });
  client.on('commandSucceeded', ({ requestId }) => end(requestId));
  client.on('commandFailed', ({ requestId, failure }) => end(requestId, failure));
}
