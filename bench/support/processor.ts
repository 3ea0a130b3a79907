/** Processor time in microseconds, since the process began. */
export interface ProcessorTime {
  /** Of the thread that answers requests. */
  readonly main: number;
  /** Of all threads: database, search and garbage collection too. */
  readonly all: number;
}

export function processorTime(): ProcessorTime {
  const thread = process.threadCpuUsage();
  const all = process.cpuUsage();
  return { main: thread.user + thread.system, all: all.user + all.system };
}
