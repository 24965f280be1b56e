import { renderToString } from "preact-render-to-string";
import { describe, expect, it } from "vitest";

import { renderOnce } from "../../src/views/render-once.ts";

describe("renderOnce()", () => {
  it("renders a part once for each combination of arguments, wherever and however often it is shown", () => {
    const rendered: string[] = [];
    const draw = renderOnce((name: string, look: string) => {
      rendered.push(name + look);
      return <b class={look}>{`<${name}>`}</b>;
    });
    const page = () =>
      renderToString(
        <p>
          {draw("a", "x")}
          {[1, 2].map(() => draw("a", "x"))}
          {draw("a", "y")} &amp; {"<"}
        </p>,
      );
    const [x, y] = ["x", "y"].map((look) => `<b class="${look}">&lt;a></b>`);
    expect(page()).toBe(`<p>${x}${x}${x}${y} &amp; &lt;</p>`);
    expect(page()).toBe(page());
    expect(rendered).toEqual(["ax", "ay"]);
  });

  it("may be part of another such part", () => {
    const inner = renderOnce(() => <i />);
    const outer = renderOnce(() => <b>{inner()}</b>);
    expect(renderToString(outer())).toBe("<b><i></i></b>");
  });
});
