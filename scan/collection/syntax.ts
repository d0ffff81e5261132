/** YAML text → a tree whose every node knows its place, or the faults that prevent it. */
import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  parseDocument,
  Parser,
  visit,
} from "yaml";
import type { Fault, FaultCode } from "./fault.ts";

/** Bytes of the largest file that is read; a prompt of this size is over any model's context. */
export const bytesMax = 64 * 1024;

/** Deepest nesting that is parsed. The file shape needs three levels. */
const depthMax = 24;

/** Faults listed per file for broken syntax, where one slip can cause a cascade. */
const syntaxFaultsMax = 8;

/** Faults listed per file in all: whoever reads more than that mends the file first. */
const faultsMax = 40;

/** A stretch of the source, in UTF-16 units. */
export interface Span {
  readonly offset: number;
  readonly length: number;
}

/** Keys and indices from the root to a value. */
export type Path = readonly (string | number)[];

/** Notes a fault of one file; `severity` is an error by default. */
export type AddFault = (
  span: Span,
  code: FaultCode,
  message: string,
  mend: string,
  severity?: Fault["severity"],
) => void;

/** One file, parsed as far as it can be. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** Plain value of the root, null where the syntax is broken and nothing was built. */
  readonly value: unknown;
  /** Where a value is, or its key, or what comes nearest. */
  locate(path: Path, part?: "key" | "value"): Span;
  /** Keys of the map at a path, in the order written, duplicates included once. */
  keys(path: Path): readonly string[];
  readonly add: AddFault;
  /** All that was added so far. */
  readonly faults: readonly Fault[];
}

/**
 * Parses one file of a collection: YAML 1.2's core schema without anchors, aliases, merge keys,
 * tags and directives, which a prompt does not need and which hide what a file says. Throws
 * nothing: whatever is wrong is in `faults`.
 */
export function parseSource(path: string, text: string): Source {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (let i = text.indexOf("\n"); i >= 0; i = text.indexOf("\n", i + 1)) lines.addNewLine(i + 1);

  const faults: Fault[] = [];
  const add: AddFault = (span, code, message, mend, severity = "error") => {
    if (faults.length > faultsMax) return;
    if (faults.length === faultsMax) {
      message = "there are more faults in this file than are listed";
      mend = "mend those listed and check again";
    }
    const { line, col } = lines.linePos(Math.min(span.offset, text.length));
    const start = lines.lineStarts[line - 1];
    const end = text.indexOf("\n", start);
    const source = text.slice(start, end < 0 ? text.length : end).replace(/\r$/, "");
    const length = Math.max(1, Math.min(span.length, source.length - col + 1));
    faults.push({ path, line, column: col, length, severity, code, message, mend, source });
  };

  const document = checkRaw(text, add) ? compose(text, add) : null;
  const value: unknown = document === null ? null : document.toJS({ maxAliasCount: 0 });
  return {
    path,
    text,
    value,
    locate: (at, part = "value") => locate(document, at, part),
    keys: (at) => keysAt(document, at),
    add,
    faults,
  };
}

