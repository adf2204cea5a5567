import type { SoakBackend } from './backend.ts';
import { addTo, addWrong, type Tally } from './tally.ts';
import type { Answered, Kind, World } from './traffic.ts';

/** What the gateway or the backend says of itself in a bad moment; 0 = no answer at all. */
const unwell =
  /^(0 |502 upstream_failed|503 upstream_unavailable|503 overloaded|504 upstream_timeout|500 of the backend|200 is_error)/;

const lost = (error: unknown): Answered => ({ status: 0, code: String(error), mine: false });

/** Makes one call and judges its answer. */
export async function judge(
  kind: Kind,
  world: World,
  backend: SoakBackend,
  tally: Tally,
): Promise<void> {
  const began = performance.now();
  const got = await kind.call(world).catch(lost);
  if (!got) return;
  addTo(tally.calls, kind.name);
  const answer = `${got.status} ${got.code}`;
  const served = answer === '200 ';
  const right = kind.right.includes(answer);
  const troubled = kind.forwarded === true && backend.unwellSince(began);
  if (right && served && got.mine) {
    tally.served += 1;
    if (kind.timed && !troubled) tally.took.push(performance.now() - began);
  } else if (right && !served) addTo(tally.refusals, got.code || answer.trim());
  else if (troubled && unwell.test(answer)) tally.excused += 1;
  else addWrong(tally, `${kind.name}: ${answer}${right ? 'but for somebody else' : ''}`);
}
