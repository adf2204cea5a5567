/** A made-up town's venues: data that is the same for everybody. */
export const VENUES = [
  { name: 'Harbour Hall', kind: 'concert hall', city: 'Northport', seats: 1200 },
  { name: 'Lantern Cellar', kind: 'jazz club', city: 'Northport', seats: 90 },
  { name: 'Quayside Rooms', kind: 'meeting rooms', city: 'Northport', seats: 40 },
  { name: 'Old Mill Theatre', kind: 'theatre', city: 'Eastbrook', seats: 310 },
  { name: 'Orchard Barn', kind: 'wedding venue', city: 'Eastbrook', seats: 150 },
  { name: 'Station Loft', kind: 'meeting rooms', city: 'Eastbrook', seats: 24 },
  { name: 'Summit Arena', kind: 'concert hall', city: 'Highfield', seats: 8000 },
  { name: 'Garden Pavilion', kind: 'wedding venue', city: 'Highfield', seats: 200 },
];