/** Checks that come before parsing. False where there is nothing to parse. */
function checkRaw(text: string, add: AddFault): boolean {
  if (text.length > bytesMax) {
    const got = `${Math.ceil(text.length / 1024)} KB`;
    add(
      { offset: 0, length: 1 },
      "file",
      `the file is too large: expected at most ${bytesMax / 1024} KB, got ${got}`,
      "keep the prompt and its notes, and move the rest elsewhere",
    );
    return false;
  }
  if (text.charCodeAt(0) === 0xfeff) {
    add(
      { offset: 0, length: 1 },
      "encoding",
      "the file starts with a byte order mark",
      'save it as "UTF-8" without "BOM"',
    );
  }
  // deno-lint-ignore no-control-regex
  const control = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/.exec(text);
  if (control !== null) {
    add(
      { offset: control.index, length: 1 },
      "characters",
      "the file holds a control character, which is not text",
      "delete it; if the file is not a text file, take it out of the folder",
    );
    return false;
  }
  if (text.replace(/^\ufeff/, "").replace(/^\s*#.*$/gm, "").trim() === "") {
    add(
      { offset: 0, length: 1 },
      "file",
      "the file is empty",
      'give it at least "title" and "text", or delete it',
    );
    return false;
  }
  return true;
}

/** Parses what has passed `checkRaw`; null where the tree is of no use. */
function compose(text: string, add: AddFault): Document.Parsed | null {
  const deep = findTooDeep(text);
  if (deep !== null) {
    add(
      { offset: deep, length: 1 },
      "nesting",
      `the file is nested more than ${depthMax} levels deep`,
      "a prompt needs three levels: write lists and maps out flat",
    );
    return null;
  }
  const document = parseDocument(text, {
    schema: "core",
    version: "1.2",
    merge: false,
    customTags: [],
    resolveKnownTags: false,
    stringKeys: true,
    uniqueKeys: true,
    prettyErrors: false,
    // Nothing is logged by this call; at "silent" a second document would be dropped unsaid.
    logLevel: "error",
  });
  // Behind the first slip keys end up in the wrong map: those are not twins in truth.
  const firstSlip = Math.min(
    ...document.errors.filter(({ code }) => code !== "DUPLICATE_KEY").map(({ pos }) => pos[0]),
  );
  let broken = false;
  let nListed = 0;
  let lastLine = -1;
  for (const error of document.errors) {
    const [start, end] = error.pos;
    if (error.code === "DUPLICATE_KEY") {
      if (start > firstSlip) continue;
      const { key, length } = keyText(text, start);
      add(
        { offset: start, length },
        "duplicate-key",
        `the key "${key}" is there twice`,
        "keep one of the two",
      );
      continue;
    }
    broken = true;
    // One slip often breaks the rest of its line too: the first complaint is the one that helps.
    const line = text.slice(0, start).split("\n").length;
    if (line === lastLine || nListed >= syntaxFaultsMax) continue;
    lastLine = line;
    nListed++;
    const { message, mend } = describeSyntax(error.code, error.message);
    add({ offset: start, length: Math.max(1, end - start) }, "yaml", message, mend);
  }
  for (const fault of findFeatures(document, text)) {
    add(fault.span, "yaml-feature", fault.message, fault.mend);
    broken = true;
  }
  return broken ? null : document;
}

/** The key written at an offset, with or without quotes. */
function keyText(text: string, offset: number): { key: string; length: number } {
  const match = /^(?:"([^"\n]*)"|'([^'\n]*)'|([^:\n]*?))\s*(?=:|$)/m.exec(
    text.slice(offset, offset + 200),
  );
  const key = match?.[1] ?? match?.[2] ?? match?.[3] ?? "";
  return { key, length: Math.max(1, match?.[0].trimEnd().length ?? 1) };
}

/**
 * Offset at which the nesting gets too deep, or null. Goes over the token stream, which is not
 * recursive: building the tree of `[[[[…` would overflow the stack.
 */
function findTooDeep(text: string): number | null {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > depthMax) return parser.offset;
  }
  return null;
}

interface Feature {
  readonly span: Span;
  readonly message: string;
  readonly mend: string;
}

/** What YAML offers and a prompt must not use. */
function findFeatures(document: Document.Parsed, text: string): Feature[] {
  const found: Feature[] = [];
  if (document.directives.yaml.explicit) {
    const offset = Math.max(0, text.search(/^%YAML/m));
    found.push({
      span: { offset, length: 5 },
      message: "a %YAML directive stands before the text",
      mend: 'delete the lines that begin with "%", and the "---" after them',
    });
  }
  visit(document, {
    Node(_key, node: Node): symbol | undefined {
      if (found.length >= syntaxFaultsMax) return visit.BREAK;
      const span = spanOf(node);
      if (isAlias(node)) {
        found.push({
          span,
          message: `an alias ("*${node.source}") stands for a value that is elsewhere`,
          mend: "write the value itself",
        });
        return undefined;
      }
      const anchor = "anchor" in node && typeof node.anchor === "string" ? node.anchor : "";
      if (anchor !== "") {
        // The node's range starts after its anchor.
        const offset = Math.max(0, text.lastIndexOf(`&${anchor}`, span.offset));
        found.push({
          span: { offset, length: anchor.length + 1 },
          message: `an anchor ("&${anchor}") marks a value to repeat`,
          mend: `delete "&${anchor}"; where the value is needed again, write it again`,
        });
      }
      if (node.tag !== undefined && /!\S*\s*$/.test(text.slice(0, span.offset))) {
        const offset = text.slice(0, span.offset).search(/!\S*\s*$/);
        found.push({
          span: { offset, length: Math.max(1, span.offset - offset) },
          message: "a tag changes the type of a value",
          mend: 'delete the word that begins with "!"; quotes make a value text',
        });
      }
      return undefined;
    },
    Pair(_key, pair) {
      if (isScalar(pair.key) && pair.key.value === "<<") {
        found.push({
          span: spanOf(pair.key),
          message: "a merge key (<<) takes keys from elsewhere",
          mend: "write the keys out",
        });
      }
    },
  });
  return found;
}

