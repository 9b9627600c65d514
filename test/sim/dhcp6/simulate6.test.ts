/** Stories of a simulated pair of DHCPv6: none breaks a promise. */
import t from 'tap';
import { tellsStories } from '../support/tells-stories.ts';
import { family6 } from './family6.ts';

t.setTimeout(600_000);

tellsStories(t, family6);
