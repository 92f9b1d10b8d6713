/** A quarter of a city: its centre and streets that are in it. */
export interface District {
  name: string;
  lng: number;
  lat: number;
  streets: readonly string[];
}

/** A city of the demo shop. */
export interface City {
  name: string;
  /** Hours ahead of UTC, in winter. */
  utcOffsetHours: number;
  /** Whether the number stands before the street ("27 Brick Lane") or after it ("Torstraße 27"). */
  numberFirst: boolean;
  districts: readonly District[];
}

export const cities = [
  {
    name: 'Dubai',
    utcOffsetHours: 4,
    numberFirst: true,
    districts: [
      {
        name: 'Downtown Dubai',
        lng: 55.2766,
        lat: 25.1936,
        streets: ['Sheikh Mohammed bin Rashid Boulevard', 'Al Asayel Street', 'Al Mustaqbal Street'],
      },
      {
        name: 'Dubai Marina',
        lng: 55.1413,
        lat: 25.0785,
        streets: ['Al Marsa Street', 'Al Sharta Street', 'Marina Promenade'],
      },
      { name: 'Deira', lng: 55.3231, lat: 25.2669, streets: ['Al Maktoum Road', 'Al Rigga Road', 'Baniyas Road'] },
      {
        name: 'Jumeirah',
        lng: 55.2426,
        lat: 25.1985,
        streets: ['Al Wasl Road', 'Jumeirah Beach Road', 'Al Urouba Street'],
      },
      {
        name: 'Al Quoz',
        lng: 55.2305,
        lat: 25.1417,
        streets: ['Alserkal Avenue', 'Street 8', 'First Al Khail Street'],
      },
      { name: 'Al Barsha', lng: 55.2005, lat: 25.1136, streets: ['Al Barsha Road', 'Street 2', 'Hessa Street'] },
    ],
  },
  {
    name: 'London',
    utcOffsetHours: 0,
    numberFirst: true,
    districts: [
      {
        name: 'Shoreditch',
        lng: -0.0776,
        lat: 51.5265,
        streets: ['Redchurch Street', 'Calvert Avenue', 'Curtain Road'],
      },
      {
        name: 'Marylebone',
        lng: -0.152,
        lat: 51.5203,
        streets: ['Marylebone High Street', 'Chiltern Street', 'Moxon Street'],
      },
      {
        name: 'Covent Garden',
        lng: -0.1243,
        lat: 51.5128,
        streets: ['Neal Street', 'Floral Street', 'Monmouth Street'],
      },
      {
        name: 'Brixton',
        lng: -0.1145,
        lat: 51.4613,
        streets: ['Atlantic Road', 'Coldharbour Lane', 'Electric Avenue'],
      },
      { name: 'Hackney', lng: -0.0553, lat: 51.545, streets: ['Mare Street', 'Broadway Market', 'Wilton Way'] },
      {
        name: 'Notting Hill',
        lng: -0.2058,
        lat: 51.5139,
        streets: ['Portobello Road', 'Ledbury Road', 'Westbourne Grove'],
      },
    ],
  },
  {
    name: 'Berlin',
    utcOffsetHours: 1,
    numberFirst: false,
    districts: [
      { name: 'Mitte', lng: 13.4018, lat: 52.5269, streets: ['Torstraße', 'Auguststraße', 'Alte Schönhauser Straße'] },
      { name: 'Kreuzberg', lng: 13.4187, lat: 52.4986, streets: ['Oranienstraße', 'Bergmannstraße', 'Adalbertstraße'] },
      {
        name: 'Prenzlauer Berg',
        lng: 13.4174,
        lat: 52.5388,
        streets: ['Kastanienallee', 'Oderberger Straße', 'Stargarder Straße'],
      },
      { name: 'Neukölln', lng: 13.4296, lat: 52.4868, streets: ['Weserstraße', 'Sanderstraße', 'Karl-Marx-Straße'] },
      {
        name: 'Charlottenburg',
        lng: 13.3176,
        lat: 52.5056,
        streets: ['Kantstraße', 'Bleibtreustraße', 'Knesebeckstraße'],
      },
      {
        name: 'Friedrichshain',
        lng: 13.456,
        lat: 52.512,
        streets: ['Boxhagener Straße', 'Simon-Dach-Straße', 'Warschauer Straße'],
      },
    ],
  },
  {
    name: 'Paris',
    utcOffsetHours: 1,
    numberFirst: true,
    districts: [
      {
        name: 'Le Marais',
        lng: 2.3622,
        lat: 48.8599,
        streets: ['Rue de Bretagne', 'Rue Vieille du Temple', 'Rue Charlot'],
      },
      { name: 'Saint-Germain', lng: 2.3338, lat: 48.8539, streets: ['Rue de Seine', 'Rue Bonaparte', 'Rue du Four'] },
      { name: 'Montmartre', lng: 2.3387, lat: 48.8847, streets: ['Rue des Abbesses', 'Rue Lepic', 'Rue Caulaincourt'] },
      {
        name: 'Canal Saint-Martin',
        lng: 2.3639,
        lat: 48.8724,
        streets: ['Quai de Valmy', 'Rue Beaurepaire', 'Rue de Marseille'],
      },
      {
        name: 'Batignolles',
        lng: 2.3184,
        lat: 48.8866,
        streets: ['Rue des Batignolles', 'Rue Legendre', 'Rue des Dames'],
      },
      { name: 'Bastille', lng: 2.3735, lat: 48.8531, streets: ['Rue de Charonne', 'Rue Keller', 'Rue de la Roquette'] },
    ],
  },
  {
    name: 'New York',
    utcOffsetHours: -5,
    numberFirst: true,
    districts: [
      { name: 'SoHo', lng: -74.0007, lat: 40.7239, streets: ['Spring Street', 'Mercer Street', 'Wooster Street'] },
      {
        name: 'Williamsburg',
        lng: -73.9573,
        lat: 40.7142,
        streets: ['Bedford Avenue', 'Grand Street', 'Metropolitan Avenue'],
      },
      {
        name: 'West Village',
        lng: -74.0036,
        lat: 40.7347,
        streets: ['Bleecker Street', 'Hudson Street', 'Perry Street'],
      },
      {
        name: 'Upper West Side',
        lng: -73.9755,
        lat: 40.7864,
        streets: ['Columbus Avenue', 'Amsterdam Avenue', 'West 81st Street'],
      },
      { name: 'Park Slope', lng: -73.9801, lat: 40.6721, streets: ['Fifth Avenue', 'Seventh Avenue', 'Union Street'] },
      { name: 'Astoria', lng: -73.922, lat: 40.7644, streets: ['Steinway Street', '30th Avenue', 'Ditmars Boulevard'] },
    ],
  },
  {
    name: 'Singapore',
    utcOffsetHours: 8,
    numberFirst: true,
    districts: [
      {
        name: 'Tiong Bahru',
        lng: 103.8306,
        lat: 1.2855,
        streets: ['Yong Siak Street', 'Eng Hoon Street', 'Tiong Bahru Road'],
      },
      { name: 'Kampong Glam', lng: 103.8591, lat: 1.3023, streets: ['Haji Lane', 'Arab Street', 'Bali Lane'] },
      { name: 'Orchard', lng: 103.832, lat: 1.3039, streets: ['Orchard Road', 'Somerset Road', 'Killiney Road'] },
      { name: 'Katong', lng: 103.9042, lat: 1.3066, streets: ['East Coast Road', 'Joo Chiat Road', 'Tembeling Road'] },
      {
        name: 'Holland Village',
        lng: 103.7962,
        lat: 1.3112,
        streets: ['Lorong Mambong', 'Holland Avenue', 'Lorong Liput'],
      },
      { name: 'Chinatown', lng: 103.8442, lat: 1.2823, streets: ['Keong Saik Road', 'Club Street', 'Ann Siang Hill'] },
    ],
  },
] as const satisfies readonly City[];
