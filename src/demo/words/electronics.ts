import type { ShopCategory } from './shop-category.js';
import { techStyles } from './styles.js';

export const electronics = {
  name: 'Electronics',
  brands: ['Voltari', 'Kansora', 'Brightloom', 'Nimbra', 'Octave Labs', 'Telluro', 'Halden', 'Pixelroot'],
  variants: ['Black', 'White', 'Graphite', 'Silver', 'Midnight', 'Sand', 'Mint', 'Coral', 'Mk II', 'Mk III'],
  storeKinds: ['Electronics', 'Audio', 'Tech', 'Digital', 'Hi-Fi'],
  storeTags: ['audio', 'phones', 'trade-in', 'same-day repair', 'refurbished', 'accessories'],
  families: [
    {
      styles: techStyles,
      materials: ['Wireless', 'Noise-Cancelling', 'Studio', 'Sport'],
      nouns: [
        ['Headphones', 79, 290, 'headphones'],
        ['Earbuds', 49, 190, 'headphones'],
      ],
      details: [
        'Thirty hours of music on one charge.',
        'Clear calls, even on a windy street.',
        'Ear pads and battery can be replaced.',
        'Pairs with two devices at once.',
      ],
    },
    {
      styles: techStyles,
      materials: ['Compact', 'Wireless', 'Hi-Fi'],
      nouns: [
        ['Speaker', 59, 350, 'speaker'],
        ['Soundbar', 129, 490, 'speaker'],
        ['Radio', 49, 220, 'speaker'],
      ],
      details: [
        'Fills the room without shouting.',
        'Streams from every phone in the house.',
        'The cabinet is tuned by ear.',
        'Three buttons, and no app needed.',
      ],
    },
    {
      styles: techStyles,
      materials: ['Slim', 'Compact', 'Titanium', 'Aluminium'],
      nouns: [
        ['Smartphone', 299, 990, 'phone'],
        ['Tablet', 229, 790, 'phone'],
        ['Laptop', 590, 1790, 'laptop'],
        ['E-Reader', 99, 249, 'phone'],
      ],
      details: [
        'Updates are promised for seven years.',
        'A bright display that is easy on the eyes.',
        'Lasts a full working day and then some.',
        'The battery is changed in five minutes.',
        'Charges over USB-C.',
      ],
    },
    {
      styles: techStyles,
      materials: ['Slim', 'Fast', 'Travel', 'Aluminium'],
      nouns: [
        ['Power Bank', 25, 89, 'battery'],
        ['Charger', 19, 69, 'battery'],
        ['Charging Dock', 29, 99, 'battery'],
      ],
      details: [
        'Half an hour is enough for half a day.',
        'Stays cool under load.',
        'A cable is in the box.',
        'Small enough for a jacket pocket.',
      ],
    },
    {
      styles: techStyles,
      materials: ['Compact', '4K', 'Wide-Angle'],
      nouns: [
        ['Camera', 249, 1190, 'camera'],
        ['Webcam', 49, 169, 'camera'],
        ['Action Camera', 149, 420, 'camera'],
      ],
      details: [
        'Sharp pictures in little light.',
        'Fits the common tripod thread.',
        'Starts in less than a second.',
        'Splash-proof, with a glass lens.',
      ],
    },
    {
      styles: techStyles,
      materials: ['Wireless', 'Low-Profile', 'Aluminium'],
      nouns: [
        ['Keyboard', 59, 199, 'keyboard'],
        ['Mouse', 29, 119, 'keyboard'],
        ['Trackpad', 59, 149, 'keyboard'],
      ],
      details: [
        'Quiet enough for shared rooms.',
        'Switches between three computers.',
        'Weighted, so that it stays where you put it.',
        'Works with every system, without drivers.',
      ],
    },
  ],
} as const satisfies ShopCategory;
