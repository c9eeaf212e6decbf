import { readdirSync, readFileSync } from 'node:fs';

const NS_PER_MS = 1e6;

/**
 * The processor time of all threads of a process that runs, in milliseconds, as Linux counts it: to the nanosecond, where `getrusage` counts
 * whole ticks on some machines. What threads that have ended used is not in it.
 * @throws {Error} where there is no /proc, and when the process has ended
 */
export function cpuMsOf(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  const times = tasks.map((task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]));
  return times.reduce((total, ns) => total + ns, 0) / NS_PER_MS;
}

/** The most physical memory that a process has had so far, in MiB. @throws {Error} as {@link cpuMsOf} */
export function peakMemoryMiBOf(pid: number): number {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) / 1024;
}
