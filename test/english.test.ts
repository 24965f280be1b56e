import { glob } from "node:fs/promises";
import { join, relative } from "node:path";

import { describe, expect, it } from "vitest";

import { read, root } from "./support/documents.ts";

/** Documents, code, and files that keep their old or recorded texts. */
const prose = ["*.md", "docs/**/*.md"];
const code = [
  "{src,dev,test,bench}/**/*.{ts,tsx,mjs,css,sql}",
  "{*.{ts,mjs,jsonc,yml},.env.example,Dockerfile,.github/**/*.yml}",
  "prisma/schema.prisma",
];
const exempt = /^(CHANGELOG\.md$|src\/database\/generated\/|test\/(fixtures|e2e\/screenshots)\/)/;

type Rule = {
  pattern: RegExp;
  /** What to write in its place. */
  better: string;
  /** A sentence that the pattern finds, and one that it leaves alone. */
  finds: string;
  passes: string;
};

/** The beginning of a sentence, which is no question. Titles of tests and log lines get a capital before. */
const opening = (words: string) => new RegExp(`^(?:${words})\\b`);
const phrase = (words: string) => new RegExp(`\\b(?:${words})\\b`);

const rules: Rule[] = [
  {
    pattern: opening("Whoever|Whomever|Whatever"),
    better: "begin with the actor or the thing: a person who, every error",
    finds: "Whoever was removed may ask.",
    passes: "A person who was removed may ask, whatever the reason.",
  },
  {
    pattern: opening(
      "Who|Whom|Whose|(?:Of|By|To|For|From|With|In|On|At|About) (?:whom|whose|what)",
    ),
    better: "make the actor the subject",
    finds: "Of whom Logto knows no more nothing can be made equal.",
    passes: "Users deleted at Logto are skipped.",
  },
  {
    pattern: opening("What"),
    better: "name the thing: the value, the request, the row",
    finds: "What cannot be parsed is counted.",
    passes: "The server counts requests that it cannot parse. What happened?",
  },
  {
    pattern: opening("Nor"),
    better: "a sentence with “not … either”, or one clause with “neither … nor”",
    finds: "Nor does anybody ride on one who brings a token.",
    passes: "It reads neither headers nor cookies.",
  },
  {
    pattern: opening("So (?:can|could|does|do|did|is|are|has|have|will|would|may|must|was|were)"),
    better: "“also”, or a sentence with a subject",
    finds: "So can a job of an older release.",
    passes: "So the job of an older release can, too.",
  },
  {
    pattern: opening(
      "(?:Never|Seldom|Nowhere|Not only|Only then|Neither) (?:does|do|did|is|are|has|have|can|may|will)" +
        "|(?:Here|Below|Above|Behind it|In it|With it|To it|Of it|Of them) (?:is|are|has|stands?|comes?|goes|lies?)",
    ),
    better: "subject, verb, object",
    finds: "Never does a token reach a log.",
    passes: "A token never reaches a log.",
  },
  {
    pattern: phrase(
      "that there (?:is|are|was|were)(?=[.,;:)]|$| (?:in|at|for|of|when|until|by)\\b)|what there (?:is|are)",
    ),
    better: "leave “that there is” out, or say where it is",
    finds: "It shows every role that there is.",
    passes: "It says that there is no role.",
  },
  {
    pattern: phrase("(?:is|are|was|were|be|been) told of"),
    better: "“learns about”, “is notified of”",
    finds: "The admin is told of the request.",
    passes: "The admin is notified of the request.",
  },
  {
    pattern: phrase("as (?:it|they|he|she) stands?"),
    better: "“unchanged”, “as is”",
    finds: "It sends the form as it stands.",
    passes: "It sends the form unchanged.",
  },
  {
    pattern: phrase("for ever"),
    better: "“forever”, “indefinitely”, “repeatedly”",
    finds: "The row stays for ever.",
    passes: "The row stays forever.",
  },
  {
    pattern: phrase("[Ss]omebody"),
    better: "“a person”, “a visitor”, “someone”",
    finds: "It refuses somebody without a session.",
    passes: "It refuses a visitor without a session, and someone else's form.",
  },
  {
    pattern: phrase("[Ee]-mails?"),
    better: "“email”",
    finds: "An e-mail address proves nothing by itself.",
    passes: "An email address proves nothing by itself.",
  },
  {
    pattern: phrase("[Tt]wins?"),
    better: "“counterpart”, “its Logto organization”",
    finds: "It deletes the organization's twin.",
    passes: "It deletes the organization's counterpart.",
  },
  {
    pattern: phrase("nobody['’]s behalf"),
    better: "“without a scope”",
    finds: "It reads on nobody's behalf.",
    passes: "It reads without a scope, or on a person's behalf.",
  },
  {
    pattern: phrase("(?:[Nn]ull|[Uu]ndefined) where"),
    better: "“null if”",
    finds: "Returns null where there is no row.",
    passes: "Returns null if there is no row.",
  },
  {
    pattern: phrase("(?<!under )ways? in(?! (?:which|this|that|the|an?)\\b)"),
    better: "“join option”, “access”, “how to sign in”",
    finds: "Each way in has its own rule.",
    passes: "Each join option has its own rule, in the way in which it was made.",
  },
  {
    pattern: phrase("(?:[Ff]ront|back|open|at the|our|the|this|that) doors?|the bell"),
    better: "“the start page”, “join option”, “access”",
    finds: "It leads to the front door.",
    passes: "It leads to the start page. The logo is a double door.",
  },
  {
    pattern: phrase("[Ss]trays?|[Uu]nborn|[Oo]nlookers?|[Ff]ates?"),
    better: "“unlinked organization”, “not yet created”, “reader”, “effect”",
    finds: "A stray is linked at last.",
    passes: "An unlinked organization gets its link.",
  },
  {
    pattern: phrase("[Cc]hores?|[Kk]eeps? house"),
    better: "“task”, “purge expired rows”",
    finds: "The worker keeps house every hour.",
    passes: "The worker purges expired rows every hour.",
  },
  {
    pattern: phrase("[Pp]atience|[Ll]eisure"),
    better: "“timeout”, “quota”",
    finds: "Its patience is two seconds.",
    passes: "Its timeout is two seconds.",
  },
];

