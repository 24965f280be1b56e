import { describe, expect, it } from "vitest";

import { readNames } from "../../dev/rename/names.ts";

const read = (name: string, slug?: string) => readNames(name, slug, ["koa"]);

describe("readNames()", () => {
  it("spells a name in every way that files need", () => {
    expect(read("Acme Cloud")).toEqual({
      text: "Acme Cloud",
      kebab: "acme-cloud",
      snake: "acme_cloud",
      pascal: "AcmeCloud",
      camel: "acmeCloud",
      screaming: "ACME_CLOUD",
    });
  });

  it.each([
    ["Birch & Sons", "birch-and-sons"],
    ["Müller GmbH", "mueller-gmbh"],
    ["O'Reilly", "oreilly"],
    ["Studio 54", "studio-54"],
    ["PayPal", "paypal"],
    ["C++ Tools", "c-tools"],
    ["Привет", "privet"],
    ["  Acme  ", "acme"],
  ])("makes of %j the slug %s", (name, slug) => {
    expect(read(name)).toMatchObject({ text: name.trim(), kebab: slug });
  });

  it("gives an identifier that begins with a letter or an underscore", () => {
    expect(read("37signals")).toMatchObject({ kebab: "37signals", snake: "_37signals" });
  });

  it("takes the slug that it is given", () => {
    expect(read("株式会社", "kabushiki")).toMatchObject({ text: "株式会社", kebab: "kabushiki" });
    expect(() => read("株式会社")).toThrow("Choose one: --slug my-product");
  });

  it.each([
    ["", "is empty"],
    ["   ", "is empty"],
    ["x".repeat(51), "longer than 50"],
    ['Acme "Cloud"', "may have letters"],
    ["Acme\nCloud", "may have letters"],
    ["Acme\u0000", "may have letters"],
    ["Acme\u202EduolC", "may have letters"],
    ["</script>", "may have letters"],
    ["{Acme}", "may have letters"],
    ["`Acme`", "may have letters"],
    ["Acme, Inc.", "may have letters"],
    ["Acme  Cloud", "may have letters"],
    ["🚀", "may have letters"],
    ["&", "may have letters"],
    ["54", "is a number"],
    ["1e3", "is a number"],
    ["Null", "means something else"],
    ["Postgres", "means something else"],
    ["pg tools", "PostgreSQL keeps"],
    ["Koa", "is the name of a package"],
    ["Aaaaaaaaaa Bbbbbbbbbb Cccccccccc Dddddddddd", "longer than 40"],
  ])("refuses the name %j", (name, why) => {
    expect(() => read(name)).toThrow(why);
  });

  it.each(["Acme", "acme_cloud", "-acme", "acme-", "a--b", "ä", ""])(
    "refuses the slug %j",
    (slug) => {
      expect(() => read("Acme", slug)).toThrow("is not in kebab-case");
    },
  );
});