function spanOf(node: unknown): Span {
  if (!isNode(node) || !node.range) return { offset: 0, length: 1 };
  const [start, end] = node.range;
  return { offset: start, length: Math.max(1, end - start) };
}

/** Place of the value or key at a path; of its nearest parent's key where there is none. */
function locate(document: Document.Parsed | null, path: Path, part: "key" | "value"): Span {
  let node: unknown = document?.contents;
  let nearest: Span = { offset: isNode(node) && node.range ? node.range[0] : 0, length: 1 };
  for (const [depth, step] of path.entries()) {
    const last = depth === path.length - 1;
    if (isMap(node)) {
      // Of a key that is there twice, the last one's value is the one that was read.
      const pair = node.items.findLast((item) => keyOf(item.key) === String(step));
      if (pair === undefined) return nearest;
      nearest = spanOf(pair.key);
      if (last && part === "key") return nearest;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
    } else {
      return nearest;
    }
    // An empty value (`title:`) has a place but nothing to point at: its key says more.
    if (isNode(node) && node.range && node.range[1] > node.range[0]) nearest = spanOf(node);
  }
  return nearest;
}

function keyOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}

function keysAt(document: Document.Parsed | null, path: Path): string[] {
  const node: unknown = path.length === 0 ? document?.contents : document?.getIn(path, true);
  return isMap(node) ? [...new Set(node.items.map((item) => keyOf(item.key)))] : [];
}

/** The library's complaint in the words of somebody who writes a prompt. */
function describeSyntax(code: ErrorCode, message: string): { message: string; mend: string } {
  switch (code) {
    case "TAB_AS_INDENT":
      return { message: "a tab indents this line", mend: "indent with spaces, two per level" };
    case "BLOCK_AS_IMPLICIT_KEY":
    case "MULTILINE_IMPLICIT_KEY":
    case "KEY_OVER_1024_CHARS":
      return {
        message: 'a text with ": " in it reads as a key',
        mend: 'put the whole text in quotes: title: "Colours: red"',
      };
    case "BAD_INDENT":
      return {
        message: "this line is not indented as its neighbours are",
        mend: "give all keys of one level the same number of spaces",
      };
    case "MULTIPLE_DOCS":
      return {
        message: 'a second document starts here ("---")',
        mend: "make each prompt a file of its own",
      };
    case "BAD_SCALAR_START":
      return {
        message: "a text cannot start with this character",
        mend: 'put the text in quotes: "…"',
      };
    case "BAD_DQ_ESCAPE":
      return {
        message: "there is no such escape in a double-quoted text",
        mend: "write \\\\ for a backslash, or use single quotes",
      };
    case "MISSING_CHAR":
      return {
        message: lowerFirst(message),
        mend: "close what is open: a quote, a bracket or a brace; put a colon after a key",
      };
    case "NON_STRING_KEY":
      return { message: "a key must be a word", mend: "put it in quotes, or use a plain word" };
    case "BAD_ALIAS":
    case "MULTIPLE_ANCHORS":
    case "ALIAS_PROPS":
      return { message: "anchors and aliases are not read", mend: "write the value itself" };
    case "TAG_RESOLVE_FAILED":
    case "MULTIPLE_TAGS":
      return {
        message: "a tag changes the type of a value",
        mend: 'delete the word that begins with "!"; quotes make a value text',
      };
    default:
      return {
        message: `this is not YAML: ${lowerFirst(message)}`,
        mend: 'each line is "key: value"; put texts with special characters in quotes',
      };
  }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
