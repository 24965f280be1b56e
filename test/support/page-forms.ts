export type Form = { method: string; action: string; fields: [string, string][] };

type Attributes = Record<string, string>;
type Control = { element: string; own: Attributes; inner: string };

const attributes = `((?:[^>"]|"[^"]*")*)`;
const formPattern = new RegExp(`<form\\b${attributes}>(.*?)</form>`, "gs");
const optionPattern = new RegExp(`<option\\b${attributes}>([^<]*)`, "g");
const controlPattern = new RegExp(
  `<(?:(input)\\b${attributes}>|(select|textarea|button)\\b${attributes}>(.*?)</\\3>)`,
  "gs",
);

/** The forms of a page, each with the fields that it would send unchanged. It can read HTML that a program wrote. */
export function findForms({ html, url }: { html: string; url: string }): Form[] {
  return [...html.matchAll(formPattern)].map(([whole, own = "", inner = ""]) => {
    const form = readAttributes(own);
    // `form="…"` makes a control outside of the form a part of it.
    const tied = findControls(html.replace(whole, "")).filter(
      (control) => form["id"] !== undefined && control.own["form"] === form["id"],
    );
    const controls = [...findControls(inner), ...tied];
    // A form sends the value of one button, here the first. A test that presses another one gives its field.
    const pressed = controls.find(isSubmitButton);
    return {
      method: (form["method"] ?? "get").toLowerCase(),
      action: new URL(form["action"] ?? "", url).href,
      fields: controls
        .filter((control) => control === pressed || !isButton(control))
        .flatMap(readField),
    };
  });
}

function findControls(html: string): Control[] {
  return [...html.matchAll(controlPattern)].map(
    ([, input, inputOwn = "", other = "", otherOwn = "", inner = ""]) => ({
      element: input ?? other,
      own: readAttributes(input ? inputOwn : otherOwn),
      inner,
    }),
  );
}

function isButton({ element, own }: Control): boolean {
  return element === "button" || ["submit", "button", "reset", "image"].includes(own["type"] ?? "");
}

function isSubmitButton(control: Control): boolean {
  return isButton(control) && (control.own["type"] ?? "submit") === "submit";
}

/** HTML section 4.10.22.4, "constructing the entry list". */
function readField({ element, own, inner }: Control): [string, string][] {
  const { name, type, value } = own;
  if (!name || own["disabled"] !== undefined) return [];
  if (element === "textarea") return [[name, decode(inner.replace(/^\n/, ""))]];
  if (element === "select") {
    const options = [...inner.matchAll(optionPattern)].map(([, option = "", label = ""]) => {
      const read = readAttributes(option);
      return { value: read["value"] ?? decode(label), isSelected: "selected" in read };
    });
    const chosen = options.find(({ isSelected }) => isSelected) ?? options[0];
    return chosen ? [[name, chosen.value]] : [];
  }
  if (type === "checkbox" || type === "radio")
    return own["checked"] === undefined ? [] : [[name, value ?? "on"]];
  return [[name, value ?? ""]];
}

function readAttributes(tag: string): Attributes {
  const found = [...tag.matchAll(/([^\s="/]+)(?:="([^"]*)")?/g)];
  return Object.fromEntries(found.map(([, name = "", value = ""]) => [name, decode(value)]));
}

const characters: Record<string, string> = { lt: "<", gt: ">", quot: '"', "#39": "'", amp: "&" };

function decode(escaped: string): string {
  return escaped.replaceAll(
    /&(lt|gt|quot|#39|amp);/g,
    (_all, name: string) => characters[name] ?? "",
  );
}
