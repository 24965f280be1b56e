import type { VNode } from "preact";
import { describe, expect, it } from "vitest";
import { renderToString } from "preact-render-to-string";
import { CheckboxField, Field, FormAlert } from "../../src/views/form.tsx";

function readInput(vnode: VNode): Map<string, string> {
  const tag = /<input[^>]*>/.exec(renderToString(vnode))?.[0] ?? "";
  const pairs = [...tag.matchAll(/\s([a-z-]+)(?:="([^"]*)")?/g)];
  return new Map(pairs.map(([, name = "", value = ""]) => [name, value]));
}

function readText(html: string, id: string): string {
  const found = new RegExp(`id="${id}"[^>]*>(.*?)</(?:p|div)>`).exec(html)?.[1] ?? "";
  return found.replaceAll(/<[^>]+>/g, "");
}

describe("Field", () => {
  it("is a text field with a label and no description", () => {
    const input = readInput(<Field name="name" label="Name" />);
    expect(input.get("id")).toBe("field-name");
    expect(input.get("type")).toBe("text");
    expect([...input.keys()].toSorted()).toEqual([
      "autocomplete",
      "class",
      "id",
      "name",
      "type",
      "value",
    ]);
    expect(renderToString(<Field name="name" label="Name" />)).toMatch(
      /<label [^>]*for="field-name">Name</,
    );
  });

  it("describes itself by its hint", () => {
    const field = <Field name="name" label="Name" hint="As others see it." />;
    expect(readInput(field).get("aria-describedby")).toBe("field-name-hint");
    expect(readText(renderToString(field), "field-name-hint")).toBe("As others see it.");
  });

  it("keeps the typed value, shows the faults, and takes the focus", () => {
    const field = (
      <Field
        name="name"
        label="Name"
        value={`a "b"`}
        hint="Hint"
        errors={["Too short.", "Taken."]}
        required
        maxLength={80}
      />
    );
    const input = readInput(field);
    expect(input.get("value")).toBe("a &quot;b&quot;");
    expect(input.get("aria-invalid")).toBe("true");
    expect(input.get("aria-describedby")).toBe("field-name-hint field-name-error");
    expect(input.get("maxlength")).toBe("80");
    expect(input.has("required")).toBe(true);
    expect(input.has("autofocus")).toBe(true);
    const html = renderToString(field);
    expect(readText(html, "field-name-error")).toContain("Error: Too short.");
    expect(html).toContain("Taken.");
  });
});

describe("CheckboxField", () => {
  it.each([
    ["on", true],
    ["", false],
  ])("is checked as its value says: %j", (value, isChecked) => {
    const input = readInput(<CheckboxField name="urgent" label="Urgent" value={value} />);
    expect(input.get("type")).toBe("checkbox");
    expect(input.has("checked")).toBe(isChecked);
  });
});

describe("FormAlert", () => {
  it("shows the faults of unknown fields only", () => {
    const errors = { name: ["Taken."], plan: ["Too many organizations."], "": ["Odd."] };
    const html = renderToString(<FormAlert errors={errors} fields={["name"]} />);
    expect(html).toContain('role="alert"');
    expect(html).toContain("plan: Too many organizations.");
    expect(html).toContain("Odd.");
    expect(html).not.toContain("Taken.");
  });

  it("is empty when every fault has its field", () => {
    expect(renderToString(<FormAlert errors={{ name: ["Taken."] }} fields={["name"]} />)).toBe("");
    expect(renderToString(<FormAlert errors={{}} fields={["name"]} />)).toBe("");
  });
});
