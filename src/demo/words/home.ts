import type { ShopCategory } from './shop-category.js';
import { colours, softStyles } from './styles.js';

const styles = softStyles;

export const home = [
  {
    name: 'Home & Lighting',
    brands: [
      'Lumholt',
      'Fjell & Fern',
      'Casa Brisa',
      'Ostra',
      'Hygga House',
      'Wrenfield',
      'Petra Nord',
      'Dovetail Lane',
    ],
    variants: colours,
    storeKinds: ['Home', 'Lighting', 'Interiors', 'Living', 'House & Hearth'],
    storeTags: ['lamps', 'textiles', 'handmade', 'scandinavian', 'gifts', 'interior design'],
    families: [
      {
        styles,
        materials: ['Brass', 'Ceramic', 'Rattan', 'Oak', 'Smoked Glass'],
        nouns: [
          ['Table Lamp', 49, 189, 'lamp'],
          ['Floor Lamp', 99, 349, 'lamp'],
          ['Pendant Light', 69, 289, 'lamp'],
          ['Wall Light', 45, 169, 'lamp'],
          ['Desk Lamp', 45, 159, 'lamp'],
        ],
        details: [
          'Throws a warm, glare-free light.',
          'Dims from reading light to candlelight.',
          'Takes any E27 bulb; one is included.',
          'The textile cable is two metres long.',
          'Wired and tested by hand.',
        ],
      },
      {
        styles,
        materials: ['Wool', 'Linen', 'Cotton', 'Mohair'],
        nouns: [
          ['Cushion', 25, 79, 'cushion'],
          ['Throw', 45, 139, 'cushion'],
          ['Blanket', 55, 179, 'cushion'],
          ['Rug', 89, 490, 'cushion'],
        ],
        details: [
          'Woven on old shuttle looms.',
          'Dyed in small batches, so that no two are quite alike.',
          'Soft from the first evening.',
          'Certified free of harmful substances.',
        ],
      },
      {
        styles,
        materials: ['Marble', 'Brass', 'Travertine', 'Walnut'],
        nouns: [
          ['Vase', 29, 119, 'vase'],
          ['Candle Holder', 19, 69, 'candle'],
          ['Tray', 29, 99, 'board'],
          ['Bookends', 35, 109, 'book'],
        ],
        details: [
          'A calm shape for shelf or table.',
          'Turned and finished by hand.',
          'Felt feet protect the surface below.',
          'Each piece is a little different.',
        ],
      },
    ],
  },
  {
    name: 'Furniture',
    brands: [
      'Birk & Bow',
      'Holzhain',
      'Timbra',
      'Studio Kanto',
      'Rowan Works',
      'Atelier Sève',
      'Plank & Peg',
      'Longacre',
    ],
    variants: ['Natural', 'Dark Oiled', 'White Oiled', 'Black', 'Smoked', 'Grey', 'Honey', 'Low', 'Wide', 'Compact'],
    storeKinds: ['Furniture', 'Woodworks', 'Furnishings', 'Joinery', 'Rooms'],
    storeTags: ['solid wood', 'made to order', 'mid-century', 'small spaces', 'delivery included', 'upholstery'],
    families: [
      {
        styles,
        materials: ['Oak', 'Walnut', 'Rattan', 'Velvet', 'Leather'],
        nouns: [
          ['Armchair', 249, 890, 'chair'],
          ['Dining Chair', 119, 390, 'chair'],
          ['Stool', 69, 220, 'chair'],
          ['Bench', 149, 490, 'chair'],
          ['Lounge Chair', 289, 980, 'chair'],
        ],
        details: [
          'Comfortable through the longest dinner.',
          'The frame is glued and pegged, never stapled.',
          'Arrives assembled.',
          'Carries 130 kilograms with ease.',
          'Seat height 45 centimetres.',
        ],
      },
      {
        styles,
        materials: ['Oak', 'Walnut', 'Ash', 'Marble'],
        nouns: [
          ['Dining Table', 390, 1490, 'table'],
          ['Coffee Table', 149, 590, 'table'],
          ['Side Table', 89, 290, 'table'],
          ['Desk', 249, 890, 'table'],
          ['Console', 189, 690, 'table'],
        ],
        details: [
          'Rounded corners are kind to hips and children.',
          'Finished with a natural wax.',
          'Built from materials that age well.',
          'Two people put it up in ten minutes.',
        ],
      },
      {
        styles,
        materials: ['Oak', 'Walnut', 'Ash', 'Pine'],
        nouns: [
          ['Bookcase', 199, 790, 'cabinet'],
          ['Sideboard', 349, 1190, 'cabinet'],
          ['Nightstand', 89, 290, 'cabinet'],
          ['Wardrobe', 490, 1590, 'cabinet'],
        ],
        details: [
          'Doors and drawers close softly.',
          'Shelves adjust without tools.',
          'The back is finished too, so that it can stand in the room.',
          'A cable outlet is hidden in the back.',
        ],
      },
    ],
  },
  {
    name: 'Kitchen & Dining',
    brands: [
      'Kiln & Kettle',
      'Saltmarsh',
      'Fonte',
      'Brackley Forge',
      'Mesa Verde',
      'Ovenbird',
      'Tallow & Thyme',
      'Steinhall',
    ],
    variants: [...colours.slice(0, 10), 'Small', 'Large'],
    storeKinds: ['Kitchen', 'Cookshop', 'Pottery', 'Table & Larder', 'Provisions'],
    storeTags: ['tableware', 'cookware', 'handmade', 'knives', 'wedding list', 'baking'],
    families: [
      {
        styles,
        materials: ['Stoneware', 'Porcelain', 'Earthenware', 'Enamel'],
        nouns: [
          ['Mug', 9, 29, 'cup'],
          ['Cup Set', 24, 69, 'cup'],
          ['Teapot', 29, 89, 'cup'],
          ['Dinner Plate', 12, 39, 'plate'],
          ['Serving Bowl', 19, 69, 'plate'],
        ],
        details: [
          'Glazed by hand in a reactive finish.',
          'Safe in the dishwasher.',
          'Stacks neatly with the rest of the series.',
          'Fired twice, so that it chips less.',
        ],
      },
      {
        styles,
        materials: ['Cast Iron', 'Copper', 'Stainless Steel', 'Carbon Steel'],
        nouns: [
          ['Frying Pan', 35, 129, 'pan'],
          ['Saucepan', 35, 139, 'pan'],
          ['Casserole', 59, 249, 'pan'],
          ['Wok', 35, 119, 'pan'],
        ],
        details: [
          'Heats quickly and evenly.',
          'Goes from the hob into the oven.',
          'The riveted handle stays firm for decades.',
          'Ready to cook with, straight from the box.',
        ],
      },
      {
        styles,
        materials: ['Oak', 'Olive Wood', 'Walnut', 'Acacia', 'Beech'],
        nouns: [
          ['Chopping Board', 19, 79, 'board'],
          ['Salad Servers', 14, 39, 'board'],
          ['Rolling Pin', 14, 39, 'board'],
          ['Knife Block', 39, 129, 'board'],
        ],
        details: [
          'Cut from one piece of slow-grown wood.',
          'Kind to blades and hands.',
          'Rub it with a little oil twice a year.',
          'Finished with food-safe wax.',
        ],
      },
    ],
  },
  {
    name: 'Plants & Garden',
    brands: [
      'Greenhollow',
      'Potter & Pine',
      'Terravera',
      'Fernweg',
      'Mossgate',
      'Jardin Petit',
      'Spadework',
      'Overgrove',
    ],
    variants: ['Small', 'Large', 'Tall', 'Wide', 'Grey', 'White', 'Green', 'Extra Large', 'Ochre', 'Dark'],
    storeKinds: ['Garden', 'Nursery', 'Plants', 'Greenhouse', 'Botanics'],
    storeTags: ['houseplants', 'tools', 'pots', 'balcony', 'seeds', 'plant care advice'],
    families: [
      {
        styles,
        materials: ['Terracotta', 'Stoneware', 'Concrete', 'Glazed', 'Zinc'],
        nouns: [
          ['Planter', 19, 89, 'plant'],
          ['Plant Pot', 9, 49, 'plant'],
          ['Window Box', 19, 69, 'plant'],
          ['Bird Bath', 39, 129, 'plant'],
        ],
        details: [
          'Frost-proof down to minus ten.',
          'Heavy enough to stand in the wind.',
          'Thrown or cast in small runs.',
          'Looks better with every year outside.',
        ],
      },
      {
        styles,
        materials: ['Copper', 'Stainless Steel', 'Ash-Handled', 'Forged Steel'],
        nouns: [
          ['Trowel', 12, 39, 'trowel'],
          ['Hand Fork', 12, 39, 'trowel'],
          ['Weeder', 12, 35, 'trowel'],
          ['Dibber', 9, 29, 'trowel'],
        ],
        details: [
          'Sits well in the hand and in the bucket.',
          'Keeps its edge in stony soil.',
          'Guaranteed for twenty-five years.',
          'A leather loop hangs it in the shed.',
        ],
      },
      {
        styles,
        materials: ['Copper', 'Brass', 'Zinc', 'Enamel'],
        nouns: [
          ['Watering Can', 25, 89, 'plant'],
          ['Plant Mister', 15, 45, 'bottle'],
        ],
        details: [
          'Gentle enough for seedlings.',
          'Balanced when it is full.',
          'The fittings unscrew for cleaning.',
          'Handsome enough to leave out.',
        ],
      },
      {
        styles: ['Easy-Care', 'Sun-Loving', 'Shade-Loving', 'Nursery-Grown', 'Pesticide-Free', 'Balcony'],
        materials: ['Young', 'Potted', 'Mature'],
        nouns: [
          ['Monstera', 15, 89, 'plant'],
          ['Fern', 12, 49, 'plant'],
          ['Olive Tree', 29, 149, 'plant'],
          ['Snake Plant', 15, 69, 'plant'],
          ['Rubber Plant', 19, 79, 'plant'],
          ['Peace Lily', 15, 59, 'plant'],
        ],
        details: [
          'Raised without peat.',
          'Packed by hand and delivered within two days.',
          'Wants water once a week and a bright spot out of draughts.',
          'A care card comes with it.',
        ],
      },
    ],
  },
] as const satisfies readonly ShopCategory[];
