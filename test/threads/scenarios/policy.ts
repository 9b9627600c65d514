/** Main publishes policies while a shard takes them over (src/engine/policy.ts). */
import { allocatePolicies, type Policy, PolicyView, publishPolicy } from '../../../src/engine/policy.ts';
import { expect, type Scenario } from '../model.ts';

const POLICIES = 3;
const LOOKS = 3;

/** Fields that belong together. */
function policy(number: number): Policy {
  return {
    serviceEnabled: true,
    activeServers: 2,
    scopes: number,
    updateMode: 1,
    reusesLeases: true,
    observeOutOfScope: false,
    clientIdBytesMax: number,
  };
}

export const POLICY: Scenario<SharedArrayBuffer> = {
  name: 'policies',
  actors: ['main', 'shard'],
  allocate: () => allocatePolicies(1),
  prepare: (memory) => void publishPolicy(new Int32Array(memory), 0, policy(1)),
  act: (actor, memory) => {
    const words = new Int32Array(memory);
    if (actor === 0)
      return () => {
        for (let number = 2; number <= POLICIES; number++) publishPolicy(words, 0, policy(number));
      };
    const view = new PolicyView(memory);
    return () => {
      let before = 0;
      for (let look = 0; look < LOOKS; look++) {
        view.refresh();
        expect(view.scopes === view.clientIdBytesMax, 'no two policies are mixed');
        expect(view.scopes >= before && view.scopes >= 1, 'no policy comes back');
        before = view.scopes;
      }
    };
  },
  check: () => [],
};
