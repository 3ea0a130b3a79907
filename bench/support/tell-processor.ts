/** Loaded into a server before its own code (`--import`): tells its processor time to the process that started it. */
import { processorTime } from './processor.ts';

process.on('message', (message) => {
  if (message === 'processor') process.send?.(processorTime());
});
// Asking must not keep the server alive.
process.channel?.unref();
