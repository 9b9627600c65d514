/** Every bench, in the order of the document: from one function to the whole pair. */
import { classes } from './classes.ts';
import { classify } from './classify.ts';
import { cold } from './cold.ts';
import { control } from './control.ts';
import { encode } from './encode.ts';
import { exchange } from './exchange.ts';
import { hash } from './hash.ts';
import { hops } from './hops.ts';
import { idle } from './idle.ts';
import { journal } from './journal.ts';
import { leaseFile } from './lease-file.ts';
import { memory } from './memory.ts';
import type { Bench } from './model.ts';
import { pair } from './pair.ts';
import { pair6 } from './pair6.ts';
import { pool } from './pool.ts';
import { raw } from './raw.ts';
import { scale } from './scale.ts';
import { singleServer } from './single-server.ts';
import { singleServer6 } from './single-server6.ts';
import { sync } from './sync.ts';
import { table } from './table.ts';

export const BENCHES: readonly Bench[] = [
  hash,
  classify,
  classes,
  table,
  pool,
  encode,
  exchange,
  journal,
  leaseFile,
  memory,
  control,
  singleServer,
  scale,
  raw,
  pair,
  singleServer6,
  pair6,
  sync,
  cold,
  idle,
  hops,
];
