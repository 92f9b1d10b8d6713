/**
 * Pictograms as SVG fragments on a 100 x 100 field. They are filled with white; `currentColor` is a dark shade of the background
 * and `fill-opacity` gives the second tone.
 */
export const icons = {
  shirt:
    '<path d="M34 18 12 30l7 19 11-5v40h40V44l11 5 7-19-22-12c-3 8-9 11-16 11s-13-3-16-11z"/><path d="M50 29v55" stroke="currentColor" stroke-width="2" stroke-dasharray="2 9" stroke-linecap="round"/>',
  sweater:
    '<path d="M35 18 18 28 8 78l12 3 9-32v35h42V49l9 32 12-3-10-50-17-10c-3 6-9 9-15 9s-12-3-15-9z"/><path d="M29 77h42M37 44h26M37 52h26" stroke="currentColor" stroke-width="3" stroke-dasharray="4 3"/>',
  dress:
    '<path d="M38 12v14l-2 12 3 10-19 40h60L61 48l3-10-2-12V12h-5v10c-3 6-11 6-14 0V12z"/><path d="M39 48h22" stroke="currentColor" stroke-width="4"/>',
  trousers:
    '<path d="M32 12h36l8 76H57l-7-48-7 48H24z"/><path d="M32 20h36M50 20v16" stroke="currentColor" stroke-width="3"/>',
  coat: '<path d="M36 14 19 23 9 70l12 3 7-24v41h44V49l7 24 12-3-10-47-17-9-14 14z"/><path d="M50 28v62M50 28 38 42M50 28l12 14M35 64h8M57 64h8" stroke="currentColor" stroke-width="3" fill="none"/>',
  shoe: '<path d="M10 36c8 6 17 5 23-4l27 20c9 5 19 4 26 9 5 3 5 7 5 11H10z"/><path d="M8 75h84v5a3 3 0 0 1-3 3H11a3 3 0 0 1-3-3z" fill-opacity=".65"/><path d="m39 47 8-7m-1 13 8-7m-1 12 8-7" stroke="currentColor" stroke-width="3" stroke-linecap="round"/>',
  boot: '<path d="M28 14h32v38c4 7 22 7 27 15 2 4 2 6 2 9H28z"/><path d="M26 79h65v8H26z" fill-opacity=".65"/><path d="M60 24 49 33v13l11 6" stroke="currentColor" stroke-width="3" fill="none"/>',
  bag: '<path d="M20 38h60l7 48H13z"/><path d="M34 46V32a16 16 0 0 1 32 0v14" stroke="#fff" stroke-width="5" fill="none"/><path d="M34 38v10M66 38v10" stroke="currentColor" stroke-width="4" stroke-linecap="round"/>',
  backpack:
    '<path d="M24 44a26 26 0 0 1 52 0v36a8 8 0 0 1-8 8H32a8 8 0 0 1-8-8z"/><path d="M41 20v-4a9 9 0 0 1 18 0v4" stroke="#fff" stroke-width="5" fill="none"/><path d="M34 58h32v18H34zM38 42h24" stroke="currentColor" stroke-width="3" fill="none" stroke-linejoin="round"/><rect x="12" y="52" width="9" height="28" rx="4" fill-opacity=".65"/><rect x="79" y="52" width="9" height="28" rx="4" fill-opacity=".65"/>',
  suitcase:
    '<rect x="14" y="32" width="72" height="52" rx="7"/><path d="M37 32v-9a6 6 0 0 1 6-6h14a6 6 0 0 1 6 6v9" stroke="#fff" stroke-width="5" fill="none"/><path d="M30 32v52M70 32v52" stroke="currentColor" stroke-width="4"/>',
  wallet:
    '<path d="M16 30h60a8 8 0 0 1 8 8v38a8 8 0 0 1-8 8H22a8 8 0 0 1-8-8V32z"/><path d="M20 26 66 14l4 12z" fill-opacity=".65"/><path d="M64 49h24v18H64a9 9 0 0 1 0-18z" stroke="currentColor" stroke-width="3"/><circle cx="66" cy="58" r="3" fill="currentColor"/>',
  ring: '<circle cx="50" cy="62" r="24" fill="none" stroke="#fff" stroke-width="7"/><path d="m35 16 7-7h16l7 7-15 20z"/><path d="M35 16h30M42 16l8 20 8-20" stroke="currentColor" stroke-width="2" fill="none"/>',
  necklace:
    '<path d="M16 14c2 34 16 48 34 52 18-4 32-18 34-52" fill="none" stroke="#fff" stroke-width="5" stroke-linecap="round" stroke-dasharray="1 9"/><path d="M50 64 38 76l12 16 12-16z"/><path d="M38 76h24" stroke="currentColor" stroke-width="2"/>',
  gem: '<path d="M28 24h44l18 20-40 42-40-42z"/><path d="M10 44h80M28 24l8 20 14 42 14-42 8-20M36 44l14-20 14 20" stroke="currentColor" stroke-width="2.5" fill="none" stroke-linejoin="round"/>',
  watch:
    '<path d="M36 30 39 8h22l3 22zM36 70l3 22h22l3-22z" fill-opacity=".65"/><circle cx="50" cy="50" r="26"/><path d="M50 34v16l11 7" stroke="currentColor" stroke-width="4" fill="none" stroke-linecap="round"/>',
  lamp: '<path d="M34 12h32l16 38H18z"/><path d="M46 50h8v30h-8z" fill-opacity=".65"/><rect x="30" y="80" width="40" height="8" rx="4"/><path d="M68 50v14" stroke="#fff" stroke-width="3" stroke-linecap="round"/>',
  cushion:
    '<path d="M16 18c20 6 48 6 68 0-6 20-6 44 0 64-20-6-48-6-68 0 6-20 6-44 0-64z"/><path d="M30 36c14 4 26 4 40 0M30 50h40M30 64c14-4 26-4 40 0" stroke="currentColor" stroke-width="3" fill="none" stroke-linecap="round" stroke-dasharray="6 5"/>',
  vase: '<path d="M40 44h20c0 9 12 13 12 26 0 10-8 18-22 18s-22-8-22-18c0-13 12-17 12-26z"/><path d="M50 44V16M50 32 38 20M50 28l11-12" stroke="#fff" stroke-width="3" fill="none" stroke-linecap="round"/><circle cx="50" cy="13" r="5"/><circle cx="36" cy="18" r="5"/><circle cx="63" cy="14" r="5"/><path d="M32 62h36" stroke="currentColor" stroke-width="3"/>',
  chair:
    '<path d="M30 12h40a5 5 0 0 1 5 5v33H25V17a5 5 0 0 1 5-5z"/><rect x="20" y="54" width="60" height="11" rx="4"/><path d="M26 65v25M74 65v25" stroke="#fff" stroke-width="6" stroke-linecap="round"/><path d="M39 20v24M50 20v24M61 20v24" stroke="currentColor" stroke-width="3" stroke-linecap="round"/>',
  table:
    '<rect x="8" y="32" width="84" height="11" rx="4"/><path d="M22 43 17 84M78 43l5 41" stroke="#fff" stroke-width="6" stroke-linecap="round"/><path d="M36 32v-8h14v8z" fill-opacity=".65"/><path d="M20 54h60" stroke="#fff" stroke-width="3" stroke-opacity=".65"/>',
  cabinet:
    '<rect x="14" y="18" width="72" height="60" rx="4"/><path d="M24 78v11M76 78v11" stroke="#fff" stroke-width="6" stroke-linecap="round"/><path d="M50 18v60M14 48h72M42 33h2M56 33h2M42 62h2M56 62h2" stroke="currentColor" stroke-width="3" stroke-linecap="round"/>',
  cup: '<path d="M18 38h52v26a20 20 0 0 1-20 20H38a20 20 0 0 1-20-20z"/><path d="M70 45h6a10 10 0 0 1 0 22h-7" stroke="#fff" stroke-width="5" fill="none"/><path d="M34 28c-4-6 4-8 0-15M52 28c-4-6 4-8 0-15" stroke="#fff" stroke-width="4" fill="none" stroke-linecap="round" stroke-opacity=".7"/>',
  plate:
    '<circle cx="50" cy="50" r="38"/><circle cx="50" cy="50" r="24" fill="none" stroke="currentColor" stroke-width="2.5"/><path d="M38 50a12 12 0 0 1 12-12" stroke="currentColor" stroke-width="2.5" fill="none" stroke-linecap="round"/>',
  pan: '<path d="M6 40h58v16a18 18 0 0 1-18 18H24A18 18 0 0 1 6 56z"/><rect x="62" y="42" width="34" height="8" rx="4" fill-opacity=".75"/><path d="M24 30c-4-5 4-7 0-13M44 30c-4-5 4-7 0-13" stroke="#fff" stroke-width="4" fill="none" stroke-linecap="round" stroke-opacity=".7"/>',
  board:
    '<path d="M28 30h44a8 8 0 0 1 8 8v42a8 8 0 0 1-8 8H28a8 8 0 0 1-8-8V38a8 8 0 0 1 8-8zM42 10h16v24H42z"/><circle cx="50" cy="20" r="4" fill="currentColor"/><path d="M32 46c12 5 24-4 36 1M32 60c12 5 24-4 36 1M32 74c12 5 24-4 36 1" stroke="currentColor" stroke-width="2" fill="none" stroke-linecap="round"/>',
  plant:
    '<path d="M32 60h36l-5 30H37z"/><path d="M28 54h44v9H28z"/><path d="M50 54C48 34 38 24 18 24c0 18 12 28 32 30zM50 54c0-24 10-38 32-42 2 24-10 40-32 42z" fill-opacity=".8"/><path d="M50 54C44 42 36 34 28 31M50 54c4-14 12-24 22-31" stroke="currentColor" stroke-width="2" fill="none"/>',
  trowel:
    '<path d="M56 52 22 86c-8-14-4-28 8-40 8-8 16-8 20-4z"/><path d="M48 50 66 32" stroke="#fff" stroke-width="6"/><path d="m62 28 18-18a7 7 0 0 1 10 10L72 38z" fill-opacity=".75"/>',
  headphones:
    '<path d="M16 62V52a34 34 0 0 1 68 0v10" fill="none" stroke="#fff" stroke-width="7"/><rect x="10" y="54" width="22" height="34" rx="9"/><rect x="68" y="54" width="22" height="34" rx="9"/><path d="M32 62v18M68 62v18" stroke="currentColor" stroke-width="3"/>',
  speaker:
    '<rect x="24" y="8" width="52" height="84" rx="9"/><circle cx="50" cy="62" r="18" fill="none" stroke="currentColor" stroke-width="4"/><circle cx="50" cy="62" r="6" fill="currentColor"/><circle cx="50" cy="28" r="8" fill="none" stroke="currentColor" stroke-width="4"/>',
  phone:
    '<rect x="28" y="6" width="44" height="88" rx="9"/><rect x="33" y="16" width="34" height="64" rx="2" fill="currentColor" fill-opacity=".8"/><path d="M44 87h12" stroke="currentColor" stroke-width="3" stroke-linecap="round"/><path d="M38 66 50 44l12 22z" fill-opacity=".35"/>',
  laptop:
    '<rect x="18" y="20" width="64" height="46" rx="5"/><rect x="24" y="26" width="52" height="34" fill="currentColor" fill-opacity=".8"/><path d="M6 70h88l-5 10H11z" fill-opacity=".75"/>',
  battery:
    '<rect x="26" y="16" width="48" height="76" rx="8"/><rect x="40" y="8" width="20" height="8" rx="2" fill-opacity=".75"/><path d="M54 32 38 58h11l-3 20 17-28H52z" fill="currentColor"/>',
  camera:
    '<path d="M12 30h20l6-11h24l6 11h20a4 4 0 0 1 4 4v44a4 4 0 0 1-4 4H12a4 4 0 0 1-4-4V34a4 4 0 0 1 4-4z"/><circle cx="50" cy="55" r="18" fill="none" stroke="currentColor" stroke-width="5"/><circle cx="50" cy="55" r="8" fill="currentColor"/><circle cx="80" cy="40" r="3" fill="currentColor"/>',
  keyboard:
    '<rect x="6" y="28" width="88" height="44" rx="7"/><path d="M16 40h68M16 50h68M16 60h8m52 0h8" stroke="currentColor" stroke-width="6" stroke-dasharray="6 4.3"/><path d="M32 60h36" stroke="currentColor" stroke-width="6"/>',
  bottle:
    '<rect x="40" y="6" width="20" height="14" rx="3" fill-opacity=".75"/><path d="M42 22h16v8c10 5 14 11 14 22v36a6 6 0 0 1-6 6H34a6 6 0 0 1-6-6V52c0-11 4-17 14-22z"/><path d="M28 56h44v22H28z" fill="currentColor" fill-opacity=".35"/>',
  jar: '<rect x="18" y="22" width="64" height="18" rx="4" fill-opacity=".75"/><path d="M22 44h56v32a10 10 0 0 1-10 10H32a10 10 0 0 1-10-10z"/><path d="M34 62h32M40 70h20" stroke="currentColor" stroke-width="3" stroke-linecap="round"/>',
  soap: '<rect x="12" y="48" width="76" height="38" rx="16"/><path d="M32 67h36" stroke="currentColor" stroke-width="4" stroke-linecap="round"/><circle cx="34" cy="32" r="10" fill-opacity=".75"/><circle cx="54" cy="20" r="7" fill-opacity=".6"/><circle cx="66" cy="36" r="5" fill-opacity=".75"/>',
  candle:
    '<path d="M30 50h40v36a4 4 0 0 1-4 4H34a4 4 0 0 1-4-4z"/><path d="M50 50V38" stroke="#fff" stroke-width="3"/><path d="M50 8c8 10 11 15 11 20a11 11 0 0 1-22 0c0-5 3-10 11-20z"/><path d="M30 62h40v14H30z" fill="currentColor" fill-opacity=".35"/>',
  book: '<path d="M50 24c-10-7-24-9-40-8v62c16-1 30 1 40 8 10-7 24-9 40-8V16c-16-1-30 1-40 8z"/><path d="M50 24v62" stroke="currentColor" stroke-width="3"/><path d="M20 32c8 0 14 1 20 4M20 46c8 0 14 1 20 4M80 32c-8 0-14 1-20 4M80 46c-8 0-14 1-20 4" stroke="currentColor" stroke-width="2.5" fill="none" stroke-linecap="round"/>',
  pen: '<path d="M70 10 90 30 40 80 14 88l6-28z"/><path d="m60 20 20 20M20 60l20 20M14 88l14-15" stroke="currentColor" stroke-width="3"/>',
  ball: '<circle cx="50" cy="50" r="38"/><path d="m50 34 15 11-6 18H41l-6-18z" fill="currentColor"/><path d="M50 34V13M65 45l20-8M59 63l13 17M41 63 28 80M35 45l-20-8" stroke="currentColor" stroke-width="3"/>',
  tent: '<path d="M50 18 94 84H6z"/><path d="M50 42 66 84H34z" fill="currentColor" fill-opacity=".75"/><path d="m50 18 6-9M50 18l-6-9" stroke="#fff" stroke-width="4" stroke-linecap="round"/>',
  mat: '<path d="M32 34h58v40a4 4 0 0 1-4 4H28z" fill-opacity=".75"/><circle cx="28" cy="56" r="22"/><path d="M28 56m-12 0a12 12 0 1 1 12 12 6 6 0 0 1 0-12" stroke="currentColor" stroke-width="3" fill="none"/>',
  dumbbell:
    '<rect x="30" y="45" width="40" height="10"/><rect x="18" y="24" width="14" height="52" rx="4"/><rect x="68" y="24" width="14" height="52" rx="4"/><rect x="6" y="34" width="10" height="32" rx="4" fill-opacity=".75"/><rect x="84" y="34" width="10" height="32" rx="4" fill-opacity=".75"/>',
  racket:
    '<ellipse cx="58" cy="38" rx="26" ry="31" transform="rotate(38 58 38)"/><path d="M39 61 16 88" stroke="#fff" stroke-width="8" stroke-linecap="round"/><path d="m44 24 32 26M38 36l32 26M52 16l28 22M76 22 50 60M64 18 40 50M82 34 62 62" stroke="currentColor" stroke-width="2"/>',
  store:
    '<path d="M18 48h64v40H18z"/><path d="M16 14h68l10 28H6z" fill-opacity=".85"/><path d="M6 42a11 11 0 0 0 22 0 11 11 0 0 0 22 0 11 11 0 0 0 22 0 11 11 0 0 0 22 0z"/><path d="M28 60h16v28H28zM52 60h20v16H52z" fill="currentColor" fill-opacity=".75"/>',
  music:
    '<path d="M34 20 82 10v54h-8V30L42 37v38h-8z"/><ellipse cx="29" cy="76" rx="14" ry="11"/><ellipse cx="69" cy="66" rx="14" ry="11"/>',
  microphone:
    '<rect x="36" y="6" width="28" height="52" rx="14"/><path d="M24 44a26 26 0 0 0 52 0M50 70v18M34 90h32" fill="none" stroke="#fff" stroke-width="6" stroke-linecap="round"/><path d="M42 22h16M42 32h16" stroke="currentColor" stroke-width="3" stroke-linecap="round"/>',
  calendar:
    '<rect x="12" y="20" width="76" height="68" rx="8"/><path d="M12 42h76" stroke="currentColor" stroke-width="4"/><path d="M32 10v18M68 10v18" stroke="#fff" stroke-width="7" stroke-linecap="round"/><path d="M26 56h50M26 72h36" stroke="currentColor" stroke-width="9" stroke-dasharray="9 9"/>',
  frame:
    '<path d="M12 16h76v68H12zm9 9v50h58V25z" fill-rule="evenodd"/><path d="m24 72 18-26 13 16 8-9 13 19z" fill-opacity=".8"/><circle cx="64" cy="38" r="6" fill-opacity=".8"/>',
  box: '<path d="M14 44h72v44H14z"/><path d="M8 28h84v18H8z" fill-opacity=".8"/><path d="M50 28v60" stroke="currentColor" stroke-width="7"/><path d="M50 28C40 8 22 10 26 20c2 5 12 8 24 8 12 0 22-3 24-8 4-10-14-12-24 8z" fill="none" stroke="#fff" stroke-width="5"/>',
} as const satisfies Record<string, string>;

export type IconName = keyof typeof icons;