type Sentence = { path: string; line: number; text: string };

async function listFiles(patterns: string[]): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of glob(patterns, { cwd: root, withFileTypes: true })) {
    if (entry.isFile()) paths.push(relative(root, join(entry.parentPath, entry.name)));
  }
  const itself = relative(root, import.meta.filename);
  return paths.filter((path) => !exempt.test(path) && path !== itself).toSorted();
}

/** Code in backticks and addresses of links are no prose. */
const withoutCode = (text: string) =>
  text
    .replaceAll(/`[^`]*`/g, "x")
    .replaceAll(/\]\([^)]*\)/g, "]")
    .replaceAll(/\{@link [^}]*\}/g, "x");

/** Cuts a text at the ends of its sentences. A question is left out: it may begin with its word. */
function splitSentences(path: string, line: number, text: string): Sentence[] {
  return withoutCode(text)
    .split(/(?<=[.!?])["”)]?\s+|(?<=[:;])\s+(?=[A-Z])/)
    .map((sentence) => sentence.replace(/^[\s"“(*_>-]+/, "").trim())
    .filter((sentence) => sentence !== "" && !sentence.endsWith("?"))
    .map((sentence) => ({ path, line, text: sentence }));
}

/** Paragraphs, items and cells. Headings and cells name a thing, and need not be sentences. */
function readMarkdown(path: string, text: string): Sentence[] {
  const withoutBlocks = text.replaceAll(/^```.*?^```$/gms, (block) => block.replaceAll(/./g, ""));
  const sentences: Sentence[] = [];
  let paragraph: { line: number; lines: string[] } | undefined;
  const end = () => {
    if (paragraph)
      sentences.push(...splitSentences(path, paragraph.line, paragraph.lines.join(" ")));
    paragraph = undefined;
  };
  for (const [index, line] of withoutBlocks.split("\n").entries()) {
    const isApart = /^\s*(?:#|\||[-*] |\d+\. |$)/.test(line);
    if (isApart) end();
    if (/^\s*(?:#|\||$)/.test(line)) continue;
    paragraph ??= { line: index + 1, lines: [] };
    paragraph.lines.push(line.replace(/^\s*(?:[-*]|\d+\.) /, "").trim());
  }
  end();
  return sentences;
}

/** Comments that stand together, titles of tests, and lines of the log. */
const inCode =
  /\/\*+(?<block>[\s\S]*?)\*\/|(?<=^|\s)(?<lines>(?:\/\/|--|#)[^\n]*(?:\n\s*(?:\/\/|--|#) [^\n]*)*)|\b(?:it|test|describe)(?:\.\w+(?:\([^()]*\))?)*\(\s*(?:"(?<title>(?:[^"\\\n]|\\.)+)"|`(?<template>[^`]+)`)|\blog(?:ger)?\.(?:info|warn|error|fatal)\([^;]*?"(?<log>[^"\n]+)"/gm;

