import { createHash } from 'node:crypto';

export type Event = { id: string; title: string; start: string; end?: string };

const SEEDS = [
  { title: 'Team stand-up', start: '2027-01-11T09:00:00Z', end: '2027-01-11T09:15:00Z' },
  { title: 'Dentist', start: '2027-01-12T14:30:00Z' },
  { title: 'Quarterly review', start: '2027-01-14T13:00:00Z', end: '2027-01-14T15:00:00Z' },
  { title: 'Lunch at Quayside Rooms', start: '2027-01-15T12:00:00Z' },
  { title: 'Jazz night', start: '2027-01-16T20:00:00Z', end: '2027-01-16T23:00:00Z' },
  { title: 'Train to Eastbrook', start: '2027-01-18T07:42:00Z' },
];

/** Three events to begin with: which ones follows from the user, the same at every start. */
function seed(userId: string): Event[] {
  const first = createHash('sha256').update(userId).digest().readUInt8(0) % SEEDS.length;
  const mine = [...SEEDS, ...SEEDS].slice(first, first + 3);
  return mine.map((event, at) => ({ id: `evt_${at + 1}`, ...event }));
}

/** One calendar for each user, in memory. Nothing here reaches another user's events. */
export function createCalendars() {
  const calendars = new Map<string, Event[]>();
  function of(userId: string): Event[] {
    const events = calendars.get(userId) ?? seed(userId);
    calendars.set(userId, events);
    return events;
  }

  return {
    /** The events that start in the span (milliseconds since 1970, both ends included), in order of start. */
    list(userId: string, from = -Infinity, to = Infinity): Event[] {
      const within = of(userId).filter(
        ({ start }) => from <= Date.parse(start) && Date.parse(start) <= to,
      );
      return within.sort((a, b) => Date.parse(a.start) - Date.parse(b.start));
    },
    add(userId: string, event: Omit<Event, 'id'>): Event {
      const events = of(userId);
      const added = { id: `evt_${events.length + 1}`, ...event };
      events.push(added);
      return added;
    },
  };
}
