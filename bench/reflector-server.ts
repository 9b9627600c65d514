/** Program: the reflector as a server with a configuration file, so that it is started and measured as the others are. */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { addressOf } from '../src/demo/local-server.ts';
import { reflect } from './reflector.ts';

interface Configuration {
  readonly Dhcp4: {
    readonly 'interfaces-config': { readonly interfaces: readonly [string] };
    readonly subnet4: readonly [{ readonly relay: { readonly 'ip-addresses': readonly [string] } }];
  };
}

const { values } = parseArgs({
  options: {
    config: { type: 'string', short: 'c', default: '' },
    port: { type: 'string', short: 'p', default: '' },
    relay: { type: 'string', short: 'P', default: '' },
  },
});
const { Dhcp4 } = JSON.parse(readFileSync(values.config, 'utf8')) as Configuration;
const [, address = ''] = Dhcp4['interfaces-config'].interfaces[0].split('/');
reflect({
  address: addressOf(address),
  port: Number(values.port),
  relay: {
    address: addressOf(Dhcp4.subnet4[0].relay['ip-addresses'][0]),
    port: Number(values.relay),
  },
  stop: new Int32Array(new SharedArrayBuffer(4)),
});
