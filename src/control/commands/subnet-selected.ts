/** What the commands that select a subnet answer, in the families alike. */
import { type Answer, failure, Result, success } from '../answer.ts';

/** A subnet with its prefix as text. */
export interface SelectedSubnet {
  readonly id: number;
  readonly prefix: string;
  readonly prefixLength: number;
  /** Null = it is in no shared network. */
  readonly networkName: string | null;
}

/** @param selected null = none was */
export function answerSelected(selected: SelectedSubnet | null): Answer {
  if (selected === null) return failure('no subnet selected', Result.empty);
  const { id, networkName, prefix, prefixLength } = selected;
  const subnet = `subnet '${prefix}/${prefixLength}' id ${id}`;
  return success(
    networkName === null
      ? `selected ${subnet}`
      : `selected shared network '${networkName}' starting with ${subnet}`,
  );
}
