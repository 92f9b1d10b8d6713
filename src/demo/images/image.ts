import { hashText } from '../demo-random.js';
import { slugify, unslugify } from '../text.js';
import { eventKinds, shopCategories } from '../vocabulary.js';
import type { IconName } from './icons.js';
import { icons } from './icons.js';

const maxPathLength = 200;
const pathPattern = /^\/images\/(products|stores|logos|events|offers)\/([a-z0-9]+(?:-[a-z0-9]+)*)-\d{1,10}\.svg$/;
const offerPattern = /^(\d{1,2})-off-(.+)$/;

/** The pictogram of each noun of the word lists, by the noun's slug. */
const iconByNoun: ReadonlyMap<string, IconName> = new Map(
  shopCategories.flatMap(({ families }) =>
    families.flatMap(({ nouns }) => nouns.map(({ noun, icon }) => [slugify(noun), icon] as const)),
  ),
);

const iconByEventKind: ReadonlyMap<string, IconName> = new Map(eventKinds.map(({ kind, icon }) => [kind, icon]));

const escapeXml = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The pictogram of the longest noun (up to three words) that a slug ends with. */
function iconOf(slug: string): IconName {
  const words = slug.split('-');
  for (const length of [3, 2, 1]) {
    const icon = iconByNoun.get(words.slice(-length).join('-'));
    if (icon !== undefined) return icon;
  }
  return 'box';
}

const centred = (icon: IconName, scale: number, x = 200, y = 200) =>
  `<g transform="translate(${x - 50 * scale} ${y - 50 * scale}) scale(${scale})">${icons[icon]}</g>`;

const text = (content: string, x: number, y: number, size: number, fill: string) =>
  `<text x="${x}" y="${y}" font-family="system-ui,sans-serif" font-weight="700" font-size="${size}" text-anchor="middle" dominant-baseline="central" fill="${fill}" stroke="none">${escapeXml(content)}</text>`;

const disc = '<circle cx="200" cy="200" r="150" fill-opacity=".13"/>';

function drawing(kind: string, slug: string): string {
  switch (kind) {
    case 'products':
      return disc + centred(iconOf(slug), 1.9);
    case 'stores':
      return `<path d="M0 330h400v70H0z" fill="currentColor" fill-opacity=".35"/>${centred('store', 2.6, 200, 231)}`;
    case 'logos': {
      const initials = slug
        .split('-')
        .slice(0, 2)
        .map((word) => word.charAt(0).toUpperCase());
      return `<circle cx="200" cy="200" r="140" fill="none" stroke="#fff" stroke-width="8"/>${text(initials.join(''), 200, 206, 130, '#fff')}`;
    }
    case 'events':
      return `<path d="M0 0 400 130V0zM0 400 400 270v130z" fill-opacity=".1"/>${centred(iconByEventKind.get(slug.split('-', 1).join()) ?? 'calendar', 1.8)}`;
    default: {
      const [, percent = '', name = ''] = offerPattern.exec(slug) ?? [];
      const tag = [
        '<path d="m52 262 74-82a20 20 0 0 1 15-7h194a22 22 0 0 1 22 22v134a22 22 0 0 1-22 22H141a20 20 0 0 1-15-7z"/>',
        '<circle cx="98" cy="262" r="13" fill="currentColor"/>',
        text(`−${percent}%`, 234, 264, 62, 'currentColor'),
      ];
      return `${centred(iconOf(name), 1.15, 205, 92)}<g transform="rotate(-6 200 262)">${tag.join('')}</g>`;
    }
  }
}

/**
 * The picture at the path of a demo document's `image` or `logo`: an SVG below 2 KB, drawn from the path alone. Undefined for other paths.
 * Only the characters `a-z0-9-` of a path reach the picture, escaped.
 */
export function renderDemoImage(path: string): string | undefined {
  if (path.length > maxPathLength) return undefined;
  const [, kind, slug] = pathPattern.exec(path) ?? [];
  if (kind === undefined || slug === undefined) return undefined;
  if (kind === 'offers' && !offerPattern.test(slug)) return undefined;
  // A store's picture and its logo share their colours.
  const hash = hashText(slug);
  // Without the muddy hues between orange and green.
  const hue = (100 + (hash % 300)) % 360;
  const turn = 20 + ((hash >>> 9) % 30);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400" role="img" color="hsl(${hue} 45% 28%)">`,
    `<title>${escapeXml(unslugify(slug))}</title>`,
    `<defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="hsl(${hue} 52% 62%)"/><stop offset="1" stop-color="hsl(${(hue + turn) % 360} 50% 42%)"/></linearGradient></defs>`,
    `<path d="M0 0h400v400H0z" fill="url(#g)"/><g fill="#fff">${drawing(kind, slug)}</g></svg>`,
  ].join('');
}
