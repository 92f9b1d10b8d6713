import type { SchemaDefinition } from 'mongoose';

/** Collection `users`: only what the demo shows of them; the gateway knows users by their tokens. */
export const user: SchemaDefinition = { name: String, email: String };
