/** A server as the simulator loads it: the product, but for the modules in the place of which the others of this folder stand. */
// biome-ignore lint/performance/noBarrelFile: the entry of an image
export { App } from '../../../src/app/app.ts';
export { readAnyConfiguration } from '../../../src/app/configuration.ts';
export { App6 } from '../../../src/app/dhcp6/app.ts';
