/** The stories of interfaces.test.ts once more, through raw sockets. */
import { serveThrough } from './interface-scene.ts';

serveThrough('raw');
await import('./interfaces.test.ts');
