import { describe, expect, test } from '@jest/globals';
import { refusedAccess } from '../../../src/engine/search/elasticsearch-refused-access.ts';

describe('what the security of Elasticsearch refused', () => {
  const type = 'security_exception';

  test('is told by action, indexes and privileges, without the user and the roles', () => {
    const reason =
      'action [indices:data/read/search] is unauthorized for user [jane] with effective roles [shop_reader] on indices [shop,other], this action is granted by the index privileges [read,all]';
    expect(refusedAccess({ type, reason })).toBe(
      'this server’s credentials do not allow indices:data/read/search on shop, other: that takes one of the privileges read, all',
    );
  });

  test('is told of a key without its id and its owner', () => {
    const reason =
      'action [cluster:monitor/health] is unauthorized for API key id [VuaCfGcB] of user [jane], this action is granted by the cluster privileges [monitor,manage,all]';
    expect(refusedAccess({ type, reason })).toBe(
      'this server’s credentials do not allow cluster:monitor/health: that takes one of the privileges monitor, manage, all',
    );
  });

  test('is nothing more than that where it is told otherwise', () => {
    const reason = 'unable to authenticate user [jane] for REST request [/shop]';
    expect(refusedAccess({ type, reason })).toBe('it did not accept this server’s credentials');
    expect(refusedAccess({ type })).toBe('it did not accept this server’s credentials');
  });

  test('is none of its business where something else failed', () => {
    expect(refusedAccess({ type: 'cluster_block_exception', reason: 'index [a] blocked' })).toBeNull();
    expect(refusedAccess({})).toBeNull();
  });
});
