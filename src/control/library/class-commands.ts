/** class-* of Kea's class_cmds library. */
import { type Answer, type CommandHandler, failure, Result, success } from '../answer.ts';
import type { ArgumentMap } from '../arguments.ts';
import { isAnswer, needMap, needOne, needText, quoted } from './arguments.ts';
import { completeMap, type DocumentSources, editConfiguration, itemsOf, replaced } from './edit.ts';

export function createClassCommands(sources: DocumentSources): Map<string, CommandHandler> {
  return new Map<string, CommandHandler>([
    ['class-add', (args) => classAdd(sources, args)],
    ['class-del', (args) => classDelete(sources, args)],
    ['class-get', (args) => classGet(sources, args)],
    ['class-list', () => classList(sources)],
    ['class-update', (args) => classUpdate(sources, args)],
  ]);
}

function classList(sources: DocumentSources): Answer {
  const classes = itemsOf(completeMap(sources), 'client-classes').map(({ name }) => ({ name }));
  const count = classes.length;
  return {
    result: count > 0 ? Result.success : Result.empty,
    text: `${count} class${count === 1 ? '' : 'es'} found`,
    arguments: { 'client-classes': classes },
  };
}

function classGet(sources: DocumentSources, args: unknown): Answer {
  const map = needMap(args, 'class-get');
  if (isAnswer(map)) return map;
  const name = needText(map, 'name');
  if (isAnswer(name)) return name;
  const found = findClass(completeMap(sources), name);
  if (found === undefined) return noClass(name);
  return success(`Class '${quoted(name)}' definition returned`, { 'client-classes': [found] });
}

/** A new class comes last in the order of evaluation, so that it may refer to all others. */
function classAdd(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const given = needClass(args, 'class-add');
  if (isAnswer(given)) return given;
  const { name, map: item } = given;
  return editConfiguration(sources, (server) => {
    if (findClass(server, name) !== undefined) return failure(`Class '${quoted(name)}' already exists`);
    return {
      map: { ...server, 'client-classes': [...itemsOf(server, 'client-classes'), item] },
      answer: success(`Class '${quoted(name)}' added`),
    };
  });
}

function classUpdate(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const given = needClass(args, 'class-update');
  if (isAnswer(given)) return given;
  const { name, map: item } = given;
  return editConfiguration(sources, (server) => {
    const before = findClass(server, name);
    if (before === undefined) return noClass(name);
    return {
      map: { ...server, 'client-classes': replaced(itemsOf(server, 'client-classes'), before, item) },
      answer: success(`Class '${quoted(name)}' updated`),
    };
  });
}

/** A class that something refers to is kept: the configuration would be wrong without it. */
function classDelete(sources: DocumentSources, args: unknown): Answer | Promise<Answer> {
  const map = needMap(args, 'class-del');
  if (isAnswer(map)) return map;
  const name = needText(map, 'name');
  if (isAnswer(name)) return name;
  return editConfiguration(sources, (server) => {
    const before = findClass(server, name);
    if (before === undefined) return noClass(name);
    const rest = itemsOf(server, 'client-classes').filter((each) => each !== before);
    return {
      map: { ...server, 'client-classes': rest },
      answer: success(`Class '${quoted(name)}' deleted`),
    };
  });
}

function needClass(args: unknown, command: string): { name: string; map: ArgumentMap } | Answer {
  const map = needOne(args, command, 'client-classes');
  if (isAnswer(map)) return map;
  const name = needText(map, 'name');
  return isAnswer(name) ? name : { name, map };
}

function findClass(server: ArgumentMap, name: string): ArgumentMap | undefined {
  return itemsOf(server, 'client-classes').find((each) => each['name'] === name);
}

function noClass(name: string): Answer {
  return failure(`Class '${quoted(name)}' not found`, Result.empty);
}
