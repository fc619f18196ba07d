import { type Random, shuffled } from './random.ts';

export interface ScenarioSize {
  readonly peopleCount: number;
  readonly roomCount: number;
  readonly roomSize: number;
}

/** Who is in which room. People and rooms are numbers; a driver gives them the ids that its system wants. */
export interface Scenario extends ScenarioSize {
  readonly members: readonly (readonly number[])[];
}

/** Fills rooms by shuffling everybody as often as it takes, so that each person is in equally many rooms. */
export function drawScenario(size: ScenarioSize, random: Random): Scenario {
  const { peopleCount, roomCount, roomSize } = size;
  if (peopleCount % roomSize !== 0) throw new Error('the people must fill whole rooms');
  const people = Array.from({ length: peopleCount }, (_, person) => person);
  const members: (readonly number[])[] = [];
  while (members.length < roomCount) {
    const mixed = shuffled(random, people);
    for (let start = 0; start < peopleCount && members.length < roomCount; start += roomSize) {
      members.push(mixed.slice(start, start + roomSize));
    }
  }
  return { ...size, members };
}

export function describeScenario({ peopleCount, roomCount, roomSize }: ScenarioSize): string {
  return `${peopleCount} people, ${roomCount} ${roomCount === 1 ? 'room' : 'rooms'} of ${roomSize}`;
}
