/** A server with a planted bug breaks a promise in the story that is named for it. */
import t from 'tap';
import { family4 } from './dhcp4/family4.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';
import { findsBugs } from './support/finds-bugs.ts';

t.setTimeout(300_000);

findsBugs(t, family4, PLANTED_BUGS);
