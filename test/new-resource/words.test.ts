import { describe, expect, it } from "vitest";

import { readWords, Refusal } from "../../dev/new-resource/words.ts";

describe("readWords()", () => {
  it("spells one word and two as each part of the code does", () => {
    const { one, many } = readWords("support-tickets");
    expect(one).toEqual({
      kebab: "support-ticket",
      snake: "support_ticket",
      camel: "supportTicket",
      pascal: "SupportTicket",
      text: "support ticket",
    });
    expect(many).toMatchObject({ snake: "support_tickets", pascal: "SupportTickets" });
    expect(readWords("tasks").one).toMatchObject({ snake: "task", pascal: "Task" });
  });

  it.each([
    ["companies", "company"],
    ["addresses", "address"],
    ["statuses", "status"],
    ["analyses", "analysis"],
    ["shelves", "shelf"],
    ["indexes", "index"],
    ["sales-people", "sales-person"],
    ["web3-wallets", "web3-wallet"],
  ])("knows the singular of %s: %s", (name, singular) => {
    expect(readWords(name).one.kebab).toBe(singular);
  });

  it.each([
    ["", "is not in kebab-case"],
    ["Tasks", "is not in kebab-case"],
    ["support_tickets", "is not in kebab-case"],
    ["support tickets", "is not in kebab-case"],
    ["tasks-", "is not in kebab-case"],
    ["2-tasks", "is not in kebab-case"],
    ["../tasks", "is not in kebab-case"],
    ["aufgäben", "is not in kebab-case"],
    [`${"very-".repeat(5)}long-names`, "is longer than 28 characters"],
    ["task", "is not the plural of anything. Did you mean tasks?"],
    ["support-ticket", "is not the plural of anything. Did you mean support-tickets?"],
    ["news", "is not the plural of anything."],
    ["sheep", "is not the plural of anything."],
    ["cases", "case is a word of the language"],
    ["packages", "package is a word of the language"],
    ["references", "references is a word of the language"],
  ])("refuses %s: it %s", (name, why) => {
    expect(() => readWords(name)).toThrow(Refusal);
    expect(() => readWords(name)).toThrow(why);
  });
});
