import { createClient } from '../client/client.ts';
import {
  fieldOf,
  nameOf,
  searchLibrary,
  weightsAsText,
  type Execution,
  type Hit,
} from '../client/library.ts';
import { REPORT_CLICK } from '../client/operations.ts';

const client = createClient(find('meta[name=reweigh]', HTMLMetaElement).content);
const form = find('#search', HTMLFormElement);
const status = find('#weights', HTMLParagraphElement);
const legend = find('#legend', HTMLParagraphElement);
const list = find('#hits', HTMLOListElement);

form.addEventListener('submit', (submitted) => {
  submitted.preventDefault();
  const given = new FormData(form);
  searchLibrary(client, {
    query: String(given.get('query')),
    audience: String(given.get('audience')),
    session: sessionId(),
  }).then(show, (error: unknown) => {
    legend.replaceChildren();
    list.replaceChildren();
    status.textContent = String(error);
  });
});

function show(execution: Execution): void {
  status.textContent = `Weights: ${weightsAsText(execution)} (${execution.reason})`;
  legend.replaceChildren(
    ...execution.weights.map(({ feature }, index) => {
      const name = textOf('span', nameOf(feature));
      name.style.setProperty('--tone', toneOf(index));
      return name;
    }),
  );
  list.replaceChildren(...execution.hits.nodes.map(itemOf));
}

/** A colour for each feature, in order of the searches. */
function toneOf(index: number): string {
  return `hsl(${(index * 83 + 210) % 360} 50% 50%)`;
}

function itemOf(hit: Hit): HTMLLIElement {
  const item = document.createElement('li');
  const title = document.createElement('a');
  title.href = `book.html?${new URLSearchParams({ id: hit.documentId })}`;
  title.textContent = fieldOf(hit, 'title');
  // The browser leaves this page at once: the report must survive that, and nothing may wait for it.
  title.addEventListener('click', () => client.report(REPORT_CLICK, { hit: hit.id }));
  item.append(title, ' ', textOf('small', fieldOf(hit, 'makers')), partsOf(hit));
  item.append(textOf('p', fieldOf(hit, 'description')));
  return item;
}

/** A bar of the features' shares in the score, with a name for each. */
function partsOf({ contributions }: Hit): HTMLElement {
  const bar = document.createElement('div');
  bar.className = 'parts';
  contributions.forEach(({ feature, share }, index) => {
    const part = document.createElement('span');
    part.style.flex = String(Math.max(share ?? 0, 0));
    part.style.setProperty('--tone', toneOf(index));
    part.title = `${nameOf(feature)} ${Math.round((share ?? 0) * 100)} %`;
    bar.append(part);
  });
  return bar;
}

function textOf(tag: 'p' | 'small' | 'span', text: string): HTMLElement {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

/** One per tab, so that a reload does not reshuffle the hits. */
function sessionId(): string {
  const known = sessionStorage.getItem('session') ?? crypto.randomUUID();
  sessionStorage.setItem('session', known);
  return known;
}

function find<T extends Element>(selector: string, type: new () => T): T {
  const element = document.querySelector(selector);
  if (!(element instanceof type)) throw new Error(`the page has no ${selector}`);
  return element;
}
