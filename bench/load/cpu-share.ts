import { cpus } from 'node:os';
import { roundHundredths } from '../distribution.ts';

/** Processors' worth of work on the whole machine since the clock was made, idle time left out. */
export function watchMachine(): () => number {
  const before = readTimes();
  return () => {
    const now = readTimes();
    const share = (now.busy - before.busy) / (now.busy - before.busy + now.idle - before.idle);
    return roundHundredths(share * cpus().length);
  };
}

function readTimes(): { busy: number; idle: number } {
  const times = cpus().map((cpu) => cpu.times);
  const busy = times.reduce((sum, { user, nice, sys, irq }) => sum + user + nice + sys + irq, 0);
  return { busy, idle: times.reduce((sum, { idle }) => sum + idle, 0) };
}
