/** Which node of the cluster a request goes to. */
import { BaseConnectionPool } from '@elastic/elasticsearch';

type Connection = BaseConnectionPool['connections'][number];
type Asking = Parameters<BaseConnectionPool['getConnection']>[0];

/** In the context of one call, as `attempt`: the node it was sent to last, and how often that had answered by then. */
export interface Attempt {
  sent?: { readonly connection: Connection; readonly answers: number };
}

/** A node at fault is asked again after this many milliseconds, and its answer waited for as long. */
const REST = 3_000;

/**
 * In turn to the nodes that are well. One that breaks a connection, answers 502 to 504, or says nothing for a whole
 * deadline rests; then a request of the pool's own finds out whether it is back, so that no search waits for it. Where
 * all rest, all are asked.
 */
export class NodePool extends BaseConnectionPool {
  /** When a node that rests is asked again, by id. */
  readonly #resting = new Map<string, number>();
  readonly #answers = new Map<string, number>();
  #turn = 0;
  #now = 0;

  override markAlive({ id }: Connection): this {
    this.#answers.set(id, this.#answersOf(id) + 1);
    this.#resting.delete(id);
    return this;
  }

  override markDead({ id }: Connection): this {
    this.#resting.set(id, this.#now + REST);
    return this;
  }

  /** A call ended at its deadline: its node rests unless it has answered another one meanwhile. */
  markLate({ sent }: Attempt): void {
    if (sent === undefined || this.#answersOf(sent.connection.id) > sent.answers) return;
    this.markDead(sent.connection);
  }

  override getConnection(asking: Asking): Connection | null {
    this.#now = asking.now;
    this.#askResting(asking);
    const well = this.connections.filter(({ id }) => !this.#resting.has(id));
    const able = well.length > 0 ? well : this.connections;
    this.#turn += 1;
    const connection = able[this.#turn % able.length] ?? null;
    const { attempt } = (asking.context ?? {}) as { readonly attempt?: Attempt };
    if (attempt !== undefined && connection !== null)
      attempt.sent = { connection, answers: this.#answersOf(connection.id) };
    return connection;
  }

  #answersOf(id: string): number {
    return this.#answers.get(id) ?? 0;
  }

  #askResting({ now, requestId, name }: Asking): void {
    for (const connection of this.connections) {
      const until = this.#resting.get(connection.id);
      if (until === undefined || until > now) continue;
      this.#resting.set(connection.id, now + REST);
      const path = { method: 'GET', path: '/_cluster/health', querystring: 'local=true' };
      connection
        .request(path, { requestId, name, context: null, timeout: REST })
        .then(({ statusCode }) => statusCode < 500 && this.markAlive(connection))
        .catch(() => undefined);
    }
  }
}
