/**
 * Reads source files for test/tidy.test.ts: finds constructs that the data plane may not contain, and functions that
 * are too long. The syntax tree is used rather than patterns, so that words in comments and strings are no findings.
 */
import { readFileSync } from 'node:fs';
import ts from 'typescript';

export interface SourceFile {
  /** Relative to the project, with forward slashes. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

/** Parses one file of the project. @param root with a slash at its end */
export function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(root + path, 'utf8');
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true) };
}

/** What a hot path may not contain, each with what to write instead. */
const REPLACEMENTS = {
  async: 'the data plane is synchronous: park the reply and go on',
  closure: 'write the loop body inline or call a method: a closure made in a loop is garbage a packet',
  template: 'write bytes or numbers: a template string is garbage a packet',
  spread: 'name the elements or write a loop: a spread copies',
  json: 'use the byte writers: JSON builds objects',
  console: 'count it in engine/figures/statistics.ts: no log call a packet',
} as const;

/**
 * Constructs of the hot path rules, as "path:line: finding". Module scope (with the callbacks handed to a call there)
 * and constructors run once, `throw` never: they are free.
 */
export function findHotPathBans(source: SourceFile): string[] {
  const findings: string[] = [];
  const visit = (node: ts.Node, isHot: boolean, isInLoop: boolean): void => {
    if (ts.isThrowStatement(node) || ts.isConstructorDeclaration(node)) return;
    const ban = isHot ? banOf(node, isInLoop) : null;
    if (ban !== null) findings.push(`${placeOf(source, node)}: ${ban}: ${REPLACEMENTS[ban]}`);
    const startsFunction = ts.isFunctionLike(node);
    const inLoop = startsFunction ? false : isInLoop || ts.isIterationStatement(node, false);
    const hot = isHot || (startsFunction && !ts.isCallExpression(node.parent));
    ts.forEachChild(node, (child) => visit(child, hot, inLoop));
  };
  visit(source.tree, false, false);
  return findings;
}

function banOf(node: ts.Node, isInLoop: boolean): keyof typeof REPLACEMENTS | null {
  if (node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node)) return 'async';
  if (ts.isTemplateExpression(node)) return 'template';
  if (ts.isSpreadElement(node) || ts.isSpreadAssignment(node)) return 'spread';
  if (isMemberOf(node, 'JSON')) return 'json';
  if (isMemberOf(node, 'console')) return 'console';
  return isInLoop && (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) ? 'closure' : null;
}

function isMemberOf(node: ts.Node, object: string): boolean {
  return (
    ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === object
  );
}

/** Uses of `object.member` such as Date.now, as "path:line". */
export function findUses(source: SourceFile, object: string, member: string): string[] {
  const findings: string[] = [];
  const visit = (node: ts.Node): void => {
    if (isMemberOf(node, object) && (node as ts.PropertyAccessExpression).name.text === member) {
      findings.push(placeOf(source, node));
    }
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return findings;
}

/** Functions of more than `linesMax` lines, as "path:line: n lines". */
export function findLongFunctions(source: SourceFile, linesMax: number): string[] {
  const findings: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const lines = lineOf(source, node.end) - lineOf(source, node.getStart()) + 1;
      if (lines > linesMax) findings.push(`${placeOf(source, node)}: ${lines} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source.tree);
  return findings;
}

function placeOf(source: SourceFile, node: ts.Node): string {
  return `${source.path}:${lineOf(source, node.getStart())}`;
}

function lineOf(source: SourceFile, position: number): number {
  return source.tree.getLineAndCharacterOfPosition(position).line + 1;
}
