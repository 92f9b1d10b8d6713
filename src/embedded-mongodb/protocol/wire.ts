import { decode, encode } from '../values/bson-codec.js';
import { type Doc, setField } from '../values/bson-values.js';
import { CloseConnection } from '../values/mongo-errors.js';

const HEADER_BYTES = 16;
const MAX_MESSAGE_BYTES = 48_000_000;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
const EXHAUST_ALLOWED = 1 << 16;

/** A command as it came over the wire. */
export interface Message {
  readonly requestId: number;
  readonly command: Doc;
  /** The collection's database: `$db`, or the one of OP_QUERY's `admin.$cmd`. */
  readonly database: string;
  /** The client wants no answer. */
  readonly unacknowledged: boolean;
  /** Came as OP_QUERY, and is answered by OP_REPLY. */
  readonly legacy: boolean;
  /** The client takes a stream of answers; it is a `hello` that waits for news. */
  readonly exhaust: boolean;
}

/** Cuts a stream of bytes into messages. Throws CloseConnection for lengths that no message has. */
export interface Framer {
  push(chunk: Buffer): Buffer[];
}

/** Makes a framer; it never holds more than one message's announced length. */
export function createFramer(): Framer {
  let chunks: Buffer[] = [];
  let held = 0;

  return {
    push: (chunk) => {
      chunks.push(chunk);
      held += chunk.length;
      const frames: Buffer[] = [];
      while (held >= 4) {
        const [head] = chunks;
        if (chunks.length > 1 && head && head.length < 4) chunks = [Buffer.concat(chunks)];
        const length = chunks[0]?.readInt32LE(0) ?? 0;
        if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) throw new CloseConnection('bad message length');
        if (held < length && held < HEADER_BYTES) break;
        if (chunks.length > 1 && head && head.length < HEADER_BYTES) chunks = [Buffer.concat(chunks)];
        const opCode = chunks[0]?.readInt32LE(12);
        if (opCode !== OP_MSG && opCode !== OP_QUERY) throw new CloseConnection(`unsupported opcode ${opCode}`);
        if (held < length) break;
        const all = chunks.length === 1 ? chunks[0] : Buffer.concat(chunks);
        if (!all) break;
        frames.push(all.subarray(0, length));
        held -= length;
        chunks = held > 0 ? [all.subarray(length)] : [];
      }
      return frames;
    },
  };
}

/** Reads one message. Throws CloseConnection (or bson's error) for what is none. */
export function parseMessage(frame: Buffer): Message {
  const requestId = frame.readInt32LE(4);
  const opCode = frame.readInt32LE(12);
  if (opCode === OP_MSG) return parseMsg(frame, requestId);
  if (opCode === OP_QUERY) return parseQuery(frame, requestId);
  throw new CloseConnection(`unsupported opcode ${opCode}`);
}

function parseMsg(frame: Buffer, requestId: number): Message {
  const flags = frame.readUInt32LE(HEADER_BYTES);
  if ((flags & 0xffff & ~(CHECKSUM_PRESENT | MORE_TO_COME)) !== 0) throw new CloseConnection('unknown required flags');
  const end = frame.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  const sequences: [string, Doc[]][] = [];
  let command: Doc | undefined;
  let at = HEADER_BYTES + 4;
  while (at < end) {
    const kind = frame.readUInt8(at);
    at += 1;
    const length = lengthAt(frame, at, end);
    if (kind === 0) {
      if (command) throw new CloseConnection('two bodies');
      command = decode(frame.subarray(at, at + length));
    } else if (kind === 1) {
      sequences.push(parseSequence(frame.subarray(at, at + length)));
    } else {
      throw new CloseConnection('unknown section kind');
    }
    at += length;
  }
  if (!command || typeof command.$db !== 'string') throw new CloseConnection('no body, or no $db');
  for (const [field, documents] of sequences) {
    if (Object.hasOwn(command, field)) throw new CloseConnection('a sequence that the body has too');
    setField(command, field, documents);
  }
  return {
    requestId,
    command,
    database: command.$db,
    unacknowledged: (flags & MORE_TO_COME) !== 0,
    legacy: false,
    exhaust: (flags & EXHAUST_ALLOWED) !== 0 && Object.keys(command)[0] === 'hello' && 'maxAwaitTimeMS' in command,
  };
}

