/** A server of DHCPv6 with a planted bug breaks a promise in the story that is named for it. */
import t from 'tap';
import { findsBugs } from '../support/finds-bugs.ts';
import { family6 } from './family6.ts';
import { PLANTED_BUGS_6 } from './planted-bugs6.ts';

t.setTimeout(300_000);

findsBugs(t, family6, PLANTED_BUGS_6);
