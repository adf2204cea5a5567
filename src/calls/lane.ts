import type { Target } from '../tools/target.ts';
import { type Breaker, type BreakerRule, type BreakerState, createBreaker } from './breaker.ts';
import { createRoom, type Room } from './room.ts';

/** The way to the backend of one tool: a slow or dead one must not take the others along. */
export interface Lane {
  readonly room: Room;
  readonly breaker: Breaker;
}

/** How it stands between one tool and its backend. */
export interface LaneState {
  readonly tool: string;
  readonly breaker: BreakerState;
  /** Calls at the backend. */
  readonly busy: number;
  /** Calls that wait for a place. */
  readonly waiting: number;
}

export interface Lanes {
  of(tool: Target): Lane;
  /** Of every tool that was called since the start. */
  state(): LaneState[];
}

/** @param onBreaker told of each change, with the name of the tool. */
export function createLanes(
  rule: BreakerRule,
  onBreaker: (tool: string, state: BreakerState) => void,
): Lanes {
  const lanes = new Map<string, Lane>();
  const open = ({ name, maxConcurrent, maxQueued }: Target): Lane => {
    const lane = {
      room: createRoom(maxConcurrent, maxQueued),
      breaker: createBreaker(rule, (state) => onBreaker(name, state)),
    };
    lanes.set(name, lane);
    return lane;
  };
  return {
    of: (tool) => lanes.get(tool.name) ?? open(tool),
    state: () =>
      [...lanes].map(([tool, { room, breaker }]) => ({
        tool,
        breaker: breaker.state(),
        busy: room.busy(),
        waiting: room.waiting(),
      })),
  };
}
