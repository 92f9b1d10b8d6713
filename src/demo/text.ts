const beyondAscii = /[^\0-\x7f]/;

/** A text as a piece of a path: lower case, ASCII letters and digits joined by single hyphens. */
export function slugify(text: string): string {
  const plain = beyondAscii.test(text) ? withoutAccents(text) : text;
  return plain
    .toLowerCase()
    .replace(/'/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function withoutAccents(text: string): string {
  return text
    .replaceAll('ß', 'ss')
    .normalize('NFD')
    .replace(/[\u0300-\u036f’]/g, '');
}

/** A slug as words with capitals, for the titles of pictures. */
export function unslugify(slug: string): string {
  return slug
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
}
