/** Expressions in the parameters of a hook. Unlike those of classes they may ask for classes that nothing defines. */
import { type Parsed, parseTest, parseValue, type Surroundings } from '../../classes/parse.ts';
import type { TestNode, ValueNode } from '../../classes/syntax-tree.ts';
import type { OptionSpaces } from '../../options/spaces.ts';
import type { Path } from '../problem.ts';
import type { Report } from '../report.ts';

function surroundings(spaces: OptionSpaces): Surroundings {
  return {
    family: spaces.standard.family,
    optionCode: (name) => spaces.findByName(spaces.standard.space, name)?.code,
    isClass: () => true,
  };
}

/** @returns null after an error, which names the character, was reported */
export function readValueExpression(
  text: string,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): ValueNode | null {
  return nodeOf(parseValue(text, surroundings(spaces)), text, at, report);
}

/** @returns null after an error, which names the character, was reported */
export function readTestExpression(
  text: string,
  spaces: OptionSpaces,
  at: Path,
  report: Report,
): TestNode | null {
  return nodeOf(parseTest(text, surroundings(spaces)), text, at, report);
}

function nodeOf<T>(parsed: Parsed<T>, text: string, at: Path, report: Report): T | null {
  if (parsed.ok) return parsed.node;
  const { at: offset, found, expected } = parsed.fault;
  report.errorInside(at, text, offset, found, expected);
  return null;
}
