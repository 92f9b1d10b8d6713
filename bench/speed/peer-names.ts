/** Peers whose answers to the GraphQL page are compared, by their names in bench/peers/peer-server.ts. */
export const speedPeers: Readonly<Record<string, string>> = {
  apollo: 'Apollo Server 5, @apollo/server-plugin-response-cache',
  yoga: 'GraphQL Yoga, @graphql-yoga/plugin-response-cache',
  mercurius: 'mercurius with jit, mercurius-cache',
  plain: 'Apollo Server 5, type-graphql, DataLoader, no cache',
};
