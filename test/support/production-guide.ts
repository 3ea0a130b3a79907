/** The text of the block that follows `<!-- example: name -->` in a document. */
export function exampleOf(document: string, name: string, language: string): string {
  const [, after] = document.split(`<!-- example: ${name} -->\n`);
  const block = new RegExp(`^\`\`\`${language}\n([^]*?)\`\`\``).exec(after ?? '');
  if (block === null) throw new Error(`there is no example ${name}`);
  return block[1]!;
}