function readCode(path: string, text: string): Sentence[] {
  return [...text.matchAll(inCode)].flatMap(({ index, groups = {} }) => {
    const { block, lines, title, template, log } = groups;
    const words = (title ?? template ?? log ?? "").replace(/^(?:[A-Z]{2}\d\d )+/, "");
    const found = block ?? lines ?? words.slice(0, 1).toUpperCase() + words.slice(1);
    if (/oxlint-disable|@ts-|^#!|https?:\/\/\S+$/.test(found)) return [];
    const line = text.slice(0, index).split("\n").length;
    const plain = found
      .replaceAll(/^\s*(?:\/\/|--|#|\*)[ \t]?/gm, "")
      .replaceAll(/^\s*@(?:param|returns|throws|example|public)\b(?: [\w.]+)?/gm, ". ")
      .replaceAll(/\s+/g, " ");
    return splitSentences(path, line, plain);
  });
}

const readFile = async (path: string): Promise<Sentence[]> =>
  path.endsWith(".md") ? readMarkdown(path, await read(path)) : readCode(path, await read(path));

/** The folder of a finding, such as src/http. */
const folderOf = (path: string) => {
  const parts = path.split("/");
  return parts.slice(0, Math.min(2, parts.length - 1)).join("/") || "the top folder";
};

const listed = await listFiles([...prose, ...code]);

describe("plain English", () => {
  it.each(rules)("finds “$finds” ($better)", ({ pattern, finds, passes }) => {
    const find = (text: string) =>
      splitSentences("", 1, text).some((found) => pattern.test(found.text));
    expect(find(finds)).toBe(true);
    expect(find(passes)).toBe(false);
  });

  it("reads comments, titles, log lines and paragraphs, and no code", () => {
    const source = `/** Says one. Whoever asks\n * twice. */\nconst a = "Whoever"; // What is next?\n  it("what comes", () => logger.info({ a: 1 }, "who came"));`;
    const texts = (sentences: Sentence[]) => sentences.map(({ text }) => text);
    expect(texts(readCode("a.ts", source))).toEqual([
      "Says one.",
      "Whoever asks twice.",
      "What comes",
      "Who came",
    ]);
    const page =
      "# What is in it\n\nOne\nline.\n\n- What `is` it: two\n\n| what |\n\n```sh\nwhat\n```\n";
    expect(texts(readMarkdown("a.md", page))).toEqual(["One line.", "What x it: two"]);
  });

  const findings = Promise.all(listed.map(readFile)).then((files) =>
    files.flat().flatMap(({ path, line, text }) =>
      rules
        .filter(({ pattern }) => pattern.test(text))
        .map(({ better }) => ({
          path,
          text: `${path}:${line} “${text.slice(0, 90)}” → ${better}`,
        })),
    ),
  );

  it.each([...new Set(listed.map(folderOf))])("is what %s is written in", async (folder) => {
    const found = (await findings).filter(({ path }) => folderOf(path) === folder);
    expect(found.map(({ text }) => text)).toEqual([]);
  });
});