function parseSequence(section: Buffer): [string, Doc[]] {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd === -1) throw new CloseConnection('unterminated sequence name');
  const documents: Doc[] = [];
  let at = nameEnd + 1;
  while (at < section.length) {
    const length = lengthAt(section, at, section.length);
    documents.push(decode(section.subarray(at, at + length)));
    at += length;
  }
  return [section.toString('utf8', 4, nameEnd), documents];
}

function parseQuery(frame: Buffer, requestId: number): Message {
  const nameEnd = frame.indexOf(0, HEADER_BYTES + 4);
  if (nameEnd === -1) throw new CloseConnection('unterminated namespace');
  const namespace = frame.toString('utf8', HEADER_BYTES + 4, nameEnd);
  const at = nameEnd + 9;
  const length = lengthAt(frame, at, frame.length);
  const given = decode(frame.subarray(at, at + length));
  const wrapped = given.$query;
  const command: Doc = typeof wrapped === 'object' && wrapped !== null ? { ...wrapped } : given;
  const [name = ''] = Object.keys(command);
  if (!namespace.endsWith('.$cmd') || !['hello', 'isMaster', 'ismaster'].includes(name)) {
    throw new CloseConnection('OP_QUERY is for handshakes only');
  }
  return {
    requestId,
    command,
    database: namespace.slice(0, -'.$cmd'.length),
    unacknowledged: false,
    legacy: true,
    exhaust: false,
  };
}

function lengthAt(bytes: Buffer, at: number, end: number): number {
  if (at + 4 > end) throw new CloseConnection('truncated message');
  const length = bytes.readInt32LE(at);
  if (length < 5 || at + length > end) throw new CloseConnection('bad section length');
  return length;
}

/** The message that answers `request`: `body` is the reply's document in bytes, `moreToCome` says that another follows. */
export function encodeReply(
  request: Pick<Message, 'requestId' | 'legacy'>,
  requestId: number,
  body: Uint8Array,
  moreToCome = false,
): Buffer {
  const prefixBytes = request.legacy ? 20 : 5;
  const head = Buffer.alloc(HEADER_BYTES + prefixBytes);
  head.writeInt32LE(head.length + body.byteLength, 0);
  head.writeInt32LE(requestId, 4);
  head.writeInt32LE(request.requestId, 8);
  head.writeInt32LE(request.legacy ? OP_REPLY : OP_MSG, 12);
  // OP_REPLY: flags (await capable), cursor id, starting from, number returned; OP_MSG: flags, section kind 0.
  if (request.legacy) {
    head.writeInt32LE(8, 16);
    head.writeInt32LE(1, 32);
  } else if (moreToCome) {
    head.writeUInt32LE(MORE_TO_COME, 16);
  }
  return Buffer.concat([head, body]);
}

/** A document whose field `cursor` ends in an array of documents that are in bytes already. */
export function encodeWithBatch(fields: Doc, cursor: Doc, name: string, documents: readonly Uint8Array[]): Uint8Array {
  const elements = documents.flatMap((document, i) => [Buffer.from(`\x03${i}\0`, 'latin1'), document]);
  const array = framed(elements);
  const inner = framed([withoutEnd(encode(cursor)), Buffer.from(`\x04${name}\0`, 'latin1'), array]);
  return framed([Buffer.from('\x03cursor\0', 'latin1'), inner, withoutEnd(encode(fields))]);
}

/** A document's elements, without its length and its closing zero. */
const withoutEnd = (document: Uint8Array): Uint8Array => document.subarray(4, document.byteLength - 1);

function framed(parts: readonly Uint8Array[]): Buffer {
  const length = parts.reduce((total, part) => total + part.byteLength, 5);
  const head = Buffer.alloc(4);
  head.writeInt32LE(length, 0);
  return Buffer.concat([head, ...parts, Buffer.alloc(1)], length);
}
