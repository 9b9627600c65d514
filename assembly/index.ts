/** The module's exports. Its memory is imported and laid out by src/wasm/layout.ts. */
export { classify4 } from './classify4';
export { classify6 } from './classify6';
export { hash } from './pearson';
