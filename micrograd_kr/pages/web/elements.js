// Elements of the step page.

const refusals = read("refusals");
const math = (tag, attributes = {}, ...children) => element("http://www.w3.org/1998/Math/MathML", tag, attributes, children);
const span = (kind, ...children) => html("span", { class: kind }, ...children);

/** ∂y/∂x as a fraction. */
const derivative = (y, x, kind) =>
  math("math", { class: kind, displaystyle: "true" }, math("mfrac", {}, ...[y, x].map((name) =>
    math("mrow", {}, math("mo", { rspace: "0", lspace: "0" }, "∂"), math(name.length > 1 ? "mtext" : "mi", {}, name)))));
