import type { ShopCategory } from './shop-category.js';
import { colours, softStyles } from './styles.js';

const styles = softStyles;

export const wear = [
  {
    name: 'Clothing',
    brands: [
      'Northfold',
      'Maren & Ash',
      'Tidewell',
      'Oake Street',
      'Velmora',
      'Holm Tailors',
      'Sunday Loom',
      'Casa Ferra',
    ],
    variants: colours,
    storeKinds: ['Clothing Co.', 'Outfitters', 'Tailors', 'Wardrobe', 'Apparel'],
    storeTags: ['womenswear', 'menswear', 'natural fibres', 'made to measure', 'slow fashion', 'vintage'],
    families: [
      {
        styles,
        materials: ['Linen', 'Cotton', 'Silk', 'Chambray', 'Viscose'],
        nouns: [
          ['Shirt', 34, 89, 'shirt'],
          ['Blouse', 36, 95, 'shirt'],
          ['Tunic', 39, 99, 'shirt'],
          ['Dress', 59, 189, 'dress'],
          ['Skirt', 39, 119, 'dress'],
        ],
        details: [
          'Cut with an easy fit and washed once for a soft hand.',
          'Finished with corozo buttons and French seams.',
          'Light enough for summer and easy to layer in winter.',
          'Wash cool and line dry.',
          'Woven and sewn in a small family mill.',
        ],
      },
      {
        styles,
        materials: ['Merino', 'Cashmere', 'Lambswool', 'Alpaca', 'Ribbed Cotton'],
        nouns: [
          ['Sweater', 59, 159, 'sweater'],
          ['Cardigan', 65, 169, 'sweater'],
          ['Turtleneck', 55, 145, 'sweater'],
        ],
        details: [
          'Knitted in one piece, so that no seam rubs.',
          'Warm without weight, from autumn to early spring.',
          'Ribbed cuffs keep their shape wash after wash.',
          'Wash by hand in cool water and dry flat.',
          'Spun from traceable yarn.',
        ],
      },
      {
        styles,
        materials: ['Denim', 'Twill', 'Corduroy', 'Hemp'],
        nouns: [
          ['Trousers', 49, 129, 'trousers'],
          ['Chinos', 45, 109, 'trousers'],
          ['Shorts', 35, 79, 'trousers'],
        ],
        details: [
          'Sits at the waist with a straight, relaxed leg.',
          'Deep pockets and a brass zip that lasts.',
          'Pre-shrunk: the size you order is the size you keep.',
          'Softens with every wash.',
        ],
      },
      {
        styles,
        materials: ['Wool', 'Waxed Cotton', 'Quilted', 'Boiled Wool'],
        nouns: [
          ['Jacket', 99, 289, 'coat'],
          ['Coat', 149, 390, 'coat'],
          ['Parka', 139, 350, 'coat'],
        ],
        details: [
          'Keeps wind and drizzle out on the walk to work.',
          'Fully lined, with two inside pockets.',
          'A two-way zip and a high collar for cold mornings.',
          'Made to be repaired: spare buttons are included.',
        ],
      },
    ],
  },
  {
    name: 'Shoes',
    brands: [
      'Calder & Vale',
      'Solanda',
      'Fennick',
      'Passo Lento',
      'Brackwater',
      'Oriel Footwear',
      'Tarn',
      'Pavia Nove',
    ],
    variants: colours,
    storeKinds: ['Footwear', 'Shoe Co.', 'Cobblers', 'Shoe House', 'Soles'],
    storeTags: ['sneakers', 'handmade', 'resoling', 'vegan', 'wide fit', 'hiking'],
    families: [
      {
        styles,
        materials: ['Canvas', 'Leather', 'Suede', 'Knitted', 'Recycled Mesh'],
        nouns: [
          ['Sneakers', 59, 149, 'shoe'],
          ['Slip-Ons', 49, 119, 'shoe'],
          ['Trainers', 65, 159, 'shoe'],
        ],
        details: [
          'A cushioned footbed for long days on city streets.',
          'The natural-rubber sole grips on wet pavement.',
          'Removable insoles take your own orthotics.',
          'True to size; between two sizes, take the smaller.',
        ],
      },
      {
        styles,
        materials: ['Leather', 'Suede', 'Nubuck', 'Patent Leather'],
        nouns: [
          ['Loafers', 89, 219, 'shoe'],
          ['Brogues', 99, 249, 'shoe'],
          ['Derbies', 95, 239, 'shoe'],
          ['Oxfords', 99, 259, 'shoe'],
        ],
        details: [
          'Blake-stitched, and resoled as often as you like.',
          'Lined with soft calfskin.',
          'Made on a classic last with a rounded toe.',
          'Comes with a cotton bag for travel.',
        ],
      },
      {
        styles,
        materials: ['Leather', 'Suede', 'Waxed Leather', 'Nubuck'],
        nouns: [
          ['Chelsea Boots', 109, 259, 'boot'],
          ['Ankle Boots', 99, 239, 'boot'],
          ['Hiking Boots', 119, 279, 'boot'],
          ['Desert Boots', 89, 199, 'boot'],
        ],
        details: [
          'A lugged sole holds on leaves, snow and gravel.',
          'Water-repellent from the first day; wax it once a season.',
          'The padded collar needs no breaking in.',
          'Pull tabs at the heel help on hurried mornings.',
        ],
      },
      {
        styles,
        materials: ['Leather', 'Canvas', 'Cork', 'Woven'],
        nouns: [
          ['Sandals', 39, 119, 'shoe'],
          ['Espadrilles', 35, 99, 'shoe'],
        ],
        details: [
          'Light on the foot and made for hot days.',
          'The contoured footbed moulds itself to you.',
          'Hand-stitched by the sea.',
          'Packs flat into any weekend bag.',
        ],
      },
    ],
  },
  {
    name: 'Bags & Luggage',
    brands: ['Hartwick', 'Voyant', 'Lode & Lane', 'Palmera', 'Estrelle', 'Quayside', 'Morrow Goods', 'Bastiane'],
    variants: colours,
    storeKinds: ['Leather Goods', 'Bag Co.', 'Travel Goods', 'Luggage', 'Carry'],
    storeTags: ['leather', 'travel', 'handmade', 'monogramming', 'repairs', 'commuter'],
    families: [
      {
        styles,
        materials: ['Canvas', 'Leather', 'Suede', 'Waxed Cotton', 'Recycled Nylon'],
        nouns: [
          ['Tote', 45, 189, 'bag'],
          ['Shoulder Bag', 59, 229, 'bag'],
          ['Crossbody', 49, 179, 'bag'],
          ['Backpack', 69, 219, 'backpack'],
          ['Bucket Bag', 65, 219, 'bag'],
        ],
        details: [
          'Holds a 14-inch laptop, a book and lunch.',
          'One zipped pocket inside for keys and cards.',
          'The strap adjusts without a buckle.',
          'Stands by itself when you put it down.',
          'Bar-tacked wherever it takes the load.',
        ],
      },
      {
        styles,
        materials: ['Leather', 'Canvas', 'Waxed Cotton', 'Recycled Nylon'],
        nouns: [
          ['Weekender', 99, 289, 'suitcase'],
          ['Duffel', 79, 239, 'suitcase'],
          ['Garment Bag', 89, 229, 'suitcase'],
        ],
        details: [
          'Cabin-sized, with room for three days.',
          'A sleeve at the back slides over trolley handles.',
          'Shoes go in their own compartment.',
          'Lined with hard-wearing cotton drill.',
        ],
      },
      {
        styles,
        materials: ['Aluminium', 'Polycarbonate'],
        nouns: [
          ['Cabin Case', 119, 349, 'suitcase'],
          ['Suitcase', 139, 429, 'suitcase'],
        ],
        details: [
          'Four silent wheels that can be replaced.',
          'A combination lock is built in.',
          'Survives baggage belts, and looks better for it.',
          'Guaranteed for ten years.',
        ],
      },
      {
        styles,
        materials: ['Leather', 'Suede', 'Canvas', 'Cork'],
        nouns: [
          ['Wallet', 29, 99, 'wallet'],
          ['Card Holder', 19, 69, 'wallet'],
          ['Pouch', 19, 59, 'wallet'],
          ['Passport Cover', 24, 69, 'wallet'],
        ],
        details: [
          'Slim enough for a shirt pocket.',
          'Edges are painted and burnished by hand.',
          'Ages handsomely with use.',
          'Arrives in a gift box.',
        ],
      },
    ],
  },
  {
    name: 'Jewellery & Watches',
    brands: ['Alderlune', 'Castellan', 'Maison Ovale', 'Sorrel & Finch', 'Horam', 'Lys Argent', 'Meridia', 'Temboré'],
    variants: ['Small', 'Large', 'Polished', 'Brushed', 'Hammered', 'Engraved', 'Slim', 'Fine', 'Bold', 'Matte'],
    storeKinds: ['Jewellers', 'Goldsmiths', 'Watch Co.', 'Fine Jewellery', 'Atelier'],
    storeTags: ['gold', 'silver', 'engraving', 'bridal', 'recycled metals', 'watch repair'],
    families: [
      {
        styles,
        materials: ['Gold', 'Silver', 'Rose Gold', 'Pearl', 'Moonstone', 'Opal'],
        nouns: [
          ['Ring', 49, 320, 'ring'],
          ['Necklace', 59, 340, 'necklace'],
          ['Bracelet', 45, 280, 'necklace'],
          ['Earrings', 39, 240, 'gem'],
          ['Pendant', 45, 260, 'necklace'],
          ['Anklet', 35, 160, 'necklace'],
        ],
        details: [
          'Made to order by hand in a small studio.',
          'Hallmarked, and cast in recycled metal.',
          'Safe for sensitive skin.',
          'Comes in a linen-covered box, ready to give.',
          'Resized or repaired free for a year.',
        ],
      },
      {
        styles,
        materials: ['Steel', 'Titanium', 'Bronze', 'Ceramic', 'Rose Gold'],
        nouns: [
          ['Watch', 119, 480, 'watch'],
          ['Chronograph', 189, 690, 'watch'],
        ],
        details: [
          'Sapphire crystal on both sides.',
          'Water-resistant to 100 metres.',
          'An automatic movement with 42 hours in reserve.',
          'The strap changes without tools.',
        ],
      },
      {
        styles,
        materials: ['Silver', 'Brass', 'Gold'],
        nouns: [
          ['Cufflinks', 39, 160, 'gem'],
          ['Brooch', 35, 150, 'gem'],
          ['Tie Clip', 29, 110, 'gem'],
        ],
        details: [
          'A quiet detail for the days that matter.',
          'Polished by hand and sealed against tarnish.',
          'Engraved with initials on request.',
          'Comes with a soft pouch.',
        ],
      },
    ],
  },
] as const satisfies readonly ShopCategory[];
