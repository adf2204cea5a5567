import { z } from 'zod';
import { createCalendars } from './calendar.ts';
import { VENUES } from './venues.ts';

/** `scopes`: what the caller must hold, checked here again. `run` takes the arguments as they came (throws
 * ZodError when they do not fit) and the user, empty for a public tool without one; it gives an object. */
export type Tool = {
  public: boolean;
  scopes: string[];
  run(input: unknown, userId: string): Record<string, unknown>;
};

const time = z.iso.datetime({
  offset: true,
  error: 'must be an RFC 3339 date-time with an offset, such as 2027-01-15T12:00:00Z',
});
const instant = time.transform((text) => Date.parse(text));
const query = z.string().min(1).max(200);

const Span = z.strictObject({ from: instant.optional(), to: instant.optional() });
const Search = z.strictObject({ query });
const VenueSearch = z.strictObject({ query, limit: z.int().min(1).max(20).default(5) });
const NewEvent = z
  .strictObject({ title: z.string().min(1).max(200), start: time, end: z.optional(time) })
  .refine(({ start, end }) => end === undefined || Date.parse(start) < Date.parse(end), {
    path: ['end'],
    error: 'must be later than start',
  });

/** Whether every word of the query occurs in the text. */
function matches(text: string, words: string): boolean {
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));
}

/** The tools by their path: the table a real backend would have as routes. */
export function createTools(): Map<string, Tool> {
  const calendars = createCalendars();
  const listEvents: Tool = {
    public: false,
    scopes: ['events:read'],
    run(input, userId) {
      const { from, to } = Span.parse(input);
      return { events: calendars.list(userId, from, to) };
    },
  };
  const addEvent: Tool = {
    public: false,
    scopes: ['events:write'],
    run(input, userId) {
      const { title, start, end } = NewEvent.parse(input);
      return { event: calendars.add(userId, { title, start, ...(end && { end }) }) };
    },
  };
  const findEvents: Tool = {
    public: false,
    scopes: ['events:read'],
    run(input, userId) {
      const { query } = Search.parse(input);
      return { events: calendars.list(userId).filter(({ title }) => matches(title, query)) };
    },
  };
  const searchVenues: Tool = {
    public: true,
    scopes: [],
    run(input) {
      const { query, limit } = VenueSearch.parse(input);
      const text = ({ name, kind, city }: (typeof VENUES)[number]) => `${name} ${kind} ${city}`;
      return { venues: VENUES.filter((venue) => matches(text(venue), query)).slice(0, limit) };
    },
  };
  return new Map(Object.entries({ listEvents, addEvent, findEvents, searchVenues }));
}
