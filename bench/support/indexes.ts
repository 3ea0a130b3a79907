/** Removes the indexes of Elasticsearch whose name begins with this, whoever made them. */
export async function removeIndexes(url: string, prefix: string): Promise<void> {
  const [node] = url.split(',') as [string];
  const listed = await fetch(`${node}/_cat/indices/${prefix}*?h=index`);
  const names = (await listed.text()).split('\n').filter(Boolean);
  for (const name of names) {
    const { status } = await fetch(`${node}/${name}`, { method: 'DELETE' });
    if (status !== 200) throw new Error(`the index ${name} could not be removed: ${status}`);
  }
}
